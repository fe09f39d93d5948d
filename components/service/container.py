"""The container that a service, a job and a worker pool have in common: image, command, environment, size.

It makes the value that goes into a Cloud Run template and registers nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi

from components.errors import ComponentError
from components.links import Access, variables_of
from components.security.identity import Identity

RESERVED = frozenset({"PORT", "K_SERVICE", "K_REVISION", "K_CONFIGURATION", "CLOUD_RUN_JOB"})
"""Cloud Run sets these (https://cloud.google.com/run/docs/container-contract#env-vars)."""

LEAST_MEMORY_MIB = 512
"""What the second-generation sandbox needs (https://cloud.google.com/run/docs/configuring/services/memory-limits)."""


@dataclass(frozen=True, kw_only=True)
class ContainerSize:
    """CPU in vCPUs (1, 2, 4, 6 or 8) and memory in MiB; ComponentError where Cloud Run refuses the pair.

    https://cloud.google.com/run/docs/configuring/services/memory-limits
    """

    cpu: int = 1
    memory_mib: int = 512

    def __post_init__(self) -> None:
        least = {1: LEAST_MEMORY_MIB, 2: LEAST_MEMORY_MIB, 4: 2048, 6: 4096, 8: 4096}
        most = {1: 4096, 2: 8192, 4: 16384, 6: 24576, 8: 32768}
        if self.cpu not in least:
            raise ComponentError(
                f"a container of {self.cpu} vCPUs",
                why="Cloud Run offers 1, 2, 4, 6 or 8",
                fix="choose one of these",
            )
        if not least[self.cpu] <= self.memory_mib <= most[self.cpu]:
            raise ComponentError(
                f"a container of {self.cpu} vCPU and {self.memory_mib} MiB",
                why=f"with {self.cpu} vCPU Cloud Run takes {least[self.cpu]} to {most[self.cpu]} MiB",
                fix="change the memory or the CPUs",
            )

    @property
    def limits(self) -> dict[str, str]:
        """As Cloud Run's resource limits."""
        return {"cpu": str(self.cpu), "memory": f"{self.memory_mib}Mi"}


@dataclass(frozen=True, kw_only=True)
class Container:
    """What runs: an image by digest, the command's arguments, plain variables and a size."""

    image: pulumi.Input[str]
    args: Sequence[str] = ()
    variables: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    size: ContainerSize = field(default_factory=ContainerSize)

    def __post_init__(self) -> None:
        if isinstance(self.image, str) and not re.search(r"@sha256:[0-9a-f]{64}$", self.image):
            raise ComponentError(
                f"the image '{self.image}' is named by a tag",
                why="a tag can point to another image tomorrow, so what was reviewed is not what runs",
                fix="name it by digest: <repository>/<name>@sha256:<64 hexadecimal digits>",
            )
        taken = sorted(RESERVED & set(self.variables))
        if taken:
            raise ComponentError(
                f"the environment variable {taken[0]} is set",
                why="Cloud Run sets it and refuses a template that does",
                fix="remove it",
            )

    def spec(self, uses: Sequence[Access], identity: Identity) -> dict[str, Any]:
        """The container as a Cloud Run template has it, with what `uses` set for `identity`.

        ComponentError where a plain variable is one that a use sets too: neither silently wins.
        """
        linked = variables_of(uses, identity)
        twice = sorted(set(linked) & set(self.variables))
        if twice:
            raise ComponentError(
                f"the environment variable {twice[0]} is both plain and set by a use",
                why="the container would be told of another entity than the one it was granted",
                fix="remove the plain one",
            )
        plain = {**linked, **self.variables}
        envs: list[dict[str, Any]] = [{"name": name, "value": plain[name]} for name in sorted(plain)]
        secrets = {secret.variable: secret for access in uses for secret in access.secrets}
        clash = sorted(set(secrets) & set(plain))
        if clash:
            raise ComponentError(
                f"{clash[0]} is both a secret and a plain variable",
                why="the plain one would be in the state and in the console",
                fix="remove the plain one",
            )
        envs += [
            {
                "name": name,
                "value_source": {
                    "secret_key_ref": {"secret": secrets[name].secret, "version": secrets[name].version}
                },
            }
            for name in sorted(secrets)
        ]
        return {
            "image": self.image,
            **({"args": list(self.args)} if self.args else {}),
            "envs": envs,
            "resources": {"limits": self.size.limits},
        }
