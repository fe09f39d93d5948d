"""Links: two uses never overwrite what each other told the workload."""

from __future__ import annotations

from typing import Any

import pytest

from components.component import Environment
from components.errors import LinkError
from components.links import Access, variables_of
from components.security.identity import Identity
from tests.components.harness import plan_of


def use(target: str, **variables: Any) -> Access:
    return Access(
        verb="use", target=f"urn:pulumi:prod::voicestack::test::{target}", grants=(), variables=variables
    )


def variables(*uses: Access) -> dict[str, Any]:
    """The environment that `uses` set for one identity."""
    found: dict[str, Any] = {}

    def program(env: Environment) -> None:
        found.update(variables_of(uses, Identity("api", env=env, description="Uses.")))

    plan_of(program)
    return found


def test_two_entities_that_set_one_variable_are_refused_and_both_are_named() -> None:
    with pytest.raises(LinkError, match="two uses set the environment variable STORE_URL") as caught:
        variables(use("first", STORE_URL="a"), use("second", STORE_URL="b"))
    assert "::first" in caught.value.why
    assert "::second" in caught.value.why


def test_two_uses_of_one_entity_set_its_variables_once() -> None:
    assert variables(use("store", STORE_URL="a"), use("store", STORE_URL="a")) == {"STORE_URL": "a"}


def test_a_variable_can_depend_on_who_uses_the_entity() -> None:
    assert variables(use("store", STORE_USER=lambda identity: identity.account_id)) == {
        "STORE_USER": "voicestack-api"
    }
