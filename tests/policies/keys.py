"""Keys for fixtures: a key of the stack itself, whose name only creation tells."""

import pulumi_gcp as gcp


def key(name: str) -> gcp.kms.CryptoKey:
    """A key in a key ring elsewhere."""
    return gcp.kms.CryptoKey(
        f"key-{name}",
        name=name,
        key_ring="projects/p/locations/europe-west1/keyRings/r",
        rotation_period="7776000s",
    )
