"""Reads the text of a CEL expression, as Google's conditions have it, without evaluating anything.

https://github.com/google/cel-spec/blob/master/doc/langdef.md#syntax
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from analysis.access.cel import Call, Listed, Literal, Name, Node, Operation, Other

LONGEST: Final = 12_288
"""Characters that are read. Google takes no more than 4,096 in a federation provider's condition:
https://cloud.google.com/iam/docs/reference/rest/v1/projects.locations.workloadIdentityPools.providers"""
_DEEPEST: Final = 32
"""How many brackets within each other are read; a CEL parser need not take more."""


class NotRead(ValueError):
    """A text that is no CEL expression, or none of a form that is read here."""


def read(text: str) -> Node:
    """The expression in `text`; NotRead where it is none."""
    if len(text) > LONGEST:
        raise NotRead(f"the expression has {len(text)} characters, and {LONGEST} at most are read")
    return _Reader(text).all()


_TOKEN: Final = re.compile(
    r"""
    (?P<space>\s+|//[^\n]*)
    | (?P<text>(?P<prefix>[rR]?[bB]?|[bB][rR])(?:
          '''(?:[^\\]|\\.)*?''' | \"\"\"(?:[^\\]|\\.)*?\"\"\"
        | '(?:[^'\\\n]|\\.)*' | "(?:[^"\\\n]|\\.)*"))
    | (?P<number>0[xX][0-9a-fA-F]+[uU]?|(?:\d+\.\d+|\.\d+|\d+)(?:[eE][+-]?\d+)?[uU]?)
    | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<sign>&&|\|\||==|!=|<=|>=|[-+*/%<>!?:.,()\[\]{}])
    """,
    re.VERBOSE | re.DOTALL,
)
_BINDING: Final = {
    operator: strength
    for strength, operators in enumerate((("||",), ("&&",), ("==", "!=", "<", "<=", ">", ">=", "in"), "+-", "*/%"))
    for operator in operators
}
_CONSTANTS: Final[dict[str, bool | None]] = {"true": True, "false": False, "null": None}
_ESCAPED: Final = re.compile(
    r"\\(?:x(?P<x>[0-9a-fA-F]{2})|u(?P<u>[0-9a-fA-F]{4})|U(?P<U>[0-9a-fA-F]{8})|(?P<octal>[0-3][0-7]{2})|(?P<one>.))",
    re.DOTALL,
)
_ESCAPES: Final = dict(zip("abfnrtv", "\a\b\f\n\r\t\v", strict=True)) | {sign: sign for sign in "\\?\"'`"}
_END: Final = ("", "")


