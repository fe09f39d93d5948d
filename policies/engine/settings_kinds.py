"""Kinds of values that settings of policies are made of, within the bounds of what anybody would write."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, Field, StringConstraints

Word: TypeAlias = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
"""A name, a pattern or a range."""
Words: TypeAlias = Annotated[tuple[Word, ...], Field(max_length=1000)]
"""Some of them, in their order."""
WordSet: TypeAlias = Annotated[frozenset[Word], Field(max_length=1000)]
"""Some of them, each once."""


def some_of(known: AbstractSet[str]) -> AfterValidator:
    """For a `WordSet` that names something, and nothing that is not in `known`.

    A name that a policy does not know would switch a part of it off in silence.
    """

    def named(given: frozenset[str]) -> frozenset[str]:
        unknown = sorted(given - known)
        if unknown or not given:
            said = f"there is no '{unknown[0]}'" if unknown else "nothing is named"
            raise ValueError(f"{said}: name some of {', '.join(sorted(known))}")
        return given

    return AfterValidator(named)
