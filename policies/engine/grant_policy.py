"""How a policy about grants is written: a function that looks at one grant, whatever IAM resource makes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from analysis.grants import Grant, grants_of
from analysis.stack import Stack
from analysis.value import NotKnown
from policies.engine.policy import Looked, Policy, Problem, Result, Settings, Unseen, stack_policy

S = TypeVar("S", bound=Settings)


def each_grant(grants: Iterable[Grant], check: Callable[[Grant], Iterable[Result | str]]) -> Iterator[Result]:
    """Runs `check` on each of `grants`; where one is not known, that one alone is unseen."""
    for grant in grants:
        yield Looked(grant.by)
        try:
            for found in check(grant):
                yield Problem(grant.by, found, key=key_of(grant)) if isinstance(found, str) else found
        except NotKnown as reason:
            yield Unseen(grant.by, str(reason))


def key_of(grant: Grant) -> str:
    """What tells a grant from the others that the same resource makes."""
    return f"{grant.role_name} {grant.member_name}"


def grant_policy(
    *,
    settings: type[S] = Settings,  # type: ignore[assignment]  # a TypeVar's default
    **about: Any,
) -> Callable[[Callable[[Grant, Stack, S], Iterable[Result | str]]], Policy]:
    """Makes a policy of a function that looks at one grant: (the grant, the stack, the settings).

    `about` are the fields of `Policy`.
    """

    def made(check: Callable[[Grant, Stack, S], Iterable[Result | str]]) -> Policy:
        def look(stack: Stack, chosen: S) -> Iterator[Result]:
            yield from each_grant(grants_of(stack), lambda grant: check(grant, stack, chosen))

        look.__module__ = check.__module__
        return stack_policy(settings=settings, **about)(look)

    return made
