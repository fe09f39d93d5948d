"""Buckets for fixtures: what a case says nothing about is left out, as a program would leave it out."""

from typing import Any

import pulumi_gcp as gcp

DAY = 86_400


def bucket(name: str, **more: Any) -> gcp.storage.Bucket:
    """A bucket that Google knows by its logical name."""
    return gcp.storage.Bucket(name, **{"name": name, "location": "EUROPE-WEST1", **more})


def deleting(**condition: Any) -> dict[str, Any]:
    """A life-cycle rule that deletes what meets the condition."""
    return {"action": {"type": "Delete"}, "condition": condition}


def sink(name: str, destination: Any, **more: Any) -> gcp.logging.ProjectSink:
    """A project's log sink."""
    return gcp.logging.ProjectSink(name, **{"name": name, "destination": destination, **more})
