"""An entry of Cloud Logging as a filter is tried on it: what it has at a path, and how that compares with a text.

https://cloud.google.com/logging/docs/view/logging-query-language#comparisons
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from analysis import pattern


class _Leaf:
    def __init__(self, name: str) -> None:
        self._name = name

    def __repr__(self) -> str:
        return self._name


ANY: Final = _Leaf("any")
"""In an entry: equal to whatever it is compared with (the project's own ID, which no filter gets wrong)."""
MAYBE: Final = _Leaf("maybe")
"""In an entry: not known, so neither equal nor different."""

Entry = Mapping[str, Any]
Answer = bool | None
Test = Callable[[Entry], Answer]

SEVERITIES: Final = (
    "DEFAULT",
    "DEBUG",
    "INFO",
    "NOTICE",
    "WARNING",
    "ERROR",
    "CRITICAL",
    "ALERT",
    "EMERGENCY",
)


def all_of(answers: Iterable[Answer]) -> Answer:
    """True where all are, False where one is, None otherwise."""
    found: Answer = True
    for answer in answers:
        if answer is False:
            return False
        if answer is None:
            found = None
    return found


def any_of(answers: Iterable[Answer]) -> Answer:
    """True where one is, False where all are, None otherwise."""
    found: Answer = False
    for answer in answers:
        if answer:
            return True
        if answer is None:
            found = None
    return found


def opposite(answer: Answer) -> Answer:
    """What NOT makes of an answer."""
    return None if answer is None else not answer


def log_id(entry: Entry) -> str:
    """The log of an entry, without the project before it and in lower case."""
    return str(entry.get("logName", "")).partition("/logs/")[2].replace("%2F", "/").replace("%2f", "/").lower()


def _at(here: Any, path: tuple[str, ...]) -> Iterator[Any]:
    """What an entry has at a path; of a repeated field each."""
    if here is ANY or here is MAYBE:
        yield here
    elif isinstance(here, list):
        for one in here:
            yield from _at(one, path)
    elif not path:
        yield here
    elif isinstance(here, dict):
        wanted = path[0].lower()
        for key, below in here.items():
            if key.lower() == wanted:
                yield from _at(below, path[1:])


def _leaves(here: Any) -> Iterator[Any]:
    if isinstance(here, dict):
        for below in here.values():
            yield from _leaves(below)
    elif isinstance(here, list):
        for below in here:
            yield from _leaves(below)
    else:
        yield here


def anywhere(text: str) -> Test:
    """A text alone: whether any field has it."""
    wanted = text.lower()

    def test(entry: Entry) -> Answer:
        return any(wanted in str(one).lower() for one in _leaves(entry) if one is not ANY and one is not MAYBE)

    return test


def compared(entry: Entry, path: tuple[str, ...], comparator: str, text: str) -> Answer:
    """Whether what an entry has at `path` is as the comparison says; False where it has nothing there."""
    return any_of(_holds(one, path, comparator, text) for one in _at(entry, path))


def _holds(one: Any, path: tuple[str, ...], comparator: str, text: str) -> Answer:
    if one is MAYBE:
        return None
    if one is ANY:
        return comparator not in ("!=", "!~")
    if isinstance(one, dict):
        # Presence, or a text somewhere below; nothing else can be asked of a whole.
        return comparator == ":" and (
            text == "*" or any(text.lower() in str(leaf).lower() for leaf in _leaves(one))
        )
    shown = str(one).lower() if isinstance(one, bool) else str(one)
    if comparator.startswith("!"):
        return opposite(_OPERATORS["=~" if comparator == "!~" else "="](shown, text, path))
    return _OPERATORS[comparator](shown, text, path)


def _has(shown: str, text: str, _path: tuple[str, ...]) -> Answer:
    return text == "*" or text.lower() in shown.lower()


def _same(shown: str, text: str, path: tuple[str, ...]) -> Answer:
    if path == ("logName",):
        # The project before it is the one that the filter is in.
        shown, text = shown.partition("/logs/")[2], text.partition("/logs/")[2]
    if shown.lower() == text.lower():
        return True
    try:
        return float(shown) == float(text)
    except ValueError:
        return False


def _like(shown: str, text: str, _path: tuple[str, ...]) -> Answer:
    return pattern.found(text, shown)


def _ordered(holds: Callable[[float, float], bool]) -> Callable[[str, str, tuple[str, ...]], Answer]:
    def compare(shown: str, text: str, path: tuple[str, ...]) -> Answer:
        try:
            if path == ("severity",):
                return holds(SEVERITIES.index(shown.upper()), SEVERITIES.index(text.upper()))
            return holds(float(shown), float(text))
        except ValueError:
            return None

    return compare


_OPERATORS: Final[Mapping[str, Callable[[str, str, tuple[str, ...]], Answer]]] = {
    ":": _has,
    "=": _same,
    "=~": _like,
    ">": _ordered(operator.gt),
    ">=": _ordered(operator.ge),
    "<": _ordered(operator.lt),
    "<=": _ordered(operator.le),
}
