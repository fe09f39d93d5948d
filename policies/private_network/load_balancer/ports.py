"""A load balancer opens the ports that are spoken, not all of them."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from analysis.network.front import EXTERNAL, GLOBAL_RULE, REGIONAL_RULE, scheme_of
from analysis.network.spans import Span, Spans
from analysis.stack import Stack
from analysis.value import NotKnown, Value
from policies.engine.policy import Settings, Severity, resource_policy

HIGHEST = 65_535


class FewPorts(Settings):
    """What may be set."""

    most_ports: int = Field(
        default=100,
        ge=1,
        le=HIGHEST,
        description="Ports that one external forwarding rule may open; a media server needs more, for UDP.",
    )


@resource_policy(
    id="lb-forwards-few-ports",
    title="An external forwarding rule opens few ports",
    severity=Severity.HIGH,
    settings=FewPorts,
    why="""A forwarding rule without ports forwards them all: whatever listens on the machines behind, an SSH or a
    metrics port, is on the internet.""",
    fix="Use the `Edge` component: its `Listener` forwards 443, and 80 for the redirect.",
    fix_raw="Set `portRange` or `ports` to what the service speaks, and leave `allPorts` out.",
    rows=(134,),
    types=[GLOBAL_RULE, REGIONAL_RULE],
)
def few_ports(rule: Value, stack: Stack, settings: FewPorts) -> Iterator[str]:
    if scheme_of(rule) not in EXTERNAL:
        return
    if rule["allPorts"].flag(False):
        yield "allPorts is true: every port is forwarded from the internet"
        return
    spans = spans_of(rule)
    if not spans:
        # https://cloud.google.com/load-balancing/docs/forwarding-rule-concepts#port_specifications
        yield "portRange, ports and allPorts are left out: every port is forwarded from the internet"
        return
    opened = sum(last - first + 1 for first, last in Spans.of(spans))
    if opened > settings.most_ports:
        yield f"portRange or ports open {opened} ports to the internet, more than {settings.most_ports}"


def spans_of(rule: Value) -> list[Span]:
    """The ports that a forwarding rule names, none where it names none; NotKnown where one cannot be read."""
    return [_span(one) for one in (*rule["ports"].items(), rule["portRange"]) if one.present]


def _span(value: Value) -> Span:
    first, _, last = value.text("").partition("-")
    try:
        low, high = int(first), int(last or first)
    except ValueError:
        raise NotKnown(value.path, "is not a port or a range of ports") from None
    if not 0 <= low <= high <= HIGHEST:
        raise NotKnown(value.path, "is not a port or a range of ports")
    return low, high
