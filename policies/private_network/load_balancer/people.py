"""What only some people may reach is guarded by name, or by where they come from.

Whom Identity-Aware Proxy admits is a grant like any other: `least_privilege/iam` looks at those to everybody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pydantic import Field

from analysis.network.front import (
    BACKEND_SERVICE,
    REGION_BACKEND_SERVICE,
    is_external_backend,
)
from analysis.stack import Stack, name_of
from analysis.value import Value
from policies.engine.policy import Enforcement, Settings, Severity, resource_policy
from policies.engine.settings_kinds import WordSet
from policies.private_network.load_balancer.armor_attached import ARMOR, REGION_ARMOR
from policies.private_network.load_balancer.armor_rules import admits_everybody, rules_of


class Guarded(Settings):
    """What may be set."""

    words: WordSet = Field(
        default=frozenset({"admin", "backoffice", "canary", "internal", "intranet", "staff"}),
        description="Parts of a backend's name that say it is for some people only.",
    )


@resource_policy(
    id="lb-internal-backend-guarded",
    title="A public backend that is meant for some people only admits only them",
    severity=Severity.HIGH,
    enforcement=Enforcement.ADVISORY,
    settings=Guarded,
    why="""A console for the staff or an unreleased revision behind the public load balancer is open to everybody,
    however odd its host name. Identity-Aware Proxy asks who it is; a Cloud Armor policy may admit known
    addresses.""",
    fix="Give the `Route` `gate=Gate.IAP` and its `people`, or the `Canary` its `source_ranges` or `people`.",
    fix_raw="""Set `iap.enabled` on the backend service and grant `roles/iap.httpsResourceAccessor` to those
    people, or give it a Cloud Armor policy whose only allowing rules name source ranges.""",
    rows=(131,),
    cis_4=("3.10",),
    cis_5=("3.12",),
    types=[BACKEND_SERVICE, REGION_BACKEND_SERVICE],
)
def internal_backend_guarded(backend: Value, stack: Stack, settings: Guarded) -> Iterator[str]:
    name = name_of(backend.resource) or ""
    # Whole words: `administer` and `staffing` may be anything.
    told = settings.words & set(re.split(r"[^a-z]+", f"{name}-{backend.resource.name}".lower()))
    if not told or not is_external_backend(backend):
        return
    if backend.at("iap.enabled").flag(False):
        return
    policies = stack.referred(backend["securityPolicy"], ARMOR, REGION_ARMOR)
    if any(not admits_everybody(rules_of(stack, policy)) for policy in map(Value.of, policies)):
        return
    yield (
        f"the backend is named '{min(told)}', iap.enabled is not true and securityPolicy admits everybody: "
        "anybody on the internet reaches it"
    )
