"""A workload that mounts a secret whose value this stack makes starts after the value is there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.stack import Stack
from analysis.value import NotKnown, Value
from analysis.workloads.containers import listed, secret_of, variables
from analysis.workloads.templates import JOB, POOL, SERVICE, find
from plan.plan import Resource
from policies.engine.policy import Problem, Result, Settings, Severity, Unseen, resource_policy

_SECRET: Final = "gcp:secretmanager/secret:Secret"  # noqa: S105 - a type
_VERSION: Final = "gcp:secretmanager/secretVersion:SecretVersion"


@resource_policy(
    id="run-waits-for-secret-version",
    title="A workload waits for the version of a secret that this stack makes and it mounts",
    severity=Severity.MEDIUM,
    why="""Cloud Run refuses a revision that mounts a secret without a version. What names the secret waits for the
    secret, not for its version: whether the first `up` works is a matter of order.""",
    fix="Link the secret with `secret.mount(...)`: the component waits for its version and for the grant.",
    fix_raw="Add the `SecretVersion` to the workload's `dependsOn`, or take `version` from it.",
    types=(SERVICE, JOB, POOL),
)
def run_waits_for_secret_version(workload: Value, stack: Stack, settings: Settings) -> Iterator[Result]:
    # https://cloud.google.com/run/docs/configuring/services/secrets: checked when the service is deployed.
    before: set[str] | None = None
    for mention in _mentions(workload):
        try:
            secrets = _secrets(stack, mention)
        except NotKnown as reason:
            yield Unseen(workload.resource, str(reason))
            continue
        for secret in secrets:
            made = stack.once(_versions).get(secret.urn, set())
            if made and before is None:
                before = stack.waits_for(workload.resource)
            if made and before is not None and not made & before:
                message = (
                    f"{mention.path} mounts the secret '{secret.name}', and the workload does not wait for "
                    "the version that this stack makes: without one Cloud Run refuses the revision"
                )
                yield Problem(workload.resource, message, key=mention.path)


def _mentions(workload: Value) -> Iterator[Value]:
    """Each input that names a secret; where a block cannot be read, the block."""
    for variable in variables(workload):
        try:
            yield secret_of(variable)[0]
        except NotKnown:
            yield variable
    try:
        volumes = find(workload, "volumes")
    except NotKnown:
        return
    for volume in listed(volumes):
        try:
            yield volume["secret"]["secret"]
        except NotKnown:
            yield volume


def _secrets(stack: Stack, mention: Value) -> list[Resource]:
    """The secret of this plan that an input names; NotKnown where it may be any of several."""
    found = stack.referred(mention, _SECRET)
    if mention.is_unknown and not found and stack.yielding(mention, _VERSION):
        # The version itself tells the name: then it is waited for.
        return []
    if not mention.is_unknown or len(found) != 1:
        # Raises for what only creation tells, and for a block that cannot be read.
        mention.text()
    return found


def _versions(stack: Stack) -> dict[str, set[str]]:
    """The versions of each secret, both by URN."""
    found: dict[str, set[str]] = {}
    for version in stack.of_type(_VERSION):
        for secret in stack.referred(version["secret"], _SECRET):
            found.setdefault(secret.urn, set()).add(version.resource.urn)
    return found
