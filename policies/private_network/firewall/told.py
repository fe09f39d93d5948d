"""What a firewall rule does is written down, and what it did is logged."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.stack import Stack
from analysis.value import Value
from policies.engine.policy import Settings, Severity, resource_policy
from policies.private_network.firewall.rule import FIREWALL, TYPES, each_rule


@resource_policy(
    id="firewall-logs",
    title="A firewall rule logs the connections that it decides on",
    severity=Severity.MEDIUM,
    why="""Without the log nobody sees the scan before a break-in, nor which connections a rule lets through that
    should be closed. Denies matter most: they are what an intruder runs into.""",
    fix="`Network` and `Network.firewall` log every rule that they make: use them.",
    fix_raw="Set `logConfig` with `metadata`; on a policy's rule `enableLogging` to true.",
    rows=(20, 23),
    types=TYPES,
    elements=each_rule,
)
def logs(rule: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    if rule["disabled"].flag(False):
        return
    enabled = rule["enableLogging"]
    if rule.resource.type == FIREWALL:
        # The block alone turns it on: https://www.pulumi.com/registry/packages/gcp/api-docs/compute/firewall/
        if not rule["logConfig"].present and not enabled.flag(False):
            yield "logConfig is left out: what the rule lets through or refuses leaves no trace"
    # Google logs no rule that only passes on: same API, `NetworkFirewallPolicyRule.enableLogging`.
    elif rule["action"].text("allow") != "goto_next" and not enabled.flag(False):
        said = "is false" if enabled.present else "is left out, which means false"
        yield f"{enabled.path} {said}: what the rule lets through or refuses leaves no trace"


@resource_policy(
    id="firewall-described",
    title="A firewall rule says what it is for",
    severity=Severity.LOW,
    why="A rule that nobody can explain is never removed, and stays open after what needed it has gone.",
    fix="`Network` and `Network.firewall` describe every rule that they make: use them.",
    fix_raw="Set `description`: who calls whom, and why.",
    rows=(21, 23),
    types=TYPES,
    elements=each_rule,
)
def described(rule: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    if rule["disabled"].flag(False):
        return
    description = rule["description"]
    if not description.has_text:
        yield f"{description.path} is empty: nobody will dare to remove the rule"
