"""Services: an identity each, grants by use, no way in but the safe ones, traffic left to the release."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from components.component import Component, Environment
from components.errors import ComponentError, LinkError, NamingError
from components.links import Access, Grant, SecretValue
from components.naming import Naming
from components.security.identity import Identity
from components.service.container import Container, ContainerSize
from components.service.promise import PromisedService
from components.service.service import Exposure, Scaling, Service
from tests.components.harness import NUMBER, PROJECT, of_type, only, plan_of

IMAGE = "europe-west1-docker.pkg.dev/acme/app/app@sha256:" + "a" * 64
SERVICE = "gcp:cloudrunv2/service:Service"
INVOKER = "gcp:cloudrunv2/serviceIamMember:ServiceIamMember"


class Entity(Component):
    """Something to use: each use makes one service account in place of a grant."""

    family = "test"

    def use(self, verb: str = "use", **more: Any) -> Access:
        def make(name: str, identity: Identity, opts: Any) -> Any:
            return Identity(
                name, env=self.env, description="stands for a grant", purpose=name[:20], opts=opts
            ).account

        return Access(
            verb=verb,
            target=self,
            grants=(Grant(key=f"{self.name}-{verb}", role=f"roles/{verb}", make=make),),
            **more,
        )


def service(env: Environment, name: str = "api", **changes: Any) -> Service:
    given: dict[str, Any] = {
        "container": Container(image=IMAGE, args=["api"]),
        "scaling": Scaling(least=0, most=5),
        "exposure": Exposure.INTERNAL,
        "description": "Answers.",
    }
    return Service(name, env=env, **(given | changes))


def test_a_service_behind_the_load_balancer_has_no_address_of_its_own() -> None:
    inputs = only(plan_of(lambda env: service(env, exposure=Exposure.PUBLIC)), SERVICE).inputs
    assert inputs["ingress"] == "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
    assert inputs["defaultUriDisabled"] is True
    assert inputs["invokerIamDisabled"] is True


def test_an_internal_service_admits_only_those_with_a_grant() -> None:
    inputs = only(plan_of(service), SERVICE).inputs
    assert inputs["ingress"] == "INGRESS_TRAFFIC_INTERNAL_ONLY"
    assert inputs["defaultUriDisabled"] is False
    assert inputs["invokerIamDisabled"] is False


def test_only_a_service_behind_armor_is_open_to_everyone() -> None:
    found = plan_of(lambda env: service(env, exposure=Exposure.IAP))
    assert only(found, SERVICE).inputs["invokerIamDisabled"] is False
    invoker = only(found, INVOKER).inputs
    assert invoker["member"] == f"serviceAccount:service-{NUMBER}@gcp-sa-iap.iam.gserviceaccount.com"


def test_a_service_behind_the_load_balancer_cannot_be_invoked_from_inside() -> None:
    def program(env: Environment) -> None:
        public = service(env, exposure=Exposure.PUBLIC)
        with pytest.raises(LinkError, match="load balancer"):
            public.invoke()

    plan_of(program)


def test_the_first_release_pins_its_revision_and_later_ones_leave_traffic_alone() -> None:
    found = only(plan_of(service), SERVICE)
    (traffic,) = found.inputs["traffics"]
    assert traffic["type"] == "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION"
    assert traffic["percent"] == 100
    assert traffic["revision"] == found.inputs["template"]["revision"]
    assert found.ignore_changes == ("traffics",)


def revision_of(**changes: Any) -> str:
    return str(only(plan_of(lambda env: service(env, **changes)), SERVICE).inputs["template"]["revision"])


def test_the_revision_is_named_after_its_whole_template() -> None:
    assert revision_of() == revision_of()
    others = {
        revision_of(scaling=Scaling(least=0, most=6)),
        revision_of(attempt=2),
        revision_of(container=Container(image=IMAGE, args=["worker"])),
        revision_of(container=Container(image=IMAGE, args=["api"], variables={"LOG_LEVEL": "DEBUG"})),
        revision_of(session_affinity=True),
        revision_of(),
    }
    assert len(others) == 6, "two different templates got one revision name: Cloud Run would refuse the second"


def test_removing_a_use_removes_exactly_its_grants() -> None:
    def urns(*verbs: str) -> set[str]:
        def program(env: Environment) -> None:
            entity = Entity("store", env=env)
            service(env, uses=[entity.use(verb) for verb in verbs])

        return {one.urn for one in plan_of(program)}

    lost = urns("read", "write") - urns("read")
    assert lost
    assert all("store-write" in urn for urn in lost)
    assert not urns("read") - urns("read", "write")


def test_two_services_never_share_an_identity() -> None:
    found = plan_of(lambda env: (service(env, "api"), service(env, "worker")))
    accounts = {one.inputs["template"]["serviceAccount"] for one in of_type(found, SERVICE)}
    assert accounts == {f"voicestack-{name}@{PROJECT}.iam.gserviceaccount.com" for name in ("api", "worker")}


def test_the_first_revision_waits_for_its_grants_and_not_for_whole_components() -> None:
    def program(env: Environment) -> None:
        service(env, uses=[Entity("store", env=env).use("read")])

    waits = only(plan_of(program), SERVICE).dependencies
    assert any("serviceaccount/account:Account::api-store-read" in urn for urn in waits)
    assert not any(urn.split("::")[2].split("$")[-1].startswith("voicestack:test") for urn in waits)


@pytest.mark.parametrize("protect", [True, False])
def test_a_service_is_deleted_only_where_the_environment_protects_nothing(protect: bool) -> None:
    assert only(plan_of(service, protect=protect), SERVICE).inputs["deletionProtection"] is protect


def test_a_service_runs_in_the_second_generation_sandbox() -> None:
    """Full Linux, not emulated system calls: https://cloud.google.com/run/docs/about-execution-environments."""
    template = only(plan_of(service), SERVICE).inputs["template"]
    assert template["executionEnvironment"] == "EXECUTION_ENVIRONMENT_GEN2"


