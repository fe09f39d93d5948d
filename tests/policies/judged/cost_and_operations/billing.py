"""Budgets: whether there is one, when it warns and whom it tells."""

from __future__ import annotations

from typing import Any

import pulumi
from pulumi_gcp import billing, monitoring, pubsub

from policies.cost_and_operations.billing.budget import budget_exists, tells_somebody, warns_in_time
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.unknowns import unknown


def _budget(name: str, **more: Any) -> None:
    amount = billing.BudgetAmountSpecifiedAmountArgs(units="100")
    billing.Budget(
        name,
        billing_account="000000-000000-000000",
        amount=billing.BudgetAmountArgs(specified_amount=amount),
        **more,
    )


@judged(
    budget_exists,
    {"good-budget": PASSED, "stack": PASSED},
    unknown="a budget is there or not",
    secret="a budget is there or not",
)
def good() -> None:
    _budget("good-budget")


@judged(budget_exists, {"stack": VIOLATED})
def bad_without_any() -> None:
    pubsub.Topic("another", name="another")


@judged(budget_exists, {"stack": VIOLATED})
def absent_everything() -> None:
    pulumi.Output.secret("nothing is made")


def _at(*shares: Any) -> list[billing.BudgetThresholdRuleArgs]:
    return [billing.BudgetThresholdRuleArgs(threshold_percent=share) for share in shares]


@judged(
    warns_in_time,
    {
        "good-half": PASSED,
        "good-in-any-order": PASSED,
        "bad-only-when-spent": VIOLATED,
        # 50 is 5,000 %: a slip that no API refuses.
        "bad-percent-for-shares": VIOLATED,
        "bad-empty": VIOLATED,
        "absent-rules": VIOLATED,
        "unknown-rules": NOT_EVALUATED,
        "unknown-share": NOT_EVALUATED,
        "secret-rules": NOT_EVALUATED,
    },
)
def thresholds() -> None:
    _budget("good-half", threshold_rules=_at(0.5, 1.0))
    _budget("good-in-any-order", threshold_rules=_at(1.0, 0.8))
    _budget("bad-only-when-spent", threshold_rules=_at(1.0, 1.5))
    _budget("bad-percent-for-shares", threshold_rules=_at(50, 80, 100))
    _budget("bad-empty", threshold_rules=[])
    _budget("absent-rules")
    _budget("unknown-rules", threshold_rules=unknown("rules").apply(lambda _: _at(0.5)))
    _budget("unknown-share", threshold_rules=_at(unknown("share").apply(float)))
    _budget("secret-rules", threshold_rules=pulumi.Output.secret(_at(0.5)))


def _to(*channels: Any, **more: Any) -> billing.BudgetAllUpdatesRuleArgs:
    return billing.BudgetAllUpdatesRuleArgs(monitoring_notification_channels=list(channels) or None, **more)


@judged(
    tells_somebody,
    {
        "good-e-mail": PASSED,
        "good-elsewhere": PASSED,
        "good-topic": PASSED,
        "good-owners": PASSED,
        "bad-nobody": VIOLATED,
        "bad-pager": VIOLATED,
        "absent-rule": VIOLATED,
        "absent-channels": VIOLATED,
        "unknown-channel": NOT_EVALUATED,
        "secret-rule": NOT_EVALUATED,
    },
)
def recipients() -> None:
    mail = monitoring.NotificationChannel("mail", type="email", labels={"email_address": "a@example.com"})
    pager = monitoring.NotificationChannel("pager", type="pagerduty")
    topic = pubsub.Topic("spent", name="spent")
    _budget("good-e-mail", all_updates_rule=_to(mail.name, disable_default_iam_recipients=True))
    _budget("good-elsewhere", all_updates_rule=_to("projects/p/notificationChannels/1"))
    _budget("good-topic", all_updates_rule=_to(pubsub_topic=topic.id))
    _budget("good-owners", all_updates_rule=_to(enable_project_level_recipients=True))
    _budget("bad-nobody", all_updates_rule=_to(disable_default_iam_recipients=True))
    _budget("bad-pager", all_updates_rule=_to(pager.name))
    _budget("absent-rule")
    _budget("absent-channels", all_updates_rule=_to(schema_version="1.0"))
    _budget("unknown-channel", all_updates_rule=_to(unknown()))
    _budget("secret-rule", all_updates_rule=pulumi.Output.secret(_to("projects/p/notificationChannels/1")))
