"""What Vertex AI and its notebooks keep is encrypted with a key of one's own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.stack import Stack
from analysis.stores.encryption import names_own_key
from analysis.value import Value
from policies.engine.policy import Enforcement, Settings, Severity, resource_policy
from policies.private_network.vertex.notebooks import WORKBENCH

_SPEC: Final = (("encryptionSpec", "kmsKeyName"),)
_KEYS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    # Where each type names its key: in which block, or each of a list, and by which input of it.
    "gcp:vertex/aiEndpoint:AiEndpoint": _SPEC,
    "gcp:vertex/aiIndexEndpoint:AiIndexEndpoint": _SPEC,
    "gcp:vertex/aiIndex:AiIndex": _SPEC,
    "gcp:vertex/aiDataset:AiDataset": _SPEC,
    "gcp:vertex/aiFeatureStore:AiFeatureStore": _SPEC,
    "gcp:vertex/aiFeatureOnlineStore:AiFeatureOnlineStore": _SPEC,
    "gcp:vertex/aiTensorboard:AiTensorboard": _SPEC,
    "gcp:vertex/aiMetadataStore:AiMetadataStore": _SPEC,
    "gcp:vertex/aiRagCorpus:AiRagCorpus": _SPEC,
    "gcp:vertex/aiReasoningEngine:AiReasoningEngine": _SPEC,
    "gcp:vertex/aiPersistentResource:AiPersistentResource": _SPEC,
    "gcp:colab/runtimeTemplate:RuntimeTemplate": _SPEC,
    WORKBENCH: (("gceSetup.bootDisk", "kmsKey"), ("gceSetup.dataDisks", "kmsKey")),
}


@resource_policy(
    id="vertex-own-key",
    title="What Vertex AI and its notebooks keep is encrypted with a key of its own",
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    why="""With a key of one's own, access to the data can be ended by disabling the key, and each use of the
    key is logged. Google's own key, the default, gives neither.""",
    fix="Give it the key of `keys.for_service(...)` for Vertex AI's agent; nothing here makes such a store.",
    fix_raw="""Set `encryptionSpec.kmsKeyName` (a notebook's `gceSetup.bootDisk.kmsKey` and `dataDisks.kmsKey`,
    with `diskEncryption: CMEK`) to a Cloud KMS key of its region.""",
    rows=(187, 188),
    types=_KEYS,
)
def own_key(store: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    if stack.disposable:
        return
    for path, name in _KEYS[store.resource.type]:
        block = store.at(path)
        for one in list(block.items()) or [block]:
            # Only with CMEK is the key looked at, and GMEK is the default:
            # https://cloud.google.com/sdk/gcloud/reference/workbench/instances/create#--boot-disk-encryption
            mode = one["diskEncryption"]
            if store.resource.type == WORKBENCH and mode.text("") != "CMEK":
                said = f"is {mode.text('')[:40]}" if mode.present else "is left out, which means GMEK"
                yield f"{mode.path} {said}: the disk is encrypted with Google's key, whatever {name} names"
            elif not names_own_key(stack, one[name]):
                yield f"{one[name].path} is left out: what it keeps is encrypted with Google's key"
