"""A variable's secret does not change by itself under a running revision."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator
from typing import Final

from analysis.stack import Stack
from analysis.value import Value
from analysis.workloads.containers import name_of_variable, secret_of, variables
from analysis.workloads.templates import WORKLOADS, is_set
from plan.plan import Resource
from policies.engine.policy import Settings, Severity, resource_policy

_SECRETS: Final = ("gcp:secretmanager/secret:Secret", "gcp:secretmanager/regionalSecret:RegionalSecret")
_VERSIONS: Final = (
    "gcp:secretmanager/secretVersion:SecretVersion",
    "gcp:secretmanager/regionalSecretVersion:RegionalSecretVersion",
)
_NUMBER: Final = re.compile(r"[1-9]\d*")


class Latest(enum.StrEnum):
    """Where `latest` is accepted."""

    NEVER = "never"
    WHERE_ROTATED = "whereRotated"


class SecretVersionSettings(Settings):
    """Which versions a variable may name."""

    latest: Latest = Latest.WHERE_ROTATED
    """never, or whereRotated: for a secret of this stack whose rotation is scheduled and told on a topic."""


@resource_policy(
    id="run-secret-version-pinned",
    title="A variable names a version of its secret, or a secret whose rotation is announced",
    severity=Severity.LOW,
    why="""A variable is read when an instance starts. With `latest` a new version reaches some instances and not
    others, at whatever moment each starts, and going back to an earlier revision brings no earlier value back.
    Where nobody is told of the change, nobody releases a revision that makes it whole.""",
    fix="""Read it with a version: `secrets["name"].read(version="3")`; or use the `Secret` component, which
    schedules the rotation and announces it.""",
    fix_raw="""Set `valueSource.secretKeyRef.version` to a number and raise it in a release; or give the secret
    `rotation` and `topics`.""",
    rows=(39, 46),
    settings=SecretVersionSettings,
    types=WORKLOADS,
    elements=variables,
)
def secret_version_pinned(variable: Value, stack: Stack, settings: SecretVersionSettings) -> Iterator[str]:
    secret, version = secret_of(variable)
    if not secret.present or (version.is_unknown and stack.yielding(version, *_VERSIONS)):
        # What a version of this stack yields is its number.
        return
    # Without a version the provider sends latest: https://cloud.google.com/run/docs/configuring/services/secrets
    said = version.text("latest") or "latest"
    if _NUMBER.fullmatch(said):
        return
    if settings.latest is Latest.WHERE_ROTATED and any(map(_rotates, stack.referred(secret, *_SECRETS))):
        return
    found = f"is {said}" if version.present else "is left out, which means latest"
    name = name_of_variable(variable)
    yield f"{version.path} of {name} {found}: instances of one revision may run with different values"


def _rotates(secret: Resource) -> bool:
    """Whether a rotation is scheduled and told: Secret Manager wants both."""
    inputs = Value.of(secret)
    return is_set(inputs["rotation"]) and is_set(inputs["topics"])
