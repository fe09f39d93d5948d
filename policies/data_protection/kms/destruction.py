"""Encryption keys are not lost by accident: with a key goes everything that it encrypts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pydantic import Field

from analysis.stack import Stack
from analysis.value import NotKnown, Value
from policies.data_protection.kms.rotation import KEY
from policies.engine.policy import Settings, Severity, resource_policy

_DAY: Final = 86_400
_KEPT: Final = frozenset({"PREVENT", "ABANDON"})


@resource_policy(
    id="kms-key-protected",
    title="A KMS key cannot be deleted by an update of the stack",
    severity=Severity.HIGH,
    why="""To delete a key destroys all its versions, and with them every database, bucket and secret that they
    encrypt. A renamed resource is enough to make an update delete it.""",
    fix="Leave the environment's `protect` on: `Keys` then sets both guards.",
    fix_raw="Set the resource option `protect`, and `deletionPolicy` to PREVENT.",
    rows=(165,),
    types=[KEY],
)
def key_is_protected(key: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    if stack.disposable:
        return
    options = key.resource.options
    if options.protect or options.retainOnDelete or key["deletionPolicy"].text("DELETE") in _KEPT:
        return
    if options.protect is None:
        raise NotKnown("protect", "is not told by the source of this plan")
    yield "protect is not set and deletionPolicy is not PREVENT: an update may delete the key and all it encrypts"


class DelaySettings(Settings):
    """How long a destroyed key version can be restored."""

    least_days: int = Field(default=30, ge=1, le=120, description="The shortest delay before a version is gone.")


@resource_policy(
    id="kms-destroy-delay",
    title="A destroyed version of a KMS key can be restored for 30 days",
    severity=Severity.MEDIUM,
    why="""Until the delay is over, a version that was destroyed by mistake or by an intruder is brought back with
    one command; afterwards what it encrypted is gone. The delay cannot be changed on an existing key.""",
    fix="Make keys by `Keys`, which sets 30 days.",
    fix_raw="Leave `destroyScheduledDuration` out (30 days), or set `2592000s` or more.",
    rows=(165,),
    settings=DelaySettings,
    types=[KEY],
)
def destroy_delay(key: Value, stack: Stack, settings: DelaySettings) -> Iterator[str]:
    if stack.disposable:
        return
    # Google's default: https://cloud.google.com/kms/docs/reference/rest/v1/projects.locations.keyRings.cryptoKeys
    delay = key["destroyScheduledDuration"].seconds(30 * _DAY)
    if not delay >= settings.least_days * _DAY:
        yield (
            f"destroyScheduledDuration is {key['destroyScheduledDuration'].text('30 days')}: after less than "
            f"{settings.least_days} days nothing brings a destroyed version back"
        )
