"""All three guards stand before the deletion of a Cloud SQL instance: Pulumi's, the provider's and Google's."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.stack import Stack
from analysis.stores.cloud_sql import INSTANCE, hosted
from analysis.value import NotKnown, Value
from policies.engine.policy import Problem, Result, Settings, Severity, Unseen, resource_policy


@resource_policy(
    id="sql-deletion-guards",
    title="A Cloud SQL instance that keeps data has all three guards against deletion",
    severity=Severity.CRITICAL,
    why="""Each guard stops another hand: Google's whoever has the console or an API client, the provider's a
    `destroy`, Pulumi's `protect` a replacement, before anything has begun. With one of them off the data hangs
    on who makes the mistake. A replica counts: what reads from it fails with it.""",
    fix="Let the environment's profile keep `protect`: `Postgres` sets all three from it.",
    fix_raw="""Set `settings.deletionProtectionEnabled` and `deletionProtection` to true, and the resource option
    `protect`.""",
    rows=(58,),
    cis_5=("6.9",),
    types=[INSTANCE],
    elements=hosted,
)
def deletion_guards(instance: Value, stack: Stack, settings: Settings) -> Iterator[Result | str]:
    if stack.disposable:
        return
    # The defaults: https://www.pulumi.com/registry/packages/gcp/api-docs/sql/databaseinstance/
    for path, default, harm in (
        ("settings.deletionProtectionEnabled", False, "one click or API call deletes the instance"),
        ("deletionProtection", True, "the provider deletes the instance when the program no longer has it"),
    ):
        guard = instance.at(path)
        try:
            if not guard.flag(default):
                said = "is false" if guard.present else "is left out, which means false"
                yield Problem(instance.resource, f"{guard.path} {said}: {harm}", key=path)
        except NotKnown as reason:
            yield Unseen(instance.resource, str(reason))
    if not instance.resource.options.protect:
        yield "the resource option protect is off: Pulumi plans to delete or replace it without a word"
