"""Cloud Armor: every class of attack is looked for, every address is counted, and the policy ends closed."""

from __future__ import annotations

from typing import Any

import pytest

from components.errors import ComponentError
from components.network.edge import ArmorTier
from components.network.waf import Attack, Mode, RateLimit, Sensitivity, Tuning
from tests.components.network.parts import POLICY, one, planned, rules_of


def test_armor_looks_for_every_class_of_attack_by_the_current_rules() -> None:
    expressions = [
        rule["match"]["expr"]["expression"] for rule in rules_of(planned()).values() if "expr" in rule["match"]
    ]
    for wanted in ("sqli", "xss", "lfi", "rce", "protocolattack", "scannerdetection"):
        assert f"evaluatePreconfiguredWaf('{wanted}-v422-stable', {{'sensitivity': 1}})" in expressions
    assert len(expressions) == len(Attack)


@pytest.mark.parametrize("attack", Attack)
def test_each_class_is_looked_for_as_strictly_as_it_is_tuned_and_mildly_otherwise(attack: Attack) -> None:
    def expressions(**changes: Any) -> list[str]:
        rules = sorted(rules_of(planned(**changes)).items())
        return [rule["match"]["expr"]["expression"] for _, rule in rules if "expr" in rule["match"]]

    def level(text: str) -> str:
        return text.split("'sensitivity': ")[1].rstrip("})")

    mild = expressions()
    assert [level(text) for text in mild] == ["1"] * len(Attack), "a stricter default refuses honest requests"
    strict = expressions(tuning={attack: Tuning(sensitivity=Sensitivity.HIGH)})
    (changed,) = set(strict) - set(mild)
    assert f"'{attack.value}'" in changed
    assert level(changed) == "3"


def test_armor_ends_closed_and_counting_is_the_only_door() -> None:
    rules = rules_of(planned())
    assert rules[2147483647]["action"] == "deny(403)"
    assert [rule["action"] for _, rule in sorted(rules.items())][-2] == "rate_based_ban"
    assert not [rule for rule in rules.values() if rule["action"] == "allow"]
    assert "preview" not in rules[10000] or rules[10000]["preview"] is False, "a previewed door is shut"
    assert max(rules) == 2147483647


def test_an_address_that_keeps_on_is_banned() -> None:
    options = rules_of(planned(limit=RateLimit(requests=100, ban_requests=50, ban_seconds=900)))[10000][
        "rateLimitOptions"
    ]
    assert options["enforceOnKey"] == "IP"
    assert options["exceedAction"] == "deny(429)"
    assert options["rateLimitThreshold"] == {"count": 100, "intervalSec": 60}
    assert options["banThreshold"] == {"count": 50, "intervalSec": 60}
    assert options["banDurationSec"] == 900


def test_one_class_can_be_tried_out_while_the_others_refuse() -> None:
    rules = rules_of(
        planned(
            tuning={Attack.SQL_INJECTION: Tuning(mode=Mode.PREVIEW, without=("owasp-crs-v042200-id942350-sqli",))}
        )
    )
    previewed = [rule for rule in rules.values() if rule.get("preview")]
    assert len(previewed) == 1
    assert "'opt_out_rule_ids': ['owasp-crs-v042200-id942350-sqli']" in previewed[0]["match"]["expr"]["expression"]


def test_load_tests_are_not_counted_but_still_searched() -> None:
    rules = rules_of(planned(load_test_ranges=["203.0.114.0/28"]))
    allow = next(priority for priority, rule in rules.items() if rule["action"] == "allow")
    attacks = [priority for priority, rule in rules.items() if "expr" in rule["match"]]
    assert max(attacks) < allow < 10000


def test_adaptive_protection_acts_only_where_it_is_paid_for() -> None:
    def deploys(tier: ArmorTier) -> bool:
        return any("AutoDeploy" in str(rule) for rule in rules_of(planned(armor_tier=tier)).values())

    assert deploys(ArmorTier.ENTERPRISE)
    assert not deploys(ArmorTier.STANDARD)
    layer7 = one(planned(), POLICY, "edge").inputs["adaptiveProtectionConfig"]["layer7DdosDefenseConfig"]
    assert layer7["enable"] is True
    assert not {"thresholdConfigs"} & set(layer7)


def test_json_is_parsed_and_requests_are_not_copied_to_the_logs() -> None:
    options = one(planned(), POLICY, "edge").inputs["advancedOptionsConfig"]
    assert options == {"jsonParsing": "STANDARD", "logLevel": "NORMAL", "requestBodyInspectionSize": "64KB"}


@pytest.mark.parametrize(
    "changes", [{"requests": 0}, {"requests": 10001}, {"per_seconds": 45}, {"ban_seconds": 1}, {"ban_requests": 0}]
)
def test_a_rate_limit_that_google_refuses_is_refused_here(changes: dict[str, int]) -> None:
    with pytest.raises(ComponentError):
        RateLimit(**changes)


def test_an_unknown_signature_is_refused() -> None:
    with pytest.raises(ComponentError, match="not a signature"):
        Tuning(without=("942350",))


def test_a_class_is_not_looked_for_where_people_write_what_they_like_and_everywhere_else_it_is() -> None:
    paths = ("/api/questions", "/api/v1/questions")
    found = rules_of(planned(tuning={Attack.SQL_INJECTION: Tuning(not_on=paths)}))
    expressions = [rule["match"]["expr"]["expression"] for rule in found.values() if "expr" in rule["match"]]
    assert [text for text in expressions if "request.path" in text] == [
        "evaluatePreconfiguredWaf('sqli-v422-stable', {'sensitivity': 1})"
        " && request.path != '/api/questions' && request.path != '/api/v1/questions'"
    ]


@pytest.mark.parametrize(
    "paths",
    [("/",), ("/api/*",), ("/a' || true || request.path != '/b",), ("/a?b=c",), tuple("/a" for _ in range(5))],
)
def test_only_few_plain_paths_are_left_out(paths: tuple[str, ...]) -> None:
    with pytest.raises(ComponentError, match="is not looked for on"):
        Tuning(not_on=paths)
