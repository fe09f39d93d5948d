"""An allow says which ports it opens and whom it is for."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field, field_validator

from analysis.network.addresses import INTERNET
from analysis.stack import Stack
from analysis.value import Value
from policies.engine.policy import Settings, Severity, resource_policy
from policies.engine.settings_kinds import Words
from policies.private_network.firewall.rule import TYPES, Action, each_rule, insist, rule_at
from policies.private_network.firewall.services import (
    PORTS,
    WITH_PORTS,
    by_protocol,
    checked,
    described,
    written_all,
)


class PortsSettings(Settings):
    """How many ports one rule may open."""

    most_ports: int = Field(
        default=1024,
        ge=1,
        le=PORTS,
        description="Ports of one protocol that a rule may open.",
    )
    wide: Words = Field(
        # Where Memorystore's nodes answer:
        # https://cloud.google.com/memorystore/docs/valkey/networking#reserved_ports
        default=("tcp:11000-13047",),
        description=(
            "Services that do not count: those of Memorystore's nodes, and e.g. `udp:50000-60000` for a media "
            "server of WebRTC."
        ),
    )

    @field_validator("wide")
    @classmethod
    def _are_services(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        return checked(given)


@resource_policy(
    id="firewall-names-ports",
    title="A firewall rule that allows names the few ports that are spoken",
    severity=Severity.HIGH,
    why="""A rule without ports opens every one, today's and those of whatever is started next year. Inwards that
    is each debug port; outwards it lets stolen data leave by any protocol.""",
    fix="""Give the access a `Destination` with the ports that it speaks, or `allow_ingress` the ports that are
    listened on; put a range that must be wide in this policy's `wide`.""",
    fix_raw="""List the ports in `allows[].ports` (or `match.layer4Configs[].ports`), with a protocol other than
    `all`.""",
    rows=(18, 19, 23),
    types=TYPES,
    elements=each_rule,
    settings=PortsSettings,
)
def names_ports(place: Value, stack: Stack, settings: PortsSettings) -> Iterator[str]:
    rule = rule_at(place, stack)
    if rule is None or rule.action is not Action.ALLOW:
        return
    counted = rule.services - written_all(settings.wide)
    # Of a protocol without ports (ICMP, ESP) there is no less to open.
    most = max((ports.size for number, ports in by_protocol(counted).items() if number in WITH_PORTS), default=0)
    if most > settings.most_ports:
        yield (
            f"the rule allows {described(counted)}, that is {most:,} ports of one protocol; "
            f"at most {settings.most_ports:,} are to be opened"
        )
    insist(rule.services_unknown)


@resource_policy(
    id="firewall-ingress-names-targets",
    title="A firewall rule that lets something in says whom it is for",
    severity=Severity.MEDIUM,
    why="""Without a target the rule opens its ports on every machine of the network, those of other teams and
    those made later included.""",
    fix="`Network.firewall.allow_ingress` names the destination subnet. Give another rule a service account.",
    fix_raw="""Set `targetServiceAccounts` (or `targetTags`, or secure tags in a policy); where the listener is
    behind Direct VPC egress, which knows neither, set `destinationRanges`.""",
    rows=(22, 23),
    types=TYPES,
    elements=each_rule,
)
def ingress_names_targets(place: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    rule = rule_at(place, stack)
    if rule is None or not rule.ingress or rule.action is not Action.ALLOW:
        return
    # Direct VPC egress has neither tags nor service accounts in ingress rules, so ranges of the network's own side
    # are a target too: https://cloud.google.com/run/docs/configuring/vpc-direct-vpc#limitations
    if not (rule.accounts or rule.tags or rule.near):
        insist(rule.targets_unknown)
        yield "the rule names no target service account, tag or destination range: it opens the whole network"


class EgressSettings(Settings):
    """By what a way out is given."""

    network_tags: bool = Field(
        default=False,
        description=(
            "Whether a network tag will do for the way to the internet (whoever edits a machine can set one)."
        ),
    )


@resource_policy(
    id="firewall-egress-by-identity",
    title="A way out is given to an identity, not to the network",
    severity=Severity.HIGH,
    why="""An allow without a target is a way out for everything in the network: whoever takes over any workload
    can send the data away. A network tag is no better towards the internet, since whoever may edit a machine may
    set it.""",
    fix="""Let the workload's access name its `Destination`: `Network.allow_egress` makes the rule for its
    service account.""",
    fix_raw="Set `targetServiceAccounts` (in a policy, or `targetSecureTags`).",
    rows=(19, 22, 23),
    types=TYPES,
    elements=each_rule,
    settings=EgressSettings,
)
def egress_by_identity(place: Value, stack: Stack, settings: EgressSettings) -> Iterator[str]:
    rule = rule_at(place, stack)
    if rule is None or rule.ingress or rule.action is not Action.ALLOW or rule.accounts:
        return
    insist(rule.targets_unknown)
    if not rule.tags:
        yield f"{rule.far_at} may be called by everything in the network: the rule names no service account"
    elif not settings.network_tags:
        if rule.public.share >= INTERNET:
            yield f"{rule.far_at} may be called by whatever has a network tag, which no identity guards"
        insist(rule.far_unknown)
