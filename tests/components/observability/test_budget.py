"""The budget: this project's month, told at each amount and before the limit is reached."""

from __future__ import annotations

from typing import Any

import pytest

from components.component import Environment
from components.errors import ComponentError
from components.observability.alerting import Alerting
from components.observability.budget import BillingAccount, Budget
from tests.components.harness import only, plan_of


def _budget(*, limit: int = 1000, warn_at: tuple[int, ...] = (500,), emails: int = 1) -> dict[str, Any]:
    def program(env: Environment) -> None:
        alerting = Alerting("alerting", env=env, emails=[f"a{n}@acme.example" for n in range(max(emails, 1))])
        Budget(
            "monthly",
            env=env,
            account=BillingAccount(id="012345-6789AB-CDEF01", currency="USD"),
            limit=limit,
            warn_at=warn_at,
            emails=alerting.emails[:emails],
        )

    return only(plan_of(program), "gcp:billing/budget:Budget").inputs


def test_a_budget_of_1000_warns_at_500_800_1000_and_when_1000_is_forecast() -> None:
    budget = _budget()
    assert budget["amount"] == {"specifiedAmount": {"currencyCode": "USD", "units": "1000"}}
    assert [(rule["thresholdPercent"], rule["spendBasis"]) for rule in budget["thresholdRules"]] == [
        (0.5, "CURRENT_SPEND"),
        (0.8, "CURRENT_SPEND"),
        (1.0, "CURRENT_SPEND"),
        (1.0, "FORECASTED_SPEND"),
    ]


def test_an_amount_of_ones_own_becomes_a_share_of_the_limit() -> None:
    assert 0.3 in [rule["thresholdPercent"] for rule in _budget(limit=2000, warn_at=(600,))["thresholdRules"]]


def test_only_this_project_counts_by_its_number_before_credits() -> None:
    assert _budget()["budgetFilter"] == {
        "projects": ["projects/123456789012"],
        "calendarPeriod": "MONTH",
        "creditTypesTreatment": "EXCLUDE_ALL_CREDITS",
    }


def test_the_alerts_addresses_are_told_not_the_accounts_administrators() -> None:
    rule = _budget()["allUpdatesRule"]
    assert len(rule["monitoringNotificationChannels"]) == 1
    assert rule["disableDefaultIamRecipients"] is True


@pytest.mark.parametrize(
    "changes", [{"limit": 0, "warn_at": ()}, {"warn_at": (1500,)}, {"emails": 0}, {"emails": 6}]
)
def test_a_budget_that_contradicts_itself_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ComponentError):
        _budget(**changes)


@pytest.mark.parametrize(("id_", "currency"), [("1234", "USD"), ("012345-6789AB-CDEF01", "dollar")])
def test_a_billing_account_of_another_form_is_refused(id_: str, currency: str) -> None:
    with pytest.raises(ComponentError):
        BillingAccount(id=id_, currency=currency)
