"""Who administers encryption keys does not use them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.grants import Grant
from analysis.stack import Stack
from analysis.value import Value
from policies.engine.duties import Duties, held_together, place_of
from policies.engine.policy import Result, Settings, Severity, stack_policy

_KEY: Final = "kms/cryptoKey"
_RING: Final = "kms/keyRing"
_ADMINISTERING: Final = frozenset(
    {
        "cloudkms.cryptoKeys.setIamPolicy",
        "cloudkms.keyRings.setIamPolicy",
        "cloudkms.cryptoKeyVersions.destroy",
    }
)
# Not by delegation, where a service of Google's uses the key for somebody: Google gives that to every key's admin.
_USING: Final = frozenset(
    f"cloudkms.cryptoKeyVersions.useTo{use}" for use in ("Decapsulate", "Decrypt", "Encrypt", "Sign")
)


@stack_policy(
    id="kms-separate-duties",
    title="No member both administers a KMS key and encrypts or decrypts with it",
    severity=Severity.MEDIUM,
    why="""Who may destroy a key or say who uses it, and may decrypt with it as well, can read what it protects and
    then put it out of everybody's reach, alone.""",
    fix="Take one of the two away: only Google's service agents use the keys of `Keys`, each its own.",
    fix_raw="""Grant `roles/cloudkms.admin` and `roles/cloudkms.cryptoKeyEncrypterDecrypter` (or either half of it)
    to different members.""",
    rows=(168,),
    cis_4=("1.11",),
    cis_5=("1.12",),
)
def keys_separate_duties(stack: Stack, settings: Settings) -> Iterator[Result]:
    yield from held_together(
        stack,
        Duties(
            first=_ADMINISTERING,
            second=_USING,
            harm="it administers the key and uses it, and nobody else needs to agree",
            places=lambda grant: _places(stack, grant),
        ),
    )


def _places(stack: Stack, grant: Grant) -> list[str]:
    """A key, and the ring that it is in."""
    itself = place_of(grant)
    if grant.kind == _RING:
        return [itself]
    if grant.kind != _KEY:
        return []
    if grant.entity is not None:
        ring = Value.of(grant.entity)["keyRing"]
        return [itself, *(one.urn for one in stack.referred(ring, "gcp:kms/keyRing:KeyRing")), str(ring.raw)]
    ring_name = itself.partition("/cryptoKeys/")[0]
    return [itself, *(one.urn for one in stack.named("gcp:kms/keyRing:KeyRing", ring_name)), ring_name]
