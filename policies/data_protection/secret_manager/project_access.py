"""Nobody may read all secrets of a project: the right is given for one secret at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from analysis.access.conditions import UNSURE, Held, reach_of
from analysis.access.role_table import role_table
from analysis.grants import Grant, Scope
from analysis.stack import Stack
from analysis.value import AFTER_CREATION, NotKnown, Value
from policies.engine.grant_policy import grant_policy
from policies.engine.policy import Settings, Severity

ACCESS: Final = "secretmanager.versions.access"
# That nobody holds these on a project is another policy's, and they are told there.
_BASIC: Final = frozenset({"roles/owner", "roles/editor", "roles/viewer"})
# The name of one secret, or of what is below it.
_ONE: Final = re.compile(r"/secrets/[^/]+")


@grant_policy(
    id="secrets-granted-one-by-one",
    title="The right to read secrets is given for one secret at a time",
    severity=Severity.CRITICAL,
    why="""A role on the project reads every secret in it, those of other services and those that are made next
    year: whoever breaks into the one service has them all.""",
    fix="Let the service say which secrets it uses: `uses=[secret.read()]`.",
    fix_raw="Replace the grant on the project, folder or organisation by a `SecretIamMember` on each secret.",
    rows=(115,),
)
def secrets_granted_one_by_one(grant: Grant, stack: Stack, settings: Settings) -> Iterator[str]:
    if grant.scope is not Scope.ENTITY and _reads_secrets(grant) and not _is_narrow(grant):
        yield f"{grant.role_name} on the {grant.entity_name} lets {grant.member_name} read every secret there"


def _reads_secrets(grant: Grant) -> bool:
    if grant.custom is not None:
        return ACCESS in Value.of(grant.custom)["permissions"].texts()
    if grant.role is None:
        raise NotKnown("role", AFTER_CREATION)
    if grant.role in _BASIC:
        return False
    # Of Google's roles none but those in the table has the permission.
    known = role_table().expand(grant.role)
    return known is not None and ACCESS in known.permissions


def _is_narrow(grant: Grant) -> bool:
    """Whether a condition keeps it to named secrets."""
    reach = reach_of(grant.condition)
    if reach is UNSURE:
        raise NotKnown("condition", reach.value)
    return isinstance(reach, Held) and all(_ONE.search(name) for name in reach.names | reach.beginnings)
