"""Whether something is set is known before what it will be."""

from __future__ import annotations

import pytest

from analysis.value import NotKnown, Value
from plan.plan import Resource
from plan.sentinels import UNKNOWN, secret

STACK = "urn:pulumi:prod::demo::"
MADE_BY_GOOGLE = f"{STACK}acme:Edge$gcp:compute/healthCheck:HealthCheck::check"
ANOTHER_STACK = f"{STACK}pulumi:pulumi:StackReference::acme/network/prod"


def block(raw: object, *urns: str) -> Value:
    """`template.check` of a resource whose template comes from `urns`."""
    made = Resource(
        urn=f"{STACK}gcp:compute/backendService:BackendService::one",
        type="gcp:compute/backendService:BackendService",
        name="one",
        custom=True,
        parent=None,
        inputs={"template": {"check": raw}},
        propertyDependencies={"template": list(urns)},
    )
    return Value.of(made).at("template.check")


def test_what_google_will_make_is_set_before_it_is_made() -> None:
    assert block(UNKNOWN, MADE_BY_GOOGLE).present
    assert block(UNKNOWN, MADE_BY_GOOGLE).has_text


@pytest.mark.parametrize("urns", [(), (ANOTHER_STACK,), ("urn", "a::b")])
def test_an_unknown_that_may_turn_out_to_be_nothing_is_not_known_to_be_set(urns: tuple[str, ...]) -> None:
    with pytest.raises(NotKnown):
        assert block(UNKNOWN, *urns).present
    with pytest.raises(NotKnown):
        assert block(UNKNOWN, *urns).has_text


def test_a_text_around_something_unknown_is_set() -> None:
    assert block(f"projects/{UNKNOWN}/keys").present
    assert block(f"projects/{UNKNOWN}/keys").has_text


def test_a_secret_is_set_whatever_it_is() -> None:
    assert block(secret()).present


def test_what_is_left_out_is_not_set_though_its_neighbours_come_from_google() -> None:
    assert not block(None, MADE_BY_GOOGLE).present
    assert not block("  ", MADE_BY_GOOGLE).has_text
