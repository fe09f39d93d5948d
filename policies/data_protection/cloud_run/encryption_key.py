"""What Cloud Run keeps of a workload is encrypted with a key of this project."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.stack import Stack
from analysis.stores.encryption import names_own_key
from analysis.value import Value
from analysis.workloads.templates import WORKLOADS, find, place_of
from policies.engine.policy import Enforcement, Settings, Severity, resource_policy


@resource_policy(
    id="run-own-encryption-key",
    title="A workload's image is encrypted with a key of the project in stacks that keep data",
    severity=Severity.LOW,
    why="""Cloud Run keeps a copy of each deployed image. With Google's own key nobody here can withdraw it; with
    a key of the project, disabling the key stops every instance and makes the copy unreadable.""",
    fix="""Give the `Service`, `Job` or `WorkerPool` the key of Cloud Run: `key=base.key(Agent.CLOUD_RUN)`; the
    setting `customerKeys` makes the keys.""",
    fix_raw="""Set `template.encryptionKey` (a job's `template.template.encryptionKey`, a function's
    `kmsKeyName`) to a key in the same region that Cloud Run's service agent may use.""",
    rows=(40, 46),
    enforcement=Enforcement.ADVISORY,
    types=WORKLOADS,
)
def own_encryption_key(workload: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    # Google's own key is the default: https://cloud.google.com/run/docs/securing/using-cmek
    if not stack.disposable and not names_own_key(stack, find(workload, "key")):
        yield f"{place_of(workload, 'key')} is left out: the copy of its image is under Google's own key"
