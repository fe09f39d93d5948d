"""MongoDB Atlas: by peering only, TLS 1.2 or newer, logins by Google identities."""

from __future__ import annotations

from typing import Any

import pytest

from components.component import Environment
from components.database import atlas
from components.database.postgres_rights import Right
from components.errors import ComponentError, LinkError
from tests.components.database.surroundings import private_network, use
from tests.components.harness import only, plan_of


def cluster(env: Environment, **changes: Any) -> Any:
    given: dict[str, Any] = {
        "network": private_network(env),
        "organisation": "5f0000000000000000000001",
        "identity_provider": "6600000000000000000000aa",
        "audience": "https://voicera.example.com",
        "cidr": "192.168.0.0/18",
        "app_range": "10.0.1.0/24",
    }
    return atlas.AtlasCluster("mongo", env=env, **(given | changes))


@pytest.mark.parametrize("protect", [True, False])
def test_the_cluster_takes_modern_tls_only_and_is_backed_up(protect: bool) -> None:
    found = plan_of(cluster, protect=protect)
    planned = only(found, "mongodbatlas:index/advancedCluster:AdvancedCluster")
    assert planned.inputs["advancedConfiguration"]["minimumEnabledTlsProtocol"] == "TLS1_2"
    assert planned.inputs["backupEnabled"] is True
    assert planned.inputs["terminationProtectionEnabled"] is protect
    assert planned.inputs["replicationSpecs"][0]["regionConfigs"][0]["regionName"] == "WESTERN_EUROPE"
    assert planned.protect is protect


def test_only_the_workloads_subnet_may_connect_and_only_through_the_peering() -> None:
    found = plan_of(cluster)
    allowed = only(found, "mongodbatlas:index/projectIpAccessList:ProjectIpAccessList").inputs
    assert allowed["cidrBlock"] == "10.0.1.0/24"
    assert only(found, "mongodbatlas:index/networkPeering:NetworkPeering").inputs["networkName"] == "main"
    assert only(found, "gcp:compute/networkPeering:NetworkPeering").inputs["name"] == "voicestack-prod-mongo"


def test_a_workload_logs_in_as_its_service_account_without_a_password() -> None:
    variables: dict[str, Any] = {}
    found = plan_of(lambda env: variables.update(use(env, "api", cluster(env).connect(Right.WRITE))))
    user = only(found, "mongodbatlas:index/databaseUser:DatabaseUser").inputs
    assert (user["oidcAuthType"], user["authDatabaseName"]) == ("USER", "$external")
    assert user["roles"] == [{"roleName": "readWrite", "databaseName": "voicestack_prod"}]
    assert not {"password", "passwordWo"} & user.keys()
    assert set(variables) == {"MONGODB_URI", "MONGODB_DATABASE"}


def test_one_workload_has_one_right() -> None:
    def program(env: Environment) -> None:
        mongo = cluster(env)
        use(env, "api", mongo.connect(Right.READ), mongo.connect(Right.WRITE))

    with pytest.raises(LinkError, match="two rights"):
        plan_of(program)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"cidr": "192.168.0.0/21"}, "gives Atlas the range"),
        ({"cidr": "8.8.0.0/18"}, "gives Atlas the range"),
        ({"cidr": "10.0.0.0/18"}, "gives Atlas the range"),
        ({"cidr": "192.168.0.1/18"}, "has the ranges"),
        ({"size": "M5"}, "size 'M5'"),
    ],
)
def test_arguments_that_atlas_would_refuse_are_refused_first(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ComponentError, match=words):
        plan_of(lambda env: cluster(env, **changes))
