"""Somebody is told before a month's cost runs away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pydantic import Field

from analysis.stack import Stack
from analysis.stores.subscriptions import TOPIC
from analysis.telemetry.alerts import CHANNEL
from analysis.value import Value
from policies.engine.policy import Looked, Problem, Result, Settings, Severity, resource_policy, stack_policy

BUDGET: Final = "gcp:billing/budget:Budget"
_ABSURD: Final = 10
"""Thresholds are shares of the amount, 0.5 for 50 %; whoever writes 50 is told at 5,000 %."""


@stack_policy(
    id="budget-exists",
    title="The stack has a budget",
    severity=Severity.MEDIUM,
    why="A runaway loop of model calls can spend a month's money overnight; without a budget the invoice tells.",
    fix="Make a `Budget` component in the stack (`stacks/watch.py` does).",
    fix_raw="Add a `gcp.billing.Budget` for the project with `thresholdRules`.",
    rows=(183,),
)
def budget_exists(stack: Stack, settings: Settings) -> Iterator[Result]:
    yield Looked(stack.root)
    if not stack.of_type(BUDGET):
        yield Problem(stack.root, "no budget watches what the project spends")


class InTime(Settings):
    """What may be set."""

    first_warning: float = Field(
        default=0.9, gt=0, le=1, description="The share of the amount at which somebody must have been told."
    )


@resource_policy(
    id="budget-warns-in-time",
    title="A budget warns before all of it is spent",
    severity=Severity.MEDIUM,
    settings=InTime,
    why="""A budget without thresholds tells nobody anything, and one whose first is the whole amount tells when
    it is too late to do something about this month.""",
    fix="Use the `Budget` component: it warns at 50, 80 and 100 %, and when the forecast says so.",
    fix_raw="Add `thresholdRules` with `thresholdPercent` 0.5, 0.8 and 1.0: they are shares, not percent.",
    rows=(183,),
    types=[BUDGET],
)
def warns_in_time(budget: Value, stack: Stack, settings: InTime) -> Iterator[str]:
    rules = list(budget["thresholdRules"].items())
    if not rules:
        yield "thresholdRules are left out: nobody is told when the budget is spent"
        return
    first = min(rule["thresholdPercent"].number(0.0) for rule in rules)
    if not first <= settings.first_warning:
        slip = " (1.0 is 100 %)" if first >= _ABSURD else ""
        yield f"the first of thresholdRules is at {first * 100:g} % of the amount{slip}: too late for this month"


class ToWhom(Settings):
    """What may be set."""

    administrators_suffice: bool = Field(
        default=False,
        description="Whether it is enough that the billing account's administrators and users get an e-mail.",
    )


@resource_policy(
    id="budget-tells-somebody",
    title="A budget tells those who run the system",
    severity=Severity.MEDIUM,
    settings=ToWhom,
    why="""By itself a budget writes to the administrators of the billing account: people in finance, who can
    neither see which service spends nor stop it.""",
    fix="Give the `Budget` the e-mail channels of `Alerting` (`emails=alerting.emails`).",
    fix_raw="""Set `allUpdatesRule.monitoringNotificationChannels` to e-mail channels, or `pubsubTopic` to a
    topic that somebody acts on.""",
    rows=(183,),
    types=[BUDGET],
)
def tells_somebody(budget: Value, stack: Stack, settings: ToWhom) -> Iterator[str]:
    rule = budget["allUpdatesRule"]
    listed = rule["monitoringNotificationChannels"]
    topic = rule["pubsubTopic"]
    channels = stack.yielding(rule, CHANNEL) if list(listed.items()) else []
    if (topic.is_unknown and stack.yielding(rule, TOPIC)) or (not topic.is_unknown and topic.text("")):
        return
    if channels:
        # https://cloud.google.com/billing/docs/how-to/budgets-notification-recipients#cloud-monitoring
        if not any(Value.of(channel)["type"].text("") == "email" for channel in channels):
            yield f"{listed.path} name no e-mail channel, the only kind that a budget writes to"
        return
    if any(one.text("") for one in listed.items()) or topic.text(""):
        return
    if rule["enableProjectLevelRecipients"].flag(False):
        return
    nobody = rule["disableDefaultIamRecipients"].flag(False)
    if nobody:
        yield f"{listed.path} are left out and disableDefaultIamRecipients is true: the budget tells nobody"
    elif not settings.administrators_suffice:
        yield f"{listed.path} are left out: only the billing account's administrators are told"
