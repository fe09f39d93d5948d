"""Imports go down only, along the edges of one table (pyproject.toml), and in no circle of files.

Every import counts: for type checkers only, and inside functions too. What tests import is their own affair.
"""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
TABLE: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
FLOORS: dict[str, list[str]] = TABLE["voicestack"]["floors"]
DOORS: dict[str, str] = TABLE["voicestack"]["doors"]


@dataclass(frozen=True)
class Import:
    """`module`, at `line` of its file, imports `target`."""

    module: str
    line: int
    target: str

    def __str__(self) -> str:
        return f"{self.module}:{self.line} imports {self.target}"


def modules_of(root: Path, packages: Mapping[str, object]) -> dict[str, Path]:
    """Every module of the packages, by its dotted name."""
    found = {}
    for package in packages:
        for path in sorted((root / package).rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports_of(module: str, path: Path, known: Mapping[str, Path]) -> Iterator[Import]:
    """What a module imports of the known ones, wherever in its file the import stands."""
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text())):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            names = [f"{base}.{alias.name}" for alias in node.names]
        elif (
            isinstance(node, ast.Call)
            and ast.unparse(node.func) in ("import_module", "importlib.import_module", "__import__")
            and isinstance(node.args[0], ast.Constant)
        ):
            names = [str(node.args[0].value)]
        for name in names:
            target = name
            while target and target not in known:
                target = target.rpartition(".")[0]
            if target and target != module:
                yield Import(module, getattr(node, "lineno", 0), target)


def crossings(imports: list[Import], floors: Mapping[str, list[str]]) -> list[str]:
    """The imports that go where the table has no edge."""
    return [
        str(one)
        for one in imports
        if (here := one.module.split(".")[0]) != (there := one.target.split(".")[0]) and there not in floors[here]
    ]


def circle(imports: list[Import]) -> list[str]:
    """The imports of one circle, in their order; empty where there is none."""
    following: dict[str, list[Import]] = {}
    for one in imports:
        following.setdefault(one.module, []).append(one)
    done: set[str] = set()
    for start in following:
        way: list[Import] = []
        trail = [(start, iter(following.get(start, ())))]
        while trail:
            here, left = trail[-1]
            step = next(left, None)
            if step is None:
                done.add(here)
                trail.pop()
                if way:
                    way.pop()
            elif step.target in (on := [name for name, _ in trail]):
                return [str(one) for one in [*way[on.index(step.target) :], step]]
            elif step.target not in done:
                way.append(step)
                trail.append((step.target, iter(following.get(step.target, ()))))
    return []


@pytest.fixture(scope="module")
def imports() -> list[Import]:
    """Every import of the house."""
    known = modules_of(ROOT, FLOORS)
    return [one for module, path in known.items() for one in imports_of(module, path, known)]


def test_imports_go_down_only_along_the_edges_of_the_table(imports: list[Import]) -> None:
    crossed = crossings(imports, FLOORS)
    assert not crossed, (
        "these imports have no edge in pyproject.toml's [tool.voicestack.floors]: move what they need to a floor "
        f"that both may import: {crossed}"
    )


def test_no_files_import_each_other_in_a_circle(imports: list[Import]) -> None:
    found = circle(imports)
    assert not found, f"a circle of imports; move what they share to a module of its own: {' -> '.join(found)}"


@pytest.mark.parametrize("room", DOORS)
def test_a_room_with_a_door_is_entered_by_its_door(room: str, imports: list[Import]) -> None:
    inside = f"{room}."
    entered = [
        str(one)
        for one in imports
        if one.target.startswith(inside) and not one.module.startswith(inside) and one.target != DOORS[room]
    ]
    assert not entered, f"import {DOORS[room]} instead: {entered}"


def test_the_table_names_every_package_and_has_no_circle_itself() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    assert packages == set(FLOORS), "pyproject.toml's [tool.voicestack.floors] is to name each top-level package"
    found = {name.rstrip("*") for name in TABLE["setuptools"]["packages"]["find"]["include"]}
    # What makes the environment runs before there is one, and is not installed into it.
    assert packages - {"install"} == found, "setuptools is to install each top-level package"
    edges = [Import(here, 0, there) for here, below in FLOORS.items() for there in below]
    assert not circle(edges)
    apart = {"app", "install"}
    assert not [edge for edge in edges if apart & {edge.module, edge.target}], f"{sorted(apart)} stand apart"


FORMS = {
    "at the top": "import review.checking",
    "of a name": "from review.checking import Checking",
    "of the package": "from review import checking",
    "under another name": "import review.checking as elsewhere",
    "for type checkers only": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import review.checking",
    "inside a function": "def late():\n    from review.checking import Checking",
    "relative": "from ..review import checking",
    "by name at run time": "import importlib\nimportlib.import_module('review.checking')",
}


@pytest.mark.parametrize("form", FORMS)
def test_an_import_that_goes_up_is_found_in_every_form(form: str, tmp_path: Path) -> None:
    file = tmp_path / "plan" / "upwards.py"
    file.parent.mkdir()
    file.write_text(FORMS[form] + "\n")
    known = {"plan.upwards": file, "review.checking": file, "review": file}
    level = "house." if form == "relative" else ""
    named = {f"{level}{name}": path for name, path in known.items()}
    found = list(imports_of(f"{level}plan.upwards", file, named))
    assert [one.target.removeprefix("house.") for one in found] == ["review.checking"]
    flat = [Import("plan.upwards", one.line, one.target.removeprefix("house.")) for one in found]
    assert crossings(flat, {"plan": [], "review": ["plan"]}) == [
        f"plan.upwards:{flat[0].line} imports review.checking"
    ]


def test_a_circle_of_any_length_is_told_import_by_import() -> None:
    names = [f"plan.m{number}" for number in range(40)]
    ring = [Import(one, 1, names[(index + 1) % 40]) for index, one in enumerate(names)]
    assert len(circle([Import("plan.before", 1, "plan.m3"), *ring])) == 40
    assert circle(ring[:-1]) == []
