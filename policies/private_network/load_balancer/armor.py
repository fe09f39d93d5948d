"""What a Cloud Armor policy must refuse, and whom it must not let through uncounted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pydantic import Field

from analysis.stack import Stack
from analysis.value import Value
from policies.engine.policy import Enforcement, Settings, Severity, resource_policy
from policies.engine.settings_kinds import WordSet
from policies.private_network.load_balancer.armor_attached import ARMOR, REGION_ARMOR
from policies.private_network.load_balancer.armor_rules import (
    admission,
    classes,
    filters_requests,
    in_force,
    rules_of,
)

_TYPES: Final = (ARMOR, REGION_ARMOR)
_DEFAULT: Final = frozenset({"sqli", "xss", "lfi", "rce", "cve"})


class Attacks(Settings):
    """What may be set."""

    attacks: WordSet = Field(
        default=_DEFAULT,
        description="Classes of Google's rule sets that must be refused, by the beginning of the set's name.",
    )


@resource_policy(
    id="armor-refuses-known-attacks",
    title="A Cloud Armor policy refuses the known kinds of attack",
    severity=Severity.HIGH,
    settings=Attacks,
    why="""A policy without rule sets only counts requests. Injections, inclusions of files and the holes of the
    day, Log4j among them, go through to the service. A rule in preview refuses nothing, and one that is narrowed
    to a path refuses nothing elsewhere.""",
    fix="""Make the policy with `ArmorPolicy`, which refuses every `Attack`; `Tuning` leaves single signatures or
    paths out, and its `Mode.PREVIEW` is for finding them, not to be left on.""",
    fix_raw="""Add rules with the action `deny(403)` and `evaluatePreconfiguredWaf('sqli-v422-stable')` and so on
    (`xss`, `lfi`, `rce`, `cve-canary`), without `preview`.""",
    rows=(129,),
    types=_TYPES,
)
def refuses_known_attacks(policy: Value, stack: Stack, settings: Attacks) -> Iterator[str]:
    if not filters_requests(policy):
        return
    refused, unread = classes(rules_of(stack, policy))
    missing = sorted(settings.attacks - refused)
    if not missing:
        return
    if unread is not None:
        raise unread
    yield f"no rule in force refuses {', '.join(missing)} everywhere: these attacks reach the service"


@resource_policy(
    id="armor-limits-or-refuses",
    title="A Cloud Armor policy lets nobody through uncounted",
    severity=Severity.MEDIUM,
    why="""A public site lets everybody in, but nobody without end: one client's loop, or a flood, scales the
    service to its maximum and is paid for. A policy without rules of its own lets everybody through.""",
    fix="Make the policy with `ArmorPolicy`: a rate limit for each address, and a last rule that refuses.",
    fix_raw="""Add a rule with the action `throttle` or `rate_based_ban` ahead of the one that allows everybody, or
    let the last rule (priority 2147483647) deny.""",
    rows=(129,),
    types=_TYPES,
)
def limits_or_refuses(policy: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    if not filters_requests(policy):
        return
    found = admission(rules_of(stack, policy))
    if found.path == "rules":
        yield "rules have no last rule, which means allow: everybody gets through without a limit"
    elif found.is_open:
        yield f"{found.path} allows everybody, and no rule before it limits how often"


def _rules(policy: Value) -> Iterator[Value]:
    yield from policy["rules"].items() if policy.resource.type in _TYPES else (policy,)


@resource_policy(
    id="armor-no-rule-in-preview",
    title="No Cloud Armor rule is left in preview",
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    why="""A rule in preview is logged and not enforced. It is right for the days in which false alarms are looked
    for; left on, it looks like protection and is none.""",
    fix="Give the attack's `Tuning` back its mode `ENFORCE`, with the signatures left out that were false alarms.",
    fix_raw="Set `preview` to false, or leave it out.",
    rows=(129,),
    types=[
        *_TYPES,
        "gcp:compute/securityPolicyRule:SecurityPolicyRule",
        "gcp:compute/regionSecurityPolicyRule:RegionSecurityPolicyRule",
    ],
    elements=_rules,
)
def no_rule_in_preview(rule: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    if not in_force(rule):
        yield f"{rule['preview'].path} is true: what the rule says is logged and not done"
