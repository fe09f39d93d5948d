"""ArmorPolicy: what Cloud Armor lets through to a backend.

Order matters, the first rule that matches decides: attack classes are refused, then load tests pass, then each
address is counted and let through within its limit, and whatever is left is refused. So the policy ends closed,
and the counting rule is the only door. It does not cover answers from Cloud CDN's cache, which are public.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import ClassVar

import pulumi
from pulumi_gcp import compute

from components.component import Component, Environment
from components.errors import ComponentError
from components.naming import Kind
from components.network.ranges import public_range
from components.network.waf import Attack, Mode, RateLimit, Tuning
from components.observability.alert import AlertRouting, Urgency, alert

AUTO_DEPLOY_PRIORITY = 500
ATTACK_PRIORITY = 1000
LOAD_TEST_PRIORITY = 9000
LIMIT_PRIORITY = 10000
# What Google gives the rule that every policy must have.
DEFAULT_PRIORITY = 2147483647
# https://cloud.google.com/armor/quotas
MOST_RANGES = 10
SPIKE_CLIENTS = 10
"""Clients' whole allowances: as many refusals as these could send are no typing error."""


class ArmorTier(Enum):
    """What the project has subscribed to; it decides how far adaptive protection goes.

    https://cloud.google.com/armor/docs/armor-enterprise-overview
    """

    STANDARD = "standard"
    """Adaptive protection tells of an attack, no more."""
    ENTERPRISE = "enterprise"
    """It also refuses what it takes for the attack."""


