"""A value is read, missing, or not known; nothing that a plan may hold raises anything else."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.value import NotKnown, Value
from plan.plan import Resource
from plan.sentinels import UNKNOWN, secret

URN = "urn:pulumi:prod::demo::gcp:sql/databaseInstance:DatabaseInstance::db"

scalars = st.none() | st.booleans() | st.floats() | st.text() | st.sampled_from([UNKNOWN, f"x{UNKNOWN}"])
anything = st.recursive(
    scalars | st.just(secret()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "c"]), inner),
    max_leaves=10,
)


def value(inputs: dict[str, Any], defaults: dict[str, Any] | None = None) -> Value:
    return Value.of(
        Resource(
            urn=URN,
            type="gcp:sql/databaseInstance:DatabaseInstance",
            name="db",
            custom=True,
            parent=None,
            inputs=inputs,
            defaults=defaults or {},
        )
    )


def test_what_is_below_something_missing_is_missing() -> None:
    below = value({}).at("settings.ipConfiguration.ipv4Enabled")
    assert not below.present
    assert below.flag(True)
    assert below.path == "settings.ipConfiguration.ipv4Enabled"


def test_the_providers_default_stands_in_for_what_the_program_leaves_out() -> None:
    one = value({"template": {"containers": [{}]}}, {"template.containers[0].name": "app"})
    [container] = one.at("template.containers").items()
    assert container["name"].text() == "app"


def test_a_null_is_missing() -> None:
    assert not value({"a": None})["a"].present


def test_a_single_block_counts_as_a_list_of_one() -> None:
    assert [one["b"].number() for one in value({"a": {"b": 1}})["a"].items()] == [1]


@pytest.mark.parametrize("raw", [UNKNOWN, f"projects/{UNKNOWN}", secret(), {"nested": 1}, [1]])
def test_what_is_no_text_is_not_known(raw: Any) -> None:
    with pytest.raises(NotKnown, match="a"):
        value({"a": raw})["a"].text()


def test_a_secret_is_present_but_cannot_be_read() -> None:
    one = value({"a": secret()})["a"]
    assert one.present
    with pytest.raises(NotKnown, match="is secret"):
        one["b"]


def test_texts_count_as_what_the_provider_reads_in_them() -> None:
    one = value({"a": "true", "b": "80", "c": "1.5s"})
    assert one["a"].flag() is True
    assert one["b"].number() == 80
    assert one["c"].seconds() == 1.5


def test_a_value_never_shows_itself() -> None:
    assert "hunter2" not in repr(value({"password": "hunter2"})["password"])


@given(st.dictionaries(st.sampled_from(["a", "b", "c"]), anything))
def test_reading_raises_nothing_but_not_known(inputs: dict[str, Any]) -> None:
    for path in ("a", "a.b", "a.b.c", "b.a"):
        for read in ("text", "flag", "number", "seconds", "texts", "items", "entries", "present", "is_unknown"):
            try:
                found = getattr(value(inputs).at(path), read)
                list(found() or ()) if read in ("texts", "items", "entries") else callable(found) and found()
            except NotKnown:
                pass


@pytest.mark.parametrize("raw", [10**400, float("inf"), float("nan"), "nan", "1e999"])
def test_a_number_beyond_reach_is_not_known(raw: object) -> None:
    with pytest.raises(NotKnown):
        value({"a": raw})["a"].number()


def test_a_text_that_cannot_be_written_is_not_known() -> None:
    with pytest.raises(NotKnown):
        value({"a": "\ud800"})["a"].text()
