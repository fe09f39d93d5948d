"""Who may connect from outside is named."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field, field_validator

from analysis.network.addresses import INTERNET, Addresses
from analysis.stack import Stack
from analysis.value import Value
from policies.engine.policy import Settings, Severity, resource_policy
from policies.engine.settings_kinds import Words
from policies.private_network.firewall.rule import TYPES, Action, each_rule, insist, rule_at


class SourcesSettings(Settings):
    """Whose addresses may be sources."""

    partners: Words = Field(
        default=(),
        description="Public ranges that may be sources of ingress, e.g. a telephony provider's `203.0.113.0/24`.",
    )

    @field_validator("partners")
    @classmethod
    def _are_ranges(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        Addresses.of(*given)
        return given


@resource_policy(
    id="firewall-public-sources-named",
    title="Ingress comes from private ranges, from Google's own, or from partners that are named",
    severity=Severity.HIGH,
    why="""A public range in a firewall rule outlives the reason for it: cloud addresses change hands, and
    whoever has them next is let in. Health checks (35.191.0.0/16, 130.211.0.0/22) and Identity-Aware Proxy
    (35.235.240.0/20) are the public-looking sources that a private network needs.""",
    fix="""Let strangers in by `Edge` only. Where a partner must reach a subnet, put its range in this policy's
    `partners`, where a reviewer sees it.""",
    fix_raw="""Use private ranges, or Identity-Aware Proxy's 35.235.240.0/20 for SSH and RDP; put a partner's
    ranges in this policy's `partners`.""",
    rows=(17, 23),
    cis_4=("3.10",),
    cis_5=("3.12",),
    types=TYPES,
    elements=each_rule,
    settings=SourcesSettings,
)
def public_sources(place: Value, stack: Stack, settings: SourcesSettings) -> Iterator[str]:
    rule = rule_at(place, stack)
    if rule is None or not rule.ingress or rule.action is not Action.ALLOW:
        return
    # From there on it is the internet, of which the two policies in `from_internet` tell.
    if rule.public.share < INTERNET:
        strangers = rule.public - Addresses.of(*settings.partners)
        if strangers:
            yield f"{rule.far_at} lets in addresses that no setting names as a partner's: {strangers.cidrs()}"
    insist(rule.far_unknown)
