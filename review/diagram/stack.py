"""Things in a column, each as near as can be to where it would like to be, none upon another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(kw_only=True)
class Item:
    """Something of a height in a column; `x` and `y` are its upper left corner."""

    height: float = 0.0
    x: float = 0.0
    y: float = 0.0

    @property
    def middle(self) -> float:
        """The y of its middle."""
        return self.y + self.height / 2


def settle(items: Sequence[Item], wishes: Sequence[float | None], gaps: Sequence[float], *, top: float) -> None:
    """Sets each item's `y`, keeping their order.

    `wishes` are the middles that they would like; None: beside the next that has a wish. `gaps[n]` lies between
    the items n and n+1. The sum of the squares of the distances from the wishes is the least possible (pool
    adjacent violators).
    """
    if not items:
        return
    offsets = [0.0]
    for gap, above, below in zip(gaps, items, items[1:], strict=False):
        offsets.append(offsets[-1] + above.height / 2 + gap + below.height / 2)
    wanted = [wish - offset for wish, offset in zip(_completed(wishes), offsets, strict=True)]
    pools: list[tuple[float, int]] = []
    for want in wanted:
        mean, size = want, 1
        while pools and pools[-1][0] > mean:
            other, count = pools.pop()
            mean, size = (mean * size + other * count) / (size + count), size + count
        pools.append((mean, size))
    starts = [mean for mean, size in pools for _ in range(size)]
    highest = top + items[0].height / 2
    for item, start, offset in zip(items, starts, offsets, strict=True):
        item.y = round(max(start, highest) + offset - item.height / 2, 1)


def _completed(wishes: Sequence[float | None]) -> list[float]:
    completed: list[float] = []
    following: float | None = None
    for wish in reversed(wishes):
        following = wish if wish is not None else following
        completed.append(following if following is not None else float("nan"))
    completed.reverse()
    last = 0.0
    for position, wish in enumerate(completed):
        # What has no wish and none after it stays by the one before.
        last = completed[position] = last if wish != wish else wish  # noqa: PLR0124 - not a number
    return completed
