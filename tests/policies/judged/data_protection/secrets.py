"""Secrets: who may read them all, where they are, with which keys, and when they change."""

from typing import Any

import pulumi
import pulumi_gcp as gcp

from policies.data_protection.secret_manager.clear_text import secret_value_not_in_clear
from policies.data_protection.secret_manager.own_key import secret_own_key
from policies.data_protection.secret_manager.project_access import secrets_granted_one_by_one
from policies.data_protection.secret_manager.regions import secret_keeps_to_regions
from policies.data_protection.secret_manager.rotation import secret_rotation_complete, secret_rotation_due
from tests.policies.databases import disposable
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.keys import key
from tests.policies.unknowns import unknown
from tests.policies.vault import AUTO, regional, secret

KEY = "projects/p/locations/europe-west1/keyRings/r/cryptoKeys/secrets"
ACCESSOR = "roles/secretmanager.secretAccessor"
WORKER = "serviceAccount:worker@p.iam.gserviceaccount.com"
ONE = 'resource.name.startsWith("projects/1/secrets/openai/versions/")'


def _on_project(name: str, role: Any, expression: Any = None, member: Any = WORKER) -> None:
    condition: Any = {"title": "condition", "expression": expression} if expression is not None else None
    gcp.projects.IAMMember(name, project="p", role=role, member=member, condition=condition)


@judged(
    secrets_granted_one_by_one,
    {
        "good-on-one-secret": PASSED,
        "good-another-role": PASSED,
        "good-held-to-one-by-a-condition": PASSED,
        "good-custom-role-that-reads-none": PASSED,
        # Who holds a basic role is another policy's.
        "good-basic-role": PASSED,
        "bad-member": VIOLATED,
        "bad-binding": VIOLATED,
        "bad-policy-of-a-folder": VIOLATED,
        "bad-organization": VIOLATED,
        "bad-administrator": VIOLATED,
        "bad-custom-role": VIOLATED,
        "bad-held-to-a-time-only": VIOLATED,
        "bad-held-to-all-secrets": VIOLATED,
        "absent-condition": VIOLATED,
        "unknown-role": NOT_EVALUATED,
        "unknown-condition": NOT_EVALUATED,
        "unknown-condition-by-tag": NOT_EVALUATED,
        "secret-role": NOT_EVALUATED,
    },
)
def granted() -> None:
    one = secret("openai")
    gcp.secretmanager.SecretIamMember("good-on-one-secret", secret_id=one.secret_id, role=ACCESSOR, member=WORKER)
    _on_project("good-another-role", "roles/logging.logWriter")
    _on_project("good-held-to-one-by-a-condition", ACCESSOR, ONE)
    permissions = {"reads": "secretmanager.versions.access", "lists": "secretmanager.versions.list"}
    roles = {
        role: gcp.projects.IAMCustomRole(role, role_id=role, title=role, permissions=[permission])
        for role, permission in permissions.items()
    }
    _on_project("good-custom-role-that-reads-none", roles["lists"].name)
    _on_project("good-basic-role", "roles/owner")
    _on_project("bad-member", ACCESSOR)
    gcp.projects.IAMBinding("bad-binding", project="p", role=ACCESSOR, members=[WORKER])
    policy = f'{{"bindings": [{{"role": "{ACCESSOR}", "members": ["{WORKER}"]}}]}}'
    gcp.folder.IAMPolicy("bad-policy-of-a-folder", folder="folders/1", policy_data=policy)
    gcp.organizations.IAMMember("bad-organization", org_id="1", role=ACCESSOR, member=WORKER)
    _on_project("bad-administrator", "roles/secretmanager.admin")
    _on_project("bad-custom-role", roles["reads"].name)
    _on_project("bad-held-to-a-time-only", ACCESSOR, 'request.time < timestamp("2030-01-01T00:00:00Z")')
    _on_project("bad-held-to-all-secrets", ACCESSOR, 'resource.name.startsWith("projects/1/secrets/")')
    _on_project("absent-condition", ACCESSOR)
    _on_project("unknown-role", unknown("role"))
    _on_project("unknown-condition", ACCESSOR, unknown("expression"))
    _on_project("unknown-condition-by-tag", ACCESSOR, 'resource.matchTag("p/team", "voice")')
    _on_project("secret-role", pulumi.Output.secret(ACCESSOR))


def _other_program(name: str, **inputs: Any) -> None:
    # As a program registers it whose SDK does not mark inputs by itself.
    type_ = "gcp:secretmanager/secretVersion:SecretVersion"
    pulumi.CustomResource(type_, name, {"secret": "projects/p/secrets/openai", **inputs})


@judged(
    secret_value_not_in_clear,
    {
        "good-marked": PASSED,
        "good-marked-by-the-sdk": PASSED,
        "good-write-only": PASSED,
        "bad-literal": VIOLATED,
        "bad-write-only-literal": VIOLATED,
        "bad-beside-an-unknown": VIOLATED,
        "absent-value": PASSED,
        "unknown-value": NOT_EVALUATED,
        "secret-value": PASSED,
    },
)
def versions() -> None:
    version = gcp.secretmanager.SecretVersion
    version("good-marked", secret="projects/p/secrets/s", secret_data=pulumi.Output.secret("x"))
    version("good-marked-by-the-sdk", secret="projects/p/secrets/s", secret_data="x")
    gcp.secretmanager.RegionalSecretVersion(
        "good-write-only", secret="projects/p/locations/l/secrets/s", secret_data_wo="x"
    )
    _other_program("bad-literal", secretData="hunter2")
    _other_program("bad-write-only-literal", secretDataWo="hunter2", secretDataWoVersion="1")
    _other_program("bad-beside-an-unknown", secretData=unknown("one"), secretDataWo="hunter2")
    _other_program("absent-value")
    _other_program("unknown-value", secretData=unknown("value"))
    _other_program("secret-value", secretData=pulumi.Output.secret("hunter2"))


