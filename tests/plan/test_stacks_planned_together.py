"""Several stacks planned by one command: nothing of one reaches another, and no process outlives the command."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from plan.engine.processes import Planning, plan_stacks
from plan.errors import ConfigError, ProgramError
from tests.plan.small_program import write

ENVIRONMENT = """
import os
os.environ.setdefault("R", pulumi.Config().require("region"))
pulumi.export("region", os.environ["R"])
"""
OUTSIDE = """
import sys
sys.path.insert(0, "..")
from lib2 import conf
pulumi.export("region", conf.REGION)
"""
INSTALLED = """
import colorsys
colorsys.REGION = getattr(colorsys, "REGION", pulumi.Config().require("region"))
pulumi.export("region", colorsys.REGION)
"""


def two_stacks(folder: Path, program: str) -> Path:
    """A project whose stacks `dev` and `us` differ in one setting."""
    folder.mkdir(exist_ok=True)
    write(folder, program, "config:\n  demo:region: EU\n")
    (folder / "Pulumi.us.yaml").write_text("config:\n  demo:region: US\n")
    return folder


def command(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """The command as a process, the way people run it."""
    line = [sys.executable, "-m", "review.command", *arguments]
    return subprocess.run(line, cwd=folder, capture_output=True, text=True, check=False)


def test_stacks_planned_together_share_no_environment(tmp_path: Path) -> None:
    project = two_stacks(tmp_path / "program", ENVIRONMENT)
    assert [plan.outputs for plan in plan_stacks(project, ["dev", "us"])] == [{"region": "EU"}, {"region": "US"}]


def test_stacks_planned_together_share_no_module_from_outside_the_programs_folder(tmp_path: Path) -> None:
    project = two_stacks(tmp_path / "program", OUTSIDE)
    (tmp_path / "lib2").mkdir()
    (tmp_path / "lib2" / "conf.py").write_text("import pulumi\nREGION = pulumi.Config('demo').require('region')\n")
    assert [plan.outputs for plan in plan_stacks(project, ["dev", "us"])] == [{"region": "EU"}, {"region": "US"}]


def test_stacks_planned_together_share_no_change_to_an_installed_module(tmp_path: Path) -> None:
    project = two_stacks(tmp_path / "program", INSTALLED)
    assert [plan.outputs for plan in plan_stacks(project, ["dev", "us"])] == [{"region": "EU"}, {"region": "US"}]


@pytest.mark.parametrize(
    ("program", "value"),
    [(ENVIRONMENT, "os.environ['R']"), (INSTALLED, "colorsys.REGION")],
    ids=["variable", "module"],
)
def test_comparing_two_stacks_tells_what_differs_though_both_change_their_process(
    tmp_path: Path, program: str, value: str
) -> None:
    shown = "pulumi.CustomResource('demo:index:Thing', 'thing', {'region': REGION})\n"
    project = two_stacks(tmp_path / "program", program + shown.replace("REGION", value))
    done = command("compare", "dev", "us", "--exit-code", folder=project)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "EU" in done.stdout
    assert "US" in done.stdout


def test_what_a_program_writes_to_standard_output_by_any_way_is_no_part_of_the_plan(tmp_path: Path) -> None:
    write(tmp_path, "import os, subprocess\nos.write(1, b'loud')\nsubprocess.run(['echo', 'loud'], check=True)\n")
    done = command("plan", "--stack", "dev", "--json", "-", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "loud" not in done.stdout
    assert "loud" in done.stderr


def test_a_planning_process_that_dies_is_told_with_its_stack(tmp_path: Path) -> None:
    write(tmp_path, "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n")
    with pytest.raises(ProgramError, match=r"stack 'dev' ended by the signal SIGKILL"):
        plan_stacks(tmp_path, ["dev"])
    write(tmp_path, "import os\nos._exit(3)\n")
    done = command("plan", "--stack", "dev", folder=tmp_path)
    assert done.returncode == 2
    assert "the stack 'dev' ended with the exit code 3" in done.stderr
    assert "fix: " in done.stderr


def test_an_error_in_another_process_keeps_its_class_its_words_and_where_it_came_from(tmp_path: Path) -> None:
    write(tmp_path, "import nothing_of_the_kind\n")
    with pytest.raises(ProgramError, match="imports 'nothing_of_the_kind', which is not installed") as raised:
        plan_stacks(tmp_path, ["dev"])
    assert str(raised.value).count("\n") == 2
    assert "ModuleNotFoundError" in str(raised.value.__cause__)
    write(tmp_path, "", "nothing: 1\n")
    with pytest.raises(ConfigError, match="has the key 'nothing'"):
        plan_stacks(tmp_path, ["dev"])


def test_warnings_come_with_their_plan_and_in_the_order_of_the_stacks(tmp_path: Path) -> None:
    project = two_stacks(tmp_path / "program", "pulumi.log.warn(pulumi.get_stack())\n")
    said: list[str] = []
    with Planning(project, ["us", "dev"], warn=said.append) as planning:
        assert [planned.plan.stack for planned in planning] == ["us", "dev"]
    assert said == ["us", "dev"]


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_no_planning_process_outlives_a_command_that_is_ended(tmp_path: Path, how: signal.Signals) -> None:
    pipe = tmp_path / "begun"
    os.mkfifo(pipe)
    # The program holds the pipe open for as long as it lives: reading to the end waits for its death.
    program = f"os.write(os.open({str(pipe)!r}, os.O_WRONLY), b'begun')\ntime.sleep(300)\n"
    write(tmp_path, "import os, time\n" + program)
    line = [sys.executable, "-m", "review.command", "plan", "--stack", "dev"]
    with subprocess.Popen(line, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        descriptor = os.open(pipe, os.O_RDONLY)
        assert os.read(descriptor, 5) == b"begun"
        process.send_signal(how)
        while os.read(descriptor, 10):
            pass
        os.close(descriptor)
        assert process.wait() == (-how if how is signal.SIGTERM else 130)


def test_the_command_imports_no_engine_before_it_begins_the_processes(tmp_path: Path) -> None:
    write(tmp_path, "")
    text = """
        import sys
        from plan.engine import child
        from review.command import main
        begin = child._copied
        def copied(wanted):
            assert "grpc" not in sys.modules and "pulumi" not in sys.modules
            print("copied")
            return begin(wanted)
        child._copied = copied
        sys.exit(main(["preview", "--check", "--root", sys.argv[1]]))
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(text), str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert "AssertionError" not in done.stderr, done.stderr
    assert done.stdout.startswith("copied\n") == (sys.platform == "linux")
