"""Keys of one's own in Cloud KMS, as other resources name them."""

from __future__ import annotations

from typing import Final

from analysis.stack import Stack
from analysis.value import Value

KEYS: Final = (
    "gcp:kms/cryptoKey:CryptoKey",
    "gcp:kms/cryptoKeyVersion:CryptoKeyVersion",
    # Autokey's answer to "give me a key for this".
    "gcp:kms/keyHandle:KeyHandle",
)


def names_own_key(stack: Stack, name: Value) -> bool:
    """Whether `name` names a key of one's own; a key that is still to be made counts.

    NotKnown where the name is known only after creation and comes from no key of the stack.
    """
    return stack.is_given(name, *KEYS)
