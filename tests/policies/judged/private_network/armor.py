"""Cloud Armor policies and what their rules come to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pulumi
from pulumi_gcp import compute

from policies.data_protection.load_balancer.armor_logs import no_content
from policies.private_network.load_balancer.armor import (
    limits_or_refuses,
    no_rule_in_preview,
    refuses_known_attacks,
)
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.unknowns import unknown

LAST = 2147483647
SETS = ("sqli-v422-stable", "xss-v33-stable", "lfi-stable", "rce-v422-stable", "cve-canary")


def _rule(action: Any, priority: Any, *, preview: Any = None, **match: Any) -> compute.SecurityPolicyRuleArgs:
    limits = None
    if action in ("throttle", "rate_based_ban"):
        limits = compute.SecurityPolicyRuleRateLimitOptionsArgs(conform_action="allow", exceed_action="deny(429)")
    return compute.SecurityPolicyRuleArgs(
        action=action,
        priority=priority,
        preview=preview,
        rate_limit_options=limits,
        match=compute.SecurityPolicyRuleMatchArgs(**match),
    )


def _asking(
    expression: Any, priority: Any, action: Any = "deny(403)", **more: Any
) -> compute.SecurityPolicyRuleArgs:
    return _rule(action, priority, expr=compute.SecurityPolicyRuleMatchExprArgs(expression=expression), **more)


def _from(sources: Any, priority: Any, action: Any, **more: Any) -> compute.SecurityPolicyRuleArgs:
    config = compute.SecurityPolicyRuleMatchConfigArgs(src_ip_ranges=sources)
    return _rule(action, priority, versioned_expr="SRC_IPS_V1", config=config, **more)


def _sets(form: str = "evaluatePreconfiguredWaf('{}', {{'sensitivity': 1}})", **more: Any) -> list[Any]:
    return [_asking(form.format(name), 1000 + number, **more) for number, name in enumerate(SETS)]


ALLOW = _from(["*"], LAST, "allow")
DENY = _from(["*"], LAST, "deny(403)")
LIMIT = _from(["*"], 10_000, "rate_based_ban")


def _armor(name: str, rules: Sequence[Any] | Any, **more: Any) -> compute.SecurityPolicy:
    return compute.SecurityPolicy(name, name=name, rules=rules, **more)


@judged(
    refuses_known_attacks,
    {
        "good-sets": PASSED,
        "good-older-function": PASSED,
        "good-with-exceptions": PASSED,
        "good-in-one-rule": PASSED,
        "good-rules-apart": PASSED,
        "good-edge": PASSED,
        "bad-one-missing": VIOLATED,
        # cnspec's rule: a policy whose sets are only previewed refuses nothing.
        "bad-only-previewed": VIOLATED,
        "bad-allows-what-matches": VIOLATED,
        "bad-on-one-path-only": VIOLATED,
        "bad-negated": VIOLATED,
        "bad-sensitivity-of-nothing": VIOLATED,
        "bad-only-mentioned": VIOLATED,
        "absent-rules": VIOLATED,
        "unknown-expression": NOT_EVALUATED,
        "unknown-but-complete": PASSED,
        "unknown-type": NOT_EVALUATED,
        "secret-rules": NOT_EVALUATED,
        "bad-unreadable": NOT_EVALUATED,
    },
)
def policies() -> None:
    _armor("good-sets", [*_sets(), LIMIT, DENY])
    _armor("good-older-function", [*_sets("evaluatePreconfiguredExpr('{}', ['id-1'])"), ALLOW])
    _armor(
        "good-with-exceptions",
        _sets(
            "evaluatePreconfiguredWaf('{}') && request.path != '/upload' && !inIpRange(origin.ip, '192.0.2.0/24')"
        ),
    )
    _armor("good-in-one-rule", [_asking(" || ".join(f"evaluatePreconfiguredWaf('{one}')" for one in SETS), 1)])
    apart = compute.SecurityPolicy("good-rules-apart", name="apart")
    for number, one in enumerate(SETS):
        compute.SecurityPolicyRule(
            f"rule-{one}",
            security_policy=apart.name,
            priority=number,
            action="deny(403)",
            match=compute.SecurityPolicyRuleMatchArgs(
                expr=compute.SecurityPolicyRuleMatchExprArgs(expression=f"evaluatePreconfiguredWaf('{one}')")
            ),
        )
    _armor("good-edge", [ALLOW], type="CLOUD_ARMOR_EDGE")
    _armor("bad-one-missing", [*_sets()[1:], LIMIT, DENY])
    _armor("bad-only-previewed", [*_sets(preview=True), DENY])
    _armor("bad-allows-what-matches", [*_sets(action="allow"), DENY])
    _armor("bad-on-one-path-only", _sets("evaluatePreconfiguredWaf('{}') && request.path == '/login'"))
    _armor("bad-negated", _sets("!evaluatePreconfiguredWaf('{}')"))
    _armor("bad-sensitivity-of-nothing", _sets("evaluatePreconfiguredWaf('{}', {{'sensitivity': 0}})"))
    _armor("bad-only-mentioned", _sets("request.path.contains('evaluatePreconfiguredWaf({})')"))
    compute.SecurityPolicy("absent-rules", name="absent-rules")
    _armor("unknown-expression", [_asking(unknown("expression"), 1), DENY])
    _armor("unknown-but-complete", [*_sets(), _asking(unknown("another"), 1)])
    _armor("unknown-type", [DENY], type=unknown("type"))
    _armor("secret-rules", pulumi.Output.secret([DENY]))
    _armor("bad-unreadable", [_asking("request.path == ", 1), DENY])


@judged(
    limits_or_refuses,
    {
        "good-refuses": PASSED,
        # Allowing by default is normal for a public site, if somebody counts.
        "good-allows-after-a-limit": PASSED,
        "good-throttles-one-path": PASSED,
        "good-office-only": PASSED,
        "good-redirects-all": PASSED,
        "good-mesh": PASSED,
        "bad-allows": VIOLATED,
        "bad-limit-in-preview": VIOLATED,
        "bad-limit-after-the-allowance": VIOLATED,
        "bad-allowed-by-halves": VIOLATED,
        "bad-allowed-by-expression": VIOLATED,
        "absent-rules": VIOLATED,
        "absent-last-rule": VIOLATED,
        "unknown-action": NOT_EVALUATED,
        "unknown-rules": NOT_EVALUATED,
        "secret-ranges": NOT_EVALUATED,
        "bad-range": NOT_EVALUATED,
    },
)
def last_rules() -> None:
    _armor("good-refuses", [_from(["192.0.2.0/24"], 1, "allow"), DENY])
    _armor("good-allows-after-a-limit", [LIMIT, ALLOW])
    _armor("good-throttles-one-path", [_asking("request.path == '/login'", 5, "throttle"), ALLOW])
    _armor("good-office-only", [_from(["192.0.2.0/24", "198.51.100.0/24"], 1, "allow"), DENY])
    _armor("good-redirects-all", [_from(["*"], 1, "redirect"), ALLOW])
    _armor("good-mesh", [ALLOW], type="CLOUD_ARMOR_INTERNAL_SERVICE")
    _armor("bad-allows", [*_sets(), ALLOW])
    _armor("bad-limit-in-preview", [_from(["*"], 5, "throttle", preview=True), ALLOW])
    _armor("bad-limit-after-the-allowance", [_from(["*"], 5, "allow"), LIMIT, DENY])
    _armor(
        "bad-allowed-by-halves",
        [_from(["0.0.0.0/1"], 1, "allow"), _from(["128.0.0.0/1"], 2, "allow"), LIMIT, DENY],
    )
    _armor("bad-allowed-by-expression", [_asking("true", 1, "allow"), LIMIT, DENY])
    compute.SecurityPolicy("absent-rules", name="absent-rules")
    _armor("absent-last-rule", [_from(["192.0.2.0/24"], 1, "deny(403)")])
    _armor("unknown-action", [_from(["*"], LAST, unknown("action"))])
    _armor("unknown-rules", unknown("rules").apply(lambda _: [DENY]))
    _armor("secret-ranges", [_from(pulumi.Output.secret(["*"]), LAST, "allow")])
    _armor("bad-range", [_from(["nowhere"], 1, "allow"), DENY])


@judged(
    no_rule_in_preview,
    {
        "good-enforced": PASSED,
        "bad-previewed": VIOLATED,
        "bad-rule-apart": VIOLATED,
        "absent-flag": PASSED,
        "unknown-flag": NOT_EVALUATED,
        "secret-flag": NOT_EVALUATED,
    },
)
def previews() -> None:
    _armor("good-enforced", [*_sets(preview=False), DENY])
    _armor("bad-previewed", [*_sets(), _from(["*"], 5, "throttle", preview=True), DENY])
    compute.SecurityPolicyRule(
        "bad-rule-apart", security_policy="elsewhere", priority=1, action="deny(403)", preview=True
    )
    _armor("absent-flag", [DENY])
    _armor("unknown-flag", _sets(preview=unknown().apply(bool)))
    _armor("secret-flag", _sets(preview=pulumi.Output.secret(False)))


@judged(
    no_content,
    {
        "good-normal": PASSED,
        "bad-verbose": VIOLATED,
        "absent-level": PASSED,
        "absent-block": PASSED,
        "unknown-level": NOT_EVALUATED,
        "secret-block": NOT_EVALUATED,
    },
)
def logs() -> None:
    options = compute.SecurityPolicyAdvancedOptionsConfigArgs
    _armor("good-normal", [DENY], advanced_options_config=options(log_level="NORMAL"))
    _armor("bad-verbose", [DENY], advanced_options_config=options(log_level="VERBOSE"))
    _armor("absent-level", [DENY], advanced_options_config=options(json_parsing="STANDARD"))
    _armor("absent-block", [DENY])
    _armor("unknown-level", [DENY], advanced_options_config=options(log_level=unknown()))
    _armor("secret-block", [DENY], advanced_options_config=pulumi.Output.secret(options(log_level="NORMAL")))
