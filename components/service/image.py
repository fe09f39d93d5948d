"""AppImage: the bundled app, built by `up` and pushed to the system's registry; deployed by digest.

A preview builds nothing and needs no Docker daemon: the digest is unknown until `up`. Its tag is a hash of what
the image is built from, because the registry's tags are immutable; nothing is deployed by tag.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import ClassVar

import pulumi
import pulumi_docker_build as docker_build

from components.component import Component, Environment
from components.errors import ComponentError


class AppImage(Component):
    """An image built from `context`, a folder relative to the program's, in the registry `repository`."""

    family: ClassVar[str] = "service"

    image: docker_build.Image
    ref: pulumi.Output[str]
    """`<repository>/<name>@sha256:…`."""

    def __init__(
        self,
        name: str,
        *,
        env: Environment,
        repository: pulumi.Input[str],
        context: str,
        base_image: str,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, env=env, opts=opts)
        tag = pulumi.Output.concat(repository, "/", name, ":", content_hash(Path(context), base_image))
        self.image = docker_build.Image(
            name,
            context=docker_build.BuildContextArgs(location=context),
            dockerfile=docker_build.DockerfileArgs(location=f"{context}/Dockerfile"),
            build_args={"BASE_IMAGE": base_image},
            # Cloud Run runs linux/amd64 only: https://cloud.google.com/run/docs/container-contract
            platforms=[docker_build.Platform.LINUX_AMD64],
            tags=[tag],
            push=True,
            build_on_preview=False,
            opts=self.child(),
        )
        self.ref = self.image.ref
        self.register_outputs({"ref": self.ref})


def content_hash(folder: Path, *more: str) -> str:
    """Twelve hexadecimal digits of every file in `folder` and of `more`; ComponentError if there is no folder."""
    if not folder.is_dir():
        raise ComponentError(
            f"the image's context '{folder}' is not a folder",
            why="there is nothing to build",
            fix="give a folder relative to the program's own",
        )
    found = hashlib.sha256("\0".join(more).encode())
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            found.update(f"\0{path.relative_to(folder).as_posix()}\0".encode())
            found.update(path.read_bytes())
    return found.hexdigest()[:12]
