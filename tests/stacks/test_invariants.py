"""What holds for every resource of every reference stack."""

from __future__ import annotations

import importlib
import inspect
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from analysis.grant_rows import is_grant
from components.security.project_roles import UNCONDITIONED
from plan.plan import Plan, Resource
from plan.sentinels import UNKNOWN
from tests.stacks.planned import ROOT, STACKS, planned

both = pytest.mark.parametrize("plan", [planned(stack) for stack in STACKS], ids=STACKS)
BASIC = {"roles/owner", "roles/editor", "roles/viewer"}
SERVICE = "gcp:cloudrunv2/service:Service"


def values(value: Any) -> Iterator[Any]:
    """Every value inside `value`."""
    yield value
    if isinstance(value, dict):
        for inner in value.values():
            yield from values(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from values(inner)


def arguments_of(type_: str) -> set[str]:
    """What the SDK's class for a type takes."""
    module, name = re.split("[:/]", type_)[1], type_.rsplit(":", 1)[1]
    arguments = getattr(importlib.import_module(f"pulumi_gcp.{module}"), f"{name}Args")
    return set(inspect.signature(arguments.__init__).parameters)


def cloud(plan: Plan) -> list[Resource]:
    return [one for one in plan if one.is_cloud]


@both
def test_no_database_has_a_public_address(plan: Plan) -> None:
    instances = plan.of_type("gcp:sql/databaseInstance:DatabaseInstance")
    assert instances
    for one in instances:
        address = one.inputs["settings"]["ipConfiguration"]
        assert address["ipv4Enabled"] is False, f"{one.urn} must say ipv4Enabled false: absent means public"
        assert address["sslMode"] == "ENCRYPTED_ONLY"
        assert not address.get("authorizedNetworks")


@both
def test_no_service_is_reachable_but_through_the_load_balancer_or_from_inside(plan: Plan) -> None:
    for one in plan.of_type(SERVICE):
        behind = one.inputs["ingress"] == "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
        assert behind or one.inputs["ingress"] == "INGRESS_TRAFFIC_INTERNAL_ONLY", one.urn
        assert one.inputs["defaultUriDisabled"] is behind, one.urn
        assert not one.inputs["invokerIamDisabled"] or behind, f"{one.urn} would be as public as allUsers"


@both
def test_access_is_granted_to_members_and_never_to_everyone(plan: Plan) -> None:
    for one in plan:
        if re.search(r"I[aA][mM](Binding|Policy)$", one.type):
            pytest.fail(f"{one.urn} is authoritative: it removes the members that others granted")
        if is_grant(one):
            assert one.inputs["member"] not in {"allUsers", "allAuthenticatedUsers"}, one.urn
            assert one.inputs["role"] not in BASIC, one.urn


@both
def test_a_role_on_the_project_has_a_condition_or_is_on_the_list(plan: Plan) -> None:
    for one in plan.of_type("gcp:projects/iAMMember:IAMMember"):
        role = one.inputs["role"]
        custom = role == UNKNOWN or role.startswith("projects/")
        assert "condition" in one.inputs or custom or role in UNCONDITIONED, f"{one.urn}: {role}"


@both
def test_every_workload_has_an_identity_of_its_own(plan: Plan) -> None:
    found = [one.inputs["template"]["serviceAccount"] for one in plan.of_type(SERVICE)]
    found += [
        one.inputs["template"]["template"]["serviceAccount"] for one in plan.of_type("gcp:cloudrunv2/job:Job")
    ]
    shared = [account for account, count in Counter(found).items() if count > 1]
    assert not shared
    assert not [account for account in found if "compute@developer" in account]


@both
def test_everything_that_takes_labels_is_labelled(plan: Plan) -> None:
    for one in cloud(plan):
        if not one.type.startswith("gcp:"):
            continue
        takes = arguments_of(one.type)
        key = "userLabels" if "user_labels" in takes else "labels"
        if not takes & {"labels", "user_labels"}:
            continue
        labels = one.inputs.get(key) or {}
        missing = {"system", "environment", "owner", "cost-centre"} - set(labels)
        assert not missing, f"{one.urn} lacks the labels {sorted(missing)}: labels=self.labels()"


@both
def test_every_physical_name_is_explicit(plan: Plan) -> None:
    """Where the program gives none, the engine would make up another at each preview."""
    for one in cloud(plan):
        if not one.type.startswith("gcp:") or is_grant(one):
            continue
        if "name" in arguments_of(one.type):
            assert one.inputs.get("name"), f"{one.urn} has no physical name: name=env.naming.name(...)"


@both
def test_every_resource_says_its_project(plan: Plan) -> None:
    for one in cloud(plan):
        if one.type.startswith("gcp:") and "project" in arguments_of(one.type):
            assert one.inputs.get("project"), f"{one.urn}: project=env.project"


@both
def test_every_declared_use_has_its_grants(plan: Plan) -> None:
    for component in plan:
        for use in component.inputs.get("uses", []) if component.is_component else []:
            below = [one for one in plan if (one.parent or "") == component.urn]
            granted = {one.inputs.get("role") for one in below if is_grant(one)}
            missing = {role for role in use["roles"] if role not in granted and UNKNOWN not in granted}
            assert not missing, f"{component.name} declares {use['access']} but nothing grants {missing}"


@both
def test_an_identity_holds_what_its_owner_declares_and_nothing_else(plan: Plan) -> None:
    """From the grants' side: no role reaches one of our identities but by a declared use."""
    owners = {}
    for account in plan.of_type("gcp:serviceaccount/account:Account"):
        identity = plan.by_urn[account.parent or ""]
        member = (
            f"serviceAccount:{account.inputs['accountId']}@{account.inputs['project']}.iam.gserviceaccount.com"
        )
        owners[member] = plan.by_urn[identity.parent or ""]
    held: dict[str, set[str]] = {member: set() for member in owners}
    for one in plan:
        if is_grant(one) and one.inputs["member"] in owners:
            held[one.inputs["member"]].add(one.inputs["role"])
    for member, owner in owners.items():
        declared = {role for use in owner.inputs.get("uses", []) for role in use["roles"]}
        surplus = {role for role in held[member] - declared if role != UNKNOWN}
        assert not surplus, f"{owner.name} declares no use that gives {member} {sorted(surplus)}"


@both
def test_what_a_component_declares_to_use_exists(plan: Plan) -> None:
    for component in plan:
        for use in component.inputs.get("uses", []) if component.is_component else []:
            assert use["target"] in plan.by_urn, f"{component.name} uses {use['target']}, which is not planned"


def test_what_holds_data_is_protected_in_prod() -> None:
    data = (
        "gcp:sql/databaseInstance:DatabaseInstance",
        "gcp:memorystore/instance:Instance",
        "gcp:firestore/database:Database",
        "gcp:bigquery/dataset:Dataset",
        "gcp:bigquery/table:Table",
        "gcp:storage/bucket:Bucket",
        "gcp:pubsub/topic:Topic",
        "gcp:kms/cryptoKey:CryptoKey",
    )
    for one in planned("prod").of_type(*data):
        assert one.options.protect, f"{one.urn} can be deleted by a mistaken commit: opts=self.guarded()"
    assert not [one.urn for one in planned("staging") if one.options.protect]


CRYPTO_KEY = "gcp:kms/cryptoKey:CryptoKey"
KEY_GRANT = "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember"
ENCRYPTED = {
    "gcp:artifactregistry/repository:Repository",
    "gcp:bigquery/dataset:Dataset",
    "gcp:bigquery/table:Table",
    "gcp:firestore/database:Database",
    "gcp:memorystore/instance:Instance",
    "gcp:pubsub/topic:Topic",
    "gcp:secretmanager/secret:Secret",
    "gcp:sql/databaseInstance:DatabaseInstance",
    "gcp:storage/bucket:Bucket",
}


def keys_of(plan: Plan, one: Resource) -> set[str]:
    """The URNs of the keys that encrypt `one`."""
    if one.type == KEY_GRANT:
        return set()
    return {
        source.urn
        for key, sources in plan.unknown_inputs(one).items()
        for source in sources
        if source.type == CRYPTO_KEY
        # Not only named somehow: in an input that says what to encrypt with.
        and re.search("kms|encryption|cmek|replication", key, re.IGNORECASE)
    }


def waited_for(plan: Plan, one: Resource) -> set[str]:
    """The URNs of all that must exist before `one`, at any distance."""
    found: set[str] = set()
    left = list(one.dependencies)
    while left:
        urn = left.pop()
        if urn not in found:
            found.add(urn)
            left += plan.by_urn[urn].dependencies
    return found


def encrypted(plan: Plan) -> list[Resource]:
    return [one for one in plan if keys_of(plan, one)]


@pytest.mark.parametrize(
    "one", encrypted(planned("prod")), ids=lambda one: f"{one.type.rsplit(':', 1)[1]} {one.name}"
)
def test_what_a_key_encrypts_waits_until_google_may_use_that_key(one: Resource) -> None:
    """Otherwise the first `up` fails: the service agent is refused the key."""
    plan = planned("prod")
    usable = {
        key.urn
        for urn in waited_for(plan, one)
        if plan.by_urn[urn].type == KEY_GRANT
        for key in plan.resolve(plan.by_urn[urn], "cryptoKeyId")
    }
    for key in keys_of(plan, one):
        assert key in usable, f"{one.urn} does not wait for the grant on {key}: depends_on=[*key.ready]"


def test_every_kind_of_data_in_prod_is_encrypted_by_a_key_of_its_own_project() -> None:
    plan = planned("prod")
    assert {one.type for one in encrypted(plan)} == ENCRYPTED
    # A replica takes its primary's key.
    without = [
        one.urn
        for one in plan.of_type(*ENCRYPTED)
        if not keys_of(plan, one) and one.inputs.get("instanceType") != "READ_REPLICA_INSTANCE"
    ]
    assert not without, "give it key=base.key(Agent...)"


@both
def test_nothing_of_this_machine_is_in_a_plan(plan: Plan) -> None:
    text = plan.to_json()
    assert str(ROOT) not in text
    assert str(Path.home()) not in text
    assert not re.search(r"\.venv|site-packages", text)


def test_staging_and_prod_differ_only_by_profile_and_place() -> None:
    """The same kinds of thing exist in both, but for what the profile switches on (keys, replica)."""
    staging, prod = ({one.type for one in planned(stack)} for stack in STACKS)
    assert staging <= prod
    assert {kind.split("/")[0] for kind in prod - staging} <= {"gcp:kms", "voicestack:security:Keys"}
