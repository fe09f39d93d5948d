"""Encryption keys are rotated."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pydantic import Field

from analysis.stack import Stack
from analysis.value import Value
from policies.engine.policy import Settings, Severity, resource_policy

KEY: Final = "gcp:kms/cryptoKey:CryptoKey"
_DAY: Final = 86_400


class RotationSettings(Settings):
    """How often keys are rotated."""

    longest_days: int = Field(
        default=90, ge=1, le=3650, description="The longest time between two versions of a key."
    )


@resource_policy(
    id="kms-key-rotates",
    title="A symmetric KMS key is rotated at least every 90 days",
    severity=Severity.MEDIUM,
    why="""A key version that leaks opens everything that was ever encrypted with it. Rotation bounds how much that
    is, and exercises the day on which a version must go. Google rotates only keys that have a period.""",
    fix="Make keys by `Keys`, which sets 90 days and takes no argument for it.",
    fix_raw="Set `rotationPeriod` to at most `7776000s`.",
    rows=(164,),
    cis_4=("1.10",),
    cis_5=("1.11",),
    settings=RotationSettings,
    types=[KEY],
)
def rotates(key: Value, stack: Stack, settings: RotationSettings) -> Iterator[str]:
    # Google rotates symmetric keys only, and neither imported ones nor those that are kept elsewhere:
    # https://cloud.google.com/kms/docs/key-rotation#automatic-rotation. Without `purpose` a key is symmetric.
    if (
        key["purpose"].text("ENCRYPT_DECRYPT") != "ENCRYPT_DECRYPT"
        or key["importOnly"].flag(False)
        or key.at("versionTemplate.protectionLevel").text("SOFTWARE").startswith("EXTERNAL")
    ):
        return
    period = key["rotationPeriod"].seconds()
    if period is None:
        yield "rotationPeriod is left out: the key is never rotated"
    elif not 0 < period <= settings.longest_days * _DAY:
        yield (
            f"rotationPeriod is {key['rotationPeriod'].text()}: more than {settings.longest_days} days are "
            "encrypted with one version"
        )
