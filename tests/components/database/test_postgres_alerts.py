"""The alerts of Postgres: each threshold is a part of a size that was given."""

from __future__ import annotations

from typing import Any

from tests.components.database.parts import postgres
from tests.components.database.surroundings import routing
from tests.components.harness import Registered, of_type, plan_of

ALERT = "gcp:monitoring/alertPolicy:AlertPolicy"


def alerts_of(**changes: Any) -> dict[str, Registered]:
    return {
        one.name: one for one in of_type(plan_of(lambda env: postgres(env, alerts=routing(), **changes)), ALERT)
    }


def promql_of(policy: Registered) -> dict[str, Any]:
    found: dict[str, Any] = policy.inputs["conditions"][0]["conditionPrometheusQueryLanguage"]
    return found


def test_what_is_measured_shares_a_policy_by_urgency_and_backups_have_their_own() -> None:
    found = alerts_of(replicas=1)
    assert {name: one.inputs["severity"] for name, one in found.items()} == {
        "main-limits": "CRITICAL",
        "main-strain": "WARNING",
        "main-backup": "CRITICAL",
    }
    assert "conditionMatchedLog" in found["main-backup"].inputs["conditions"][0]


def test_alerts_are_parts_of_the_sizes_that_were_given() -> None:
    found = alerts_of(replicas=2)
    limits, strain = promql_of(found["main-limits"]), promql_of(found["main-strain"])
    assert limits["duration"] == strain["duration"] == "300s"
    assert limits["query"].count('"problem"') == 3
    assert (
        '_cpu_utilization{database_id="acme-voice-prod:voicestack-prod-main"}[5m]) > 0.8, "problem", "cpu"'
        in (limits["query"])
    )
    assert '> 400, "problem", "connections"' in limits["query"], "80 % of max_connections"
    disk = int(500 * 1024**3 * 0.8)
    assert f'[5m]) > {disk}, "problem", "disk"' in limits["query"], (
        "80 % of the disk's limit, for ten minutes in all"
    )
    assert strain["query"].count('"problem"') == 3
    assert '[5m]) > 0.9, "problem", "memory"' in strain["query"], "for ten minutes in all"
    for number in (1, 2):
        replica = f'database_id="acme-voice-prod:voicestack-prod-main-read-{number}"'
        assert f'_replication_replica_lag{{{replica}}} > 60, "problem", "replica {number} lag"' in strain["query"]


def test_a_database_without_replicas_says_nothing_of_lag() -> None:
    strain = alerts_of()["main-strain"]
    assert promql_of(strain)["query"].count('"problem"') == 1
    for text in (
        promql_of(strain)["query"],
        strain.inputs["displayName"],
        strain.inputs["documentation"]["content"],
    ):
        assert "replica" not in text
