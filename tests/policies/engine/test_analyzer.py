"""A pack served to the engine finds what it finds in process: same facts, same findings."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import grpc
import pytest
from google.protobuf import struct_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

from plan.plan import Plan
from plan.sentinels import SECRET_KIND, SIGNATURE
from policies.engine.analyzer import NOT_EVALUATED
from policies.engine.pack import NAMES, Pack, packs
from policies.engine.run import evaluate
from tests.policies.open_databases import databases
from tests.policies.surroundings import plan_of
from tests.stacks.planned import ROOT, planned

HIDDEN = "hunter2-never-to-be-seen"


@contextmanager
def served(pack: str) -> Iterator[Any]:
    """A client of the pack as the engine starts it."""
    # The arguments are the engine's address, which nothing here calls, and the pack's folder.
    command = [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:1", str(ROOT / "policies" / pack)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        try:
            assert process.stdout is not None
            port = int(process.stdout.readline())
            with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
                yield analyzer_pb2_grpc.AnalyzerStub(channel)
        finally:
            process.kill()


def struct(value: dict[str, Any]) -> struct_pb2.Struct:
    """Inputs as the engine sends them: a secret's mark comes with its value."""
    found = struct_pb2.Struct()
    found.update(_revealed(value))
    return found


def _revealed(value: Any) -> Any:
    if isinstance(value, dict):
        if value.get(SIGNATURE) == SECRET_KIND:
            return {**value, "value": HIDDEN}
        return {key: _revealed(one) for key, one in value.items()}
    return [_revealed(one) for one in value] if isinstance(value, list) else value


def send(client: Any, plan: Plan) -> list[Any]:
    """The diagnostics of a whole stack, sent as the engine does: inputs one by one, then all resources."""
    stack = analyzer_pb2.AnalyzeStackRequest()
    for one in plan:
        options = analyzer_pb2.AnalyzerResourceOptions(
            protect=bool(one.options.protect), ignoreChanges=one.options.ignoreChanges or []
        )
        provider = analyzer_pb2.AnalyzerProviderResource(urn=one.provider) if one.provider else None
        about: dict[str, Any] = {
            "type": one.type,
            "urn": one.urn,
            "name": one.name,
            "options": options,
            "provider": provider,
        }
        inputs = dict(one.inputs)
        answer = client.Analyze(analyzer_pb2.AnalyzeRequest(**about, properties=struct(inputs)))
        assert not answer.diagnostics
        stack.resources.append(
            analyzer_pb2.AnalyzerResource(
                **about,
                parent=one.parent or "",
                dependencies=one.dependencies,
                propertyDependencies={
                    key: analyzer_pb2.AnalyzerPropertyDependencies(urns=urns)
                    for key, urns in one.propertyDependencies.items()
                },
            )
        )
    return list(client.AnalyzeStack(stack).diagnostics)


def without_defaults(plan: Plan) -> Plan:
    """What the engine would send where the provider adds nothing: no defaults, no sources, no outputs."""
    import dataclasses  # noqa: PLC0415 - only here

    bare = [dataclasses.replace(one, defaults={}, source=None) for one in plan]
    return Plan.of(bare, project=plan.project, stack=plan.stack, system=plan.system, outputs={})


def expected(plan: Plan, pack: Pack) -> set[tuple[str, str, str]]:
    found = evaluate(plan, pack.policies)
    said = {(one.policy.id, one.resource.urn, one.message) for one in found.findings}
    unseen = {(one.policy.id, one.resource.urn, f"{NOT_EVALUATED}: {one.why}") for one in found.not_evaluated}
    return said | unseen


def told(diagnostics: list[Any]) -> set[tuple[str, str, str]]:
    return {(one.policyName, one.urn, one.message.partition("\nwhy: ")[0]) for one in diagnostics}


@pytest.mark.parametrize("pack", packs(), ids=NAMES)
def test_a_served_pack_finds_what_it_finds_in_process(pack: Pack) -> None:
    with served(pack.name) as client:
        for plan in (planned("prod"), plan_of(databases)):
            bare = without_defaults(plan)
            assert told(send(client, bare)) == expected(bare, pack)


def test_what_is_secret_is_neither_read_nor_told() -> None:
    with served("private_network") as client:
        diagnostics = send(client, plan_of(databases))
    assert any("secret-flag" in one.urn and one.message.startswith(NOT_EVALUATED) for one in diagnostics)
    assert HIDDEN not in str(diagnostics)


def test_a_pack_tells_the_engine_every_policy_with_its_level_and_settings() -> None:
    with served("private_network") as client:
        info = client.GetAnalyzerInfo(struct_pb2.Struct())
    pack = next(pack for pack in packs() if pack.name == "private_network")
    assert {one.name for one in info.policies} == {policy.id for policy in pack.policies} | {"waivers-in-order"}
    assert all(one.description and one.remediation_steps and one.severity for one in info.policies)


def test_the_engines_configuration_disables_a_policy() -> None:
    plan = plan_of(databases)
    with served("private_network") as client:
        chosen = analyzer_pb2.ConfigureAnalyzerRequest()
        chosen.policyConfig["sql-no-public-address"].enforcementLevel = analyzer_pb2.DISABLED
        client.Configure(chosen)
        assert "sql-no-public-address" not in {one.policyName for one in send(client, plan)}


def test_an_unknown_key_in_the_engines_configuration_ends_the_run() -> None:
    with served("private_network") as client:
        chosen = analyzer_pb2.ConfigureAnalyzerRequest()
        chosen.policyConfig["sql-no-public-address"].properties["portts"] = 1
        with pytest.raises(grpc.RpcError) as refusal:
            client.Configure(chosen)
        assert "portts is refused" in refusal.value.details()
