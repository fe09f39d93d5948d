"""Repositories that delete what is old, and keep what one may want to go back to."""

from typing import Any

import pulumi

from policies.reliability.artifacts.cleanup import registry_cleaned_up, registry_keeps_releases
from tests.policies.images import repository
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.unknowns import unknown


def _delete(**condition: Any) -> dict[str, Any]:
    return {"id": "delete", "action": "DELETE", "condition": condition}


def _keep(count: Any, **more: Any) -> dict[str, Any]:
    return {"id": "keep", "action": "KEEP", "most_recent_versions": {"keep_count": count, **more}}


OLD = _delete(older_than="2592000s")
UNTAGGED = _delete(older_than="2592000s", tag_state="UNTAGGED")


def _cleaned(name: str, *policies: Any, **more: Any) -> None:
    repository(name, cleanup_policies=list(policies) or None, **more)


@judged(
    registry_keeps_releases,
    {
        "good-newest-kept": PASSED,
        "good-only-untagged-go": PASSED,
        "good-of-another-kind": PASSED,
        "bad-by-age-alone": VIOLATED,
        "bad-tagged-by-age": VIOLATED,
        "bad-one-kept": VIOLATED,
        "bad-kept-for-one-package": VIOLATED,
        "absent-policies": PASSED,
        "unknown-state": NOT_EVALUATED,
        "unknown-count": NOT_EVALUATED,
        "secret-policies": NOT_EVALUATED,
    },
)
def kept() -> None:
    _cleaned("good-newest-kept", OLD, _keep(10))
    _cleaned("good-only-untagged-go", UNTAGGED)
    _cleaned("good-of-another-kind", OLD, format="NPM")
    _cleaned("bad-by-age-alone", OLD)
    _cleaned("bad-tagged-by-age", _delete(older_than="86400s", tag_state="TAGGED"))
    _cleaned("bad-one-kept", OLD, _keep(1))
    _cleaned("bad-kept-for-one-package", OLD, _keep(10, package_name_prefixes=["worker"]))
    _cleaned("absent-policies")
    _cleaned("unknown-state", _delete(older_than="86400s", tag_state=unknown("state")))
    _cleaned("unknown-count", OLD, _keep(unknown("count").apply(int)))
    repository("secret-policies", cleanup_policies=pulumi.Output.secret([OLD]))


@judged(
    registry_cleaned_up,
    {
        "good-cleaned": PASSED,
        "good-remote": PASSED,
        "bad-only-keeps": VIOLATED,
        "bad-only-says": VIOLATED,
        "absent-policies": VIOLATED,
        "absent-dry-run": PASSED,
        "unknown-dry-run": NOT_EVALUATED,
        "secret-dry-run": NOT_EVALUATED,
    },
)
def cleaned() -> None:
    _cleaned("good-cleaned", UNTAGGED, _keep(10), cleanup_policy_dry_run=False)
    _cleaned("good-remote", mode="REMOTE_REPOSITORY")
    _cleaned("bad-only-keeps", _keep(10))
    _cleaned("bad-only-says", UNTAGGED, cleanup_policy_dry_run=True)
    _cleaned("absent-policies")
    _cleaned("absent-dry-run", UNTAGGED)
    _cleaned("unknown-dry-run", UNTAGGED, cleanup_policy_dry_run=unknown().apply(bool))
    _cleaned("secret-dry-run", UNTAGGED, cleanup_policy_dry_run=pulumi.Output.secret(False))
