"""Where a system's project files are, and what Pulumi.yaml says."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from plan.engine.declared import Declared, declarations
from plan.engine.yaml_file import load
from plan.errors import ConfigError, ReviewError

FILE = "Pulumi.yaml"
_FILES = (FILE, "Pulumi.yml", "Pulumi.json")
"""What a project's file may be called; its stacks' files end as it does:
https://github.com/pulumi/pulumi/blob/master/sdk/go/common/workspace/paths.go
"""


@dataclass(frozen=True, kw_only=True)
class Project:
    """One Pulumi project: its folder, name, program and declared settings."""

    folder: Path
    name: str
    program: Path
    """The program's folder or file; it runs with its folder as working directory."""
    declared: dict[str, Declared]
    """The settings that the `config:` section declares, by full key."""

    settings: Path
    """The folder of the stacks' settings files."""

    name_of_file: str = FILE

    @property
    def file(self) -> Path:
        """The Pulumi.yaml itself."""
        return self.folder / self.name_of_file

    def stacks(self) -> list[str]:
        """The stacks that have a settings file, in alphabetical order."""
        ending = self.file.suffix
        return sorted(path.name[len("Pulumi.") : -len(ending)] for path in self.settings.glob(f"Pulumi.*{ending}"))

    def stack_file(self, stack: str) -> Path:
        """Where the settings of `stack` are, if it has any."""
        return self.settings / f"Pulumi.{stack}{self.file.suffix}"


def project_file(folder: Path) -> Path | None:
    """The project's file in `folder`."""
    return next((folder / name for name in _FILES if (folder / name).is_file()), None)


def systems_below(root: Path) -> list[Path]:
    """The folders in stacks/ that are projects of their own."""
    return sorted({file.parent for name in _FILES for file in root.glob(f"stacks/*/{name}")})


def find_root(start: Path) -> Path:
    """The nearest folder at or above `start` that has a Pulumi.yaml, above any system's own."""
    found = [folder for folder in (start, *start.parents) if project_file(folder)]
    if not found:
        raise ReviewError(
            f"there is no {FILE} in {start} or above",
            why="a plan is made from a Pulumi project",
            fix="run this inside the project, or name its folder with --root",
        )
    nearest = found[0]
    # A system's folder is a project of its own below the root's stacks/.
    if nearest.parent.name == "stacks" and project_file(nearest.parent.parent):
        return nearest.parent.parent
    return nearest


def stacks_of(root: Path, system: str | None = None) -> list[str]:
    """The stacks of `system` (None: the root's own)."""
    return load_project(root, system).stacks()


def load_project(root: Path, system: str | None = None) -> Project:
    """The project of `system`: the root's own, or the one in stacks/<system>/."""
    if not project_file(root):
        raise ReviewError(
            f"{root} has no {FILE}", why="a plan is made from a Pulumi project", fix="name another --root"
        )
    project = _read(root)
    if system is None or system == project.name:
        return project
    folder = root / "stacks" / system
    if not project_file(folder):
        others = [other.name for other in systems_below(root)]
        raise ReviewError(
            f"there is no system '{system}'",
            why=f"neither the root's project ({project.name}) nor a folder stacks/{system}/ with a {FILE}",
            fix="name one of: " + ", ".join([project.name, *others]),
        )
    return _read(folder)


def _read(folder: Path) -> Project:
    file = project_file(folder) or folder / FILE
    document = load(file)
    raw = document.content
    if not isinstance(raw, dict) or not isinstance(raw.get("name"), str) or not raw["name"]:
        raise ConfigError(
            f"{document.file} has no 'name'",
            why="Pulumi takes the project's name from it",
            fix="start the file with `name: <project>`",
        )
    main = raw.get("main") or "."
    program = (folder / str(main)).resolve()
    if not (program.is_file() or (program / "__main__.py").is_file()):
        raise ConfigError(
            f"{document.at('main')} names a program that does not exist: {main}",
            why=f"there is no __main__.py in {program}",
            fix="set `main:` to the folder that holds __main__.py",
        )
    return Project(
        folder=folder,
        name=raw["name"],
        program=program,
        declared=declarations(document, raw["name"]),
        settings=folder / str(raw.get("stackConfigDir") or "."),
        name_of_file=file.name,
    )
