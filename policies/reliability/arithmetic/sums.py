"""Sums whose terms may be partly unknown: what is known may be too much already."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from analysis.value import NotKnown, Value
from plan.plan import Resource
from policies.engine.policy import Problem, Result, Unseen

_SHOWN: Final = 6
"""Terms in a message."""


@dataclass(slots=True)
class Sum:
    """What several things ask for together, each term with how it comes about."""

    terms: list[tuple[float, str]] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    """Why terms are missing: the sum is a lower bound then."""

    def add(self, amount: float, how: str) -> None:
        """Adds a term; `how` is its own sum in words: `api 50 * 4`."""
        if amount > 0:
            self.terms.append((amount, how))

    def miss(self, who: Resource, reason: NotKnown) -> None:
        """Says that what `who` asks for is not known."""
        self.unknown.append(f"{reason} of '{who.name}'")

    @property
    def total(self) -> float:
        """What is asked for at least."""
        return sum(amount for amount, _ in self.terms)

    @property
    def told(self) -> str:
        """The sum in words, the largest terms first: `api 50 * 4 + worker 30 * 4 = 320`."""
        largest = sorted(self.terms, key=lambda term: (-term[0], term[1]))
        shown = [how for _, how in largest[:_SHOWN]]
        if len(largest) > _SHOWN:
            shown.append(f"{sum(amount for amount, _ in largest[_SHOWN:]):g} of others")
        if self.unknown:
            shown.append("what is not known")
        return f"{' + '.join(shown)} = {self.total:g}{' or more' if self.unknown else ''}"

    def against(self, most: float, on: Value, message: str, *, key: str = "") -> Iterator[Result]:
        """A problem with `message` where the known terms are more than `most`, else what could not be seen."""
        if self.total > most:
            yield Problem(on.resource, message, key=key)
        else:
            yield from (Unseen(on.resource, reason) for reason in self.unknown)
