"""Runs another program and puts beside each of its resources a component that takes all its outputs as inputs.

A preview prints inputs only, so a preview of this shows what the provider plans; `voicestack learn` makes the
bundled table of it. Only for the real engine: copy a Pulumi.yaml and its stack file into an empty folder, set
`main:` to this folder and VOICESTACK_PROBE to the program's, and run `pulumi preview --json`.
"""

from __future__ import annotations

import os
import runpy
from typing import Any

import pulumi
from pulumi import _types

TYPE = "voicestack:probe:Probe"


class Probe(pulumi.ComponentResource):
    """Shows what is known of one resource's outputs."""

    def __init__(self, resource: pulumi.CustomResource) -> None:
        names = {py: wire for wire, py in _types.resource_pulumi_to_py_names(type(resource)).items()}
        outputs = {
            names.get(name, name): value
            for name, value in vars(resource).items()
            if isinstance(value, pulumi.Output) and name not in ("urn", "id")
        }
        super().__init__(TYPE, resource._name, outputs, pulumi.ResourceOptions(parent=resource))


def run(program: str) -> None:
    """Runs `program` with a probe beside each cloud resource."""
    original = pulumi.CustomResource.__init__

    def probed(self: pulumi.CustomResource, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        if not isinstance(self, pulumi.ProviderResource):
            Probe(self)

    pulumi.CustomResource.__init__ = probed  # type: ignore[method-assign]
    folder = os.path.abspath(program)  # noqa: PTH100 - the program's folder becomes the working directory
    os.chdir(folder)
    runpy.run_path(folder, run_name="__main__")


if __name__ == "__main__":
    run(os.environ["VOICESTACK_PROBE"])
