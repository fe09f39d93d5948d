"""Budget: what the project may cost a month, and who is told on the way there.

It tells, it does not stop anything. Weekly cost by service is not made here, because it cannot be: Google offers
no API to switch on a billing account's export to BigQuery (an administrator of the account does it once, in the
console: https://cloud.google.com/billing/docs/how-to/export-data-bigquery-setup); from then on it is one query of
that data set. A system without a billing account in its settings makes no Budget.

Needed besides this: the provider with `user_project_override` and `billing_project` (the Budgets API charges its
quota to a project), and for whoever runs `up` either `roles/billing.costsManager` on the billing account or, for
this one project, `billing.resourcebudgets.write` on it
(https://cloud.google.com/billing/docs/how-to/budget-api-access-control).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import pulumi
from pulumi_gcp import billing

from components.component import Component, Environment
from components.errors import ComponentError
from components.naming import Kind

SHARES = (0.5, 0.8, 1.0)
"""Of the limit, told when spent; the whole limit also when forecast."""
MOST_CHANNELS = 5
"""https://cloud.google.com/billing/docs/reference/budget/rest/v1/billingAccounts.budgets#NotificationsRule"""


@dataclass(frozen=True, kw_only=True)
class BillingAccount:
    """A billing account's ID (`012345-6789AB-CDEF01`) and its currency (ISO 4217): budgets are in no other.

    Raises ComponentError for an ID or a currency of another form.
    """

    id: str
    currency: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}", self.id):
            raise ComponentError(
                f"'{self.id}' is not a billing account",
                why="its ID is three groups of six hexadecimal digits",
                fix="take it from `gcloud billing accounts list`",
            )
        if not re.fullmatch(r"[A-Z]{3}", self.currency):
            raise ComponentError(
                f"'{self.currency}' is not a currency",
                why="a budget is refused unless it is in the billing account's own (ISO 4217)",
                fix="write it as USD or EUR",
            )


class Budget(Component):
    """A monthly budget of this project alone."""

    family: ClassVar[str] = "observability"

    budget: billing.Budget

    def __init__(
        self,
        name: str,
        *,
        env: Environment,
        account: BillingAccount,
        limit: int,
        warn_at: Sequence[int] = (),
        emails: Sequence[pulumi.Input[str]],
        topic: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`limit` and `warn_at`: whole units of the account's currency a month, the latter told besides 50, 80
        and 100 % of the former. `emails`: names of e-mail channels (`Alerting.emails`), at most five. `topic`:
        `projects/<p>/topics/<t>`, for whoever acts on messages.

        Raises ComponentError for amounts that contradict each other, or no or too many channels.
        """
        wrong = [amount for amount in warn_at if not 0 < amount <= limit]
        if limit <= 0 or wrong:
            raise ComponentError(
                f"'{name}' has a limit of {limit} and warns at {', '.join(map(str, wrong)) or 'nothing'}",
                why="a warning comes before the limit, and both are positive",
                fix="raise the limit or lower the warning",
            )
        if not 1 <= len(emails) <= MOST_CHANNELS:
            raise ComponentError(
                f"'{name}' tells {len(emails)} channels",
                why=f"Google takes at most {MOST_CHANNELS}, and one that tells nobody is none",
                fix="name one to five e-mail channels",
            )
        super().__init__(name, env=env, opts=opts)
        spent = sorted({*SHARES, *(round(amount / limit, 4) for amount in warn_at)})
        self.budget = billing.Budget(
            name,
            billing_account=account.id,
            display_name=env.naming.name(Kind.BUDGET, name),
            amount=billing.BudgetAmountArgs(
                specified_amount=billing.BudgetAmountSpecifiedAmountArgs(
                    currency_code=account.currency, units=str(limit)
                )
            ),
            budget_filter=billing.BudgetBudgetFilterArgs(
                # The API answers with the number; an ID here would be a difference at every `up`.
                projects=[f"projects/{env.project_number}"],
                calendar_period="MONTH",
                # What is used counts, whether or not a credit pays for it: credits end.
                credit_types_treatment="EXCLUDE_ALL_CREDITS",
            ),
            threshold_rules=[
                *(
                    billing.BudgetThresholdRuleArgs(threshold_percent=share, spend_basis="CURRENT_SPEND")
                    for share in spent
                ),
                billing.BudgetThresholdRuleArgs(threshold_percent=1.0, spend_basis="FORECASTED_SPEND"),
            ],
            all_updates_rule=billing.BudgetAllUpdatesRuleArgs(
                monitoring_notification_channels=list(emails),
                # Not the account's administrators: they have their own budgets.
                disable_default_iam_recipients=True,
                pubsub_topic=topic,
                schema_version="1.0",
            ),
            opts=self.child(depends_on=list(env.apis)),
        )
        self.register_outputs({"budget": self.budget.name})
