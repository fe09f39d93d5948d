"""What the stacks set for each container is what the bundled app reads, and the other way round."""

from __future__ import annotations

import ast
import asyncio
import logging
import re
from pathlib import Path

import certifi
import pytest

from app.roles.serving import create_app
from app.settings import ROLES, Database, Frontend, read, variables
from app.variables import NOT_READ, READ
from plan.plan import Resource
from tests.app.harness import client_of
from tests.stacks.planned import STACKS, planned

INSTANCE = "gcp:sql/databaseInstance:DatabaseInstance"
METRIC = "gcp:logging/metric:Metric"
SECRET = "a secret's value, long enough to sign with"
SUPPLIED = ("voicestack:suppliedSecrets", '["livekit-api-key","openai-api-key"]')
LISTENER = 1
"""Connection of each api instance beside its pool: app/stores/notify.py."""
RESERVED = 5
"""For superusers, migrations and people."""
SERVING = {"api", "worker", "frontend", "migrate"}
OWN_READERS = {
    "app/__main__.py": "gives the environment to app/settings.py",
    "app/queues/pubsub.py": "asks whether an emulator answers",
    "app/files/cloud_storage.py": "tells the library, which asks nothing else",
}


def environment_of(container: dict[str, object]) -> dict[str, str]:
    """The container's environment as the app will see it."""
    found = {}
    for variable in container["envs"]:  # type: ignore[attr-defined]
        found[variable["name"]] = str(variable.get("value", SECRET))
    if "CACHE_TLS_CA" in found:  # Google tells its authority when the cache exists
        found["CACHE_TLS_CA"] = Path(certifi.where()).read_text()
    return found


def containers(stack: str, *config: tuple[str, str]) -> list[tuple[Resource, dict[str, object]]]:
    plan = planned(stack, *config)
    services = [(one, one.inputs["template"]) for one in plan.of_type("gcp:cloudrunv2/service:Service")]
    jobs = [(one, one.inputs["template"]["template"]) for one in plan.of_type("gcp:cloudrunv2/job:Job")]
    return [(one, template["containers"][0]) for one, template in services + jobs]


def linked() -> dict[str, set[str]]:
    """By role, the variables that the links of any stack set."""
    found: dict[str, set[str]] = {role: set() for role in SERVING}
    for stack in STACKS:
        for _, container in containers(stack, SUPPLIED):
            found[container["args"][0]] |= set(environment_of(container))  # type: ignore[index]
    return found


@pytest.mark.parametrize("stack", STACKS)
def test_every_container_starts_with_the_environment_that_its_links_set(stack: str) -> None:
    found = containers(stack)
    assert {container["args"][0] for _, container in found} == SERVING  # type: ignore[index]
    for one, container in found:
        role = container["args"][0]  # type: ignore[index]
        environment = environment_of(container) | {"K_SERVICE": one.name}
        read(role, environment)  # raises SettingsError, which names the variable


@pytest.mark.parametrize("stack", STACKS)
def test_all_instances_together_open_no_more_connections_than_the_database_takes(stack: str) -> None:
    pool = Database().pool
    needed = RESERVED
    for service, container in containers(stack):
        role = container["args"][0]  # type: ignore[index]
        if role in ("api", "worker"):
            most = service.inputs["template"]["scaling"]["maxInstanceCount"]
            needed += most * (pool + (LISTENER if role == "api" else 0))
    (server,) = [one for one in planned(stack).of_type(INSTANCE) if not one.inputs.get("masterInstanceName")]
    flags = {flag["name"]: flag["value"] for flag in server.inputs["settings"]["databaseFlags"]}
    assert needed <= int(flags["max_connections"]), (
        f"{needed} connections are wanted: lower DATABASE_POOL or instances"
    )


def test_every_variable_that_the_app_reads_is_set_by_a_link_or_declared_with_its_owner() -> None:
    set_by_links = set().union(*linked().values())
    read_by_app = set().union(*(variables(role) for role in ROLES))
    undeclared = read_by_app - set_by_links - set(READ)
    assert not undeclared, f"nobody sets {sorted(undeclared)}: add a link, or declare them in app/variables.py"
    twice = set(READ) & set_by_links
    assert not twice, f"links set {sorted(twice)}: take them out of app/variables.py"
    stale = set(READ) - read_by_app
    assert not stale, f"no role reads {sorted(stale)}: take them out of app/variables.py"


def test_every_variable_that_a_link_sets_is_read_by_that_role_or_declared_as_not_read() -> None:
    for role, names in linked().items():
        unread = names - variables(role) - set(NOT_READ)
        # Every service is told its project; one that calls nobody has no use for it.
        assert unread <= {"GOOGLE_CLOUD_PROJECT"}, f"{role} is given {sorted(unread)}, which it does not read"
    set_by_links = set().union(*linked().values())
    assert set(NOT_READ) <= set_by_links, f"no link sets {sorted(set(NOT_READ) - set_by_links)}"
    assert not set(NOT_READ) & set().union(*(variables(role) for role in ROLES)), "it is read: take it out"


def test_only_one_place_reads_the_environment() -> None:
    readers = set()
    for file in Path("app").rglob("*.py"):
        names = {node.attr for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Attribute)}
        if names & {"environ", "getenv"}:
            readers.add(str(file))
    assert readers == set(OWN_READERS), "variables are read by app/settings.py, where they are checked and listed"


def test_the_page_of_the_app_names_every_variable() -> None:
    page = Path("docs/app.md").read_text()
    for name, one in READ.items():
        assert f"| `{name}` | {one.owner} | {one.what} |" in page, f"docs/app.md lacks the row of {name}"
    for name, what in NOT_READ.items():
        assert f"| `{name}` | {what} |" in page, f"docs/app.md lacks the row of {name}"


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
