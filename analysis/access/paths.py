"""Shortest paths in a graph of steps, each taken by breadth-first search: linear in what is reached."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

By = TypeVar("By")


@dataclass(frozen=True, slots=True, eq=False)
class Step(Generic[By]):
    """One can get from `start` to `end`: `how` in words, `by` what makes it possible."""

    start: str
    end: str
    how: str
    by: By


def reached(
    steps: Mapping[str, Iterable[Step[By]]], start: str, *, only: Callable[[Step[By]], bool] | None = None
) -> dict[str, Step[By]]:
    """What can be reached from `start` (itself not counted), each with the last step of a shortest path there.

    The order is that of the distance. `only`: which steps may be taken; all without it.
    """
    found: dict[str, Step[By]] = {}
    left = deque([start])
    while left:
        for step in steps.get(left.popleft(), ()):
            if step.end != start and step.end not in found and (only is None or only(step)):
                found[step.end] = step
                left.append(step.end)
    return found


def path(found: Mapping[str, Step[By]], end: str) -> list[Step[By]]:
    """The steps of the shortest path to `end`, of what `reached` found."""
    steps: list[Step[By]] = []
    here = end
    while here in found:
        steps.append(found[here])
        here = found[here].start
    return steps[::-1]


def turned(steps: Mapping[str, Iterable[Step[By]]]) -> dict[str, list[Step[By]]]:
    """The same steps from their end to their start."""
    found: dict[str, list[Step[By]]] = {}
    for taken in steps.values():
        for step in taken:
            found.setdefault(step.end, []).append(Step(step.end, step.start, step.how, step.by))
    return found
