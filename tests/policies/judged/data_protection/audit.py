"""Audit configurations: what is logged, of which services, and of whom."""

from typing import Any

import pulumi
import pulumi_gcp as gcp

from policies.data_protection.audit.data_access import all_services, exempts_nobody
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.unknowns import unknown

KINDS = ("ADMIN_READ", "DATA_READ", "DATA_WRITE")
Logs = gcp.projects.IAMAuditConfigAuditLogConfigArgs


def _config(name: str, logs: Any, service: pulumi.Input[str] = "allServices") -> None:
    gcp.projects.IAMAuditConfig(name, project="acme-voice", service=service, audit_log_configs=logs)


def _logs(*kinds: str) -> list[Logs]:
    return [Logs(log_type=kind) for kind in kinds]


@judged(all_services, {"good-everything": PASSED, "of-one-service": PASSED, "stack": PASSED})
def good() -> None:
    _config("good-everything", _logs(*KINDS))
    _config("of-one-service", _logs("DATA_READ"), "storage.googleapis.com")


@judged(all_services, {"of-the-organization": PASSED, "less-of-the-project": PASSED, "stack": PASSED})
def good_by_the_organization() -> None:
    gcp.organizations.IamAuditConfig(
        "of-the-organization",
        org_id="1",
        service="allServices",
        audit_log_configs=[gcp.organizations.IamAuditConfigAuditLogConfigArgs(log_type=kind) for kind in KINDS],
    )
    _config("less-of-the-project", _logs("DATA_WRITE"))


@judged(all_services, {"bad-no-reads": VIOLATED, "stack": PASSED})
def bad_incomplete() -> None:
    _config("bad-no-reads", _logs("ADMIN_READ", "DATA_WRITE"))


@judged(all_services, {"of-one-service": PASSED, "stack": VIOLATED})
def bad_one_service() -> None:
    _config("of-one-service", _logs(*KINDS), "storage.googleapis.com")


@judged(all_services, {"stack": VIOLATED})
def absent() -> None:
    gcp.pubsub.Topic("another", name="another")


@judged(all_services, {"unknown-kind": NOT_EVALUATED, "stack": PASSED})
def unknown_kind() -> None:
    _config("unknown-kind", [*_logs("ADMIN_READ", "DATA_WRITE"), Logs(log_type=unknown())])


@judged(all_services, {"unknown-service": NOT_EVALUATED, "stack": PASSED})
def unknown_service() -> None:
    _config("unknown-service", _logs(*KINDS), unknown())


@judged(all_services, {"secret-kinds": NOT_EVALUATED, "stack": PASSED})
def secret_kinds() -> None:
    _config("secret-kinds", pulumi.Output.secret(_logs(*KINDS)))


@judged(
    exempts_nobody,
    {
        "good-nobody": PASSED,
        "good-empty": PASSED,
        "bad-somebody": VIOLATED,
        "bad-of-a-folder": VIOLATED,
        "absent-logs": PASSED,
        "unknown-list": NOT_EVALUATED,
        "unknown-member": VIOLATED,
        "unknown-beside-bad": VIOLATED,
        "secret-list": NOT_EVALUATED,
    },
)
def exemptions() -> None:
    def logs(members: Any) -> list[Logs]:
        return [Logs(log_type="ADMIN_READ"), Logs(log_type="DATA_READ", exempted_members=members)]

    _config("good-nobody", _logs(*KINDS))
    _config("good-empty", logs([]))
    _config("bad-somebody", logs(["group:batch@acme.example"]), "storage.googleapis.com")
    gcp.folder.IamAuditConfig(
        "bad-of-a-folder",
        folder="folders/1",
        service="allServices",
        audit_log_configs=[
            gcp.folder.IamAuditConfigAuditLogConfigArgs(
                log_type="DATA_READ", exempted_members=["user:a@b.example"]
            )
        ],
    )
    _config("absent-logs", [])
    hidden = unknown()
    _config("unknown-list", logs(hidden.apply(lambda member: [member])))
    # Whoever it is, it is somebody.
    _config("unknown-member", logs([hidden]))
    _config(
        "unknown-beside-bad",
        [
            Logs(log_type="DATA_READ", exempted_members=hidden.apply(lambda member: [member])),
            *logs(["user:a@b.example"]),
        ],
    )
    _config("secret-list", logs(pulumi.Output.secret([])))
