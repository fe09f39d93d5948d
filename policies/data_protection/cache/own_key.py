"""What a cache writes to disk is encrypted with a key of one's own."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.stack import Stack
from analysis.stores.caches import CACHES, kind_of
from analysis.stores.encryption import names_own_key
from analysis.value import Value
from policies.engine.policy import Enforcement, Settings, Severity, resource_policy


@resource_policy(
    id="cache-own-key",
    title="A Redis or Valkey cache is encrypted with a key of its own",
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    why="""With a key of one's own, access to the sessions in it and to its snapshots can be ended by disabling
    the key, and each use of the key is logged. Google's own key, the default, gives neither.""",
    fix="Give `Valkey` a key: `key=keys.for_service(Agent.MEMORYSTORE)`; `customerKeys` demands it.",
    fix_raw="""Set `kmsKey` (Memorystore for Redis: `customerManagedKey`) to a Cloud KMS key of its region; it
    cannot be set afterwards.""",
    rows=(78, 79, 80),
    types=CACHES,
)
def cache_own_key(cache: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    if stack.disposable:
        return
    key = cache[kind_of(cache).key]
    if not names_own_key(stack, key):
        yield f"{key.path} is left out: what the cache keeps is encrypted with Google's key"
