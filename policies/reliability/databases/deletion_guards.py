"""Databases that no system of ours uses are held to the one rule that is never wrong: no deletion by accident."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from analysis.stack import Stack
from analysis.value import NotKnown, Value
from policies.engine.policy import Problem, Result, Settings, Severity, Unseen, resource_policy


@dataclass(frozen=True, slots=True)
class Guard:
    """An input that guards, or that undoes a guard, and its value where it is left out."""

    key: str
    safe: bool
    default: bool
    harm: str


_PROVIDER: Final = "the provider deletes it when the program no longer has it"
_FORCED: Final = "its backups are deleted with it"

# The defaults stand in https://www.pulumi.com/registry/packages/gcp/api-docs/, by type.
GUARDS: Final = {
    "gcp:alloydb/cluster:Cluster": (Guard("deletionProtection", True, True, _PROVIDER),),
    "gcp:bigtable/instance:Instance": (
        Guard("deletionProtection", True, True, _PROVIDER),
        Guard("forceDestroy", False, False, _FORCED),
    ),
    "gcp:spanner/instance:Instance": (Guard("forceDestroy", False, False, _FORCED),),
    "gcp:spanner/database:Database": (
        Guard("deletionProtection", True, True, _PROVIDER),
        Guard("enableDropProtection", True, False, "one click or API call drops it"),
    ),
}


@resource_policy(
    id="database-deletion-guards",
    title="An AlloyDB, Bigtable or Spanner database that keeps data is guarded against deletion",
    severity=Severity.HIGH,
    why="One wrong `destroy` or console click deletes all of it.",
    fix="Use the `Postgres` or `Firestore` component, which set the guards from the environment's `protect`.",
    fix_raw="""Leave `deletionProtection` as it is (true), set Spanner's `enableDropProtection`, and no
    `forceDestroy`.""",
    types=GUARDS,
)
def database_guards(database: Value, stack: Stack, settings: Settings) -> Iterator[Result]:
    if stack.disposable:
        return
    for guard in GUARDS[database.resource.type]:
        try:
            given = database[guard.key]
            if given.flag(guard.default) is not guard.safe:
                said = "is" if given.present else "is left out, which means"
                message = f"{given.path} {said} {str(not guard.safe).lower()}: {guard.harm}"
                yield Problem(database.resource, message, key=guard.key)
        except NotKnown as reason:
            yield Unseen(database.resource, str(reason))
