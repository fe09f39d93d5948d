"""Images are scanned, and a tag keeps meaning the same image."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.stack import Stack
from analysis.stores.registries import REPOSITORY, SERVICE, holds_images, is_of_images
from analysis.value import NotKnown, Value
from policies.engine.policy import Enforcement, Result, Settings, Severity, Unseen, resource_policy

_SCANNING: Final = "containerscanning.googleapis.com"


@resource_policy(
    id="registry-scanned",
    title="Images are scanned for known vulnerabilities when they are pushed",
    severity=Severity.MEDIUM,
    why="""An image is full of other people's software. Without scanning, nobody hears that the OpenSSL in what
    runs has had a published hole for a year.""",
    fix="Use the `ImageRegistry` and `ProjectBaseline` components: one asks for it, the other enables its API.",
    fix_raw="""Set `vulnerabilityScanningConfig.enablementConfig` to INHERITED and enable
    containerscanning.googleapis.com in the project.""",
    rows=(122,),
    types=[REPOSITORY],
)
def registry_scanned(repository: Value, stack: Stack, settings: Settings) -> Iterator[Result | str]:
    if not is_of_images(repository) or repository["mode"].text() == "VIRTUAL_REPOSITORY":
        return
    wanted = repository.at("vulnerabilityScanningConfig.enablementConfig")
    # Left out, it is inherited from the project's API:
    # https://cloud.google.com/artifact-registry/docs/enable-disable-scanning
    if wanted.text("INHERITED") == "DISABLED":
        yield f"{wanted.path} is 'DISABLED': nobody hears of known holes in these images"
        return
    enabled = stack.once(_enabled)
    if not enabled:
        yield Unseen(
            repository.resource, f"{wanted.path} is inherited, and the project's APIs are not in this plan"
        )
    elif _SCANNING not in enabled:
        yield f"{wanted.path} is inherited, and this stack enables no {_SCANNING}: nothing is scanned"


def _enabled(stack: Stack) -> frozenset[str]:
    found = set()
    for service in stack.of_type(SERVICE):
        try:
            found.add(service["service"].text(""))
        except NotKnown:
            continue
    return frozenset(found)


@resource_policy(
    id="registry-tags-immutable",
    title="The tags of a repository cannot be moved to other images",
    severity=Severity.MEDIUM,
    # Who deploys by digest alone may let tags move.
    enforcement=Enforcement.ADVISORY,
    why="""Where a tag can be moved, whoever may push replaces what the next deployment of that tag runs, and
    what ran yesterday cannot be told any more.""",
    fix="Use the `ImageRegistry` component, whose tags stay where they are.",
    fix_raw="Set `dockerConfig.immutableTags` to true and give each build a tag of its own.",
    rows=(123,),
    types=[REPOSITORY],
)
def registry_tags_immutable(repository: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    if not holds_images(repository):
        return
    # The default is false: https://cloud.google.com/artifact-registry/docs/docker/manage-images#immutable
    fixed = repository.at("dockerConfig.immutableTags")
    if not fixed.flag(False):
        said = "is false" if fixed.present else "is left out, which means false"
        yield f"{fixed.path} {said}: a tag may mean another image tomorrow"
