"""What runs is told with as whom it runs: an account of the plan, one of elsewhere, or a default account."""

from __future__ import annotations

from typing import Any

import pytest

from analysis.access.attached import APP_ENGINE, ATTACHED, CLOUD_BUILD, COMPUTE, HELD
from analysis.access.escalation import becoming
from analysis.access.members import Kind
from analysis.access.permissions import holdings
from analysis.access.who_can import access_of
from analysis.grants import ACCOUNT
from analysis.stack import Stack
from plan.plan import Plan, Resource
from plan.sentinels import UNKNOWN

SERVICE = "gcp:cloudrunv2/service:Service"
CLUSTER = "gcp:container/cluster:Cluster"
EMAIL = "worker@acme.iam.gserviceaccount.com"
DEFAULT = f"PROJECT_NUMBER{COMPUTE}"
LIST = "[]"


def resource(type_: str, name: str, inputs: dict[str, Any], **more: Any) -> Resource:
    return Resource(
        urn=f"urn:pulumi:s::p::{type_}::{name}",
        type=type_,
        name=name,
        custom=True,
        parent=None,
        inputs={"project": "acme", **inputs},
        **more,
    )


def plan_of(*resources: Resource) -> Plan:
    account = resource(ACCOUNT, "worker", {"accountId": "worker"})
    return Plan.of([account, *resources], project="p", stack="s", system="p", outputs={})


def as_whom(*resources: Resource) -> list[str]:
    """The names of those as whom something runs."""
    found = Stack(plan_of(*resources)).once(holdings)
    return sorted(found.identities[key].name for key in found.runs)


def naming(path: str, email: str) -> dict[str, Any]:
    """Inputs in which `email` stands at `path`."""
    key, _, rest = path.partition(".")
    inner: Any = naming(rest, email) if rest else email
    return {key.removesuffix(LIST): [inner] if key.endswith(LIST) else inner}


WHERE = {
    SERVICE: ("template.serviceAccount", DEFAULT),
    "gcp:cloudrunv2/job:Job": ("template.template.serviceAccount", DEFAULT),
    "gcp:cloudrunv2/workerPool:WorkerPool": ("template.serviceAccount", DEFAULT),
    "gcp:cloudrun/service:Service": ("template.spec.serviceAccountName", DEFAULT),
    "gcp:cloudfunctionsv2/function:Function": ("serviceConfig.serviceAccountEmail", DEFAULT),
    "gcp:cloudfunctions/function:Function": ("serviceAccountEmail", f"acme{APP_ENGINE}"),
    "gcp:cloudbuild/trigger:Trigger": ("serviceAccount", f"PROJECT_NUMBER{CLOUD_BUILD}"),
} | {
    type_: (places[-1].path, f"acme{APP_ENGINE}" if places[-1].default == APP_ENGINE else DEFAULT)
    for type_, places in ATTACHED.items()
}


@pytest.mark.parametrize("type_", sorted(WHERE))
def test_what_names_no_account_runs_as_the_default_one(type_: str) -> None:
    assert as_whom(resource(type_, "it", {})) == [WHERE[type_][1]]


@pytest.mark.parametrize("type_", sorted(WHERE))
def test_what_names_an_account_runs_as_that(type_: str) -> None:
    path, _ = WHERE[type_]
    assert as_whom(resource(type_, "it", naming(path, EMAIL))) == ["worker"]
    elsewhere = "shared@other.iam.gserviceaccount.com"
    assert as_whom(resource(type_, "it", naming(path, elsewhere))) == [elsewhere]


@pytest.mark.parametrize(
    "type_", ["gcp:compute/instance:Instance", "gcp:compute/instanceTemplate:InstanceTemplate"]
)
def test_a_machine_has_an_account_only_with_a_block_and_the_default_one_where_that_names_none(type_: str) -> None:
    assert as_whom(resource(type_, "it", {})) == []
    assert as_whom(resource(type_, "it", {"serviceAccount": {"scopes": ["cloud-platform"]}})) == [DEFAULT]
    assert as_whom(resource(type_, "it", {"serviceAccount": {"email": "default"}})) == [DEFAULT]
    assert as_whom(resource(type_, "it", {"serviceAccount": {"email": EMAIL}})) == ["worker"]


@pytest.mark.parametrize(
    ("inputs", "whom"),
    [
        ({"removeDefaultNodePool": True}, []),
        ({"removeDefaultNodePool": True, "nodeConfig": {"serviceAccount": EMAIL}}, []),
        ({"nodePools": [{"nodeConfig": {"serviceAccount": EMAIL}}, {"name": "plain"}]}, [DEFAULT, "worker"]),
        ({"enableAutopilot": True}, [DEFAULT]),
        (
            {
                "enableAutopilot": True,
                "clusterAutoscaling": {"autoProvisioningDefaults": {"serviceAccount": EMAIL}},
            },
            ["worker"],
        ),
    ],
)
def test_the_nodes_of_a_cluster_run_as_what_makes_them_says(inputs: dict[str, Any], whom: list[str]) -> None:
    assert as_whom(resource(CLUSTER, "it", inputs)) == whom


def test_the_default_account_that_is_granted_something_is_the_one_that_things_run_as() -> None:
    grant = resource(
        "gcp:projects/iAMMember:IAMMember",
        "g",
        {"role": "roles/viewer", "member": f"serviceAccount:123{COMPUTE}"},
    )
    assert as_whom(grant, resource(SERVICE, "it", {})) == [f"123{COMPUTE}"]


def test_each_project_has_a_default_account_of_its_own() -> None:
    other = resource(SERVICE, "other", {"project": "elsewhere"})
    assert as_whom(other, resource(SERVICE, "it", {})) == [DEFAULT, DEFAULT]


def test_as_whom_something_runs_is_told_or_said_not_to_be_known() -> None:
    access = access_of(plan_of(resource(SERVICE, "it", {"template": {"serviceAccount": UNKNOWN}})))
    [unknown] = access.runs_as_unknown
    assert "known only after creation" in unknown.why
    assert access_of(plan_of(resource(SERVICE, "it", {}))).runs_as_unknown == ()


def test_what_a_default_account_may_hold_otherwise_is_told_and_of_an_account_of_the_plan_is_not() -> None:
    told = {one.identity.name: one for one in access_of(plan_of(resource(SERVICE, "it", {}))).everybody}
    assert told[DEFAULT].identity.kind is Kind.DEFAULT
    assert [one.resource.name for one in told[DEFAULT].runs] == ["it"]
    assert told[DEFAULT].not_told == HELD[COMPUTE]
    assert "iam.automaticIamGrantsForDefaultServiceAccounts" in HELD[COMPUTE]
    assert told["worker"].not_told == ""


def test_who_gets_into_what_runs_as_a_default_account_becomes_it() -> None:
    service = resource(SERVICE, "it", {"name": "it"})
    grant = resource(
        "gcp:cloudrunv2/serviceIamMember:ServiceIamMember",
        "g",
        {"name": "it", "role": "roles/run.developer", "member": f"serviceAccount:{EMAIL}"},
    )
    plan = plan_of(service, grant)
    worker = next(one for one in plan if one.name == "worker")
    assert [one.name for one in Stack(plan).once(becoming).becomes(worker.urn)] == [DEFAULT]
