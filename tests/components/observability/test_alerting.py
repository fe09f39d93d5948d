"""Notification channels: e-mail for everything, PagerDuty besides for pages, its key never in clear."""

from __future__ import annotations

import json

import pytest

from components.component import Environment
from components.errors import ComponentError
from components.observability.alerting import Alerting
from plan.sentinels import is_secret
from tests.components.harness import Registered, of_type, plan_of

CHANNEL = "gcp:monitoring/notificationChannel:NotificationChannel"
KEY = "0123456789abcdef0123456789abcdef"
TWO = ["oncall@acme.example", "platform@acme.example"]


def _routes(*emails: str, pagerduty_key: str | None = None) -> tuple[list[Registered], list[int]]:
    sizes: list[int] = []

    def program(env: Environment) -> None:
        made = Alerting("alerting", env=env, emails=emails, pagerduty_key=pagerduty_key)
        sizes.extend([len(made.routing.page), len(made.routing.notify), len(made.emails)])

    return of_type(plan_of(program), CHANNEL), sizes


def test_pages_go_to_pagerduty_and_every_address_notices_to_the_addresses() -> None:
    channels, (page, notify, emails) = _routes(*TWO, pagerduty_key=KEY)
    assert sorted(one.inputs["type"] for one in channels) == ["email", "email", "pagerduty"]
    assert (page, notify, emails) == (3, 2, 2)


def test_without_a_pagerduty_key_pages_go_to_e_mail() -> None:
    channels, (page, notify, _) = _routes(*TWO)
    assert {one.inputs["type"] for one in channels} == {"email"}
    assert (page, notify) == (2, 2)


def test_the_pagerduty_key_is_a_secret_of_the_channel() -> None:
    channels, _ = _routes(*TWO, pagerduty_key=KEY)
    (pager,) = [one for one in channels if one.inputs["type"] == "pagerduty"]
    assert is_secret(pager.inputs["sensitiveLabels"]), "wrap the key in Output.secret"
    rest = {key: value for key, value in pager.inputs.items() if key != "sensitiveLabels"}
    assert KEY not in json.dumps(rest)


def test_reordering_the_addresses_renames_no_channel() -> None:
    there, _ = _routes(*TWO)
    back, _ = _routes(*reversed(TWO))
    assert {(one.name, one.inputs["labels"]["email_address"]) for one in there} == {
        (one.name, one.inputs["labels"]["email_address"]) for one in back
    }


@pytest.mark.parametrize(("emails", "what"), [((), "no e-mail"), (("oncall",), "is not an e-mail")])
def test_an_address_that_reaches_nobody_is_refused(emails: tuple[str, ...], what: str) -> None:
    with pytest.raises(ComponentError, match=what):
        _routes(*emails)
