"""What is in a repository is encrypted with a key of one's own."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.stack import Stack
from analysis.stores.encryption import names_own_key
from analysis.stores.registries import REPOSITORY
from analysis.value import Value
from policies.engine.policy import Enforcement, Settings, Severity, resource_policy


@resource_policy(
    id="registry-own-key",
    title="A repository encrypts its contents with a key of its own",
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    why="""With a key of one's own, nobody pulls an image any more once the key is disabled, and each use of the
    key is logged. Google's own key, the default, gives neither.""",
    fix="""Give the `ImageRegistry` a key: `key=keys.for_service(Agent.ARTIFACT_REGISTRY)`; `customerKeys`
    demands it.""",
    fix_raw="Set `kmsKeyName` to a Cloud KMS key of the repository's location; it cannot be set afterwards.",
    rows=(121,),
    types=[REPOSITORY],
)
def registry_own_key(repository: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    # A virtual repository only passes on what others hold.
    if stack.disposable or repository["mode"].text() == "VIRTUAL_REPOSITORY":
        return
    key = repository["kmsKeyName"]
    if not names_own_key(stack, key):
        yield f"{key.path} is left out: images are encrypted with Google's key"
