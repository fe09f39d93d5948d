"""Whom a federation provider's condition admits: those alone whom a claim tells from strangers, or others too.

The answer follows from the condition's form alone. It is YES only where whatever meets the condition has one of
the claims at a value that is ours; NO where a way through without one is seen; UNSURE where the form is not known.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from analysis import pattern
from analysis.access.cel import Call, Certainty, Listed, Literal, Name, Node, Operation, all_of, certain
from analysis.access.cel_reader import NotRead, read
from policies.least_privilege.federation.issuers import END

Claims = Mapping[str, re.Pattern[str]]
Mapped = Callable[[str], str | None]
"""The expression that a provider's attribute mapping has for `google.subject` or `attribute.x`."""

_SAME_CLAIM: Final = frozenset({"lowerAscii", "upperAscii"})
_PRESENCE: Final = frozenset({"has", "size"})
_TEXTUAL: Final = frozenset({"startsWith", "endsWith", "contains", "matches"})
_ORDERS: Final = frozenset({"<", "<=", ">", ">="})
_NUMBER: Final = (int, float)


def admits_ours_only(condition: Node, claims: Claims | None, mapped: Mapped) -> Certainty:
    """Whether each way to meet the condition goes through one of `claims` at a value that its pattern takes.

    Without `claims` any claim will do, at any value: for an issuer whose tokens are all of one party.
    """
    return certain(condition, _Test(claims, mapped))


class _Test:
    def __init__(self, claims: Claims | None, mapped: Mapped) -> None:
        self._claims = claims
        self._mapped = mapped

    def __call__(self, node: Node, negated: bool) -> Certainty:
        match node:
            case Operation("==" | "!=" as operator, (left, right)):
                return self._compared(left, right, equal=(operator == "==") is not negated)
            case Operation("in", (one, several)) if not negated:
                return self._among(one, several)
            case Call(function, Name() | Call() as target, (Literal(str() as value),)) if not negated:
                return self._called(function, target, value)
        return Certainty.NO if _tells_nobody(node, negated) else Certainty.UNSURE

    def _compared(self, left: Node, right: Node, *, equal: bool) -> Certainty:
        match left, right:
            case Literal(one), Literal(other):
                alike = type(one) is type(other) or (isinstance(one, _NUMBER) and isinstance(other, _NUMBER))
                return _yes((alike and one == other) is not equal)
            case (Literal(value), claim) | (claim, Literal(value)) if equal:
                return self._valued(claim, value)
            case Name(), Name():
                return Certainty.NO
        # What is anything but one value may be anybody's.
        return Certainty.UNSURE if equal else Certainty.NO

    def _among(self, one: Node, several: Node) -> Certainty:
        match one, several:
            case _, Listed(items):
                # In an empty list is nothing, so nobody is admitted.
                return all_of(self._compared(one, item, equal=True) for item in items)
            case Literal(str() as value), Name() if self._claims is None:
                return _yes(bool(value))
            case Literal(), Name():
                return Certainty.NO if self._claim(several) else Certainty.UNSURE
        return Certainty.UNSURE

    def _called(self, function: str, target: Node, value: str) -> Certainty:
        claim = self._claim(target)
        if claim is None:
            return Certainty.UNSURE
        match function:
            case "startsWith":
                return _yes(self._takes(claim, value))
            case "endsWith" | "contains":
                # A stranger's name may end in ours, or have it inside.
                return _yes(self._claims is None and bool(value))
            case "matches":
                return self._matched(claim, value)
        return Certainty.UNSURE

    def _matched(self, claim: str, expression: str) -> Certainty:
        if self._claims is None:
            empty = pattern.found(expression, "")
            return Certainty.UNSURE if empty is None else _yes(not empty)
        return all_of(self._begun(claim, branch) for branch in _branches(expression))

    def _begun(self, claim: str, branch: str) -> Certainty:
        if branch.startswith("("):
            return Certainty.UNSURE
        if not branch.startswith("^"):
            # CEL looks for the expression anywhere in the value.
            return Certainty.NO
        beginning, rest = _beginning(branch[1:])
        if self._takes(claim, beginning + (END if rest == "$" else "")):
            return Certainty.YES
        return Certainty.UNSURE if rest[:1] in ("(", "[", "\\") else Certainty.NO

    def _valued(self, node: Node, value: object) -> Certainty:
        claim = self._claim(node)
        if claim is None:
            return Certainty.UNSURE
        if not isinstance(value, str | int | float):
            return Certainty.NO
        return _yes(self._takes(claim, f"{value}{END}"))

    def _takes(self, claim: str, beginning: str) -> bool:
        """Whether a claim with this beginning, or with this value where `END` is there, is ours."""
        # An asterisk is compared as one: whoever wrote it meant to admit more than stands there.
        if "*" in beginning:
            return False
        if self._claims is None:
            return bool(beginning.removesuffix(END))
        expected = self._claims.get(claim)
        return expected is not None and expected.match(beginning) is not None

    def _claim(self, node: Node) -> str | None:
        """The claim of the token that the expression is, if it is one."""
        while isinstance(node, Call) and node.function in _SAME_CLAIM and node.target is not None:
            node = node.target
        match node:
            case Name(("google" | "attribute", _) as path):
                expression = self._mapped(".".join(path))
                try:
                    return _claim_of_token(read(expression)) if expression is not None else None
                except NotRead:
                    return None
        return _claim_of_token(node)


def _claim_of_token(node: Node) -> str | None:
    match node:
        case Name(("assertion", *path)) if path:
            return ".".join(path)
        case Call("string", None, (Name(("assertion", *path)),)) if path:
            return ".".join(path)
    return None


def _tells_nobody(node: Node, negated: bool) -> bool:
    """Whether strangers' tokens may pass a test: of order, of presence, or that they are not something."""
    match node:
        case Name():
            # True or false by itself: that an address is verified, say.
            return True
        case Operation(operator, _):
            return operator in _ORDERS or (operator == "in" and negated)
        case Call(function, _, _):
            return function in _PRESENCE or (function in _TEXTUAL and negated)
    return False


def _yes(answer: bool) -> Certainty:
    return Certainty.YES if answer else Certainty.NO


def _branches(expression: str) -> Iterator[str]:
    """The alternatives of a regular expression that are not inside brackets."""
    depth, begin, place = 0, 0, 0
    in_class = False
    while place < len(expression):
        sign = expression[place]
        if sign == "\\":
            place += 1
        elif in_class:
            in_class = sign != "]"
        elif sign == "[":
            in_class = True
            # The first sign of a class is one of it, a bracket too.
            place += 2 if expression[place + 1 : place + 2] == "^" else 1
        elif sign in "()":
            depth += 1 if sign == "(" else -1
        elif sign == "|" and depth <= 0:
            yield expression[begin:place]
            begin = place + 1
        place += 1
    yield expression[begin:]


def _beginning(expression: str) -> tuple[str, str]:
    """The text that whatever matches begins with, and the rest of the expression after it."""
    found: list[str] = []
    places = [0]
    place = 0
    while place < len(expression):
        sign = expression[place]
        if sign == "\\" and expression[place + 1 : place + 2] and not expression[place + 1].isalnum():
            sign, place = expression[place + 1], place + 1
        elif sign in "\\.^$*+?()[]{}|":
            break
        found.append(sign)
        place += 1
        places.append(place)
    rest = expression[places[len(found)] :]
    if rest[:1] in ("*", "?", "{") and found:
        # The last sign may be missing.
        found.pop()
        rest = expression[places[len(found)] :]
    return "".join(found), rest