def _rotated(
    name: str, *, period: Any = None, first: Any = None, topics: Any = ("rotations",), **more: Any
) -> None:
    rotation = {"rotation_period": period, "next_rotation_time": first}
    secret(name, rotation=rotation, topics=[{"name": f"projects/p/topics/{one}"} for one in topics], **more)


FIRST = "2027-03-01T00:00:00Z"


@judged(
    secret_rotation_due,
    {
        "good-quarterly": PASSED,
        "good-regional": PASSED,
        "good-ends-by-itself": PASSED,
        "good-expires": PASSED,
        "bad-every-two-years": VIOLATED,
        "bad-only-once": VIOLATED,
        "bad-regional": VIOLATED,
        "absent-rotation": VIOLATED,
        "unknown-period": NOT_EVALUATED,
        "unknown-rotation": NOT_EVALUATED,
        "secret-period": NOT_EVALUATED,
    },
)
def rotated() -> None:
    _rotated("good-quarterly", period="7776000s", first=FIRST)
    regional("good-regional", rotation={"rotation_period": "31536000s", "next_rotation_time": FIRST})
    secret("good-ends-by-itself", ttl="86400s")
    secret("good-expires", expire_time="2027-06-01T00:00:00Z")
    _rotated("bad-every-two-years", period="63072000s", first=FIRST)
    _rotated("bad-only-once", first=FIRST)
    regional("bad-regional")
    secret("absent-rotation")
    _rotated("unknown-period", period=unknown("period"), first=FIRST)
    secret("unknown-rotation", rotation=unknown("all").apply(lambda _: {"rotation_period": "7776000s"}))
    _rotated("secret-period", period=pulumi.Output.secret("7776000s"), first=FIRST)


@judged(
    secret_rotation_complete,
    {
        "good-all-of-it": PASSED,
        "good-only-once": PASSED,
        "good-first-date-known-later": PASSED,
        "bad-without-a-date": VIOLATED,
        "bad-without-a-topic": VIOLATED,
        "bad-every-minute": VIOLATED,
        "bad-regional-without-a-topic": VIOLATED,
        "absent-rotation": PASSED,
        "unknown-period": NOT_EVALUATED,
        "secret-period": NOT_EVALUATED,
    },
)
def rotations() -> None:
    _rotated("good-all-of-it", period="7776000s", first=FIRST)
    _rotated("good-only-once", first=FIRST)
    _rotated("good-first-date-known-later", period="7776000s", first=pulumi.Output.secret(FIRST))
    _rotated("bad-without-a-date", period="7776000s")
    _rotated("bad-without-a-topic", period="7776000s", first=FIRST, topics=())
    _rotated("bad-every-minute", period="60s", first=FIRST)
    regional("bad-regional-without-a-topic", rotation={"rotation_period": "7776000s", "next_rotation_time": FIRST})
    secret("absent-rotation")
    _rotated("unknown-period", period=unknown("period"), first=FIRST)
    _rotated("secret-period", period=pulumi.Output.secret("7776000s"), first=FIRST)


def _placed(name: str, *locations: Any) -> None:
    secret(name, replication={"user_managed": {"replicas": [{"location": one} for one in locations]}})


@judged(
    secret_keeps_to_regions,
    {
        "good-one": PASSED,
        "good-regional": PASSED,
        "bad-wherever": VIOLATED,
        "absent-places": VIOLATED,
        "unknown-place": NOT_EVALUATED,
        "secret-place": NOT_EVALUATED,
    },
)
def placed() -> None:
    _placed("good-one", "europe-west1")
    regional("good-regional")
    secret("bad-wherever", replication=AUTO)
    secret("absent-places", replication={})
    _placed("unknown-place", unknown())
    _placed("secret-place", pulumi.Output.secret("europe-west1"))


def _keyed(name: str, *keys: Any) -> None:
    replicas = [
        {"location": f"europe-west{i}", "customer_managed_encryption": {"kms_key_name": one} if one else None}
        for i, one in enumerate(keys, start=1)
    ]
    secret(name, replication={"user_managed": {"replicas": replicas}})


@judged(
    secret_own_key,
    {
        "good-by-name": PASSED,
        "good-key-of-this-stack": PASSED,
        "good-automatic": PASSED,
        "good-regional": PASSED,
        "bad-second-replica": VIOLATED,
        "bad-replica-after-an-unknown": VIOLATED,
        "bad-regional": VIOLATED,
        "absent-block": VIOLATED,
        "absent-in-automatic": VIOLATED,
        "unknown-key": NOT_EVALUATED,
        "secret-key": NOT_EVALUATED,
    },
)
def encrypted() -> None:
    _keyed("good-by-name", KEY)
    _keyed("good-key-of-this-stack", key("secrets").id)
    secret("good-automatic", replication={"auto": {"customer_managed_encryption": {"kms_key_name": KEY}}})
    regional("good-regional", customer_managed_encryption={"kms_key_name": key("regional").id})
    _keyed("bad-second-replica", KEY, None)
    _keyed("bad-replica-after-an-unknown", unknown("first"), None)
    regional("bad-regional")
    _keyed("absent-block", None)
    secret("absent-in-automatic", replication=AUTO)
    _keyed("unknown-key", unknown("key"))
    _keyed("secret-key", pulumi.Output.secret(KEY))


@judged(secret_own_key, {"absent-but-disposable": PASSED})
def encrypted_for_a_while() -> None:
    disposable()
    _keyed("absent-but-disposable", None)
