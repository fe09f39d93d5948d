"""`.venv`: the packages of one lock, whole or made anew.

What was cut short, was made by a Python that is gone, in another folder or for another lock is not mended piece by
piece, since a half-copied package looks like a whole one: all is made anew. Only what is whole is added to.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from install import installers, stamp
from install.errors import SetUpError
from install.progress import Failed, run

PINNED = re.compile(r"^[A-Za-z0-9][\w.-]*==", re.MULTILINE)
"""Where a lock names a package."""


class VirtualEnvironment:
    """The environment of the project in `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / stamp.FOLDER
        self.python = self.folder / "bin" / "python"
        self._stamp = root / stamp.FILE
        self._old = root / ".venv-old"

    def make(self, packages: str) -> None:
        """Installs of `packages` what is not there; a SetUpError says why that is not possible."""
        with self._alone():
            missing = self._missing(packages)
            if missing == stamp.NOTHING:
                return
            started = time.monotonic()
            whole = stamp.read(self._stamp) if missing != stamp.EVERYTHING else {}
            if missing == stamp.EVERYTHING:
                self._begin()
            if missing != stamp.PROJECT:
                self._fill(packages, whole)
            held = stamp.described(self.root, whole["packages"] if missing == stamp.PROJECT else packages)
            held["python"] = self._site().parent.name.removeprefix("python")
            self._write(held | {"project": ""})
            self._finish()
            self._write(held)
            say(f"Set up in {time.monotonic() - started:.0f} s")

    def _missing(self, packages: str) -> str:
        """What the environment's own Python says is missing; everything, if it cannot say."""
        command = [str(self.python), "-E", "-S", "-m", "install.stamp", packages]
        try:
            asked = subprocess.run(  # noqa: S603 - the environment's own Python
                command, cwd=self.root, capture_output=True, text=True, check=False
            )
        except OSError:
            return stamp.EVERYTHING
        return asked.stdout.strip() or stamp.EVERYTHING

    def _begin(self) -> None:
        """Makes an environment with nothing but pip, in the place of what is there."""
        if not all(map(find_spec, ("ensurepip", "venv"))):
            raise SetUpError(
                f"{sys.executable} cannot make a virtual environment",
                why="its modules venv and ensurepip are not there: Debian has them in a package of their own",
                fix="apt-get install python3-venv",
            )
        self._put_away()
        # Where the environment is activated, it is its own Python that runs this; that one is gone now.
        python = os.path.realpath(sys.executable)
        try:
            run([python, "-m", "venv", str(self.folder)])
        except Failed as failed:
            raise SetUpError(
                f"{python} cannot make the virtual environment {self.folder}",
                why=end_of(failed),
                fix="make PYTHON=/path/to/python3 names another one",
            ) from None

    def _put_away(self) -> None:
        """Takes away what is there in one step, so that nobody meets the half of it."""
        try:
            if self.folder.is_symlink():
                self.folder.unlink()
            elif self.folder.is_file() or any(path.is_file() for path in self.folder.rglob("*")):
                if not (self.folder / "pyvenv.cfg").is_file():
                    raise SetUpError(
                        f"{self.folder} is in the way",
                        why="it is not a virtual environment, so it is not this command's to remove",
                        fix="move it away",
                    )
                self._remove_old()
                self.folder.rename(self._old)
            self._remove_old()
        except OSError as error:
            raise SetUpError(
                f"{self.folder} has to be made anew, and cannot be removed",
                why=str(error),
                fix="remove it by hand",
            ) from None

    def _remove_old(self) -> None:
        if self._old.exists():
            shutil.rmtree(self._old)

    def _fill(self, packages: str, whole: dict[str, str]) -> None:
        """Installs the lock of `packages`, by whichever installer can. `whole` is the stamp of what is there."""
        lock = self.root / stamp.LOCKS[packages]
        total = len(PINNED.findall(lock.read_text(encoding="utf-8")))
        before = set(self._site().iterdir())
        self._stamp.unlink(missing_ok=True)
        why = ""
        for name, command in installers.of_lock(self.python, lock).items():
            if set(self._site().iterdir()) != before:
                self._begin()  # half of something
            say(f"Installing {total} locked packages into .venv with {name}, once")
            try:
                run(command, self._site(), total)
            except Failed as failed:
                why = end_of(failed)
                say(f"  {name} could not: {why.splitlines()[-1]}")
            else:
                return
        if whole and set(self._site().iterdir()) == before:
            self._write(whole)
        raise SetUpError(
            f"{lock.name} cannot be installed",
            why=why,
            fix="see that the package index can be reached (PIP_INDEX_URL, HTTPS_PROXY) and the disk has room,\n"
            "    and run make again; if nothing is there for this Python, make PYTHON=/path/to/another",
        )

    def _site(self) -> Path:
        (folder,) = self.folder.glob("lib/python3*/site-packages")
        return folder

    def _finish(self) -> None:
        """Installs the project itself, and looks whether all fits together."""
        try:
            run(installers.of_project(self.python, self.root))
            run([*installers.pip(self.python), "check"])
        except Failed as failed:
            raise SetUpError(
                "the locked packages are there, but the project cannot work with them",
                why=end_of(failed),
                fix="make clean, and again; if it stays, pyproject.toml and the locks do not agree: make lock",
            ) from None

    def _write(self, held: dict[str, str]) -> None:
        new = self._stamp.with_suffix(".new")
        new.write_text(json.dumps(held), encoding="utf-8")
        new.replace(self._stamp)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Only one at a time works on the environment. What it starts holds the lock too: an installer whose
        `make` was killed goes on, and the next one waits for its end."""
        with (self.root / stamp.LOCKS["plan"]).open() as held:
            os.set_inheritable(held.fileno(), True)
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say("Another installation into .venv is running: waiting for its end")
                fcntl.flock(held, fcntl.LOCK_EX)
            yield


def say(line: str) -> None:
    """Tells how it goes, beside what the command itself will print."""
    print(line, file=sys.stderr, flush=True)


def end_of(failed: Failed) -> str:
    """What an installer gave as its reason, which is what it said last."""
    said = str(failed).splitlines()
    return "\n    ".join([line for line in said if line.lstrip().lower().startswith("error")] or said[-10:])
