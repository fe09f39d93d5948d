"""Every kind of workload is read alike, and what is not known in one place hides nothing elsewhere."""

from __future__ import annotations

import contextlib
from typing import Any

import pulumi_gcp as gcp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi._types import input_type_types

from analysis.value import NotKnown, Value
from analysis.workloads.containers import containers, name_of_variable, plain_value, secret_of, variables
from analysis.workloads.templates import (
    FUNCTION,
    FUNCTION_V1,
    JOB,
    KINDS,
    PLACES,
    POOL,
    SERVICE,
    SERVICE_V1,
    WORKLOADS,
    Egress,
    Ingress,
    egress_of,
    find,
    having,
    ingress_of,
    place_of,
)
from plan.plan import Resource
from plan.sentinels import UNKNOWN, secret

CLASSES: dict[str, Any] = {
    SERVICE: gcp.cloudrunv2.service.ServiceArgs,
    JOB: gcp.cloudrunv2.job.JobArgs,
    POOL: gcp.cloudrunv2.worker_pool.WorkerPoolArgs,
    SERVICE_V1: gcp.cloudrun.service.ServiceArgs,
    FUNCTION: gcp.cloudfunctionsv2.function.FunctionArgs,
    FUNCTION_V1: gcp.cloudfunctions.function.FunctionArgs,
}


def of(type_: str, **inputs: Any) -> Value:
    return Value.of(Resource(urn="u", type=type_, name="n", custom=True, parent=None, inputs=inputs))


def inner(declared: Any) -> Any:
    """The input class in a type such as `Optional[Input[List[Input[ContainerArgs]]]]`, None for a scalar."""
    if isinstance(declared, type):
        return declared if declared.__name__.endswith("Args") else None
    return next((found for one in getattr(declared, "__args__", ()) if (found := inner(one))), None)


@pytest.mark.parametrize(
    ("type_", "place"), [(type_, place) for type_, places in PLACES.items() for place in places.values()]
)
def test_every_place_in_the_table_is_an_input_of_the_type(type_: str, place: tuple[str, ...]) -> None:
    here = CLASSES[type_]
    for key in place:
        if key == "annotations":
            return  # what follows is the annotation's name
        known = input_type_types(here)
        assert key in known, f"{here.__name__} has no {key}"
        here = inner(known[key])


def test_each_kind_has_a_name_and_an_account() -> None:
    assert set(KINDS) == set(WORKLOADS) == set(CLASSES) == set(having("account"))


def test_what_a_type_lacks_is_missing_there() -> None:
    assert find(of(JOB), "ingress").text() is None
    assert place_of(of(SERVICE_V1), "key") == "template.metadata.annotations.run.googleapis.com/encryption-key"


def test_jobs_and_pools_take_no_requests() -> None:
    assert ingress_of(of(JOB)) is ingress_of(of(POOL)) is Ingress.NONE
    assert ingress_of(of(SERVICE)) is ingress_of(of(SERVICE_V1)) is ingress_of(of(FUNCTION)) is Ingress.ALL


def test_an_interface_decides_whose_egress_setting_counts() -> None:
    config = {"vpcConnector": "c", "vpcConnectorEgressSettings": "ALL_TRAFFIC"}
    assert egress_of(of(FUNCTION, serviceConfig=config)) is Egress.NETWORK
    both = {**config, "directVpcNetworkInterfaces": [{}]}
    assert egress_of(of(FUNCTION, serviceConfig=both)) is Egress.PRIVATE_RANGES
    assert egress_of(of(FUNCTION)) is Egress.OUTSIDE


def read(variable: Value) -> tuple[str, str | None, str | None, str | None]:
    """(name, plain value, secret, version) of a variable."""
    kept, version = secret_of(variable)
    return name_of_variable(variable), plain_value(variable).text(), kept.text(), version.text()


def test_a_variable_is_read_alike_wherever_it_stands() -> None:
    plain = {"name": "A", "value": "1"}
    kept = {"name": "B", "valueSource": {"secretKeyRef": {"secret": "s", "version": "2"}}}
    block = {"containers": [{"envs": [plain, kept]}]}
    in_v1 = {"name": "B", "valueFrom": {"secretKeyRef": {"name": "s", "key": "2"}}}
    config = {
        "environmentVariables": {"A": "1"},
        "secretEnvironmentVariables": [{"key": "B", "secret": "s", "version": "2"}],
    }
    for one in (
        of(SERVICE, template=block),
        of(JOB, template={"template": block}),
        of(POOL, template=block),
        of(SERVICE_V1, template={"spec": {"containers": [{"envs": [plain, in_v1]}]}}),
        of(FUNCTION, serviceConfig=config),
        of(FUNCTION_V1, **config),
    ):
        assert [read(variable) for variable in variables(one)] == [("A", "1", None, None), ("B", None, "s", "2")]


def test_a_variables_name_may_have_dots_and_brackets() -> None:
    one = of(FUNCTION, serviceConfig={"environmentVariables": {"a.b": "1", "c]": "2"}})
    assert [name_of_variable(variable) for variable in variables(one)] == ["a.b", "c]"]


def test_an_unknown_block_is_met_once_and_hides_no_other() -> None:
    known = {"envs": [{"name": "A", "value": "1"}]}
    one = of(SERVICE, template={"containers": [UNKNOWN, {"envs": UNKNOWN}, known, secret()], "sandboxes": UNKNOWN})
    paths = [variable.path for variable in variables(one)]
    assert paths == [
        "template.containers[0]",
        "template.containers[1].envs",
        "template.containers[2].envs[0]",
        "template.containers[3]",
        "template.sandboxes",
    ]
    assert [value.path for value in containers(of(SERVICE, template=UNKNOWN))] == ["template"]
    assert [value.path for value in variables(of(SERVICE, template=UNKNOWN))] == ["template"]
    for variable in variables(of(SERVICE, template=UNKNOWN)):
        with pytest.raises(NotKnown):
            name_of_variable(variable)


scalars = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just(UNKNOWN) | st.just(secret())
KEYS = sorted({key for places in PLACES.values() for place in places.values() for key in place})
anything: st.SearchStrategy[Any] = st.recursive(
    scalars,
    lambda within: (
        st.lists(within, max_size=2)
        | st.dictionaries(
            st.sampled_from([*KEYS, "envs", "name", "key", "value", "secretKeyRef"]), within, max_size=4
        )
    ),
    max_leaves=10,
)


@given(
    type_=st.sampled_from(WORKLOADS),
    inputs=st.dictionaries(st.sampled_from(KEYS), anything, min_size=1, max_size=5),
)
def test_nothing_is_raised_but_not_known(type_: str, inputs: dict[str, Any]) -> None:
    one = of(type_, **inputs)
    for what in PLACES[type_]:
        with contextlib.suppress(NotKnown):
            find(one, what)
    for reading in (ingress_of, egress_of):
        with contextlib.suppress(NotKnown):
            reading(one)
    list(containers(one))
    for variable in variables(one):
        with contextlib.suppress(NotKnown):
            read(variable)