class ArmorPolicy(Component):
    """A backend security policy."""

    family: ClassVar[str] = "network"

    policy: compute.SecurityPolicy
    policy_name: str

    def __init__(
        self,
        name: str,
        *,
        env: Environment,
        tier: ArmorTier = ArmorTier.STANDARD,
        tuning: Mapping[Attack, Tuning] | None = None,
        limit: RateLimit | None = None,
        load_test_ranges: Sequence[str] = (),
        admitted: Sequence[str] = (),
        alerts: AlertRouting | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`tuning`: classes that are looked for otherwise than by the defaults; none can be left out.
        `load_test_ranges`: public ranges that are not counted (attacks from there are refused all the same).
        `admitted`: if given, only these public ranges get in at all.

        Raises ComponentError for more than ten ranges, or one that is malformed, private or wider than a /20.
        """
        limit = limit or RateLimit()
        load_tests = checked_public(f"the load-test ranges of '{name}'", load_test_ranges)
        admitted = checked_public(f"the ranges admitted by '{name}'", admitted)
        super().__init__(name, env=env, opts=opts)
        self.policy_name = env.naming.name(Kind.COMPUTE, name)
        rules = [_attack(attack, (tuning or {}).get(attack, Tuning())) for attack in Attack]
        if tier is ArmorTier.ENTERPRISE:
            rules.append(
                compute.SecurityPolicyRuleArgs(
                    action="deny(403)",
                    priority=AUTO_DEPLOY_PRIORITY,
                    description="Refuses what adaptive protection takes for an attack",
                    match=_expression("evaluateAdaptiveProtectionAutoDeploy()"),
                )
            )
        if load_tests:
            rules.append(
                compute.SecurityPolicyRuleArgs(
                    action="allow",
                    priority=LOAD_TEST_PRIORITY,
                    description="Does not count the load tests",
                    match=_sources(load_tests),
                )
            )
        rules.append(_counted(limit, admitted or ["*"]))
        rules.append(
            compute.SecurityPolicyRuleArgs(
                action="deny(403)",
                priority=DEFAULT_PRIORITY,
                description="Refuses whatever no rule let through",
                match=_sources(["*"]),
            )
        )
        ordered: list[compute.SecurityPolicyRuleArgs] = sorted(rules, key=_priority)
        self.policy = compute.SecurityPolicy(
            name,
            name=self.policy_name,
            project=env.project,
            type="CLOUD_ARMOR",
            description="What reaches the backends.",
            rules=[*ordered],
            adaptive_protection_config=compute.SecurityPolicyAdaptiveProtectionConfigArgs(
                layer7_ddos_defense_config=(
                    compute.SecurityPolicyAdaptiveProtectionConfigLayer7DdosDefenseConfigArgs(
                        enable=True, rule_visibility="STANDARD"
                    )
                )
            ),
            advanced_options_config=compute.SecurityPolicyAdvancedOptionsConfigArgs(
                json_parsing="STANDARD",
                # Verbose logs hold the matched part of the request: passwords and transcripts.
                log_level="NORMAL",
                request_body_inspection_size="64KB",
            ),
            labels=self.labels(),
            opts=self.child(depends_on=list(env.apis)),
        )
        if alerts is not None:
            self._alert(alerts, limit)
        self.register_outputs({"policy": self.policy.id})

    def _alert(self, routing: AlertRouting, limit: RateLimit) -> None:
        # https://cloud.google.com/armor/docs/monitoring
        series = (
            "networksecurity_googleapis_com:https_request_count{"
            f'monitored_resource="network_security_policy",policy_name="{self.policy_name}",blocked="true"}}'
        )
        refused_a_second = SPIKE_CLIENTS * limit.per_second
        alert(
            f"{self.name}-blocked",
            owner=self,
            routing=routing,
            title=f"{self.name}: Cloud Armor refuses many requests",
            query=f"sum(rate({series}[5m])) > {refused_a_second:g}",
            duration_s=300,
            urgency=Urgency.NOTIFY,
            advice=(
                f"More than {refused_a_second:g} requests a second were refused for five minutes, the whole "
                f"allowance of {SPIKE_CLIENTS} clients.\n\n"
                '1. Logs Explorer: `resource.type="http_load_balancer" '
                'jsonPayload.enforcedSecurityPolicy.outcome="DENY"`, by `priority` and `remoteIp`.\n'
                "2. Priority 10000 is the rate limit: one client's loop, or an attack that is being held off.\n"
                "3. A priority from 1000: look at `preconfiguredExprIds`. Honest requests refused since a release "
                "mean a signature to leave out (`Tuning.without`)."
            ),
        )


def checked_public(what: str, ranges: Sequence[str]) -> list[str]:
    """`ranges` in canonical form; ComponentError for too many, or one that is no narrow public range."""
    if len(ranges) > MOST_RANGES:
        raise ComponentError(
            f"{what} are {len(ranges)}",
            why=f"a rule of Cloud Armor takes {MOST_RANGES}",
            fix="join neighbouring ranges",
        )
    found = []
    for text in ranges:
        try:
            found.append(str(public_range(text)))
        except ValueError as error:
            raise ComponentError(
                f"{what} hold {text}",
                why=str(error),
                fix="give the public addresses that requests come from, e.g. 203.0.113.8/32",
            ) from None
    return found


def _attack(attack: Attack, tuning: Tuning) -> compute.SecurityPolicyRuleArgs:
    return compute.SecurityPolicyRuleArgs(
        action="deny(403)",
        priority=ATTACK_PRIORITY + 10 * list(Attack).index(attack),
        description=f"Refuses {attack.name.lower().replace('_', ' ')}",
        match=_expression(tuning.expression(attack)),
        preview=tuning.mode is Mode.PREVIEW,
    )


def _counted(limit: RateLimit, sources: list[str]) -> compute.SecurityPolicyRuleArgs:
    # Never in preview: a rule that is only previewed lets nothing through, and the last rule refuses.
    return compute.SecurityPolicyRuleArgs(
        action="rate_based_ban",
        priority=LIMIT_PRIORITY,
        description="Lets each address through within its limit",
        match=_sources(sources),
        rate_limit_options=compute.SecurityPolicyRuleRateLimitOptionsArgs(
            conform_action="allow",
            exceed_action="deny(429)",
            enforce_on_key="IP",
            rate_limit_threshold=compute.SecurityPolicyRuleRateLimitOptionsRateLimitThresholdArgs(
                count=limit.requests, interval_sec=limit.per_seconds
            ),
            ban_threshold=compute.SecurityPolicyRuleRateLimitOptionsBanThresholdArgs(
                count=limit.ban_requests, interval_sec=limit.per_seconds
            ),
            ban_duration_sec=limit.ban_seconds,
        ),
    )


def _expression(text: str) -> compute.SecurityPolicyRuleMatchArgs:
    return compute.SecurityPolicyRuleMatchArgs(expr=compute.SecurityPolicyRuleMatchExprArgs(expression=text))


def _sources(ranges: list[str]) -> compute.SecurityPolicyRuleMatchArgs:
    return compute.SecurityPolicyRuleMatchArgs(
        versioned_expr="SRC_IPS_V1",
        config=compute.SecurityPolicyRuleMatchConfigArgs(src_ip_ranges=ranges),
    )


def _priority(rule: compute.SecurityPolicyRuleArgs) -> int:
    return int(str(rule.priority))
