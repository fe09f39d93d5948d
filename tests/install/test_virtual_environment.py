"""An environment is whole or made anew, whatever happened to it; one that is whole is left alone."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from install import virtual_environment
from install.errors import SetUpError
from tests.app.patience import FOR_EVER_S
from tests.install.machine import ALL, PLAN, Killed, Machine
from tests.stacks.planned import ROOT


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    root = tmp_path / "clone"
    shutil.copytree(ROOT / "install", root / "install")
    (root / "requirements-plan.lock").write_text("".join(f"{name}==1\n" for name in sorted(PLAN)))
    (root / "requirements.lock").write_text("".join(f"{name}==1\n" for name in sorted(ALL)))
    (root / "pyproject.toml").touch()
    machine = Machine(root)
    monkeypatch.setattr(virtual_environment, "run", machine.run)
    monkeypatch.setenv("PATH", "/nowhere")
    return machine


ANEW = ["venv", "pip", "project", "check"]


def test_a_second_run_does_nothing(machine: Machine) -> None:
    assert machine.make("plan") == ANEW
    assert machine.packages == PLAN
    assert machine.make("plan") == []


def test_what_is_whole_is_added_to(machine: Machine) -> None:
    machine.make("plan")
    (machine.site / "kept").touch()
    assert machine.make("all") == ["pip", "project", "check"]
    assert (machine.site / "kept").exists()
    assert machine.packages == ALL
    assert machine.make("all") == machine.make("plan") == [], "all has what planning needs"


def test_another_pyproject_installs_the_project_alone(machine: Machine) -> None:
    machine.make("plan")
    (machine.root / "pyproject.toml").write_text("[project]")
    assert machine.make("plan") == ["project", "check"]
    assert machine.make("plan") == []


def python_gone(machine: Machine) -> None:
    (machine.root / ".venv/bin/python").unlink()
    (machine.root / ".venv/bin/python").symlink_to("/nowhere/python3")


def python_broken(machine: Machine) -> None:
    (machine.root / ".venv/bin/python").unlink()
    (machine.root / ".venv/bin/python").symlink_to("/bin/false")


def other_python(machine: Machine) -> None:
    stamp = machine.root / ".venv/.ready"
    stamp.write_text(stamp.read_text().replace("{}.{}".format(*sys.version_info), "3.10"))


def no_pip(machine: Machine) -> None:
    shutil.rmtree(machine.site / "pip")


def lock_changed(machine: Machine) -> None:
    for lock in ("requirements.lock", "requirements-plan.lock"):
        (machine.root / lock).write_text((machine.root / lock).read_text() + "more==1\n")


def moved(machine: Machine) -> None:
    machine.root = machine.root.rename(machine.root.parent / "elsewhere")


def stamp_emptied(machine: Machine) -> None:
    (machine.root / ".venv/.ready").write_text("")


def stamp_of_something_else(machine: Machine) -> None:
    (machine.root / ".venv/.ready").write_text('["all"]')


def folder_gone(machine: Machine) -> None:
    shutil.rmtree(machine.root / ".venv")


def only_folders_left(machine: Machine) -> None:
    folder_gone(machine)
    (machine.root / ".venv/lib").mkdir(parents=True)


def link_to_nowhere(machine: Machine) -> None:
    folder_gone(machine)
    (machine.root / ".venv").symlink_to("/nowhere")


def removal_cut_short(machine: Machine) -> None:
    (machine.root / ".venv").rename(machine.root / ".venv-old")


DAMAGES = [
    python_gone,
    python_broken,
    other_python,
    no_pip,
    lock_changed,
    moved,
    stamp_emptied,
    stamp_of_something_else,
    folder_gone,
    only_folders_left,
    link_to_nowhere,
    removal_cut_short,
]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
@pytest.mark.parametrize("packages", ["plan", "all"])
def test_a_damaged_environment_is_made_anew(
    machine: Machine, damage: Callable[[Machine], None], packages: str
) -> None:
    machine.make("all")
    (machine.site / "trace").touch()
    damage(machine)
    assert machine.make(packages) == ANEW
    assert not (machine.site / "trace").exists()
    assert not (machine.root / ".venv-old").exists()
    assert machine.make(packages) == []


@pytest.mark.parametrize("before", ["", "plan"])
@pytest.mark.parametrize("step", ["venv", "pip", "uv"])
def test_an_installation_that_was_killed_is_begun_anew(
    machine: Machine, step: str, before: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if before:
        machine.make(before)
        if step == "venv":
            folder_gone(machine)
    if step == "uv":
        with_uv(machine, monkeypatch)
    machine.killed = step
    with pytest.raises(Killed):
        machine.make("all")
    machine.killed = ""
    assert machine.make("all")[0] == "venv", "nobody knows which half is there"
    assert machine.packages == ALL
    assert machine.make("all") == []


@pytest.mark.parametrize("step", ["project", "check"])
def test_what_was_killed_after_the_packages_goes_on_there(machine: Machine, step: str) -> None:
    machine.killed = step
    with pytest.raises(Killed):
        machine.make("plan")
    machine.killed = ""
    assert machine.make("plan") == ["project", "check"]


def test_without_an_index_what_is_there_stays_of_use(machine: Machine) -> None:
    machine.make("plan")
    machine.fails = {"pip"}
    with pytest.raises(SetUpError) as told:
        machine.make("all")
    assert "ERROR: pip cannot reach the index" in str(told.value)
    assert "PIP_INDEX_URL" in str(told.value)
    assert machine.make("plan") == []
    machine.fails = set()
    assert machine.make("all") == ["pip", "project", "check"]


def with_uv(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    (machine.root / "uv").touch(0o755)
    monkeypatch.setenv("PATH", str(machine.root))


def test_uv_installs_where_it_is_and_pip_where_uv_cannot(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with_uv(machine, monkeypatch)
    assert machine.make("plan") == ["venv", "uv", "project", "check"]
    machine.fails = {"uv"}
    assert machine.make("all") == ["uv", "pip", "project", "check"]
    assert machine.packages == ALL
    assert "uv could not: ERROR: uv cannot reach the index" in capsys.readouterr().err
    folder_gone(machine)
    machine.fails = {"half uv"}
    assert machine.make("all") == ["venv", "uv", "venv", "pip", "project", "check"], "what uv left is not trusted"


def test_packages_that_do_not_fit_together_are_told_each_time(machine: Machine) -> None:
    machine.fails = {"check"}
    for _ in range(2):
        with pytest.raises(SetUpError, match="make lock"):
            machine.make("plan")


@pytest.mark.parametrize("what", ["a file", "a folder of somebody's"])
def test_what_is_no_environment_is_not_removed(machine: Machine, what: str) -> None:
    mine = machine.root / ".venv"
    if what != "a file":
        mine.mkdir()
        mine /= "notes"
    mine.write_text("mine")
    with pytest.raises(SetUpError, match="move it away"):
        machine.make("plan")
    assert mine.read_text() == "mine"


def test_without_venv_it_says_which_package_has_it(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(virtual_environment, "find_spec", {"venv": True}.get)
    with pytest.raises(SetUpError, match="apt-get install python3-venv"):
        machine.make("plan")


def test_one_waits_for_another_that_still_installs(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    said = threading.Event()
    monkeypatch.setattr(virtual_environment, "say", lambda line: said.set() if "waiting" in line else None)
    with (machine.root / "requirements-plan.lock").open() as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        waiting = threading.Thread(target=machine.make, args=["plan"], daemon=True)
        waiting.start()
        assert said.wait(FOR_EVER_S)
        assert machine.asked == []
    waiting.join(FOR_EVER_S)
    assert machine.asked == ANEW


def test_an_installer_whose_make_was_killed_is_waited_for(machine: Machine) -> None:
    lock = machine.root / "requirements-plan.lock"
    code = """
from pathlib import Path
from install.progress import run
from install.virtual_environment import VirtualEnvironment
with VirtualEnvironment(Path())._alone():
    run(["/bin/sh", "-c", "echo > begun; read line < ended"])
"""
    os.mkfifo(machine.root / "begun")
    os.mkfifo(machine.root / "ended")
    make = subprocess.Popen([sys.executable, "-c", code], cwd=machine.root)
    (machine.root / "begun").read_text()
    make.kill()
    make.wait()
    with lock.open() as other:
        with pytest.raises(BlockingIOError):
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
        (machine.root / "ended").write_text("\n")
        fcntl.flock(other, fcntl.LOCK_EX)
