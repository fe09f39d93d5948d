"""A plan follows from the commit and the stack file, and from nothing of the machine that makes it."""

from __future__ import annotations

import ast
import importlib.util
from pathlib import Path

import pytest

from plan.engine.run import plan_stack
from tests.stacks.planned import ROOT, STACKS

PACKAGES = ("pulumi_docker_build", "pulumi_gcp", "pulumi_mongodbatlas", "pulumi_random")
"""The SDKs whose providers the programs make."""
READERS = {"get_env", "get_env_bool", "get_env_float", "get_env_int"}


def read_by(package: str) -> set[str]:
    """The environment variables from which a provider of that SDK takes what its caller leaves out."""
    spec = importlib.util.find_spec(f"{package}.provider")
    assert spec is not None
    assert spec.origin is not None
    calls = (
        node
        for node in ast.walk(ast.parse(Path(spec.origin).read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
    )
    return {
        argument.value
        for call in calls
        if getattr(call.func, "attr", "") in READERS
        for argument in call.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    }


VARIABLES = sorted({name for package in PACKAGES for name in read_by(package)})


def test_the_variables_that_providers_read_are_found() -> None:
    assert set(VARIABLES) >= {"DOCKER_HOST", "GOOGLE_PROJECT", "GOOGLE_REGION", "GOOGLE_ZONE"}


@pytest.mark.parametrize("stack", STACKS)
def test_a_plan_is_the_same_bytes_whatever_the_machine_says_to_providers(
    stack: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = []
    for values in ({}, {name: f"first-{number}" for number, name in enumerate(VARIABLES)}):
        for name in VARIABLES:
            monkeypatch.delenv(name, raising=False)
        for name, value in values.items():
            monkeypatch.setenv(name, value)
        texts.append(plan_stack(ROOT, stack).to_json())
    leaked = [value for value in (f"first-{number}" for number in range(len(VARIABLES))) if value in texts[1]]
    named = [VARIABLES[int(value.rsplit("-", 1)[1])] for value in leaked]
    assert texts[0] == texts[1], f"the plan holds the machine's {named}: give the provider the argument"


def test_the_provider_of_images_is_told_its_daemon() -> None:
    """Told nothing, the real one takes DOCKER_HOST into the state: on another machine the image is replaced."""
    (builder,) = plan_stack(ROOT, "prod").of_type("pulumi:providers:docker-build")
    assert builder.inputs["host"]
    assert builder.options.aliases, "stacks of the time without an address would replace their image"
