"""Spans are sets of numbers: whatever is done with them, the sets say the same."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from analysis.network.spans import Span, Spans

LISTS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=6)


def numbers(spans: list[Span] | Spans) -> set[int]:
    return {number for first, last in spans for number in range(first, last + 1)}


@given(LISTS)
def test_spans_hold_the_numbers_that_they_are_made_of_in_one_form(given_: list[Span]) -> None:
    spans = Spans.of(given_)
    assert numbers(spans) == numbers(given_)
    assert spans.size == len(numbers(given_))
    assert bool(spans) is bool(numbers(given_))
    # Apart and in order: two spans that touched would be one.
    assert all(one[1] + 1 < two[0] for one, two in zip(spans.spans, spans.spans[1:], strict=False))
    assert Spans.of(reversed(given_)) == spans


@given(LISTS, LISTS)
def test_spans_are_joined_cut_and_compared_as_sets(one: list[Span], two: list[Span]) -> None:
    mine, its = Spans.of(one), Spans.of(two)
    first, second = numbers(one), numbers(two)
    assert mine | its == Spans.of((number, number) for number in first | second)
    assert mine & its == Spans.of((number, number) for number in first & second)
    assert mine - its == Spans.of((number, number) for number in first - second)
    assert mine.covers(its) is (second <= first)
    assert mine.meets(its) is bool(first & second)
