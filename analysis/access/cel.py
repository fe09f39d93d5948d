"""Conditions in CEL, and what all that meets one has in common. `analysis.access.cel_reader` reads them.

Nothing is evaluated. `certain` answers whether whatever meets a condition has passed some test: the test itself,
and what it makes of a comparison or a call, is the policy's.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Literal:
    """A value as it is written."""

    value: str | bytes | float | bool | None


@dataclass(frozen=True, slots=True)
class Name:
    """`assertion.sub`, or `assertion['sub']`, which is the same."""

    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """`function(…)`, or `target.function(…)`."""

    function: str
    target: Node | None
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """A list as it is written."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """An operator on its operands. `&&` and `||` have as many as were written in a row, `?:` has three."""

    operator: str
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Other:
    """What is valid, and what nothing here needs to look into: a map, an index into what is computed."""


Node = Literal | Name | Call | Listed | Operation | Other


class Certainty(enum.Enum):
    """Whether all that meets a condition has passed a test."""

    YES = "yes"
    NO = "no"
    UNSURE = "unsure"


def certain(node: Node, test: Callable[[Node, bool], Certainty], *, negated: bool = False) -> Certainty:
    """Whether `test` is passed in every case in which `node` is true, or false where `negated`.

    `test` is given what is neither a connective nor true or false, and whether that is negated.
    """
    match node:
        case Operation("!", (inner,)):
            return certain(inner, test, negated=not negated)
        case Operation("&&" | "||" as operator, operands):
            found = (certain(one, test, negated=negated) for one in operands)
            return any_of(found) if (operator == "&&") is not negated else all_of(found)
        case Operation("?:", (asked, if_true, if_false)):
            return all_of(
                any_of((certain(asked, test, negated=not way), certain(then, test, negated=negated)))
                for way, then in ((True, if_true), (False, if_false))
            )
        case Operation(
            "==" | "!=" as operator, (Literal(bool() as value), other) | (other, Literal(bool() as value))
        ):
            same = (operator == "==") is value
            return certain(other, test, negated=negated is same)
        case Literal(bool() as value):
            # What nothing meets passes every test.
            return Certainty.NO if value is not negated else Certainty.YES
        case _:
            return test(node, negated)


def any_of(found: Iterator[Certainty] | tuple[Certainty, ...]) -> Certainty:
    """Of several that hold together: one that has passed will do."""
    answers = set(found)
    if Certainty.YES in answers:
        return Certainty.YES
    return Certainty.UNSURE if Certainty.UNSURE in answers else Certainty.NO


def all_of(found: Iterator[Certainty] | tuple[Certainty, ...]) -> Certainty:
    """Of several of which one holds: each must have passed."""
    answers = set(found)
    if Certainty.NO in answers:
        return Certainty.NO
    return Certainty.UNSURE if Certainty.UNSURE in answers else Certainty.YES
