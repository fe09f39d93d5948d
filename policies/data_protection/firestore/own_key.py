"""Firestore's documents are encrypted with a key of one's own."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.stack import Stack
from analysis.stores.encryption import names_own_key
from analysis.stores.firestore import DATABASE
from analysis.value import Value
from policies.engine.policy import Enforcement, Settings, Severity, resource_policy


@resource_policy(
    id="firestore-own-key",
    title="A Firestore database is encrypted with a key of its own",
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    why="""With a key of one's own, access to the documents and to their backups can be ended by disabling the
    key, and each use of the key is logged. Google's own key, the default, gives neither.""",
    fix="""Give `FirestoreDatabase` a key: `key=keys.for_service(Agent.FIRESTORE)`; `customerKeys`
    demands it.""",
    fix_raw="""Set `cmekConfig.kmsKeyName` to a Cloud KMS key of the database's location; it cannot be set
    afterwards.""",
    rows=(83,),
    types=[DATABASE],
)
def firestore_own_key(database: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    if stack.disposable:
        return
    key = database.at("cmekConfig.kmsKeyName")
    if not names_own_key(stack, key):
        yield f"{key.path} is left out: documents and backups are encrypted with Google's key"
