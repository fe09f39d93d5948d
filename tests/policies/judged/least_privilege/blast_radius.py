"""Identities and secrets with small and with large numbers."""

from __future__ import annotations

from typing import Any

import pulumi
import pulumi_gcp as gcp

from policies.least_privilege.blast_radius.identities import identities
from policies.least_privilege.blast_radius.secrets import secrets
from tests.policies.declaring import PROJECT, agent, bucket, on_account, on_bucket, on_project
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.unknowns import unknown

VIEWER = "roles/storage.objectViewer"
READER = "roles/secretmanager.secretAccessor"


def _account(name: str) -> gcp.serviceaccount.Account:
    return gcp.serviceaccount.Account(name, account_id=name, project=PROJECT)


@judged(
    identities,
    {
        "good-few": PASSED,
        "good-held-to-one": PASSED,
        "good-no-data": PASSED,
        "good-agent-of-google": PASSED,
        "bad-many": VIOLATED,
        "bad-all-of-the-project": VIOLATED,
        "bad-group-all-of-the-project": VIOLATED,
        "bad-until-a-day": VIOLATED,
        "absent-condition": VIOLATED,
        "unknown-role": NOT_EVALUATED,
        "unknown-not-in-the-table": NOT_EVALUATED,
        "secret-role": NOT_EVALUATED,
    },
)
def reaches() -> None:
    few, many = _account("good-few"), _account("bad-many")
    made = [bucket(f"b{number}")[1] for number in range(17)]
    for number, one in enumerate(made):
        on_bucket(f"many-{number}", one, many, VIEWER)
    on_bucket("few", made[0], few, VIEWER)
    on_project("good-held-to-one", few, VIEWER, "resource.name.startsWith('projects/_/buckets/demo-b1/')")
    on_project("good-no-data", few, "roles/monitoring.metricWriter")
    on_project("good-agent-of-google", agent("gcp-sa-any"), "roles/storage.admin")
    on_project("bad-all-of-the-project", _account("wide"), "roles/pubsub.subscriber")
    on_project("bad-group-all-of-the-project", "group:staff@example.com", VIEWER)
    on_project("bad-until-a-day", _account("until"), VIEWER, "request.time < timestamp('2030-01-01T00:00:00Z')")
    on_project("absent-condition", _account("free"), "roles/datastore.user")
    on_project("unknown-role", few, unknown())
    on_project("unknown-not-in-the-table", few, "roles/nobody.knowsThis")
    on_project("secret-role", few, pulumi.Output.secret("roles/storage.admin"))


@judged(identities, {"pipeline": VIOLATED, "releaser": PASSED})
def bad_through_many() -> None:
    """Nobody reaches much alone, and one can become all of them."""
    pipeline, releaser = _account("pipeline"), _account("releaser")
    made = [bucket(f"b{number}")[1] for number in range(45)]
    for number in range(3):
        service = _account(f"service-{number}")
        for place in range(15 * number, 15 * number + 15):
            on_bucket(f"reads-{place}", made[place], service, VIEWER)
        on_account(f"acts-{number}", service, pipeline, "roles/iam.serviceAccountTokenCreator")
        if number < 2:
            on_account(f"releases-{number}", service, releaser, "roles/iam.serviceAccountTokenCreator")


@judged(
    secrets,
    {
        "good-two-readers": PASSED,
        "good-written-only": PASSED,
        "good-everybody": PASSED,
        "bad-seven-readers": VIOLATED,
        "bad-two-groups": VIOLATED,
        "bad-a-whole-domain": VIOLATED,
        "bad-through-another": VIOLATED,
        "absent-readers": PASSED,
        "unknown-reader": NOT_EVALUATED,
        "unknown-role": NOT_EVALUATED,
        "secret-reader": NOT_EVALUATED,
    },
)
def readers() -> None:
    accounts = [_account(f"reader-{number}") for number in range(7)]
    _read("good-two-readers", accounts[0], accounts[1])
    _granted("good-written-only", "adds", accounts[0], "roles/secretmanager.secretVersionAdder")
    _read("good-everybody", "allUsers")
    _read("bad-seven-readers", *accounts)
    _read("bad-two-groups", "group:a@example.com", "group:b@example.com")
    _read("bad-a-whole-domain", "domain:example.com")
    _secret("absent-readers")
    vault = _account("vault")
    _read("bad-through-another", vault)
    for number in range(6):
        on_account(f"vault-{number}", vault, _account(f"taker-{number}"), "roles/iam.serviceAccountTokenCreator")
    _granted("plain", "unknown-reader", unknown(), READER)
    _granted("plain-too", "unknown-role", accounts[0], unknown("role"))
    _granted("plain-as-well", "secret-reader", pulumi.Output.secret("user:ann@example.com"), READER)


def _secret(name: str) -> gcp.secretmanager.Secret:
    return gcp.secretmanager.Secret(
        name,
        secret_id=name,
        project=PROJECT,
        replication=gcp.secretmanager.SecretReplicationArgs(
            auto=gcp.secretmanager.SecretReplicationAutoArgs(),
        ),
    )


def _granted(secret: str, name: str, who: Any, role: Any) -> None:
    member = who.member if isinstance(who, gcp.serviceaccount.Account) else who
    gcp.secretmanager.SecretIamMember(
        name, secret_id=_secret(secret).secret_id, project=PROJECT, role=role, member=member
    )


def _read(name: str, *who: Any) -> None:
    secret = _secret(name)
    for number, one in enumerate(who):
        member = one.member if isinstance(one, gcp.serviceaccount.Account) else one
        gcp.secretmanager.SecretIamMember(
            f"{name}-{number}", secret_id=secret.secret_id, project=PROJECT, role=READER, member=member
        )
