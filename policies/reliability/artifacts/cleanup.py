"""Old images go, and those that one may want to go back to stay."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from analysis.stack import Stack
from analysis.stores.registries import REPOSITORY, holds_images
from analysis.value import Value
from policies.engine.policy import Enforcement, Settings, Severity, resource_policy


class Releases(Settings):
    """How far one may want to go back."""

    kept_versions: int = Field(
        default=5, ge=1, le=1000, description="The newest versions of each image that must stay."
    )


@resource_policy(
    id="registry-keeps-releases",
    title="A repository's clean-up keeps the newest versions of each image",
    severity=Severity.MEDIUM,
    why="""A rule that deletes by age deletes what runs, once nothing was released for a while: the last version
    that worked is then not there to go back to.""",
    fix="Use the `ImageRegistry` component; `kept_versions` says how many stay.",
    fix_raw="Add a clean-up policy with the action KEEP and `mostRecentVersions.keepCount`.",
    rows=(123,),
    types=[REPOSITORY],
    settings=Releases,
)
def registry_keeps_releases(repository: Value, stack: Stack, settings: Releases) -> Iterator[str]:
    if not holds_images(repository):
        return
    deleting, kept = "", 0.0
    for policy in repository["cleanupPolicies"].items():
        if policy["action"].text() == "DELETE" and _may_hit_releases(policy):
            deleting = deleting or policy.path
        # A policy for some packages says nothing of the others.
        recent = policy["mostRecentVersions"]
        if policy["action"].text() == "KEEP" and not list(recent["packageNamePrefixes"].items()):
            kept = max(kept, recent["keepCount"].number(0))
    # https://cloud.google.com/artifact-registry/docs/repositories/cleanup-policy-overview: KEEP wins.
    if deleting and kept < settings.kept_versions:
        yield (
            f"{deleting} deletes tagged images and no policy keeps the newest {settings.kept_versions}: "
            "what runs may go"
        )


def _may_hit_releases(policy: Value) -> bool:
    # The default is ANY: https://cloud.google.com/artifact-registry/docs/repositories/cleanup-policy
    return policy.at("condition.tagState").text("ANY") != "UNTAGGED"


@resource_policy(
    id="registry-cleaned-up",
    title="A repository deletes images that nobody needs any more",
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    why="""Every build leaves an image. Without clean-up they are paid for as long as the repository is there,
    with the holes that were mended since.""",
    fix="Use the `ImageRegistry` component; `untagged_days` says when images without a tag go.",
    fix_raw="Add a clean-up policy with the action DELETE, and leave `cleanupPolicyDryRun` off.",
    rows=(123,),
    types=[REPOSITORY],
)
def registry_cleaned_up(repository: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    if not holds_images(repository):
        return
    policies = repository["cleanupPolicies"]
    if not any(policy["action"].text() == "DELETE" for policy in policies.items()):
        yield f"{policies.path} delete nothing: every image stays for ever"
    elif repository["cleanupPolicyDryRun"].flag(False):
        yield "cleanupPolicyDryRun is true: the clean-up only says what it would delete"
