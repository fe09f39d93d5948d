"""Messages are kept in chosen regions."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from analysis.stack import Stack
from analysis.value import Value
from policies.engine.policy import Enforcement, Result, Settings, Severity, each, resource_policy
from policies.engine.settings_kinds import Words


class Regions(Settings):
    """Where messages may be kept."""

    allowed_regions: Words = Field(
        default=(),
        description="The only regions in which messages may be kept; any chosen ones where it is empty.",
    )


@resource_policy(
    id="topic-keeps-to-regions",
    title="A topic says in which regions its messages are kept",
    severity=Severity.MEDIUM,
    # An organisation policy (gcp.resourceLocations) may say it for all projects, and not every system has to.
    enforcement=Enforcement.ADVISORY,
    why="""Without a storage policy Pub/Sub keeps a message in whichever region its publisher is nearest to: what
    European callers said may lie in America after somebody published from there.""",
    fix="Use the `Topic` component, which keeps messages in the environment's region.",
    fix_raw="Set `messageStoragePolicy.allowedPersistenceRegions`.",
    rows=(111,),
    types=["gcp:pubsub/topic:Topic"],
    settings=Regions,
)
def topic_keeps_to_regions(topic: Value, stack: Stack, settings: Regions) -> Iterator[Result | str]:
    # Left out, the organisation's policy decides, and without one any region will do:
    # https://cloud.google.com/pubsub/docs/resource-location-restriction
    regions = topic.at("messageStoragePolicy.allowedPersistenceRegions")
    chosen = list(regions.items())
    if not chosen:
        yield f"{regions.path} is left out: messages may be kept in any region"

    def check(region: Value) -> Iterator[str]:
        name = region.text("")
        if settings.allowed_regions and name not in settings.allowed_regions:
            yield f"{region.path} is '{name}', which is none of the allowed regions"

    yield from each(chosen, check)
