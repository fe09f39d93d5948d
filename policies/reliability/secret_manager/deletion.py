"""A secret is not gone the moment that somebody deletes it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.stack import Stack
from analysis.stores.secrets import SECRETS
from analysis.value import Value
from policies.engine.policy import Settings, Severity, resource_policy

_DAY_S: Final = 86_400


@resource_policy(
    id="secret-versions-restorable",
    title="A destroyed version of a secret can be restored for a day at least",
    severity=Severity.MEDIUM,
    why="""Destroying a version ends it at once, unless the secret delays it. If it was the wrong one, what it
    encrypted or opened is closed, and an API key must be asked for anew.""",
    fix="Choose a profile that protects its data: the `Secret` component then delays destruction by a week.",
    fix_raw='Set `versionDestroyTtl`, for example to "604800s".',
    rows=(119,),
    types=SECRETS,
)
def secret_versions_restorable(secret: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    if stack.disposable:
        return
    # No default; a day is the least that Google takes:
    # https://cloud.google.com/secret-manager/docs/delay-destruction-of-secret-versions
    delay = secret["versionDestroyTtl"]
    seconds = delay.seconds()
    if seconds is None:
        yield f"{delay.path} is left out: a version that is destroyed is gone at once"
    elif seconds < _DAY_S:
        yield f"{delay.path} is '{delay.text()}': a version that is destroyed is gone within a day"


@resource_policy(
    id="secret-deletion-protected",
    title="A deployment cannot delete a secret",
    severity=Severity.MEDIUM,
    why="""With the secret go all its versions, at once and for good. A secret that is renamed in the program is a
    secret that is deleted, and values from outside are in no program that could make them again.""",
    fix="Choose a profile that protects its data: the `Secret` component is then guarded.",
    fix_raw='Set `deletionProtection` to true, or `deletionPolicy` to "PREVENT".',
    rows=(119,),
    types=SECRETS,
)
def secret_deletion_protected(secret: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    if stack.disposable:
        return
    # Both are off by default: https://www.pulumi.com/registry/packages/gcp/api-docs/secretmanager/secret/
    guard = secret["deletionProtection"]
    if secret["deletionPolicy"].text() != "PREVENT" and not guard.flag(False):
        said = "is false" if guard.present else "is left out, which means false"
        yield f"{guard.path} {said}: a deployment may delete the secret with every version"