def test_a_service_registers_what_it_declared_to_use() -> None:
    def program(env: Environment) -> None:
        service(env, uses=[Entity("store", env=env).use("read")])

    uses = only(plan_of(program), "voicestack:service:Service").inputs["uses"]
    assert uses == [
        {
            "access": "read",
            "target": "urn:pulumi:prod::voicestack::voicestack:test:Entity::store",
            "roles": ["roles/read"],
        }
    ]


def test_a_secret_is_a_reference_in_the_template() -> None:
    def program(env: Environment) -> None:
        access = Entity("key", env=env).use(
            secrets=(SecretValue(variable="API_KEY", secret="voicestack-prod-key"),)
        )
        service(env, uses=[access])

    envs = only(plan_of(program), SERVICE).inputs["template"]["containers"][0]["envs"]
    assert [one for one in envs if one["name"] == "API_KEY"] == [
        {
            "name": "API_KEY",
            "valueSource": {"secretKeyRef": {"secret": "voicestack-prod-key", "version": "latest"}},
        }
    ]


def test_a_plain_variable_never_overrides_what_a_use_sets() -> None:
    def program(env: Environment, value: str) -> None:
        access = Entity("store", env=env).use(variables={"STORE_URL": "granted"})
        service(env, uses=[access], container=Container(image=IMAGE, variables={"STORE_URL": value}))

    for value in ("elsewhere", "granted"):
        with pytest.raises(ComponentError, match="STORE_URL is both plain and set by a use"):
            plan_of(partial(program, value=value))


def test_a_container_has_what_its_uses_set_and_its_own_variables() -> None:
    def program(env: Environment) -> None:
        access = Entity("store", env=env).use(variables={"STORE_URL": "granted"})
        service(env, uses=[access], container=Container(image=IMAGE, variables={"LOG_LEVEL": "DEBUG"}))

    envs = only(plan_of(program), SERVICE).inputs["template"]["containers"][0]["envs"]
    assert {"name": "STORE_URL", "value": "granted"} in envs
    assert {"name": "LOG_LEVEL", "value": "DEBUG"} in envs


