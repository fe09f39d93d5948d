"""The two marks that Pulumi's wire format gives values: not known yet, and secret.

A plan holds only these marks, never what is behind a secret. No conversion lives here; each source of a plan
(engine, preview, state) knows its own.
"""

from __future__ import annotations

from typing import Any, Final

UNKNOWN: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""Stands for a value that only Google will know, once the resource exists."""

SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
"""The key that tells a marked object (secret, asset, archive, resource reference) from an ordinary one."""

SECRET_KIND: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the mark, not a secret
"""The signature's value for a secret."""

RESOURCE_KIND: Final = "5cf8f73096256a8f31e491e813e4eb8e"
"""The signature's value for a reference to another resource."""

ASSET_KIND: Final = "c44067f5952c0a294b673a41bacd8c17"
"""The signature's value for an asset: a file, a text or an address."""

ARCHIVE_KIND: Final = "0def7320c3a5731c473e5ecbe6d01bc7"
"""The signature's value for an archive of assets."""


def secret() -> dict[str, Any]:
    """A secret with nothing in it."""
    return {SIGNATURE: SECRET_KIND}


def is_secret(value: Any) -> bool:
    """Whether `value` is a secret's mark."""
    return isinstance(value, dict) and value.get(SIGNATURE) == SECRET_KIND


def holds_unknown(value: Any) -> bool:
    """Whether `value` is unknown or has something unknown anywhere inside."""
    if isinstance(value, str):
        return value == UNKNOWN
    if isinstance(value, dict):
        return any(map(holds_unknown, value.values()))
    if isinstance(value, list):
        return any(map(holds_unknown, value))
    return False


def holds_secret(value: Any) -> bool:
    """Whether `value` is a secret's mark or has one anywhere inside."""
    if isinstance(value, dict):
        return is_secret(value) or any(map(holds_secret, value.values()))
    return isinstance(value, list) and any(map(holds_secret, value))
