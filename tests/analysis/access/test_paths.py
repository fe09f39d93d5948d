"""Shortest paths, against brute force on small random graphs."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from analysis.access.paths import Step, path, reached, turned

NODES = "abcdef"
pairs = st.lists(st.tuples(st.sampled_from(NODES), st.sampled_from(NODES)), max_size=14)


def steps_of(edges: list[tuple[str, str]]) -> dict[str, list[Step[int]]]:
    found: dict[str, list[Step[int]]] = {}
    for number, (start, end) in enumerate(edges):
        found.setdefault(start, []).append(Step(start, end, f"{start}{end}", number))
    return found


def warshall(edges: list[tuple[str, str]]) -> set[tuple[str, str]]:
    """Every pair of which the first reaches the second."""
    closed = set(edges)
    for middle, start, end in itertools.product(NODES, NODES, NODES):
        if (start, middle) in closed and (middle, end) in closed:
            closed.add((start, end))
    return closed


def shortest(edges: list[tuple[str, str]], start: str, end: str) -> int:
    """The length of the shortest of all paths without a node twice."""
    lengths = []
    for length in range(len(NODES)):
        for between in itertools.permutations([one for one in NODES if one not in (start, end)], length):
            whole = [start, *between, end]
            if all(pair in edges for pair in itertools.pairwise(whole)):
                lengths.append(length + 1)
        if lengths:
            break
    return min(lengths)


@given(pairs)
def test_what_is_reached_is_the_closure(edges: list[tuple[str, str]]) -> None:
    closed = warshall(edges)
    for start in NODES:
        assert set(reached(steps_of(edges), start)) == {end for first, end in closed if first == start} - {start}


@given(pairs)
def test_a_path_is_a_chain_of_steps_and_none_is_shorter(edges: list[tuple[str, str]]) -> None:
    for start in NODES:
        found = reached(steps_of(edges), start)
        lengths = []
        for end in found:
            way = path(found, end)
            assert [way[0].start, way[-1].end] == [start, end]
            assert all(one.end == two.start for one, two in itertools.pairwise(way))
            assert all((step.start, step.end) in edges for step in way)
            assert len(way) == shortest(edges, start, end)
            lengths.append(len(way))
        assert lengths == sorted(lengths), "the nearest come first"


@given(pairs, st.sets(st.integers(0, 13)))
def test_only_some_steps_are_taken_where_some_are_refused(edges: list[tuple[str, str]], refused: set[int]) -> None:
    taken = [edge for number, edge in enumerate(edges) if number not in refused]
    for start in NODES:
        told = reached(steps_of(edges), start, only=lambda step: step.by not in refused)
        assert told.keys() == reached(steps_of(taken), start).keys()


@given(pairs)
def test_turned_around_the_same_pairs_reach_each_other(edges: list[tuple[str, str]]) -> None:
    back = turned(steps_of(edges))
    for start in NODES:
        for end in NODES:
            assert (end in reached(steps_of(edges), start)) == (start in reached(back, end))