def test_minimum_instances_are_the_services_so_that_no_old_revision_keeps_its_own() -> None:
    found = only(plan_of(lambda env: service(env, scaling=Scaling(least=2, most=5))), SERVICE).inputs
    assert found["scaling"] == {"minInstanceCount": 2}
    assert found["template"]["scaling"] == {"maxInstanceCount": 5}


def test_an_internal_service_knows_whom_its_callers_tokens_are_for() -> None:
    envs = only(plan_of(service), SERVICE).inputs["template"]["containers"][0]["envs"]
    assert {"name": "SERVICE_AUDIENCE", "value": "voicestack-prod-api"} in envs


def test_what_needs_the_network_is_refused_outside_it() -> None:
    def program(env: Environment) -> None:
        with pytest.raises(LinkError, match="not in the network"):
            service(env, uses=[Entity("db", env=env).use(network=True)])

    plan_of(program)


def test_two_services_may_call_each_other() -> None:
    def program(env: Environment) -> None:
        users = PromisedService("users", env=env)
        # Both are outside the network here: what matters is the grants.
        voice = service(env, "voice", uses=[_without_network(users.invoke())])
        service(env, "users", uses=[_without_network(voice.invoke())], promised=users)

    members = {one.inputs["name"]: one.inputs["member"] for one in of_type(plan_of(program), INVOKER)}
    assert members == {
        "voicestack-prod-users": f"serviceAccount:voicestack-voice@{PROJECT}.iam.gserviceaccount.com",
        "voicestack-prod-voice": f"serviceAccount:voicestack-users@{PROJECT}.iam.gserviceaccount.com",
    }


def test_no_service_waits_for_its_right_to_call_another() -> None:
    """Two that call each other would wait for each other: the right needs the one that is called."""

    def program(env: Environment, *, promise_first: bool) -> None:
        users = PromisedService("users", env=env)

        def keep(*uses: Access) -> None:
            service(env, "users", uses=uses, promised=users)

        if not promise_first:
            keep()
        voice = service(env, "voice", uses=[_without_network(users.invoke())])
        if promise_first:
            keep(_without_network(voice.invoke()))
        service(env, "ledger", uses=[_without_network(voice.invoke())])

    for promise_first in (True, False):
        found = plan_of(partial(program, promise_first=promise_first))
        rights = {one.urn for one in of_type(found, INVOKER)}
        assert len(rights) >= 2
        for one in of_type(found, SERVICE):
            assert not one.dependencies & rights, f"{one.name} waits for a right to call: Grant(wait=False)"


def _without_network(access: Access) -> Access:
    return replace(access, network=False)


def test_a_callers_environment_says_where_and_for_whom() -> None:
    def program(env: Environment) -> None:
        variables = service(env, "users").invoke().variables
        assert variables["SERVICE_USERS_URL"] == f"https://voicestack-prod-users-{NUMBER}.europe-west1.run.app"
        assert variables["SERVICE_USERS_AUDIENCE"] == "voicestack-prod-users"

    plan_of(program)


def test_a_name_too_long_for_a_url_is_refused() -> None:
    naming = Naming("voicestack-with-a-very-long-name", "prod", PROJECT)
    with pytest.raises(NamingError, match="too long"):
        plan_of(lambda env: service(env, "frontend"), naming=naming)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Scaling(least=3, most=2), "minimum"),
        (lambda: Scaling(concurrency=1001), "1000"),
        (lambda: Scaling(timeout_s=3601), "3600"),
        (lambda: ContainerSize(cpu=3), "1, 2, 4, 6 or 8"),
        (lambda: ContainerSize(cpu=4, memory_mib=512), "2048"),
        (lambda: Container(image="registry/app:latest"), "digest"),
        (lambda: Container(image=IMAGE, variables={"PORT": "1"}), "PORT"),
    ],
)
def test_what_cloud_run_refuses_is_refused_before_anything_is_registered(make: Any, says: str) -> None:
    with pytest.raises(ComponentError, match=says):
        make()
