"""How a policy is written: what it says of itself, and the function that looks.

A resource policy looks at one resource (or one element of it) at a time, a stack policy at the whole stack. Both
yield what they found; they decide nothing about waivers, enforcement or how it is told.
"""

from __future__ import annotations

import enum
import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from analysis.value import NotKnown, Value
from plan.plan import Resource

if TYPE_CHECKING:
    from analysis.stack import Stack


class Severity(enum.StrEnum):
    """How bad it is where the policy is broken, the worst first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Enforcement(enum.StrEnum):
    """What a violation does: stop the run, be told only, or not even be looked for (Pulumi's own words)."""

    MANDATORY = "mandatory"
    ADVISORY = "advisory"
    DISABLED = "disabled"


class Settings(BaseModel):
    """What a pack's configuration may set for one policy; a policy with settings of its own derives from this.

    The keys are camelCase in the file. An unknown key is an error.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=to_camel,
        populate_by_name=True,
        # What stands below a field is its description, in docs/policies.md and in the schema.
        use_attribute_docstrings=True,
    )

    enforcement_level: Enforcement | None = None
    """Replaces the policy's own enforcement."""


@dataclass(frozen=True, slots=True)
class Problem:
    """The policy is broken on `on`. `message` says by what: the property, its value, the consequence."""

    on: Resource
    message: str
    fix: str | None = None
    """Where the fix is more particular than the policy's own."""
    key: str = ""
    """What tells apart two problems of one policy on one resource; the path of the element by default."""


@dataclass(frozen=True, slots=True)
class Unseen:
    """The policy could not look at `on`."""

    on: Resource
    why: str


@dataclass(slots=True)
class Looked:
    """The policy looked at `on` and will say what it found there. Not frozen: there are more of them than of
    anything else, and that would double their price."""

    on: Resource


Result = Problem | Unseen | Looked
S = TypeVar("S", bound=Settings)
Elements = Callable[[Value], Iterable[Value]]


@dataclass(frozen=True, kw_only=True, eq=False)
class Policy:
    """One rule: what it demands, why, how to mend a violation, and what it corresponds to elsewhere."""

    id: str
    title: str
    """What holds where the policy is met, as a sentence without its full stop."""
    severity: Severity
    why: str
    """What goes wrong otherwise, for somebody who has not met it yet."""
    fix: str
    """The change in terms of this project's components and settings."""
    fix_raw: str
    """The change on the resource itself, for programs without these components."""
    rows: tuple[int, ...] = ()
    """Rows of the comparison with other tools (`policies/engine/anchors.json`)."""
    cis_4: tuple[str, ...] = ()
    cis_5: tuple[str, ...] = ()
    """Recommendations of the CIS Google Cloud Foundations Benchmark 4.0.0 and 5.0.0."""
    enforcement: Enforcement = Enforcement.MANDATORY
    settings: type[Settings] = Settings
    module: str
    """Where the policy is written."""
    look: Callable[[Stack, Any], Iterator[Result]] = field(repr=False)
    """Yields what is found in a stack; the second argument is an instance of `settings`."""


def each(values: Iterable[Value], check: Callable[[Value], Iterable[Result | str]]) -> Iterator[Result]:
    """Runs `check` on each of `values`; where one cannot be read, that one alone is unseen.

    `check` yields messages about the value's resource, or results.
    """
    for value in values:
        yield Looked(value.resource)
        try:
            for found in check(value):
                yield Problem(value.resource, found, key=value.path) if isinstance(found, str) else found
        except NotKnown as reason:
            yield Unseen(value.resource, str(reason))


def resource_policy(
    *,
    types: Iterable[str],
    elements: Elements | None = None,
    settings: type[S] = Settings,  # type: ignore[assignment]  # a TypeVar's default
    **about: Any,
) -> Callable[[Callable[[Value, Stack, S], Iterable[Result | str]]], Policy]:
    """Makes a policy of a function that looks at one resource of `types`: (its inputs, the stack, the settings).

    With `elements` the function is called for each element that it yields (each container, each rule), so that one
    element which is not known does not hide the others. `about` are the fields of `Policy`.
    """
    wanted = tuple(types)

    def made(check: Callable[[Value, Stack, S], Iterable[Result | str]]) -> Policy:
        def look(stack: Stack, chosen: S) -> Iterator[Result]:
            def judge(value: Value) -> Iterable[Result | str]:
                return check(value, stack, chosen)

            if elements is None:
                yield from each(stack.of_type(*wanted), judge)
                return
            for one in stack.of_type(*wanted):
                yield Looked(one.resource)
                try:
                    for result in each(elements(one), judge):
                        if type(result) is not Looked:
                            yield result
                except NotKnown as reason:
                    yield Unseen(one.resource, str(reason))

        return Policy(settings=settings, module=check.__module__, look=look, **_tidy(about))

    return made


def stack_policy(
    *,
    settings: type[S] = Settings,  # type: ignore[assignment]  # a TypeVar's default
    **about: Any,
) -> Callable[[Callable[[Stack, S], Iterator[Result]]], Policy]:
    """Makes a policy of a function that looks at the whole stack: (the stack, the settings).

    It yields `Looked` for what it looks at (`each` does), then `Problem` and `Unseen`.
    """

    def made(look: Callable[[Stack, S], Iterator[Result]]) -> Policy:
        def guarded(stack: Stack, chosen: S) -> Iterator[Result]:
            try:
                yield from look(stack, chosen)
            except NotKnown as reason:
                yield Unseen(stack.root, str(reason))

        return Policy(settings=settings, module=look.__module__, look=guarded, **_tidy(about))

    return made


def _tidy(about: dict[str, Any]) -> dict[str, Any]:
    """Texts that were written over several lines, as one line."""
    return {
        key: " ".join(inspect.cleandoc(value).split()) if type(value) is str else value
        for key, value in about.items()
    }
