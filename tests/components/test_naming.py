"""Names: made in one place, within Google's limits, never cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.errors import NamingError
from components.naming import Kind, Naming, checked

NAMING = Naming("voicestack", "prod", "acme-voice-prod")


def test_a_name_says_system_environment_and_purpose() -> None:
    assert NAMING.name(Kind.CLOUD_RUN, "api") == "voicestack-prod-api"
    assert NAMING.name(Kind.DATASET, "analytics") == "voicestack_prod_analytics"


def test_a_name_too_long_is_refused_and_never_cut() -> None:
    with pytest.raises(NamingError) as caught:
        NAMING.name(Kind.CLOUD_RUN, "a" * 40)
    text = str(caught.value)
    assert "characters" in text
    assert "49" in text, "the message must say what Google allows"


@pytest.mark.parametrize(("name", "fix"), [("a" * 31, "shorten"), ("a" * 5, "lengthen")])
def test_a_name_of_the_wrong_length_is_told_in_which_direction_to_change_it(name: str, fix: str) -> None:
    with pytest.raises(NamingError) as caught:
        checked(name, Kind.SERVICE_ACCOUNT)
    assert "6 to 30" in caught.value.why
    assert caught.value.fix.startswith(fix), f"{len(name)} characters: the fix is to {fix}"


def test_what_google_keeps_carries_the_generation() -> None:
    second = Naming("voicestack", "prod", "acme-voice-prod", generation=2)
    assert second.name(Kind.KMS, "keys", kept=True) != NAMING.name(Kind.KMS, "keys", kept=True)
    assert second.name(Kind.KMS, "keys") == NAMING.name(Kind.KMS, "keys")


def test_a_global_name_is_the_same_tomorrow_and_another_in_another_project() -> None:
    elsewhere = Naming("voicestack", "prod", "other-voice-prod")
    mine = NAMING.name(Kind.BUCKET, "recordings", unique=True)
    assert mine == NAMING.name(Kind.BUCKET, "recordings", unique=True)
    assert mine != elsewhere.name(Kind.BUCKET, "recordings", unique=True)


@given(
    st.sampled_from(list(Kind)),
    st.from_regex(r"[a-z][a-z0-9-]{0,70}", fullmatch=True),
    st.booleans(),
    st.booleans(),
)
def test_a_name_is_within_the_limits_or_an_error(kind: Kind, purpose: str, kept: bool, unique: bool) -> None:
    try:
        made = NAMING.name(kind, purpose, kept=kept, unique=unique)
    except NamingError:
        return
    assert kind.value.shortest <= len(made) <= kind.value.longest
