"""Stands for venv, pip and uv, which take long and an index: what they were asked, and how they end."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from install.progress import Failed
from install.virtual_environment import VirtualEnvironment

PLAN, ALL = {"pulumi", "gcp"}, {"pulumi", "gcp", "fastapi", "pytest"}


class Killed(BaseException):
    """Nobody handles this, as nobody handles kill -9."""


@dataclass
class Machine:
    """`fails` has the steps that fail, or do after the half; at `killed` all ends."""

    root: Path
    asked: list[str] = field(default_factory=list)
    fails: set[str] = field(default_factory=set)
    killed: str = ""

    @property
    def site(self) -> Path:
        (found,) = self.root.glob(".venv/lib/python3*/site-packages")
        return found

    @property
    def packages(self) -> set[str]:
        return {path.stem for path in self.site.glob("*.dist-info")}

    def run(self, command: Sequence[str], _: Path | None = None, total: int = 0) -> None:
        words = ("venv", "uv", "check", "-e", "-r")
        step = next(word for word in words if word in [Path(part).name for part in command])
        self.asked.append({"-r": "pip", "-e": "project"}.get(step, step))
        if step == "venv":
            self._skeleton(Path(command[-1]))
        elif step in ("uv", "-r"):
            names = [line.partition("==")[0] for line in Path(command[-1]).read_text().splitlines()]
            cut = self.killed == self.asked[-1] or f"half {self.asked[-1]}" in self.fails
            for name in names[: len(names) // 2] if cut else names if self.asked[-1] not in self.fails else []:
                (self.site / f"{name}.dist-info").mkdir(exist_ok=True)
        if self.killed == self.asked[-1]:
            raise Killed
        if self.fails & {self.asked[-1], f"half {self.asked[-1]}"}:
            raise Failed(f"{self.asked[-1]} began\nERROR: {self.asked[-1]} cannot reach the index")

    def _skeleton(self, folder: Path) -> None:
        site = folder / "lib" / "python{}.{}".format(*sys.version_info) / "site-packages"
        (site / "pip").mkdir(parents=True)
        (site / "pip" / "__main__.py").touch()
        (folder / "bin").mkdir()
        (folder / "bin" / "python").symlink_to(sys.executable)
        (folder / "pyvenv.cfg").touch()

    def make(self, packages: str) -> list[str]:
        """What was done to have `packages`."""
        self.asked.clear()
        VirtualEnvironment(self.root).make(packages)
        return self.asked[:]
