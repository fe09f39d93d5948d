"""Where each thing of a diagram goes on paper: columns from left to right, frames around the places.

Lines are bundled: all that a node sends beyond the next column shares one lane through the columns between, and
fans out after it. Words on a line stand at its target, on a straight piece of its own, so that no two of them
meet. Only numbers here; `review.diagram.svg` draws them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise

from review.diagram.diagram import Diagram, Link
from review.diagram.order import Columns, columns_of
from review.diagram.shapes import (
    HEADER,
    INSET,
    MARGIN,
    NAME_LINE,
    PAD,
    TITLE,
    WHAT_LINE,
    Box,
    Frame,
    Lane,
    Layout,
    Line,
    Point,
)
from review.diagram.stack import settle
from review.diagram.text import LABEL, NAME, WHAT, width_of, wrapped

_PORT = 18.0  # between two lines at the same side of a node
_BEND = 24.0  # the width in which lines change their height, and what each of them adds to it
_BEND_EACH = 1.7
_STUB = 9.0  # beside the words on a straight piece
_WIDEST, _LONGEST = 138.0, 172.0  # of a node's text: where lines break, and how long a word may be
_GAP = 12.0
_UPRIGHT = 34.0  # between two nodes that an upright line joins
_MOST_LINES = 4
_TRIES = 3
_EDGE = 7.0  # above and below a node's text


def layout_of(diagram: Diagram) -> Layout:
    """The diagram on paper; the same for the same diagram."""
    columns = columns_of(diagram)
    paper = _Paper(columns)
    paper.stack()
    for _ in range(_TRIES):
        # The first time the columns know only each other's order; then they know where things are.
        columns.reorder({key: box.middle for key, box in paper.boxes.items()})
        paper = _Paper(columns)
        paper.stack()
    paper.spread()
    lines = tuple(paper.line(link) for link in diagram.links)
    boxes = tuple(paper.boxes[node.key] for node in diagram.nodes)
    frames = tuple(paper.frames())
    return Layout(
        width=max((frame.x + frame.width for frame in frames), default=0.0) + MARGIN,
        height=max((item.y + item.height + PAD for stack in paper.stacks for item in stack), default=HEADER)
        + MARGIN,
        boxes=boxes,
        frames=frames,
        lines=lines,
    )


@dataclass
class _Paper:
    """What is on its way to being a layout."""

    columns: Columns
    boxes: dict[str, Box] = field(default_factory=dict)
    stacks: list[list[Box | Lane]] = field(default_factory=list)
    lanes: dict[tuple[str, int], Lane] = field(default_factory=dict)
    starts: list[float] = field(default_factory=list)
    """Of each column, the x from which what arrives from the left is level."""
    ends: list[float] = field(default_factory=list)
    """Of each column, the x up to which what leaves to the right is level."""

    def __post_init__(self) -> None:
        for keys in self.columns.keys:
            made = [self._box(key) for key in keys]
            widest = max(box.width for box in made)
            for box in made:
                box.width = widest
                self.boxes[box.node.key] = box

    def _box(self, key: str) -> Box:
        node, columns = self.columns.nodes[key], self.columns
        lines = wrapped(node.what, _WIDEST, WHAT, lines=_MOST_LINES, longest=_LONGEST)
        left = len(columns.arriving_left(key)) + len(columns.leaving_left(key))
        right = len(columns.arriving_right(key)) + bool(columns.leaving_right(key))
        text = max(
            [min(width_of(node.name, NAME, bold=True), _LONGEST), *(width_of(line, WHAT) for line in lines)]
        )
        height = max(2 * _EDGE + NAME_LINE + WHAT_LINE * len(lines), _PORT * max(left, right) + _EDGE)
        return Box(node=node, lines=lines, width=round(text + 2 * INSET), height=height)

    def stack(self) -> None:
        """Gives everything its height: the last column as it comes, then those that lean on it."""
        above: dict[int, list[Lane]] = defaultdict(list)
        below: dict[int, list[Lane]] = defaultdict(list)
        for source, column, is_above in self.columns.passing():
            lane = self.lanes[source, column] = Lane(source=source)
            (above if is_above else below)[column].append(lane)
        self.stacks = [
            [*above[column], *(self.boxes[key] for key in keys), *below[column]]
            for column, keys in enumerate(self.columns.keys)
        ]
        if not self.stacks:
            return
        last = len(self.stacks) - 1
        settled: set[str] = set()
        for column in dict.fromkeys((last, *range(1, last), 0)):
            stack = self.stacks[column]
            wishes = [None if column == last else self._wish(item, settled) for item in stack]
            gaps = [self._gap(one, other) for one, other in pairwise(stack)]
            title = TITLE + PAD if isinstance(stack[0], Box) else 0.0
            settle(stack, wishes, gaps, top=MARGIN + HEADER + title)
            settled.update(item.node.key for item in stack if isinstance(item, Box))

    def _wish(self, item: Box | Lane, settled: set[str]) -> float | None:
        if isinstance(item, Lane):
            if item.source in settled:
                return self.boxes[item.source].middle
            near = [link.target for link in self.columns.leaving_right(item.source)]
        else:
            near = self.columns.neighbours(item.node.key)
        heights = [self.boxes[key].middle for key in near if key in settled]
        return sum(heights) / len(heights) if heights else None

    def _gap(self, one: Box | Lane, other: Box | Lane) -> float:
        if isinstance(one, Box) and isinstance(other, Box):
            if one.node.place is not other.node.place:
                return PAD + _GAP + TITLE + PAD
            return _UPRIGHT if self.columns.upright(one.node.key, other.node.key) else _GAP
        return _GAP + (PAD if isinstance(one, Box) else 0.0) + (TITLE + PAD if isinstance(other, Box) else 0.0)

    def spread(self) -> None:
        """Gives everything its place from left to right."""
        x = MARGIN
        for number, (keys, stack) in enumerate(zip(self.columns.keys, self.stacks, strict=True)):
            left = [link for key in keys for link in self.columns.arriving_left(key)]
            right = [link for key in keys for link in self.columns.arriving_right(key)]
            self.starts.append(x)
            x += _room(left) + PAD if number else PAD
            for item in stack:
                item.x = round(x, 1)
            x += self.boxes[keys[0]].width + PAD + _room(right)
            self.ends.append(x)
            crossing = [it for it in self.columns.links if self._reach(it)[0] <= number < self._reach(it)[1]]
            x += _BEND + _BEND_EACH * len(crossing)

    def _reach(self, link: Link) -> tuple[int, int]:
        """The columns between which a line runs, the left one first."""
        ends = sorted((self.columns.column[link.source], self.columns.column[link.target]))
        return ends[0], ends[1]

    def line(self, link: Link) -> Line:
        """The way of one link."""
        columns, source, target = self.columns, self.boxes[link.source], self.boxes[link.target]
        first, last = columns.column[link.source], columns.column[link.target]
        if columns.upright(link.source, link.target):
            x = source.x + source.width / 2
            top = source.y + source.height
            return Line(
                link=link,
                points=((x, top), (x, target.y)),
                words=(x + 6, (top + target.y) / 2 + 2),
                anchor="start",
                upright=True,
            )
        if columns.is_back(link):
            start, end = self._left_port(link, source), self._right_port(link, target)
            points = ((source.x, start), (self.starts[first], start), (self.ends[last], end), (target.right, end))
            return Line(link=link, points=points, words=(target.right + PAD + 5, end - 5), anchor="start")
        start = self._out(source)
        if columns.is_loop(link):
            end = self._right_port(link, target)
            x = self.ends[first]
            points = ((source.right, start), (x, start), (x, end), (target.right, end))
            return Line(link=link, points=points, words=(target.right + PAD + 5, end - 5), anchor="start")
        end = self._left_port(link, target)
        way: list[Point] = [(source.right, start), (self.ends[first], start)]
        for column in range(first + 1, last):
            height = self.lanes[link.source, column].middle
            way += [(self.starts[column], height), (self.ends[column], height)]
        way += [(self.starts[last], end), (target.x, end)]
        return Line(link=link, points=tuple(way), words=(target.x - PAD - 5, end - 5), anchor="end")

    def _out(self, box: Box) -> float:
        """The height at which the lines to the right start."""
        return _port(box, *self._right_ports(box, None))

    def _right_port(self, link: Link, box: Box) -> float:
        """The height at which a line from the right ends."""
        return _port(box, *self._right_ports(box, link.source))

    def _right_ports(self, box: Box, wanted: str | None) -> tuple[int, int]:
        """Which port at the right side is for the line from `wanted`, or for all that leave; and how many are."""
        key = box.node.key
        next_column = self.columns.column[key] + 1
        ports: list[tuple[float, str | None]] = [
            (self.boxes[it.source].middle, it.source) for it in self.columns.arriving_right(key)
        ]
        leaving = self.columns.leaving_right(key)
        if leaving:
            lane = self.lanes.get((key, next_column))
            near = [
                self.boxes[it.target].middle for it in leaving if self.columns.column[it.target] <= next_column
            ]
            heights = [*near, *([lane.middle] if lane else [])]
            ports.append((sum(heights) / len(heights), None))
        ports.sort(key=lambda port: (port[0], port[1] or ""))
        return next(n for n, (_, source) in enumerate(ports) if source == wanted), len(ports)

    def _left_port(self, link: Link, box: Box) -> float:
        """The height at which a line meets the left side."""
        key, column = box.node.key, self.columns.column[box.node.key]
        order = sorted(
            [(self._before(it, column), it.source, True) for it in self.columns.arriving_left(key)]
            + [(self.boxes[it.target].middle, it.target, False) for it in self.columns.leaving_left(key)]
        )
        arriving = link.target == key
        other = link.source if arriving else link.target
        position = next(n for n, (_, end, inwards) in enumerate(order) if (end, inwards) == (other, arriving))
        return _port(box, position, len(order))

    def _before(self, link: Link, column: int) -> float:
        """How high a line is before it turns to its end."""
        lane = self.lanes.get((link.source, column - 1))
        return lane.middle if lane else self.boxes[link.source].middle

    def frames(self) -> Iterator[Frame]:
        """A frame around the nodes of each place."""
        for stack in self.stacks:
            boxes = [item for item in stack if isinstance(item, Box)]
            for place, group in groupby(boxes, key=lambda box: box.node.place):
                inside = list(group)
                top = inside[0].y - PAD - TITLE
                yield Frame(
                    place=place,
                    x=inside[0].x - PAD,
                    y=top,
                    width=inside[0].width + 2 * PAD,
                    height=inside[-1].y + inside[-1].height + PAD - top,
                )


def _room(links: Sequence[Link]) -> float:
    """The width of the level piece on which the words of `links` stand."""
    return max((width_of(link.label, LABEL) for link in links), default=0.0) + _STUB


def _port(box: Box, position: int, number: int) -> float:
    return round(box.middle + (position - (number - 1) / 2) * _PORT, 1)
