"""docs/architecture.md: the ten places that it names are there, and its picture draws the table of floors."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "architecture.md").read_text()
FLOORS: dict[str, list[str]] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["voicestack"]["floors"]
CHANGES = re.findall(r"^\| (?P<what>[^|]+) \| `(?P<file>[^`]+)` \| `(?P<symbol>\w+)` \|$", PAGE, re.MULTILINE)


def test_the_page_tells_where_to_change_ten_things() -> None:
    assert len(CHANGES) == 10


@pytest.mark.parametrize(("what", "file", "symbol"), CHANGES)
def test_what_the_page_sends_a_reader_to_is_there(what: str, file: str, symbol: str) -> None:
    path = ROOT / file
    assert path.is_file(), (
        f"to change {what}, docs/architecture.md names {file}, which is not there: mend the page"
    )
    defined = {
        node.name
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert symbol in defined, f"{file} has no {symbol}: mend the page; it has {sorted(defined)}"


def test_every_arrow_of_the_picture_is_an_edge_of_the_table_or_dotted() -> None:
    drawn = set(re.findall(r"^  (\w+)(?:\[[^\]]*\])? --> (\w+)", PAGE, re.MULTILINE)) - {("settings", "stacks")}
    edges = {(here, there) for here, below in FLOORS.items() for there in below}
    assert drawn, "the picture is not there"
    assert drawn <= edges, f"drawn but not allowed: {sorted(drawn - edges)}"
    undrawn = set(FLOORS) - set(re.findall(r"\b(\w+)\[", PAGE))
    assert not undrawn, f"floors that the picture lacks: {sorted(undrawn)}"
