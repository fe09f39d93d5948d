"""Whoever runs the tests learns what was not tried, and what would have tried it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.needed import Needed
from tests.small_suite import run_of
from tests.stacks.planned import ROOT

SKIPPING = {"skip", "skipif", "importorskip", "xfail"}
SUITE = """
import pytest
from tests.needed import Needed

@pytest.mark.parametrize("one", range(3))
def test_asking(one):
    Needed.REDIS.skip()

@Needed.JQ.unless(None)
def test_marked(): ...

def test_run(): ...
"""


def skips(tree: ast.AST) -> Iterator[int]:
    """The lines that skip by pytest's own words."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in SKIPPING:
            if ast.unparse(node.value) in ("pytest", "pytest.mark"):
                yield node.lineno
        elif isinstance(node, ast.ImportFrom) and node.module == "pytest":
            yield from [node.lineno for one in node.names if one.name in {*SKIPPING, "mark"}]


def test_a_test_is_skipped_only_for_want_of_what_the_table_names() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in (ROOT / "tests").rglob("*.py")
        if path.name != "needed.py"
        for line in skips(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert not found, f"{found}: name what is needed in tests/needed.py, and skip by it"


@pytest.mark.parametrize("needed", list(Needed), ids=lambda needed: needed.name)
def test_what_is_needed_comes_with_who_has_it(needed: Needed) -> None:
    what, colon, who = needed.partition(": ")
    assert what
    assert colon
    assert re.search(r"Debian('s)? package|on PATH|PyPI|run as root|names its file", who), (
        f"{needed!r}: say after a colon which package or program has it"
    )


@pytest.mark.parametrize("processes", [0, 1])
def test_a_run_ends_with_what_was_skipped_and_which_package_would_run_it(tmp_path: Path, processes: int) -> None:
    done = run_of(SUITE, tmp_path, processes)
    _, _, end = done.stdout.partition("skipped for want of")
    assert re.search(rf"^ *3  {re.escape(Needed.REDIS)}$", end, re.MULTILINE), done.stdout + done.stderr
    assert re.search(rf"^ *1  {re.escape(Needed.JQ)}$", end, re.MULTILINE)
    assert "1 passed, 4 skipped" in end
