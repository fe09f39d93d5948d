"""What a condition holds a grant to, against what it says of each name."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.access.conditions import (
    EVERYTHING,
    UNSURE,
    Held,
    entities_in,
    reach_of,
    whole_entities_in,
)

Expression = tuple[str, Callable[[str, bool, bool], bool]]
"""A text, and what it says of a name, whether it is early, and whether there is a tag."""
NAMES = ["a/1", "a/12", "b/1", "b/2"]
texts = st.sampled_from([*NAMES, "a/", "b/", "", "c"])
equals: st.SearchStrategy[Expression] = texts.map(
    lambda text: (f"resource.name == '{text}'", lambda name, early, tag: name == text)
)
turned: st.SearchStrategy[Expression] = texts.map(
    lambda text: (f"'{text}' == resource.name", lambda name, early, tag: name == text)
)
begins: st.SearchStrategy[Expression] = texts.map(
    lambda text: (f"resource.name.startsWith('{text}')", lambda name, e, t: name.startswith(text))
)
among: st.SearchStrategy[Expression] = st.lists(texts, max_size=3).map(
    lambda items: (f"resource.name in {items!r}", lambda name, early, tag: name in items)
)
early: st.SearchStrategy[Expression] = st.just(
    ("request.time < timestamp('2030-01-01T00:00:00Z')", lambda name, early, tag: early)
)
tagged: st.SearchStrategy[Expression] = st.just(
    ("resource.matchTag('1/env', 'prod')", lambda name, early, tag: tag)
)
constant: st.SearchStrategy[Expression] = st.booleans().map(
    lambda value: (str(value).lower(), lambda name, early, tag: value)
)


def _all(parts: list[Expression]) -> Expression:
    return " && ".join(f"({text})" for text, _ in parts), lambda *case: all(test(*case) for _, test in parts)


def _any(parts: list[Expression]) -> Expression:
    return " || ".join(f"({text})" for text, _ in parts), lambda *case: any(test(*case) for _, test in parts)


def _not(part: Expression) -> Expression:
    return f"!({part[0]})", lambda *case: not part[1](*case)


expressions: st.SearchStrategy[Expression] = st.recursive(
    equals | turned | begins | among | early | tagged | constant,
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3).map(_all)
        | st.lists(inner, min_size=1, max_size=3).map(_any)
        | inner.map(_not)
    ),
    max_leaves=8,
)


@given(expressions)
def test_a_name_that_may_meet_a_condition_is_among_those_it_holds_to(expression: Expression) -> None:
    text, test = expression
    reach = reach_of(text)
    meeting = {
        name
        for name in [*NAMES, "d/9"]
        if any(test(name, *case) for case in itertools.product((True, False), repeat=2))
    }
    if isinstance(reach, Held):
        assert all(reach.admits(name) for name in meeting), (text, reach)
    if reach is EVERYTHING:
        # What is sure to be open is open to whatever name, at some time.
        assert meeting == {*NAMES, "d/9"}, text


@pytest.mark.parametrize(
    ("condition", "reach"),
    [
        ("", EVERYTHING),
        (" ", EVERYTHING),
        (None, UNSURE),
        ("resource.name ==", UNSURE),
        ("resource.name.endsWith('x')", UNSURE),
        ("resource.type != 'storage.googleapis.com/Object' || resource.name.startsWith('a/')", UNSURE),
        ("resource.type == 'storage.googleapis.com/Object'", EVERYTHING),
        ("resource.name == 'a' && resource.name == 'b'", Held()),
        ("resource.name.startsWith('a/b') && resource.name.startsWith('a/')", Held(beginnings=frozenset({"a/b"}))),
        ("resource.name == 'a' || resource.name.startsWith('b/')", Held(frozenset({"a"}), frozenset({"b/"}))),
    ],
)
def test_what_a_condition_holds_to(condition: str | None, reach: object) -> None:
    assert reach_of(condition) == reach


@pytest.mark.parametrize(
    ("name", "pairs"),
    [
        ("projects/p/instances/i", [("projects", "p"), ("instances", "i")]),
        ("//sqladmin.googleapis.com/projects/p/instances/i", [("projects", "p"), ("instances", "i")]),
        ("projects/_/buckets/b/objects/buckets/c", [("projects", "_"), ("buckets", "b")]),
        ("", []),
        ("a", []),
    ],
)
def test_the_entities_in_a_name(name: str, pairs: list[tuple[str, str]]) -> None:
    assert list(entities_in(name)) == pairs


@pytest.mark.parametrize(
    ("beginning", "pairs"),
    [
        ("projects/_/buckets/b", [("projects", "_")]),
        ("projects/_/buckets/b/", [("projects", "_"), ("buckets", "b")]),
        ("projects/_/buckets/b/objects/x", [("projects", "_"), ("buckets", "b")]),
        ("projects/_/buckets/", [("projects", "_")]),
    ],
)
def test_the_entities_that_every_name_with_a_beginning_has(beginning: str, pairs: list[tuple[str, str]]) -> None:
    assert list(whole_entities_in(beginning)) == pairs
