"""The `voicestack` command: what it prints, where it writes, how it ends."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from review.command import COMMANDS, main
from tests.plan.real_engine import PROGRAMS

BENCHMARK = Path(__file__).parents[1] / "benchmark" / "program"
PLAN = ["plan", "--root", str(BENCHMARK), "--stack", "bench", "--config", "resources=30"]


def test_a_plan_is_a_tree_with_counts_and_outputs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(PLAN) == 0
    printed = capsys.readouterr()
    assert "benchmark · bench: 18 cloud resources in 5 components" in printed.out
    assert "├─ family.Topic u0000-jobs" in printed.out or "└─ family.Topic u0000-jobs" in printed.out
    assert "(roles/run.invoker to id-u0000-api)" in printed.out
    assert "pubsub.Topic" in printed.out
    assert "urls  (known after creation)" in printed.out
    assert printed.err == ""


def test_json_goes_to_standard_output_or_to_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "below" / "plan.json"
    assert main([*PLAN, "--json", "-"]) == 0
    printed = capsys.readouterr().out
    assert json.loads(printed)["stack"] == "bench"
    assert main([*PLAN, "--json", str(file)]) == 0
    assert file.read_text() == printed


def test_a_preview_tells_every_stack_in_words_and_writes_its_plan(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["preview", "--root", str(BENCHMARK), "--config", "resources=30", "--out", str(tmp_path)]
    assert main(arguments) == 0
    printed = capsys.readouterr().out
    assert "18 resources would exist" in printed
    assert "1 identity with 7 grants" in printed
    assert "reachable from the internet\n    nothing" in printed
    assert json.loads((tmp_path / "bench.json").read_text())["system"] == "benchmark"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["plan", "--root", str(BENCHMARK), "--stack", "none"], "bench"),
        (["plan", "--root", str(BENCHMARK), "--stack", "bench", "--system", "none"], "benchmark"),
        (["plan", "--root", str(PROGRAMS), "--stack", "dev"], "Pulumi.yaml"),
        (["plan", "--root", "/nowhere", "--stack", "dev"], "/nowhere"),
        ([*PLAN, "--config", "novalue"], "KEY=VALUE"),
        ([*PLAN, "--config", "resources=31"], "twice"),
        ([*PLAN, "--stack", "bench", "--json", "-"], "one stack"),
        ([*PLAN, "--json", "/proc/none/plan.json"], "/proc/none"),
        (["plan", "--root", str(PROGRAMS / "wrong"), "--stack", "dev", "--config", "case=raise"], "missing-key"),
    ],
)
def test_bad_input_is_one_message_and_exit_code_2(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    printed = capsys.readouterr()
    assert told in printed.err
    assert printed.err.startswith("error: ")
    assert "why: " in printed.err
    assert "fix: " in printed.err
    assert "Traceback" not in printed.err


def test_debug_shows_where_an_error_comes_from(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["plan", "--root", str(PROGRAMS / "wrong"), "--stack", "dev", "--config", "case=raise", "--debug"]
    assert main(arguments) == 2
    printed = capsys.readouterr().err
    assert "Traceback" in printed
    assert "KeyError" in printed


@pytest.mark.parametrize("command", [[], *([name] for name in COMMANDS)])
def test_help_teaches_with_examples(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main([*command, "--help"])
    assert end.value.code == 0
    # Once in the usage line, and at least once in an example.
    assert capsys.readouterr().out.count(" ".join(["voicestack", *command])) > 1


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys\nfrom review.command import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "print(sorted({'pulumi', 'yaml', 'grpc', 'pydantic', 'google'} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


def test_a_reader_that_goes_away_is_no_error() -> None:
    command = f"{sys.executable} -m review.command {' '.join(PLAN)} --json - | head -c 10"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.returncode == 0


def test_the_nearest_project_is_taken_from_anywhere_inside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: demo\n")
    (tmp_path / "Pulumi.dev.yaml").write_text("")
    (tmp_path / "__main__.py").write_text("import pulumi\npulumi.export('a', 1)\n")
    inside = tmp_path / "stacks" / "other"
    inside.mkdir(parents=True)
    (inside / "Pulumi.yaml").write_text("name: other\n")
    monkeypatch.chdir(inside)
    assert main(["plan", "--stack", "dev", "--json", "-"]) == 0
    assert json.loads(capsys.readouterr().out)["system"] == "demo"


def test_quiet_says_only_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = ["--root", str(PROGRAMS / "quirks")]
    file = tmp_path / "plan.json"
    assert main(["plan", *root, "--stack", "dev", "--json", str(file), "--quiet"]) == 0
    assert file.is_file()
    assert capsys.readouterr().out == "", "where it was written is a remark"
    assert main(["preview", *root, "--out", str(tmp_path), "-q"]) == 0
    assert capsys.readouterr().out == ""
    code = main(["check", *root, "-q"])
    said = capsys.readouterr().out
    assert bool(said) == bool(code), "what is wrong is said, nothing else"
    assert main(["plan", *root, "--stack", "none", "-q"]) == 2
    assert capsys.readouterr().err.startswith("error: ")


def test_bash_completes_commands_and_their_options(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", "bash"]) == 0
    script = capsys.readouterr().out
    # compgen's answer to a word, as bash itself would ask for it.
    ask = "COMP_WORDS=(voicestack {}); COMP_CWORD={}; $(complete -p voicestack | sed 's/.*-F \\([^ ]*\\).*/\\1/')"
    ask += '; printf "%s\\n" "${{COMPREPLY[@]}}"'
    for words, at, expected in (
        ("comp", 1, "compare"),
        ("check --form", 2, "--format"),
        ("plan --", 2, "--stack"),
    ):
        done = subprocess.run(
            ["bash", "-c", f"{script}\n{ask.format(words, at)}"], capture_output=True, text=True, check=False
        )
        assert expected in done.stdout.split(), f"{words}: {done.stdout}{done.stderr}"
