"""No secret is readable by more than a few."""

from __future__ import annotations

import math
from collections.abc import Iterator

from pydantic import Field

from analysis.access.blast_radius import GROUP, READING, Readership, readerships
from analysis.access.members import Kind
from analysis.access.permissions import holdings
from analysis.access.powers import shown
from analysis.stack import Stack
from policies.engine.policy import Looked, Problem, Result, Settings, Severity, Unseen, stack_policy


class Readers(Settings):
    """How many may read a secret."""

    most: int = Field(default=6, ge=0, le=10_000)
    """How many identities may read one secret, those included that can become one of them. A group counts as 5."""


@stack_policy(
    id="secret-blast-radius",
    title="No secret can be read by more identities than the ceiling says",
    severity=Severity.HIGH,
    why="""Each reader is a place from which the secret leaks, and one more to ask when it has leaked. A group's
    members stand in no plan, so it counts as several.""",
    fix="""Let only who needs it use it (`uses=[secret.read()]`): two services that share a secret are better
    served by one each, and a person writes a version without reading any. Raise the setting `most` if that is
    how it is.""",
    fix_raw="""Remove readers of the secret and of the project (`roles/secretmanager.secretAccessor`), and who
    can become them; or raise the setting `most`.""",
    settings=Readers,
)
def secrets(stack: Stack, settings: Readers) -> Iterator[Result]:
    for one in stack.once(readerships):
        yield Looked(one.secret)
        if any(reader.kind is Kind.PUBLIC for reader in (*one.readers, *one.through)):
            # That everybody reads it is told by the policies about public access.
            continue
        if one.number > settings.most:
            yield Problem(one.secret, f"{_told(one)}; the ceiling is {settings.most}")
    for grant, why in stack.once(holdings).unknown:
        if grant.kind == "secretmanager/secret":
            yield Unseen(grant.by, why)
    for _, held in stack.once(holdings):
        for holding in held:
            if (
                holding.hidden
                and holding.grant.kind == "secretmanager/secret"
                and READING not in holding.permissions
            ):
                yield Unseen(holding.grant.by, holding.doubt)


def _told(one: Readership) -> str:
    many = "an unknown crowd" if math.isinf(one.number) else f"{one.number:g} identities"
    told = f"'{one.secret.name}' can be read by {many}: {shown([reader.name for reader in one.readers])}"
    if one.through:
        told += f", and {shown([reader.name for reader in one.through])}, who can become one of them"
    groups = sum(reader.kind is Kind.GROUP for reader in (*one.readers, *one.through))
    return f"{told} (a group counts as {GROUP})" if groups else told
