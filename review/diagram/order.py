"""Which column each node of a diagram is in, in which order, and at which side a line meets it.

The order follows the flow from the clients, and puts things near those that use them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from review.diagram.diagram import CLIENTS, Diagram, Link, Node
from review.diagram.words import Place

COLUMNS = (
    (Place.ENTRY, Place.CLOCK),
    (Place.SERVICES,),
    (Place.MESSAGES,),
    (Place.DATA, Place.SECRETS, Place.OUTSIDE),
)
"""From left to right."""
_FAR = 99


@dataclass
class Columns:
    """The keys of the nodes in each column from above; no column is empty."""

    keys: list[list[str]]
    nodes: Mapping[str, Node]
    links: tuple[Link, ...]

    def __post_init__(self) -> None:
        self.column = {key: number for number, keys in enumerate(self.keys) for key in keys}
        self._distance = self._distances()

    def upright(self, one: str, other: str) -> bool:
        """Whether `other` stands right below `one` and a line joins them."""
        keys = self.keys[self.column[one]]
        return (
            keys.index(one) + 1 < len(keys)
            and keys[keys.index(one) + 1] == other
            and self.nodes[one].place is self.nodes[other].place
            and any((link.source, link.target) == (one, other) for link in self.links)
        )

    def is_forward(self, link: Link) -> bool:
        """Whether a line runs to the right."""
        return self.column[link.source] < self.column[link.target]

    def is_loop(self, link: Link) -> bool:
        """Whether a line comes back into the column it started from, by the right."""
        same = self.column[link.source] == self.column[link.target]
        return same and not self.upright(link.source, link.target)

    def is_back(self, link: Link) -> bool:
        """Whether a line runs to the left."""
        return self.column[link.source] > self.column[link.target]

    def leaving_right(self, key: str) -> list[Link]:
        """The lines that start at the right side of a node; they start as one."""
        return [it for it in self.links if it.source == key and (self.is_forward(it) or self.is_loop(it))]

    def arriving_right(self, key: str) -> list[Link]:
        """The lines that end at the right side of a node."""
        return [it for it in self.links if it.target == key and (self.is_back(it) or self.is_loop(it))]

    def arriving_left(self, key: str) -> list[Link]:
        """The lines that end at the left side of a node."""
        return [it for it in self.links if it.target == key and self.is_forward(it)]

    def leaving_left(self, key: str) -> list[Link]:
        """The lines that start at the left side of a node."""
        return [it for it in self.links if it.source == key and self.is_back(it)]

    def neighbours(self, key: str) -> list[str]:
        """The other end of each line of a node."""
        ends = [(it.source, it.target) for it in self.links if key in (it.source, it.target)]
        return [target if source == key else source for source, target in ends]

    def passing(self) -> list[tuple[str, int, bool]]:
        """Who has lines that only pass a column: the source, the column, and whether above its nodes."""
        found: list[tuple[str, int, bool]] = []
        for number, keys in enumerate(self.keys):
            for source in keys:
                furthest = max((self.column[it.target] for it in self.leaving_right(source)), default=number)
                found += [
                    (source, column, self._is_above(source, column)) for column in range(number + 1, furthest)
                ]
        return found

    def _is_above(self, source: str, column: int) -> bool:
        """Above, where it stands higher than those who have to do with the column's nodes."""
        keys = self.keys[self.column[source]]
        near = [keys.index(end) for key in self.keys[column] for end in self.neighbours(key) if end in keys]
        return bool(near) and keys.index(source) < sum(near) / len(near)

    def reorder(self, middles: Mapping[str, float] | None = None) -> None:
        """Sorts each column; `middles` says how high things are, where that is known already."""
        for keys in self.keys:
            heights = middles or {
                key: position / len(column) for column in self.keys for position, key in enumerate(column)
            }

            def near(key: str, heights: Mapping[str, float] = heights) -> float:
                ends = [heights[end] for end in self.neighbours(key)]
                return sum(ends) / len(ends) if ends else float("inf")

            places = next(it for it in COLUMNS if self.nodes[keys[0]].place in it)
            if Place.SERVICES in places or Place.ENTRY in places:
                # Those that send nothing on come first: no line passes them.
                order = sorted(
                    keys, key=lambda it: (self._distance[it], bool(self.leaving_right(it)), near(it), it)
                )
            else:
                order = sorted(keys, key=lambda it: (near(it), it))
            keys[:] = sorted(order, key=lambda it: self._rank(places, self.nodes[it].place, heights))

    def _rank(self, places: tuple[Place, ...], place: Place, heights: Mapping[str, float]) -> tuple[float, int]:
        """The order of the frames in a column: those first whose users stand highest."""
        ends = [
            heights[link.source]
            for link in self.links
            if self.nodes[link.target].place is place and self.is_forward(link)
        ]
        return sum(ends) / len(ends) if ends else 0.0, places.index(place)

    def _distances(self) -> dict[str, int]:
        """How many links each node is from the clients."""
        distances = dict.fromkeys(self.nodes, _FAR)
        reached = [key for key, node in self.nodes.items() if key == CLIENTS or node.place is Place.CLOCK]
        steps = 0
        while reached:
            distances.update(dict.fromkeys(reached, steps))
            steps += 1
            reached = [it.target for it in self.links if it.source in reached and distances[it.target] == _FAR]
        return distances


def columns_of(diagram: Diagram) -> Columns:
    """The columns, in the order that the links alone suggest."""
    keys = [[node.key for node in diagram.nodes if node.place in places] for places in COLUMNS]
    nodes = {node.key: node for node in diagram.nodes}
    columns = Columns(keys=[column for column in keys if column], nodes=nodes, links=diagram.links)
    columns.reorder()
    return columns
