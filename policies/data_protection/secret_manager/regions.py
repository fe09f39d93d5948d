"""Secrets are kept in chosen places."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from analysis.stack import Stack
from analysis.stores.secrets import REGIONAL_SECRET, SECRETS
from analysis.value import Value
from policies.engine.policy import Enforcement, Result, Settings, Severity, each, resource_policy
from policies.engine.settings_kinds import Words


class Places(Settings):
    """Where secrets may be kept."""

    allowed_locations: Words = Field(
        default=(), description="The only locations in which secrets may be; any chosen ones where it is empty."
    )


@resource_policy(
    id="secret-keeps-to-regions",
    title="A secret says in which locations it is kept",
    severity=Severity.LOW,
    # Not every system has to know where its data is.
    enforcement=Enforcement.ADVISORY,
    why="""With automatic replication Google keeps a secret wherever it likes, and whoever promised customers that
    their data stays in a region has broken the promise. It cannot be changed afterwards.""",
    fix="Use the `Secret` component, which keeps a secret in the environment's region.",
    fix_raw="Set `replication.userManaged.replicas`, or make a `RegionalSecret`.",
    rows=(119,),
    types=SECRETS,
    settings=Places,
)
def secret_keeps_to_regions(secret: Value, stack: Stack, settings: Places) -> Iterator[Result | str]:
    def check(location: Value) -> Iterator[str]:
        name = location.text("")
        if settings.allowed_locations and name not in settings.allowed_locations:
            yield f"{location.path} is '{name}', which is none of the allowed locations"

    if secret.resource.type == REGIONAL_SECRET:
        yield from each((secret["location"],), check)
        return
    replicas = secret.at("replication.userManaged.replicas")
    chosen = list(replicas.items())
    if not chosen:
        yield f"{replicas.path} is left out: the secret is kept wherever Google likes"
    yield from each((replica for replica in chosen), lambda replica: check(replica["location"]))
