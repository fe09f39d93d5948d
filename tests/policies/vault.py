"""Secrets for fixtures: what a case says nothing about is left out."""

from typing import Any, Final

import pulumi_gcp as gcp

AUTO: Final[Any] = {"auto": {}}


def secret(name: str, **more: Any) -> gcp.secretmanager.Secret:
    """A global secret."""
    return gcp.secretmanager.Secret(name, **{"secret_id": name, "replication": AUTO, **more})


def regional(name: str, **more: Any) -> gcp.secretmanager.RegionalSecret:
    """A secret of one region."""
    return gcp.secretmanager.RegionalSecret(name, **{"secret_id": name, "location": "europe-west1", **more})
