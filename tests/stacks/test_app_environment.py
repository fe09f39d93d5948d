"""What the stacks set for each container is what the bundled app reads."""

from __future__ import annotations

import asyncio
import logging
import re

import pytest

from app.settings import ROLES, Frontend, read
from app.web import create_app
from review.plan import Resource
from tests.app.harness import client_of
from tests.stacks.planned import STACKS, planned

METRIC = "gcp:logging/metric:Metric"
SECRET = "a secret's value"


def environment_of(container: dict[str, object]) -> dict[str, str]:
    """The container's environment as the app will see it."""
    found = {}
    for variable in container["envs"]:  # type: ignore[attr-defined]
        found[variable["name"]] = str(variable.get("value", SECRET))
    return found


def containers(stack: str) -> list[tuple[Resource, dict[str, object]]]:
    plan = planned(stack)
    services = [(one, one.inputs["template"]) for one in plan.of_type("gcp:cloudrunv2/service:Service")]
    jobs = [(one, one.inputs["template"]["template"]) for one in plan.of_type("gcp:cloudrunv2/job:Job")]
    return [(one, template["containers"][0]) for one, template in services + jobs]


@pytest.mark.parametrize("stack", STACKS)
def test_every_container_starts_with_the_environment_that_its_links_set(stack: str) -> None:
    found = containers(stack)
    assert {container["args"][0] for _, container in found} == set(ROLES)  # type: ignore[index]
    for one, container in found:
        role = container["args"][0]  # type: ignore[index]
        environment = environment_of(container) | {"K_SERVICE": one.name}
        read(role, environment)  # raises SettingsError, which names the variable


def test_the_log_based_metrics_count_what_the_app_logs(caplog: pytest.LogCaptureFixture) -> None:
    settings = read("frontend", {})
    assert isinstance(settings, Frontend)

    async def ask() -> None:
        async with client_of(create_app(settings)) as client:
            await client.get("/health")

    with caplog.at_level(logging.INFO, logger="app"):
        asyncio.run(ask())
    (logged,) = [record.fields for record in caplog.records if record.message == "request"]  # type: ignore[attr-defined]
    (failures,) = [one for one in planned("prod").of_type(METRIC) if 'event="request"' in one.inputs["filter"]]
    filter_ = failures.inputs["filter"]
    assert f'jsonPayload.event="{logged["event"]}"' in filter_
    for field in re.findall(r"jsonPayload\.(\w+)", filter_ + str(failures.inputs["labelExtractors"])):
        assert field in logged, f"the metric reads {field}, which the app does not log"
