"""The shapes that a diagram consists of on paper, and the measures that its layout and its drawing share.

All in pixels; x grows to the right, y down.
"""

from __future__ import annotations

from dataclasses import dataclass

from review.diagram.diagram import Link, Node
from review.diagram.stack import Item
from review.diagram.words import Place

MARGIN = 12.0
HEADER = 32.0
PAD = 8.0
"""From a frame to its nodes."""
TITLE = 20.0
"""The height of a frame's title."""
INSET = 9.0
"""From a node's side to its text."""
NAME_LINE, WHAT_LINE = 18.0, 14.0
"""The heights of the lines of a node's text."""

Point = tuple[float, float]


@dataclass(kw_only=True)
class Box(Item):
    """A node on paper, with its words in lines."""

    node: Node
    lines: tuple[str, ...]
    width: float = 0.0

    @property
    def right(self) -> float:
        """The x of its right side."""
        return self.x + self.width


@dataclass(kw_only=True)
class Lane(Item):
    """The way of all lines of `source` through a column that they only pass."""

    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Frame:
    """The frame of a place."""

    place: Place
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A link on paper: it runs through `points` and ends in an arrow; `words` is where its label's anchor is."""

    link: Link
    points: tuple[Point, ...]
    words: Point
    anchor: str
    upright: bool = False
    """Whether it runs straight down, between two nodes of a column."""


@dataclass(frozen=True, kw_only=True)
class Layout:
    """All of it, and how large it is."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    frames: tuple[Frame, ...]
    lines: tuple[Line, ...]
