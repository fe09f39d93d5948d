"""Cloud SQL's data is encrypted with a key of one's own."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.stack import Stack
from analysis.stores.cloud_sql import INSTANCE, hosted, is_replica
from analysis.stores.encryption import names_own_key
from analysis.value import NotKnown, Value
from policies.engine.policy import Enforcement, Settings, Severity, resource_policy


@resource_policy(
    id="sql-own-key",
    title="A Cloud SQL instance is encrypted with a key of its own",
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    why="""With a key of one's own, access to the data and to its backups can be ended by disabling the key, and
    each use of the key is logged. Google's own key, the default, gives neither.""",
    fix="Give `Postgres` a key: `key=keys.for_service(Agent.CLOUD_SQL)`; `customerKeys` demands it.",
    fix_raw="Set `encryptionKeyName` to a Cloud KMS key of the instance's region; it cannot be set afterwards.",
    rows=(60,),
    types=[INSTANCE],
    elements=hosted,
)
def own_key(instance: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    if stack.disposable:
        return
    key = instance["encryptionKeyName"]
    if names_own_key(stack, key):
        return
    if not is_replica(instance):
        yield f"{key.path} is left out: data and backups are encrypted with Google's key"
        return
    # In its primary's region a replica takes its primary's key; elsewhere it needs one of that region.
    # https://cloud.google.com/sql/docs/postgres/cmek
    primary = _primary(instance, stack)
    region, primary_region = instance["region"], primary["region"]
    if region.text() != primary_region.text():
        yield f"{key.path} is left out and the primary is in another region: its key does not reach the replica"


def _primary(replica: Value, stack: Stack) -> Value:
    name = replica["masterInstanceName"]
    found = stack.referred(name, INSTANCE)
    if len(found) != 1:
        raise NotKnown(name.path, "names no one instance of this plan, and whether that has a key is not known")
    return Value.of(found[0])
