"""Secrets are due for a new value now and then, and somebody hears of it.

Secret Manager changes no value by itself: at the due time it publishes to the secret's topics, and whoever listens
there acts. That its agent may publish there is another policy's question.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pydantic import Field

from analysis.stack import Stack
from analysis.stores.secrets import SECRETS
from analysis.value import Value
from policies.engine.policy import Enforcement, Settings, Severity, resource_policy

_DAY_S: Final = 86_400
# https://cloud.google.com/secret-manager/docs/secret-rotation
_SHORTEST_S: Final = 3_600
_LONGEST_S: Final = 3_153_600_000


class Longest(Settings):
    """How old a secret may get."""

    longest_days: int = Field(default=365, ge=1, le=3650, description="The longest period between two rotations.")


@resource_policy(
    id="secret-rotation-due",
    title="A secret is due for rotation at least once a year",
    severity=Severity.MEDIUM,
    # Some rotate by other means, which no plan shows.
    enforcement=Enforcement.ADVISORY,
    why="""A value that leaked unnoticed, with a laptop or a former colleague, works until it is changed; a
    value that is never changed cannot be changed in a hurry either, for nobody knows how.""",
    fix="Give the `Secret` its `rotation=Rotation(topic=..., first=...)`; 90 days is the default.",
    fix_raw="Set `rotation.rotationPeriod` and `nextRotationTime`, with a topic in `topics`.",
    rows=(116,),
    types=SECRETS,
    settings=Longest,
)
def secret_rotation_due(secret: Value, stack: Stack, settings: Longest) -> Iterator[str]:
    # What ends by itself does not get old.
    if secret["expireTime"].present or secret["ttl"].present:
        return
    period = secret.at("rotation.rotationPeriod")
    seconds = period.seconds()
    if seconds is None:
        yield f"{period.path} is left out: nobody is ever told to change the value"
    elif seconds > settings.longest_days * _DAY_S:
        yield f"{period.path} is '{period.text()}', longer than {settings.longest_days} days"


@resource_policy(
    id="secret-rotation-complete",
    title="A secret's rotation has a first date, a period that Google takes, and a topic that is told",
    severity=Severity.MEDIUM,
    why="""A preview accepts a rotation without a first date or without a topic; Secret Manager then refuses the
    secret, and the deployment stops half-way.""",
    fix="Give the `Secret` its `rotation=Rotation(topic=..., first=...)`, which holds all of it.",
    fix_raw="Set `rotation.nextRotationTime` beside `rotationPeriod`, and at least one topic in `topics`.",
    rows=(116,),
    types=SECRETS,
)
def secret_rotation_complete(secret: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    rotation = secret["rotation"]
    if not rotation.present:
        return
    period = rotation["rotationPeriod"]
    seconds = period.seconds()
    if seconds is not None and not _SHORTEST_S <= seconds <= _LONGEST_S:
        yield f"{period.path} is '{period.text()}': Secret Manager takes one hour to a hundred years"
    if seconds is not None and not rotation["nextRotationTime"].present:
        yield "rotation.nextRotationTime is left out: Secret Manager refuses a period without a first date"
    if not list(secret["topics"].items()):
        yield "topics is left out: Secret Manager refuses a rotation that nobody is told of"
