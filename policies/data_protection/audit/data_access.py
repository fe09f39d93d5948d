"""Who reads and writes data and configuration is logged, for every service and everybody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.stack import Stack
from analysis.value import NotKnown, Value
from plan.plan import Resource
from policies.engine.policy import (
    Looked,
    Problem,
    Result,
    Settings,
    Severity,
    Unseen,
    resource_policy,
    stack_policy,
)

AUDIT: Final = (
    "gcp:projects/iAMAuditConfig:IAMAuditConfig",
    "gcp:folder/iamAuditConfig:IamAuditConfig",
    "gcp:organizations/iamAuditConfig:IamAuditConfig",
)
_LOGS: Final = frozenset({"ADMIN_READ", "DATA_READ", "DATA_WRITE"})


@stack_policy(
    id="audit-all-services",
    title="Reads and writes of data and of configuration are logged for all services",
    severity=Severity.HIGH,
    why="""Google logs by itself who changes configuration, but not who reads it, nor who reads and writes data.
    After a break-in nobody can then say what was taken.""",
    fix="Make a `ProjectBaseline`, which configures the audit of the whole project.",
    fix_raw="""Add a `projects.IAMAuditConfig` for `allServices` with `auditLogConfigs` of ADMIN_READ, DATA_READ
    and DATA_WRITE.""",
    rows=(157,),
    cis_4=("2.1",),
    cis_5=("2.1",),
)
def all_services(stack: Stack, settings: Settings) -> Iterator[Result]:
    yield Looked(stack.root)
    lacking: list[tuple[Resource, frozenset[str]]] = []
    unseen: list[Unseen] = []
    for config in stack.of_type(*AUDIT):
        yield Looked(config.resource)
        try:
            if config["service"].text("") == "allServices":
                lacking.append((config.resource, _lacking(config)))
        except NotKnown as reason:
            unseen.append(Unseen(config.resource, str(reason)))
    if any(not kinds for _, kinds in lacking):
        # One that has them all is enough, whatever others say of some services.
        return
    yield from unseen
    for resource, kinds in lacking:
        yield Problem(
            resource, f"auditLogConfigs lacks {', '.join(sorted(kinds))}: nobody can tell afterwards who did that"
        )
    if not lacking and not unseen:
        yield Problem(
            stack.root, "no audit configuration is for allServices: nobody can tell who read or wrote data"
        )


def _lacking(config: Value) -> frozenset[str]:
    return _LOGS - {kind for one in config["auditLogConfigs"].items() if (kind := one["logType"].text())}


@resource_policy(
    id="audit-exempts-nobody",
    title="Nobody is exempted from the audit logs",
    severity=Severity.HIGH,
    why="Whoever is exempted, or takes over who is, reads and writes data without a trace.",
    fix="Use `ProjectBaseline`, which exempts nobody.",
    fix_raw="Take `exemptedMembers` away; to save cost, exclude entries in a log sink, where everybody sees it.",
    rows=(157,),
    cis_4=("2.1",),
    cis_5=("2.1",),
    types=AUDIT,
    elements=lambda config: config["auditLogConfigs"].items(),
)
def exempts_nobody(logs: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    members = logs["exemptedMembers"]
    if any(True for _ in members.items()):
        yield f"{members.path} exempts somebody: what they read and write leaves no trace"
