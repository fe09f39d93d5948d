"""What failed waits until somebody can have looked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pydantic import Field

from analysis.stack import Stack
from analysis.stores.subscriptions import SUBSCRIPTION, dead_letter_topics, topics_of
from analysis.value import Value
from policies.engine.policy import Settings, Severity, resource_policy

_DAY_S: Final = 86_400


class Attention(Settings):
    """How soon somebody looks."""

    days: int = Field(
        default=7,
        ge=1,
        le=31,
        description="Days for which a dead letter must wait for somebody who looks: a weekend, and holidays.",
    )


@resource_policy(
    id="dead-letters-await-somebody",
    title="Dead letters are kept until somebody can have looked at them",
    severity=Severity.MEDIUM,
    why="""A dead letter is the only copy of work that failed. Where the subscription that holds it keeps messages
    for a day, what failed on Friday evening is deleted before anybody reads the alert.""",
    fix="Use the `Topic` component: it keeps dead letters for 31 days.",
    fix_raw="Set `messageRetentionDuration` of the subscription for dead letters to a week (604800s) or more.",
    types=[SUBSCRIPTION],
    settings=Attention,
)
def dead_letters_await_somebody(subscription: Value, stack: Stack, settings: Attention) -> Iterator[str]:
    if not topics_of(stack, subscription["topic"]) & stack.once(dead_letter_topics):
        return
    # A week is the default and the least that needs no word:
    # https://cloud.google.com/pubsub/docs/subscription-properties#message_retention_duration
    kept = subscription["messageRetentionDuration"]
    days = kept.seconds(7 * _DAY_S) / _DAY_S
    if days < settings.days:
        said = "" if kept.present else "left out, which means "
        yield f"{kept.path} is {said}{days:g} days, less than the {settings.days} that somebody may need"
