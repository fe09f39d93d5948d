"""Nothing in a network is open to the public internet, and least of all a way to manage it or its data."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pydantic import Field, field_validator

from analysis.network.addresses import INTERNET
from analysis.network.spans import Spans
from analysis.stack import Stack
from analysis.value import NotKnown
from policies.engine.policy import Looked, Problem, Result, Settings, Severity, Unseen, stack_policy
from policies.engine.settings_kinds import Words
from policies.private_network.firewall.exposure import exposures
from policies.private_network.firewall.ports import SENSITIVE, sensitive_in
from policies.private_network.firewall.rule import TYPES, Action, Rule, rules_of
from policies.private_network.firewall.services import checked, described, written_all

_FIX = """Remove the rule: Cloud Run and the managed data stores need none, and the public way in is `Edge`,
outside the VPC. What listens in a subnet is opened to another subnet by `Network.firewall.allow_ingress`."""
_FIX_RAW = """Name the ranges that may connect in `sourceRanges` (for SSH and RDP Identity-Aware Proxy's,
35.235.240.0/20), and leave none of it to the API's default of 0.0.0.0/0."""


class FromInternetSettings(Settings):
    """From when on ranges count as the internet."""

    share: float = Field(
        default=INTERNET,
        gt=0,
        le=1,
        description=(
            "The share of the public internet (0 to 1) that the sources of a network's rules may not reach."
        ),
    )


class ManagementSettings(FromInternetSettings):
    """Which ports are guarded."""

    more: Words = Field(
        default=(), description="Services of your own to guard as well, e.g. `tcp:8500` or `udp:5000-5100`."
    )

    @field_validator("more")
    @classmethod
    def _are_services(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        return checked(given)


class OpenSettings(FromInternetSettings):
    """What may be open."""

    open_services: Words = Field(
        default=(),
        description=(
            "Services that anybody may reach in the network itself, e.g. `udp:50000-60000` for a media server "
            "of WebRTC. Management and database ports cannot be opened so."
        ),
    )

    @field_validator("open_services")
    @classmethod
    def _are_services(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        return checked(given)


@stack_policy(
    id="firewall-no-management-from-internet",
    title="No management or database port is open to the internet",
    severity=Severity.CRITICAL,
    why="""Ports such as SSH, RDP, PostgreSQL and Redis are tried by robots all day: one weak password or one
    unpatched bug behind them is a break-in. Ranges are added up over all rules of a network, so 0.0.0.0/1 with
    128.0.0.0/1, and ::/0, count as the internet; so does a rule that names no ports, for it opens all.""",
    fix=_FIX,
    fix_raw=_FIX_RAW,
    rows=(10, 11, 13, 14, 15, 23),
    cis_4=("3.6", "3.7"),
    cis_5=("3.6", "3.7"),
    settings=ManagementSettings,
)
def no_management(stack: Stack, settings: ManagementSettings) -> Iterator[Result]:
    more = written_all(settings.more)

    def say(opened: Spans) -> str:
        own = described(opened & more - SENSITIVE) if opened.meets(more - SENSITIVE) else ""
        return ", ".join(filter(None, (sensitive_in(opened), own)))

    yield from _judged(stack, settings, lambda opened: opened & (SENSITIVE | more), say)


@stack_policy(
    id="firewall-no-ingress-from-internet",
    title="Nothing in a network is open to the internet",
    severity=Severity.HIGH,
    why="""What listens in the network is then reached around the load balancer: without its TLS, its Cloud Armor
    rules and its logs. Ranges are added up over all rules of a network.""",
    fix=_FIX,
    fix_raw=_FIX_RAW,
    rows=(12, 16, 23),
    settings=OpenSettings,
)
def no_ingress(stack: Stack, settings: OpenSettings) -> Iterator[Result]:
    # The other policy tells of the rest, with the severity that it deserves.
    told_elsewhere = SENSITIVE | written_all(settings.open_services)
    yield from _judged(stack, settings, lambda opened: opened - told_elsewhere, described)


def _judged(
    stack: Stack,
    settings: FromInternetSettings,
    concerned: Callable[[Spans], Spans],
    say: Callable[[Spans], str],
) -> Iterator[Result]:
    for value in stack.of_type(*TYPES):
        yield Looked(value.resource)
    told: set[Rule] = set()
    for one in exposures(stack, settings.share):
        opened = concerned(one.services)
        if not opened:
            continue
        rule = one.rule
        told.add(rule)
        others = ", ".join(other.name for other in one.together)
        joined = f", together with {others}," if others else ""
        yield Problem(
            rule.resource,
            f"{rule.far_at}{joined} lets the internet reach {say(opened)}",
            key=rule.at.path,
        )
    yield from _unseen(stack, told, concerned)


def _unseen(stack: Stack, told: set[Rule], concerned: Callable[[Spans], Spans]) -> Iterator[Unseen]:
    """The allows that might open something, if only more of them were known."""
    for (urn, _), rule in stack.once(rules_of).items():
        if isinstance(rule, NotKnown):
            yield Unseen(stack.plan.by_urn[urn], str(rule))
        elif rule is None or not rule.ingress or rule.action is not Action.ALLOW or rule in told:
            continue
        elif rule.far_unknown is not None and (rule.services_unknown or concerned(rule.services)):
            yield Unseen(rule.resource, str(rule.far_unknown))
        elif rule.services_unknown is not None and rule.public:
            yield Unseen(rule.resource, str(rule.services_unknown))
