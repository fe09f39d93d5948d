"""Wherever packages are installed, nothing is resolved: a lock with its hashes, or the project itself."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from install import installers
from tests.stacks.planned import ROOT

FILES = [
    ROOT / "Makefile",
    ROOT / ".ci" / "run",
    *sorted(ROOT.glob("*/Dockerfile")),
    *sorted((ROOT / ".github" / "workflows").glob("*.yml")),
]
INSTALLS = re.compile(
    r"\b(pip3?|uv)\b[^&|;\n]*?\b(install|sync|add|run)\b[^&|;\n]*|\b(pipx|poetry|easy_install)\b[^\n]*"
)


def commands(text: str) -> list[str]:
    """What installs packages in `text`, each on a line of its own."""
    joined = re.sub(r"\\\n\s*", " ", text)
    lines = [line for line in joined.splitlines() if not line.lstrip().startswith("#")]
    return [found.group() for line in lines for found in INSTALLS.finditer(line)]


def resolves(command: str) -> bool:
    """Whether it may choose a version of its own."""
    return not {"--no-deps", "--require-hashes"} <= set(command.split())


def test_every_command_that_installs_takes_what_the_lock_names_and_nothing_else() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {one}" for path in FILES for one in commands(path.read_text()) if resolves(one)
    ]
    assert not found, f"{found}: --no-deps --require-hashes, with a lock that is complete"


def test_the_image_installs_its_lock_and_checks_it_before_pip_goes() -> None:
    text = re.sub(r"\\\n\s*", " ", (ROOT / "app" / "Dockerfile").read_text())
    (line,) = [line for line in text.splitlines() if "pip install" in line]
    install, check, remove = (line.index(f"pip {word}") for word in ("install", "check", "uninstall"))
    assert install < check < remove
    assert set(installers.RULE) <= set(line[install:check].split()), "as everywhere else"


def test_the_environment_is_filled_by_the_rule_whoever_does_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "uv").touch(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    both = installers.of_lock(Path("python"), Path("a.lock"))
    assert list(both) == ["uv", "pip"], "the faster one first"
    for command in both.values():
        assert set(installers.RULE) <= set(command)
        assert command[-2:] == ["-r", "a.lock"]
    monkeypatch.setenv("PATH", "/nowhere")
    assert list(installers.of_lock(Path("python"), Path("a.lock"))) == ["pip"]
    own = installers.of_project(Path("python"), Path("here"))
    assert {"--no-deps", "--no-build-isolation"} <= set(own), "nor is anything resolved to build the project"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("\tpip install requests\n", 1),
        ("RUN python3 -m pip install \\\n    --no-deps -r requirements.lock\n", 1),
        ("      - run: uv pip sync requirements.lock\n", 1),
        ("      - run: pipx install ruff\n", 1),
        ("a && pip install --no-deps --require-hashes -r a.lock && pip check\n", 0),
        ("# pip install nothing\npip uninstall --yes pip\nuv pip compile a.in\n", 0),
    ],
)
def test_a_command_that_resolves_is_found(text: str, number: int) -> None:
    assert len([one for one in commands(text) if resolves(one)]) == number


def test_a_users_own_variables_do_not_lead_out_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in installers.NOT_HERE:
        monkeypatch.setenv(name, "/elsewhere")
    monkeypatch.setenv("PIP_USER", "1")
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror.example")
    given = installers.surroundings()
    assert "/elsewhere" not in given.values()
    assert given["PIP_USER"] == "0"
    assert given["PIP_INDEX_URL"] == "https://mirror.example", "how to reach an index is the user's to say"
