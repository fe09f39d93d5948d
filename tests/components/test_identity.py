"""Identities: service accounts without keys and without roles."""

from __future__ import annotations

from components.security.identity import Identity
from tests.components.harness import only, plan_of


def test_an_identity_is_one_service_account_and_nothing_else() -> None:
    found = plan_of(lambda env: Identity("api", env=env, description="Runs the API."))
    account = only(found, "gcp:serviceaccount/account:Account")
    assert account.inputs["accountId"] == "voicestack-api"
    assert [one.type for one in found if one.custom] == ["gcp:serviceaccount/account:Account"]
