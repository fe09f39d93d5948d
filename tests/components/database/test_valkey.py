"""Valkey: private, TLS and IAM always; shards, replicas and zones that fit together."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from components.component import Environment
from components.database.maintenance import MaintenanceWindow
from components.database.valkey import (
    Eviction,
    NodeType,
    Persistence,
    Valkey,
    ValkeyVersion,
    _address,
    _certificates,
)
from components.errors import ComponentError
from tests.components.database.surroundings import encryption_key, private_network, routing, use
from tests.components.harness import of_type, only, plan_of

INSTANCE = "gcp:memorystore/instance:Instance"
ALERT = "gcp:monitoring/alertPolicy:AlertPolicy"


def valkey(env: Environment, **changes: Any) -> Valkey:
    given: dict[str, Any] = {"network": private_network(env), "node_type": NodeType.HIGHMEM_MEDIUM}
    return Valkey("cache", env=env, **(given | changes))


@pytest.mark.parametrize("protect", [True, False])
def test_the_cache_takes_tls_and_iam_only_wherever_it_is(protect: bool) -> None:
    cache = only(plan_of(valkey, protect=protect), INSTANCE)
    assert cache.inputs["transitEncryptionMode"] == "SERVER_AUTHENTICATION"
    assert cache.inputs["authorizationMode"] == "IAM_AUTH"
    assert cache.inputs["deletionProtectionEnabled"] is protect
    assert cache.protect is protect


def test_the_cache_waits_for_the_policy_that_lets_google_make_its_endpoint() -> None:
    found = plan_of(valkey)
    policy = only(found, "gcp:networkconnectivity/serviceConnectionPolicy:ServiceConnectionPolicy")
    cache = only(found, INSTANCE)
    assert policy.urn in cache.dependencies
    assert cache.inputs["desiredAutoCreatedEndpoints"] == [{"network": "main-id", "projectId": "acme-voice-prod"}]


def test_a_link_grants_the_one_role_and_tells_where_the_cache_is() -> None:
    variables: dict[str, Any] = {}
    found = plan_of(lambda env: variables.update(use(env, "api", valkey(env).connect())))
    member = only(found, "gcp:projects/iAMMember:IAMMember")
    assert (member.name, member.inputs["role"]) == ("api-cache-connect", "roles/memorystore.dbConnectionUser")
    assert set(variables) == {"CACHE_HOST", "CACHE_PORT", "CACHE_TLS_CA", "CACHE_CLUSTER"}


@pytest.mark.parametrize("kind", ["CONNECTION_TYPE_PRIMARY", "CONNECTION_TYPE_DISCOVERY"])
def test_the_host_is_where_a_client_begins(kind: str) -> None:
    def connection(type_: str, address: str) -> SimpleNamespace:
        return SimpleNamespace(psc_auto_connection=SimpleNamespace(connection_type=type_, ip_address=address))

    endpoint = SimpleNamespace(
        connections=[connection("CONNECTION_TYPE_READER", "10.0.2.9"), connection(kind, "10.0.2.8")]
    )
    assert _address([endpoint]) == "10.0.2.8"
    assert _address(None) == ""


def test_clients_get_every_certificate_of_the_authority() -> None:
    chains = [SimpleNamespace(certificates=["A", "B"]), SimpleNamespace(certificates=["C"])]
    assert _certificates([SimpleNamespace(ca_certs=chains)]) == "A\nB\nC"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"shards": 2}, "is no cluster"),
        ({"shards": 0}, "0 shards"),
        ({"replicas": 6}, "6 replicas"),
        ({"replicas": 1, "zone": "europe-west1-b"}, "all in europe-west1-b"),
        ({"zone": "us-central1-a"}, "zone us-central1-a"),
    ],
)
def test_arguments_that_contradict_each_other_register_nothing(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ComponentError, match=words):
        plan_of(lambda env: valkey(env, **changes))


def test_a_maintenance_hour_is_an_hour() -> None:
    with pytest.raises(ComponentError, match="hour 24"):
        MaintenanceWindow(hour=24)


def test_as_many_replicas_as_google_takes_are_taken() -> None:
    assert only(plan_of(lambda env: valkey(env, replicas=5)), INSTANCE).inputs["replicaCount"] == 5


@pytest.mark.parametrize("version", ["VALKEY_7_2", "VALKEY_8_0", "VALKEY_9_0", "VALKEY_9_1"])
def test_every_version_that_google_offers_can_be_had(version: str) -> None:
    inputs = only(plan_of(lambda env: valkey(env, version=ValkeyVersion(version))), INSTANCE).inputs
    assert inputs["engineVersion"] == version


def test_replicas_are_spread_over_zones() -> None:
    inputs = only(plan_of(lambda env: valkey(env, replicas=1)), INSTANCE).inputs
    assert inputs["zoneDistributionConfig"] == {"mode": "MULTI_ZONE"}
    assert inputs["replicaCount"] == 1


@pytest.mark.parametrize(
    ("persistence", "expected"),
    [
        (Persistence.NONE, {"mode": "DISABLED"}),
        (Persistence.SNAPSHOT, {"mode": "RDB", "rdbConfig": {"rdbSnapshotPeriod": "TWENTY_FOUR_HOURS"}}),
        (Persistence.LOG, {"mode": "AOF", "aofConfig": {"appendFsync": "EVERY_SEC"}}),
    ],
)
def test_what_outlives_a_restart_is_a_choice(persistence: Persistence, expected: dict[str, Any]) -> None:
    inputs = only(plan_of(lambda env: valkey(env, persistence=persistence)), INSTANCE).inputs
    assert inputs["persistenceConfig"] == expected


def alerts_of(eviction: Eviction) -> dict[str, dict[str, Any]]:
    found = plan_of(lambda env: valkey(env, eviction=eviction, alerts=routing()))
    return {one.name: one.inputs for one in of_type(found, ALERT)}


def promql_of(policy: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = policy["conditions"][0]["conditionPrometheusQueryLanguage"]
    return found


@pytest.mark.parametrize("eviction", list(Eviction))
def test_refused_connections_page_at_once_and_full_nodes_are_told(eviction: Eviction) -> None:
    alerts = alerts_of(eviction)
    assert {name: one["severity"] for name, one in alerts.items()} == {
        "cache-connections": "CRITICAL",
        "cache-strain": "WARNING",
    }
    refused, strain = promql_of(alerts["cache-connections"]), promql_of(alerts["cache-strain"])
    assert refused["duration"] == "0s"
    assert refused["query"].endswith("[5m]) > 0")
    assert strain["duration"] == "300s"
    only_this = '{instance_id=~"(.*/)?voicestack-prod-cache"}'
    for what in ("memory", "cpu"):
        assert f'{what}_maximum_utilization{only_this} > 0.8, "problem", "{what}"' in strain["query"]


@pytest.mark.parametrize(("eviction", "problems"), [(Eviction.EXPIRING, 3), (Eviction.ANY, 2), (Eviction.NONE, 2)])
def test_evictions_are_told_only_where_they_lose_something(eviction: Eviction, problems: int) -> None:
    strain = alerts_of(eviction)["cache-strain"]
    query = promql_of(strain)["query"]
    assert query.count('"problem"') == problems
    loses = eviction is Eviction.EXPIRING
    # The window outlasts the policy's five minutes, or one eviction would never be told.
    assert ('[10m]) > 0, "problem", "evictions"' in query) is loses
    assert ("evictions" in strain["documentation"]["content"]) is loses


def test_the_cache_is_encrypted_by_the_projects_key() -> None:
    found = plan_of(lambda env: valkey(env, key=encryption_key(env)), cmek=True)
    assert only(found, INSTANCE).inputs["kmsKey"] == "data-id"
