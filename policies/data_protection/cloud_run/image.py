"""What runs is the image that was reviewed: named by its digest, from a registry that this organisation keeps."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Final

from analysis.stack import Stack
from analysis.value import Value
from analysis.workloads.containers import containers
from analysis.workloads.templates import having
from policies.engine.policy import Settings, Severity, resource_policy
from policies.engine.settings_kinds import Words

_DIGEST: Final = re.compile(r"@sha256:[0-9a-f]{64}$")
_HOST: Final = re.compile(r"^(?:[^/]*[.:][^/]*|localhost)(?=/)")
"""What stands before the first slash is a registry only with a dot or a colon; else the image is Docker Hub's:
https://pkg.go.dev/github.com/distribution/reference"""


class ImageSettings(Settings):
    """Which images may run."""

    registries: Words = ("*-docker.pkg.dev/*",)
    """Patterns of images (* stands for anything); `europe-west1-docker.pkg.dev/PROJECT/*`: one project's."""


@resource_policy(
    id="run-image-pinned",
    title="A container's image is named by digest and comes from an allowed registry",
    severity=Severity.HIGH,
    why="""A tag can point to another image tomorrow: what was reviewed and scanned is then not what runs, and an
    instance that starts later may run something else than its neighbour. An image from a registry of others can
    vanish or be replaced by whoever keeps it.""",
    fix="""Deploy the `AppImage` component's `ref`, or set `image` in the stack file to
    `<repository>/<name>@sha256:<digest>`.""",
    fix_raw="Copy the image into Artifact Registry and set `image` to `<repository>/<name>@sha256:<digest>`.",
    rows=(42, 46),
    settings=ImageSettings,
    types=having("containers"),
    elements=containers,
)
def image_pinned(container: Value, stack: Stack, settings: ImageSettings) -> Iterator[str]:
    image = container["image"]
    name = image.text("")
    if not name:
        return  # A container must have one: the provider says so itself.
    if not _DIGEST.search(name):
        tag = name.rpartition("/")[2].partition("@")[0].partition(":")[2]
        found = f"is the tag '{tag}'" if tag else "has neither tag nor digest, which means the tag 'latest'"
        yield f"{image.path} {found}: another image may stand there tomorrow"
    if not any(_matches(name, pattern) for pattern in settings.registries):
        host = _HOST.match(name)
        yield f"{image.path} comes from {host[0] if host else 'Docker Hub'}, which is no allowed registry"


def _matches(image: str, pattern: str) -> bool:
    """Whether an image's registry and the rest of its name are as in a pattern.

    No star reaches over the first slash, or `*.example.com/*` would admit anybody's image that has `.example.com/`
    further on.
    """
    (host, _, rest), (host_pattern, _, rest_pattern) = image.partition("/"), pattern.partition("/")
    return fnmatchcase(host, host_pattern) and fnmatchcase(rest, rest_pattern or "*")
