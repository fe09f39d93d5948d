"""Messages at rest are encrypted with a key of one's own."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.stack import Stack
from analysis.stores.encryption import names_own_key
from analysis.value import Value
from policies.engine.policy import Enforcement, Settings, Severity, resource_policy


@resource_policy(
    id="topic-own-key",
    title="A topic encrypts its messages with a key of its own",
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    why="""With a key of one's own, access to the messages can be ended by disabling the key, and each use of
    the key is logged. Google's own key, the default, gives neither.""",
    fix="Give the `Topic` a key: `key=keys.for_service(Agent.PUBSUB)`; `customerKeys` demands it.",
    fix_raw="Set `kmsKeyName` to a Cloud KMS key, and let Pub/Sub's service agent use it.",
    rows=(107,),
    types=["gcp:pubsub/topic:Topic"],
)
def topic_own_key(topic: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    if stack.disposable:
        return
    key = topic["kmsKeyName"]
    if not names_own_key(stack, key):
        yield f"{key.path} is left out: messages are encrypted with Google's key"
