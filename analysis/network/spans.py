"""Sets of whole numbers as spans: the arithmetic under address ranges and port ranges.

It knows nothing of what the numbers mean (`analysis.network.addresses` does).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

Span = tuple[int, int]
"""The first and the last number, both within."""


@dataclass(frozen=True, slots=True)
class Spans:
    """A set of whole numbers. `spans` are in order and never touch, so that equal sets are equal."""

    spans: tuple[Span, ...] = ()

    @classmethod
    def of(cls, spans: Iterable[Span]) -> Spans:
        """The numbers of all `spans`, which may be in any order and overlap; one that ends before it begins is
        empty."""
        merged: list[Span] = []
        for first, last in sorted(spans):
            if last < first:
                continue
            if merged and first <= merged[-1][1] + 1:
                merged[-1] = (merged[-1][0], max(merged[-1][1], last))
            else:
                merged.append((first, last))
        return cls(tuple(merged))

    def __bool__(self) -> bool:
        return bool(self.spans)

    def __iter__(self) -> Iterator[Span]:
        return iter(self.spans)

    def __or__(self, other: Spans) -> Spans:
        if not self.spans or not other.spans:
            return self if self.spans else other
        return Spans.of((*self.spans, *other.spans))

    def __and__(self, other: Spans) -> Spans:
        few, many = (self, other) if len(self.spans) < len(other.spans) else (other, self)
        found: list[Span] = []
        for first, last in few.spans:
            for place in range(many._place(first), len(many.spans)):
                begin, end = many.spans[place]
                if begin > last:
                    break
                found.append((max(first, begin), min(last, end)))
        return Spans(tuple(found))

    def __sub__(self, other: Spans) -> Spans:
        found: list[Span] = []
        for first, last in self.spans:
            here = first
            for place in range(other._place(first), len(other.spans)):
                begin, end = other.spans[place]
                if begin > last:
                    break
                if here < begin:
                    found.append((here, begin - 1))
                here = end + 1
            if here <= last:
                found.append((here, last))
        return Spans(tuple(found))

    def _place(self, number: int) -> int:
        """Where the spans begin that end at `number` or later."""
        place = bisect_right(self.spans, (number,))
        return place - 1 if place and self.spans[place - 1][1] >= number else place

    @property
    def size(self) -> int:
        """How many numbers there are."""
        return sum(last - first + 1 for first, last in self.spans)

    def covers(self, other: Spans) -> bool:
        """Whether every number of `other` is here."""
        return not other - self

    def meets(self, other: Spans) -> bool:
        """Whether some number is in both."""
        return bool(self & other)
