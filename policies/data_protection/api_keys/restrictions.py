"""What an API key that gets lost is good for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.network.addresses import addresses_at, union
from analysis.stack import Stack
from analysis.value import Value
from policies.engine.policy import Settings, Severity, resource_policy

KEY: Final = "gcp:projects/apiKey:ApiKey"
_CALLERS: Final = {
    # Kinds of caller, and the list that names them; a key has one kind at most.
    # https://cloud.google.com/docs/authentication/api-keys#api_key_restrictions
    "browserKeyRestrictions": "allowedReferrers",
    "serverKeyRestrictions": "allowedIps",
    "androidKeyRestrictions": "allowedApplications",
    "iosKeyRestrictions": "allowedBundleIds",
}
_WIDEST: Final = 0.001
"""The share of the public internet that a list of addresses may hold: one thousandth."""


@resource_policy(
    id="api-key-names-its-apis",
    title="An API key is good for named APIs only",
    severity=Severity.HIGH,
    why="""A key without targets works for every API that the project has on, the paid ones included, for whoever
    finds it in a page or an app.""",
    fix="Let workloads authenticate by their `Identity`; they need no key.",
    fix_raw="Set `restrictions.apiTargets` to the services that the key is for.",
    rows=(138,),
    cis_4=("1.14",),
    cis_5=("1.15",),
    types=[KEY],
)
def names_its_apis(key: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    targets = key.at("restrictions.apiTargets")
    found = list(targets.items())
    if not found:
        # https://www.pulumi.com/registry/packages/gcp/api-docs/projects/apikey/ ("restrictions": optional)
        yield f"{targets.path} is left out: the key works for every API of the project"
    for target in found:
        if target["service"].text("") in ("", "cloudapis.googleapis.com"):
            yield f"{target['service'].path} names no single API: the key works for every API of the project"


@resource_policy(
    id="api-key-names-its-callers",
    title="An API key is good in named pages, apps or servers only",
    severity=Severity.MEDIUM,
    why="""A key travels with every request and is copied from pages and apps. Bound to the site, the app or the
    addresses that use it, a copy is worth little; unbound, others run up the bill.""",
    fix="Let workloads authenticate by their `Identity`; they need no key.",
    fix_raw="""Set one of `restrictions.browserKeyRestrictions`, `serverKeyRestrictions`, `androidKeyRestrictions`
    and `iosKeyRestrictions`.""",
    rows=(138,),
    cis_4=("1.13",),
    cis_5=("1.14",),
    types=[KEY],
)
def names_its_callers(key: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    restrictions = key["restrictions"]
    named = 0
    for kind, listed in _CALLERS.items():
        callers = list(restrictions[kind][listed].items())
        named += len(callers)
        for caller in callers if kind == "browserKeyRestrictions" else ():
            if _any_site(caller.text("")):
                yield f"{caller.path} is any site: the key works in every page"
        if kind == "serverKeyRestrictions":
            share = union(addresses_at(caller) for caller in callers).share
            if share > _WIDEST:
                yield f"{restrictions[kind][listed].path} hold {share:.1%} of the internet: others are among them"
    if not named:
        yield "restrictions name no page, app or server: the key works wherever it is copied to"


def _any_site(pattern: str) -> bool:
    """Whether a referrer is any site at all, or any of a top-level domain: `*`, `https://*/*`, `*.com/*`."""
    host = pattern.partition("://")[2] or pattern
    host = host.partition("/")[0].partition(":")[0]
    fixed = [part for part in host.split(".") if part and "*" not in part]
    return len(fixed) < (2 if "*" in host else 1) and host not in ("localhost",)
