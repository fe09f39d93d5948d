"""Repositories of images: scanned, with tags that stay, encrypted; and none of the old kind."""

from typing import Any

import pulumi
import pulumi_gcp as gcp

from policies.data_protection.artifacts.container_registry import no_container_registry
from policies.data_protection.artifacts.images import registry_scanned, registry_tags_immutable
from policies.data_protection.artifacts.own_key import registry_own_key
from tests.policies.databases import disposable
from tests.policies.images import api, repository
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.keys import key
from tests.policies.unknowns import unknown

KEY = "projects/p/locations/europe-west1/keyRings/r/cryptoKeys/artifacts"


def _scanned(name: str, enablement: Any, **more: Any) -> None:
    repository(name, vulnerability_scanning_config={"enablement_config": enablement}, **more)


@judged(
    registry_scanned,
    {
        "good-inherited": PASSED,
        "good-of-another-kind": PASSED,
        "good-virtual": PASSED,
        "bad-disabled": VIOLATED,
        "bad-remote-disabled": VIOLATED,
        "absent-block": PASSED,
        "unknown-setting": NOT_EVALUATED,
        "secret-setting": NOT_EVALUATED,
    },
)
def scanned() -> None:
    api("containerscanning.googleapis.com")
    _scanned("good-inherited", "INHERITED")
    _scanned("good-of-another-kind", "DISABLED", format="GENERIC")
    _scanned("good-virtual", "DISABLED", mode="VIRTUAL_REPOSITORY")
    _scanned("bad-disabled", "DISABLED")
    _scanned("bad-remote-disabled", "DISABLED", mode="REMOTE_REPOSITORY")
    repository("absent-block")
    _scanned("unknown-setting", unknown())
    _scanned("secret-setting", pulumi.Output.secret("INHERITED"))


@judged(registry_scanned, {"bad-api-off": VIOLATED})
def scanned_by_nothing() -> None:
    api("artifactregistry.googleapis.com")
    _scanned("bad-api-off", "INHERITED")


@judged(registry_scanned, {"unknown-apis-elsewhere": NOT_EVALUATED})
def scanned_perhaps() -> None:
    _scanned("unknown-apis-elsewhere", "INHERITED")


@judged(
    registry_tags_immutable,
    {
        "good-fixed": PASSED,
        "good-remote": PASSED,
        "good-of-another-kind": PASSED,
        "bad-movable": VIOLATED,
        "absent-flag": VIOLATED,
        "unknown-flag": NOT_EVALUATED,
        "secret-flag": NOT_EVALUATED,
    },
)
def tagged() -> None:
    repository("good-fixed", docker_config={"immutable_tags": True})
    repository("good-remote", mode="REMOTE_REPOSITORY")
    repository("good-of-another-kind", format="PYTHON")
    repository("bad-movable", docker_config={"immutable_tags": False})
    repository("absent-flag")
    repository("unknown-flag", docker_config={"immutable_tags": unknown().apply(bool)})
    repository("secret-flag", docker_config={"immutable_tags": pulumi.Output.secret(True)})


@judged(
    no_container_registry,
    {
        "good-repository": PASSED,
        "good-api": PASSED,
        "bad-registry": VIOLATED,
        "bad-api": VIOLATED,
        "unknown-api": NOT_EVALUATED,
        "secret-api": NOT_EVALUATED,
    },
    absent="the registry itself is what is wrong, and a service must be named",
)
def registries() -> None:
    repository("good-repository")
    api("artifactregistry.googleapis.com", name="good-api")
    gcp.container.Registry("bad-registry", location="EU")
    api("containerregistry.googleapis.com", name="bad-api")
    api(unknown(), name="unknown-api")
    api(pulumi.Output.secret("containerregistry.googleapis.com"), name="secret-api")


@judged(
    registry_own_key,
    {
        "good-by-name": PASSED,
        "good-key-of-this-stack": PASSED,
        "good-virtual": PASSED,
        "bad-empty": VIOLATED,
        "absent-key": VIOLATED,
        "unknown-key": NOT_EVALUATED,
        "secret-key": NOT_EVALUATED,
    },
)
def encrypted() -> None:
    repository("good-by-name", kms_key_name=KEY)
    repository("good-key-of-this-stack", kms_key_name=key("artifacts").id)
    repository("good-virtual", mode="VIRTUAL_REPOSITORY")
    repository("bad-empty", kms_key_name="")
    repository("absent-key")
    repository("unknown-key", kms_key_name=unknown())
    repository("secret-key", kms_key_name=pulumi.Output.secret(KEY))


@judged(registry_own_key, {"absent-but-disposable": PASSED})
def encrypted_for_a_while() -> None:
    disposable()
    repository("absent-but-disposable")