class _Reader:
    def __init__(self, text: str) -> None:
        self._tokens = list(_tokens(text))
        self._place = 0
        self._depth = 0

    def all(self) -> Node:
        node = self._expression()
        if self._next != _END:
            raise NotRead(f"'{self._next[1]}' stands where nothing is expected")
        return node

    @property
    def _next(self) -> tuple[str, str]:
        return self._tokens[self._place] if self._place < len(self._tokens) else _END

    def _take(self) -> tuple[str, str]:
        token = self._next
        self._place += 1
        return token

    def _taken(self, *signs: str) -> str | None:
        """The sign that comes next if it is one of `signs`, taken."""
        kind, text = self._next
        return self._take()[1] if text in signs and kind in ("sign", "name") else None

    def _expect(self, sign: str) -> None:
        if not self._taken(sign):
            raise NotRead(f"'{self._next[1] or 'the end'}' stands where '{sign}' is expected")

    def _expression(self) -> Node:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise NotRead(f"more than {_DEEPEST} brackets stand within each other")
        node = self._binary(0)
        if self._taken("?"):
            if_true = self._expression()
            self._expect(":")
            node = Operation("?:", (node, if_true, self._expression()))
        self._depth -= 1
        return node

    def _binary(self, least: int) -> Node:
        node = self._unary()
        while (kind := self._next[0]) in ("sign", "name"):
            operator = self._next[1]
            strength = _BINDING.get(operator, -1)
            if strength < least or (kind == "name") is not (operator == "in"):
                break
            self._take()
            right = self._binary(strength + 1)
            if operator in ("&&", "||") and isinstance(node, Operation) and node.operator == operator:
                # A long row of them is one operation, or it would be as deep as it is long.
                node = Operation(operator, (*node.operands, right))
            else:
                node = Operation(operator, (node, right))
        return node

    def _unary(self) -> Node:
        sign = self._taken("!", "-")
        if sign is None:
            return self._member()
        odd = True
        while self._taken(sign):
            odd = not odd
        # `!-x` and `-!x` are no sense: there is one kind of sign before a value.
        inner = self._member()
        return Operation(sign, (inner,)) if odd else inner

    def _member(self) -> Node:
        node = self._primary()
        while sign := self._taken(".", "["):
            if sign == "[":
                index = self._expression()
                self._expect("]")
                match node, index:
                    case Name(path), Literal(str() as key):
                        node = Name((*path, key))
                    case _:
                        node = Other()
                continue
            kind, name = self._take()
            if kind != "name":
                raise NotRead(f"'{name}' stands where a name is expected")
            if self._taken("("):
                node = Call(name, node, self._until(")"))
            else:
                node = Name((*node.path, name)) if isinstance(node, Name) else Other()
        return node

    def _primary(self) -> Node:
        if self._next == ("sign", "."):
            # It only says that the name is looked up at the root.
            self._take()
        kind, text = self._take()
        if kind == "name" and text not in _CONSTANTS and text != "in":
            return Call(text, None, self._until(")")) if self._taken("(") else Name((text,))
        if kind == "sign":
            return self._bracketed(text)
        match kind:
            case "text":
                return Literal(_decoded(text))
            case "number":
                return Literal(_number(text))
            case "name" if text in _CONSTANTS:
                return Literal(_CONSTANTS[text])
        raise NotRead(f"'{text or 'the end'}' stands where a value is expected")

    def _bracketed(self, opening: str) -> Node:
        match opening:
            case "(":
                node = self._expression()
                self._expect(")")
                return node
            case "[":
                return Listed(self._until("]"))
            case "{":
                self._entries()
                return Other()
        raise NotRead(f"'{opening}' stands where a value is expected")

    def _until(self, closing: str) -> tuple[Node, ...]:
        found: list[Node] = []
        while not self._taken(closing):
            found.append(self._expression())
            if not self._taken(","):
                self._expect(closing)
                break
        return tuple(found)

    def _entries(self) -> None:
        while not self._taken("}"):
            self._expression()
            self._expect(":")
            self._expression()
            if not self._taken(","):
                self._expect("}")
                break


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    place = 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise NotRead(f"'{text[place]}' is no part of an expression")
        place = match.end()
        kind = "text" if match["text"] is not None else match.lastgroup or ""
        if kind != "space":
            yield kind, match[0]


def _number(text: str) -> float:
    plain = text.rstrip("uU")
    if plain[:2].lower() == "0x":
        return int(plain, 16)
    try:
        return int(plain)
    except ValueError:
        return float(plain)


def _decoded(text: str) -> str | bytes:
    quote = re.search(r"['\"]", text)
    assert quote is not None  # noqa: S101 - the token's own pattern
    prefix, rest = text[: quote.start()].lower(), text[quote.start() :]
    width = 3 if rest[:3] in ("'''", '"""') and len(rest) >= 6 else 1  # noqa: PLR2004 - two times three quotes
    inner = rest[width:-width]
    if "r" not in prefix:
        inner = _ESCAPED.sub(_unescaped, inner)
    return inner.encode("utf-8", "surrogatepass") if "b" in prefix else inner


def _unescaped(match: re.Match[str]) -> str:
    if match["one"] is not None:
        plain = _ESCAPES.get(match["one"])
        if plain is None:
            raise NotRead(f"'{match[0]}' is no escape")
        return plain
    code = int(match["octal"], 8) if match["octal"] else int(match["x"] or match["u"] or match["U"], 16)
    try:
        return chr(code)
    except (ValueError, OverflowError):
        raise NotRead(f"'{match[0]}' is no character") from None
