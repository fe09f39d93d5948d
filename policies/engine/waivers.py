"""Waivers: exceptions to policies, each with an owner, a reason and an end, in one YAML file.

    waivers:
      - policy: bucket-is-versioned
        resource: urn:pulumi:prod::voicestack::voicestack:database:Bucket$gcp:storage/bucket:Bucket::reports
        owner: platform@acme.example
        reason: Reports are made again from the warehouse within the hour.
        ticket: SEC-123
        expires: 2027-03-31

`resource` is one URN, or a pattern with `*` in its last part (the name) and `matches`, the number of resources
that it is meant for. A waiver that has ended, that nothing needs, that matches more than it says or that says what
another says is itself a violation: this module finds those, and takes what is waived out of the findings.
"""

from __future__ import annotations

import datetime
import fnmatch
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, Self, TypeAlias

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from analysis.stack import Stack
from plan.json_text import LARGEST_SETTINGS, read_text
from policies.engine.policy import Enforcement, Policy, Result, Severity, stack_policy
from policies.engine.run import Evaluation, Finding, NotEvaluated
from policies.engine.waiver_file import WaiverFileError, fields_of, listed_in

LONGEST: Final = datetime.timedelta(days=180)
_URN: Final = re.compile(r"urn:pulumi:(?P<stack>[^:*]+)::(?P<project>[^:*]+)::(?P<type>[^*]+?)::(?P<name>.+)")
Said: TypeAlias = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Waiver(BaseModel):
    """One exception."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    policy: Said
    resource: Said
    owner: Said
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=20)]
    """Why the harm does not follow here, in at least 20 characters."""
    ticket: Said
    expires: datetime.date
    """The last day on which it holds, at most 180 days ahead."""
    matches: int = Field(default=1, ge=1)
    """The number of resources that a pattern is meant for."""

    @model_validator(mode="after")
    def _is_narrow(self) -> Self:
        match = _URN.fullmatch(self.resource)
        if match is None:
            raise ValueError(
                "resource is no URN: stack, project and type must be written out, and only the name may hold *"
            )
        if not re.search("[A-Za-z0-9]", match["name"]):
            raise ValueError("resource names every resource of its type: write at least a part of the name")
        if self.matches > 1 and not self.is_pattern:
            raise ValueError("matches is for patterns: one URN is one resource")
        return self

    @property
    def is_pattern(self) -> bool:
        """Whether it may match several resources."""
        return "*" in self.resource

    @property
    def place(self) -> tuple[str, str]:
        """The stack and the project that it is about."""
        match = _URN.fullmatch(self.resource)
        assert match is not None  # noqa: S101 - the model refuses anything else
        return match["stack"], match["project"]

    def covers(self, one: Finding | NotEvaluated) -> bool:
        """Whether `one` is what it is about, ended or not."""
        if one.policy.id != self.policy:
            return False
        if not self.is_pattern:
            return one.resource.urn == self.resource
        # Only the star means anything: brackets and question marks are what they are.
        pattern = re.sub(r"([\[?])", r"[\1]", self.resource)
        return fnmatch.fnmatchcase(one.resource.urn, pattern)


@dataclass(frozen=True)
class Entry:
    """A waiver and the line where it begins."""

    waiver: Waiver
    line: int


@dataclass(frozen=True)
class Waivers:
    """The waivers of one file; none where there is no file."""

    file: str = ""
    entries: tuple[Entry, ...] = ()

    @classmethod
    def read(cls, path: Path, policies: Iterable[Policy]) -> Waivers:
        """The waivers in `path`; WaiverFileError, with the line, for anything that is not exactly that."""
        text = read_text(path, largest=LARGEST_SETTINGS, refused=WaiverFileError)
        listed = listed_in(path, text)
        known = {policy.id for policy in policies}
        return cls(str(path), tuple(_entry(path, node, known) for node in listed))


def _entry(path: Path, node: yaml.Node, known: set[str]) -> Entry:
    line = node.start_mark.line + 1
    given, lines = fields_of(path, node)
    try:
        waiver = Waiver.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise WaiverFileError(
            f"{path}, line {lines.get(field, line)}: {field or 'the waiver'} is refused",
            why=first["msg"].removeprefix("Value error, "),
            fix="a waiver has policy, resource, owner, reason, ticket, expires (YYYY-MM-DD), and matches for a "
            "pattern",
        ) from error
    if waiver.policy not in known:
        raise WaiverFileError(
            f"{path}, line {lines['policy']}: there is no policy '{waiver.policy}'",
            why="it would waive nothing",
            fix="docs/policies.md lists the policies",
        )
    return Entry(waiver, line)


@dataclass(frozen=True)
class Waived:
    """A finding that a waiver excuses, and the days that are left (0: today is the last)."""

    finding: Finding
    waiver: Waiver
    days_left: int


def _never(stack: Stack, settings: object) -> Iterator[Result]:
    """The findings are made by `apply`, which knows the file; there is nothing to look at in a stack."""
    yield from ()


IN_ORDER = stack_policy(
    id="waivers-in-order",
    title="Every waiver is current, needed and as narrow as it says",
    severity=Severity.HIGH,
    why="An exception that nobody looks at again becomes the rule; one that matches more than it says hides what "
    "comes later.",
    fix="Remove the waiver, or renew it with its owner after the reason was looked at again.",
    fix_raw="Remove the waiver, or renew it with its owner after the reason was looked at again.",
    enforcement=Enforcement.MANDATORY,
)(_never)


def apply(
    evaluation: Evaluation, waivers: Waivers, *, today: datetime.date, policies: Iterable[Policy]
) -> tuple[list[Finding], list[Waived]]:
    """What is left of the findings, with what is wrong about the waivers themselves; and what is waived.

    Waivers of other stacks, and of policies that are not among `policies`, are let be.
    """
    plan = evaluation.plan
    ids = {policy.id for policy in policies}
    waived: list[Waived] = []
    excused: set[int] = set()
    wrong: list[str] = []
    seen: dict[tuple[str, str], int] = {}
    for entry in waivers.entries:
        waiver, at = entry.waiver, f"{waivers.file}, line {entry.line} ({entry.waiver.policy})"
        if waiver.place != (plan.stack, plan.project) or waiver.policy not in ids:
            continue
        key = (waiver.policy, waiver.resource)
        first = seen.setdefault(key, entry.line)
        if first != entry.line:
            wrong.append(f"{at} says what line {first} says: remove one of the two")
            continue
        if waiver.expires < today:
            wrong.append(f"{at} ended on {waiver.expires}: {waiver.owner} must mend the finding or renew it")
            continue
        if waiver.expires - today > LONGEST:
            wrong.append(f"{at} lasts until {waiver.expires}: more than {LONGEST.days} days from {today}")
            continue
        covered = [finding for finding in evaluation.findings if waiver.covers(finding)]
        resources = {finding.resource.urn for finding in covered}
        if not covered and (
            waiver.policy not in evaluation.looked or any(map(waiver.covers, evaluation.not_evaluated))
        ):
            # Switched off, or not to be told yet: that says nothing of the waiver.
            continue
        if not covered:
            wrong.append(f"{at} excuses nothing: the finding is gone, or the URN is another")
            continue
        if len(resources) > waiver.matches:
            wrong.append(f"{at} matches {len(resources)} resources, but says {waiver.matches}: it excuses none")
            continue
        if len(resources) < waiver.matches:
            wrong.append(
                f"{at} matches {len(resources)} resources, but says {waiver.matches}: say {len(resources)}"
            )
        fresh = [finding for finding in covered if id(finding) not in excused]
        if not fresh:
            wrong.append(f"{at} excuses only what another waiver excuses already")
            continue
        excused |= {id(finding) for finding in fresh}
        waived += [Waived(finding, waiver, (waiver.expires - today).days) for finding in fresh]
    root = Stack(plan).root
    left = [finding for finding in evaluation.findings if id(finding) not in excused]
    left += [Finding(IN_ORDER, IN_ORDER.enforcement, root, message, IN_ORDER.fix) for message in wrong]
    return left, waived
