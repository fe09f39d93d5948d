"""Conditions are read as CEL has them, and what all that meets one has in common is compared with brute force."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.access.cel import Call, Certainty, Listed, Literal, Name, Node, Operation, Other, certain
from analysis.access.cel_reader import LONGEST, NotRead, read

A, B, C = Name(("a",)), Name(("b",)), Name(("c",))


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("a && b || c", Operation("||", (Operation("&&", (A, B)), C))),
        ("a || b && c", Operation("||", (A, Operation("&&", (B, C))))),
        ("a && b && c", Operation("&&", (A, B, C))),
        ("a == b && c", Operation("&&", (Operation("==", (A, B)), C))),
        ("!a && b", Operation("&&", (Operation("!", (A,)), B))),
        ("!!a", A),
        ("!!!a", Operation("!", (A,))),
        ("a ? b : c", Operation("?:", (A, B, C))),
        ("a ? b : c ? a : b", Operation("?:", (A, B, Operation("?:", (C, A, B))))),
        ("a + b * c == c", Operation("==", (Operation("+", (A, Operation("*", (B, C)))), C))),
        ("a - b - c", Operation("-", (Operation("-", (A, B)), C))),
        ("a in ['x', \"y\"]", Operation("in", (A, Listed((Literal("x"), Literal("y")))))),
        ("assertion.sub", Name(("assertion", "sub"))),
        (".assertion.sub", Name(("assertion", "sub"))),
        ("assertion['a/b'].c", Name(("assertion", "a/b", "c"))),
        ("a.startsWith('x')", Call("startsWith", A, (Literal("x"),))),
        ("has(a.b)", Call("has", None, (Name(("a", "b")),))),
        ("a.b(1).c(2)", Call("c", Call("b", A, (Literal(1),)), (Literal(2),))),
        ("a.split('/')[0]", Other()),
        ("{'a': 1, 'b': 2,}['a']", Other()),
        ("[1, 2,]", Listed((Literal(1), Literal(2)))),
        ("-1", Operation("-", (Literal(1),))),
        ("0x1F", Literal(31)),
        ("12u", Literal(12)),
        ("1.5e3", Literal(1500.0)),
        (".5", Literal(0.5)),
        ("null", Literal(None)),
        ("true", Literal(True)),
        (r"'it\'s'", Literal("it's")),
        (r"'\x41\u0042\U00000043\104\n'", Literal("ABCD\n")),
        (r"r'\d'", Literal(r"\d")),
        ("'''it's'''", Literal("it's")),
        ('"""a"b"""', Literal('a"b')),
        ("''", Literal("")),
        ("b'x'", Literal(b"x")),
        ("a // what follows is a comment\n && b", Operation("&&", (A, B))),
        ("inside", Name(("inside",))),
        ("a == r", Operation("==", (A, Name(("r",))))),
    ],
)
def test_an_expression_is_read_as_cel_has_it(text: str, node: Node) -> None:
    assert read(text) == node


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a b",
        "a &&",
        "&& a",
        "(a",
        "a)",
        "a.",
        "a.'b'",
        "a ? b",
        "'a",
        "'a\nb'",
        r"'\q'",
        r"'\U00110000'",
        "a ==",
        "in",
        "a in",
        "[1, 2",
        "{'a': }",
        "a = b",
        "a & b",
        "!-a",
        "§",
        "(" * 40 + "a" + ")" * 40,
        "a" * (LONGEST + 1),
    ],
)
def test_what_is_no_expression_is_refused(text: str) -> None:
    with pytest.raises(NotRead):
        read(text)


@pytest.mark.parametrize(
    "text", ["a && " * 2000 + "a", "!" * 4000 + "a", "a" + ".b()" * 2000, "a + " * 3000 + "a"]
)
def test_a_long_expression_is_read_without_going_deep(text: str) -> None:
    node = read(text)
    assert certain(node, lambda _, negated: Certainty.NO) is Certainty.NO


PIECES = st.sampled_from(
    [*"abr'\"\\.,:?![](){}+-*/%<>=&| \n", "&&", "||", "==", "!=", "in", "true", "'x'", "has(", "1", "0x", "1e9"]
)


@given(st.lists(PIECES, max_size=40).map("".join))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        node = read(text)
    except NotRead:
        return
    assert certain(node, lambda _, negated: Certainty.UNSURE) in Certainty


@given(st.text(max_size=30))
def test_a_text_comes_back_whatever_is_in_it(value: str) -> None:
    plain = re.sub(r"[\\'\n\r]", lambda sign: {"\n": r"\n", "\r": r"\r"}.get(sign[0], "\\" + sign[0]), value)
    assert read(f"'{plain}'") == Literal(value)


# What brute force tries: formulas of p0 … p3, of which p0 and not-p1 are what is looked for.
ATOMS = ("p0", "p1", "p2", "p3")
FORMULAS = st.recursive(
    st.sampled_from([*ATOMS, "true", "false"]),
    lambda inner: st.one_of(
        inner.map(lambda one: f"!({one})"),
        st.tuples(inner, st.sampled_from(["&&", "||"]), inner).map(lambda parts: f"({' '.join(parts)})"),
        st.tuples(inner, inner, inner).map(lambda parts: f"({parts[0]} ? {parts[1]} : {parts[2]})"),
        st.tuples(inner, st.sampled_from(["== true", "!= true", "== false", "!= false"])).map(
            lambda parts: f"(({parts[0]}) {parts[1]})"
        ),
    ),
    max_leaves=12,
)


def is_p0_or_not_p1(node: Node, negated: bool) -> Certainty:
    return Certainty.YES if (node, negated) in ((Name(("p0",)), False), (Name(("p1",)), True)) else Certainty.NO


def holds(node: Node, world: Mapping[str, bool]) -> bool:
    if isinstance(node, Literal):
        return node.value is True
    if isinstance(node, Name):
        return world[node.path[0]]
    assert isinstance(node, Operation), node
    values = [holds(one, world) for one in node.operands]
    return {
        "!": lambda: not values[0],
        "&&": lambda: all(values),
        "||": lambda: any(values),
        "?:": lambda: values[1] if values[0] else values[2],
        "==": lambda: values[0] == values[1],
        "!=": lambda: values[0] != values[1],
    }[node.operator]()


@given(FORMULAS)
def test_what_is_certain_is_so_in_every_world(text: str) -> None:
    node = read(text)
    worlds = [
        dict(zip(ATOMS, values, strict=True)) for values in itertools.product((False, True), repeat=len(ATOMS))
    ]
    if certain(node, is_p0_or_not_p1) is Certainty.YES:
        assert all(world["p0"] or not world["p1"] for world in worlds if holds(node, world))
    if certain(node, is_p0_or_not_p1, negated=True) is Certainty.YES:
        assert all(world["p0"] or not world["p1"] for world in worlds if not holds(node, world))


@given(
    st.recursive(
        st.sampled_from(["p0", "p2", "p3"]),
        lambda inner: st.tuples(inner, st.sampled_from(["&&", "||"]), inner).map(
            lambda parts: f"({' '.join(parts)})"
        ),
        max_leaves=12,
    )
)
def test_without_negations_the_answer_is_exact(text: str) -> None:
    node = read(text)
    worlds = [
        dict(zip(ATOMS, values, strict=True)) for values in itertools.product((False, True), repeat=len(ATOMS))
    ]
    expected = all(world["p0"] for world in worlds if holds(node, world))
    assert certain(node, is_p0_or_not_p1) is (Certainty.YES if expected else Certainty.NO)
