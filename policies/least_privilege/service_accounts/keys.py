"""No service account has a key: neither one that Google generates nor one that is uploaded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.stack import Stack
from analysis.value import MISSING, Value
from policies.engine.policy import Settings, Severity, resource_policy

_KEY: Final = "gcp:serviceaccount/key:Key"
_API_KEY: Final = "gcp:projects/apiKey:ApiKey"


@resource_policy(
    id="service-account-no-key",
    title="No service account has a key",
    severity=Severity.HIGH,
    why="""A key is the account, for whoever has the file, from anywhere and until somebody deletes it. A generated
    one also stands in Pulumi's state. Rotation shortens the theft; without keys there is nothing to steal.""",
    fix="""Take the key away: workloads run as their `Identity`, GitHub acts through `GithubFederation`, Cloud
    Build through `BuildTrigger`.""",
    fix_raw="""Remove the `serviceaccount.Key`, and let the workload run as the account or come in by workload
    identity federation; to sign or to test, impersonate the account.""",
    rows=(150, 151),
    cis_4=("1.4", "1.7"),
    cis_5=("1.5", "1.8"),
    types=(_KEY, _API_KEY),
)
def no_key(key: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    if key.resource.type == _API_KEY:
        # https://cloud.google.com/docs/authentication/api-keys#api-keys-bound-sa
        if key["serviceAccountEmail"].present:
            yield "serviceAccountEmail is set: whoever has the API key acts as that account"
        return
    # An account gets a key either way, so it does not matter whether the upload is known.
    if key["publicKeyData"].raw is not MISSING:
        yield "publicKeyData is set: whoever has the private half of the uploaded key acts as the account"
    else:
        yield "a key is generated: its private half stands in the state, and whoever reads it acts as the account"
