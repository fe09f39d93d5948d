"""Texts from plans and files on their way to a terminal: nothing in them may steer it or forge a line."""

from __future__ import annotations

import unicodedata
from shutil import get_terminal_size

_WIDEST = 110
_NARROWEST = 60


def width() -> int:
    """Where prose is wrapped: at the terminal's width (or `COLUMNS`) within what reads well; at 110 in a pipe."""
    return max(_NARROWEST, min(_WIDEST, get_terminal_size((_WIDEST, 24)).columns))


def printable(line: str) -> str:
    """`line` with every control character, line breaks and lone surrogates too, written out: `\\x1b`, `\\n`."""
    if line.isascii() and line.isprintable():
        return line
    return "".join(
        one.encode("unicode_escape").decode("ascii") if unicodedata.category(one) in ("Cc", "Cf", "Cs") else one
        for one in line
    )


def printable_lines(text: str) -> str:
    """The same for several lines, which stay apart."""
    return "\n".join(map(printable, text.split("\n")))
