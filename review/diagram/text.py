"""How wide a text is on paper, without a font at hand, and where to break it.

The widths are those of Helvetica and Arial with a little to spare: the reader's font is another.
"""

from __future__ import annotations

import re

NAME, WHAT, LABEL = 13.0, 11.5, 11.0
"""Sizes in pixels: of a node's name, of what it is, of the words on a line."""
_SPARE = 1.06
_NARROW, _WIDE = frozenset("iljtfrI.,:;'|!()[]/ "), frozenset("mwMWQO@%&—…")


# From here on letters are about as wide as high: the scripts of East Asia, emoji.
_SQUARE = "\u2e80"


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """The width of one line in pixels."""
    return sum(map(_em, text)) * size * _SPARE * (1.05 if bold else 1.0)


def fitted(text: str, width: float, size: float, *, bold: bool = False) -> str:
    """`text`, cut with an ellipsis where it is wider than `width`."""
    if width_of(text, size, bold=bold) <= width:
        return text
    cut = text
    while cut and width_of(f"{cut}…", size, bold=bold) > width:
        cut = cut[:-1]
    return f"{cut.rstrip()}…"


def wrapped(text: str, width: float, size: float, *, lines: int, longest: float) -> tuple[str, ...]:
    """`text` in at most `lines` lines, broken after commas rather than between other words.

    A word that is wider than `width` may be up to `longest` wide; what has no room is cut with an ellipsis.
    """
    found = [""]
    for part in re.split("(?<=,) ", " ".join(text.split())):
        whole = width_of(part, size) <= width
        for piece in [part] if whole else part.split():
            longer = f"{found[-1]} {piece}".strip()
            if not found[-1] or len(found) == lines or width_of(longer, size) <= width:
                found[-1] = longer
            else:
                found.append(piece)
    return tuple(fitted(line, longest, size) for line in found)


def _em(letter: str) -> float:
    if letter in _NARROW:
        return 0.3
    if letter in _WIDE or letter >= _SQUARE:
        return 0.92
    return 0.68 if letter.isupper() else 0.54
