"""Perimeters of VPC Service Controls."""

from typing import Any

import pulumi
from pulumi_gcp import accesscontextmanager

from policies.private_network.perimeter.perimeter import enforced, ingress_named
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.unknowns import unknown

GUARDED = {"restricted_services": ["storage.googleapis.com"]}


def _perimeter(name: str, status: Any = None, **more: Any) -> None:
    accesscontextmanager.ServicePerimeter(
        name, name=name, parent="accessPolicies/1", title=name, status=status, **more
    )


def _perimeters(name: str, *perimeters: dict[str, Any]) -> None:
    listed: Any = [{"name": f"p{number}", "title": "p", **one} for number, one in enumerate(perimeters)]
    accesscontextmanager.ServicePerimeters(name, parent="accessPolicies/1", service_perimeters=listed)


@judged(
    enforced,
    {
        "good-regular": PASSED,
        "good-several": PASSED,
        "bad-dry-run": VIOLATED,
        "bad-bridge": VIOLATED,
        "bad-no-services": VIOLATED,
        "bad-one-of-several": VIOLATED,
        "absent-status": VIOLATED,
        "unknown-status": NOT_EVALUATED,
        "unknown-type": NOT_EVALUATED,
        "secret-services": NOT_EVALUATED,
    },
)
def enforcement() -> None:
    _perimeter("good-regular", GUARDED)
    _perimeters("good-several", {"status": GUARDED}, {"status": GUARDED})
    _perimeter("bad-dry-run", spec=GUARDED, use_explicit_dry_run_spec=True)
    _perimeter("bad-bridge", {"resources": ["projects/1"]}, perimeter_type="PERIMETER_TYPE_BRIDGE")
    _perimeter("bad-no-services", {"restricted_services": []})
    _perimeters("bad-one-of-several", {"perimeter_type": unknown("u1")}, {"spec": GUARDED})
    _perimeter("absent-status")
    _perimeter("unknown-status", unknown("u2").apply(lambda _: GUARDED))
    _perimeter("unknown-type", GUARDED, perimeter_type=unknown("u3"))
    _perimeter("secret-services", {"restricted_services": pulumi.Output.secret(["storage.googleapis.com"])})


def _from(identity: Any = "ANY_IDENTITY", level: Any = "*") -> dict[str, Any]:
    return {"ingress_from": {"identity_type": identity, "sources": [{"access_level": level}]}}


def _lets_in(name: str, *policies: dict[str, Any]) -> None:
    _perimeter(name, {**GUARDED, "ingress_policies": list(policies)})


@judged(
    ingress_named,
    {
        "good-place": PASSED,
        "good-identity": PASSED,
        "bad-anybody": VIOLATED,
        "bad-second": VIOLATED,
        "bad-any-account": VIOLATED,
        "bad-in-a-list": VIOLATED,
        "bad-policy": VIOLATED,
        "absent-policies": PASSED,
        "unknown-identity": NOT_EVALUATED,
        "unknown-level": NOT_EVALUATED,
        "secret-level": NOT_EVALUATED,
    },
)
def ingress() -> None:
    _lets_in("good-place", _from(level="accessPolicies/1/accessLevels/office"))
    named = {"ingress_from": {"identities": ["serviceAccount:a@b.iam.gserviceaccount.com"], **{"sources": []}}}
    _lets_in("good-identity", named)
    _lets_in("bad-anybody", _from())
    _lets_in("bad-second", _from(unknown("u4")), _from())
    _lets_in("bad-any-account", _from("ANY_SERVICE_ACCOUNT"))
    _perimeters("bad-in-a-list", {"status": {**GUARDED, "ingress_policies": [_from()]}})
    origin: Any = _from()["ingress_from"]
    accesscontextmanager.ServicePerimeterIngressPolicy("bad-policy", perimeter="p", ingress_from=origin)
    _perimeter("absent-policies", GUARDED)
    _lets_in("unknown-identity", _from(unknown("u5")))
    _lets_in("unknown-level", _from(level=unknown("u6")))
    _lets_in("secret-level", _from(level=pulumi.Output.secret("*")))
