"""Filters in Cloud Logging's query language, evaluated on an entry instead of compared with a text.

Whether a filter catches an event is asked by giving it the entry that the event leaves: however it is written, the
answer is the same. https://cloud.google.com/logging/docs/view/logging-query-language

The answer is None where it cannot be told: for a function that is not known here, an expression that is not tried,
a field of the entry that is `MAYBE`, or a filter that is none.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from analysis.telemetry.log_entry import (
    Answer,
    Entry,
    Test,
    all_of,
    any_of,
    anywhere,
    compared,
    log_id,
    opposite,
)

LONGEST: Final = 20_000
"""Characters, Google's own limit for a filter."""
_DEEPEST: Final = 40


class _Unreadable(Exception):
    """The text is no filter, or one that is not understood here."""


@dataclass(frozen=True, slots=True)
class LogFilter:
    """A filter that was read; `test` is None where it could not be."""

    test: Test | None

    @classmethod
    def read(cls, text: str) -> LogFilter:
        """The filter that `text` is; an empty one matches every entry."""
        return _read(text) if len(text) <= LONGEST else cls(None)

    def matches(self, entry: Entry) -> Answer:
        """Whether the filter lets `entry` through."""
        return self.test(entry) if self.test is not None else None


_TOKEN: Final = re.compile(
    r"""\s*(?:--[^\n]*(?:\n|\Z)\s*)*(?:
      (?P<quoted>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    | (?P<operator>=~|!~|!=|>=|<=|[=<>:])
    | (?P<bracket>[()])
    | (?P<comma>,)
    | (?P<minus>-(?=[^\s\d]))
    | (?P<dot>\.)
    | (?P<word>[^\s"'()=<>!:,.]+)
    | (?P<end>$)
    )""",
    re.VERBOSE | re.DOTALL,
)
_STARTS: Final = ("quoted", "word", "minus")


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    apart: bool
    """Whether something other than a token stands before it, as between `a b`."""


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    at = 0
    while True:
        match = _TOKEN.match(text, at)
        if match is None:
            raise _Unreadable
        kind = str(match.lastgroup)
        found.append(_Token(kind, match[kind], match.start(kind) > at))
        if kind == "end":
            return found
        at = match.end()


class _Reader:
    """Reads one filter. NOT binds closest, then OR, then AND, which may be left out."""

    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text)
        self._at = 0
        self._depth = 0

    def whole(self) -> Test:
        if self._here.kind == "end":
            return lambda _: True
        test = self._conjunction(self._disjunction)
        if self._here.kind != "end":
            raise _Unreadable
        return test

    @property
    def _here(self) -> _Token:
        return self._tokens[self._at]

    def _take(self) -> _Token:
        token = self._here
        self._at += 1
        return token

    def _is(self, kind: str, *texts: str) -> bool:
        return self._here.kind == kind and self._here.text in texts

    def _conjunction(self, part: Callable[[], Test]) -> Test:
        parts = [part()]
        while True:
            if self._is("word", "AND"):
                self._take()
            elif not (self._here.kind in _STARTS or self._is("bracket", "(")):
                break
            parts.append(part())
        return parts[0] if len(parts) == 1 else lambda entry: all_of(one(entry) for one in parts)

    def _disjunction(self) -> Test:
        return self._either(self._negation)

    def _either(self, part: Callable[[], Test]) -> Test:
        parts = [part()]
        while self._is("word", "OR"):
            self._take()
            parts.append(part())
        return parts[0] if len(parts) == 1 else lambda entry: any_of(one(entry) for one in parts)

    def _negation(self) -> Test:
        return self._negated(self._comparison)

    def _negated(self, part: Callable[[], Test]) -> Test:
        if self._is("word", "NOT") or self._here.kind == "minus":
            self._take()
            self._deeper()
            test = self._negated(part)
            self._depth -= 1
            return lambda entry: opposite(test(entry))
        return part()

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise _Unreadable

    def _closed(self, inside: Callable[[], Test]) -> Test:
        self._take()
        self._deeper()
        test = inside()
        self._depth -= 1
        if not self._is("bracket", ")"):
            raise _Unreadable
        self._take()
        return test

    def _comparison(self) -> Test:
        if self._is("bracket", "("):
            return self._closed(lambda: self._conjunction(self._disjunction))
        path = self._path()
        if self._is("bracket", "(") and not self._here.apart:
            return self._function(path)
        if self._here.kind != "operator":
            if len(path) != 1:
                raise _Unreadable
            return anywhere(path[0])
        operator = self._take().text
        return self._value(tuple(path), operator)

    def _path(self) -> list[str]:
        """The parts of a field's name, or the one word or quoted text that stands for itself."""
        parts = [self._word()]
        while self._here.kind == "dot":
            self._take()
            parts.append(self._word())
        return parts

    def _word(self) -> str:
        token = self._take()
        if token.kind == "quoted":
            return _unquoted(token.text)
        if token.kind == "word" and token.text not in ("AND", "OR", "NOT"):
            return token.text
        raise _Unreadable

    def _function(self, path: list[str]) -> Test:
        self._take()
        given: list[str] = []
        while not self._is("bracket", ")"):
            if self._here.kind == "comma":
                self._take()
                continue
            given.append(".".join(self._path()))
        self._take()
        if path == ["log_id"] and len(given) == 1:
            wanted = given[0].lower()
            return lambda entry: log_id(entry) == wanted
        # Whatever else it asks (a range, a sample, a search), the entry has not been made for it.
        if self._here.kind == "operator":
            self._value(tuple(path), self._take().text)
        return lambda _: None

    def _value(self, path: tuple[str, ...], operator: str) -> Test:
        """What `path operator` is followed by: a value, or several in brackets with AND, OR and NOT."""
        if self._is("bracket", "("):

            def one() -> Test:
                return self._negated(lambda: self._value(path, operator))

            return self._closed(lambda: self._conjunction(lambda: self._either(one)))
        minus = "-" if self._here.kind == "minus" else ""
        if minus:
            self._take()
        quoted = self._here.kind == "quoted"
        text = minus + self._word()
        while self._here.kind == "dot" and not quoted:
            self._take()
            text += "." + (self._word() if not self._here.apart and self._here.kind == "word" else "")
        return lambda entry: compared(entry, path, operator, text)


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1], flags=re.DOTALL) if "\\" in text else text[1:-1]


@lru_cache(maxsize=1024)
def _read(text: str) -> LogFilter:
    try:
        return LogFilter(_Reader(text).whole())
    except _Unreadable:
        return LogFilter(None)
