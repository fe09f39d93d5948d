"""What conditions of alerts read, in each of the languages they are written in."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.telemetry.series import Series, in_filter, in_mql, in_promql, promql_name

BACKLOG = "pubsub.googleapis.com/subscription/num_undelivered_messages"
SUBSCRIPTION = {"subscription_id": "jobs-dead-letter"}


def picks(found: Iterator[Series], metric: str, labels: dict[str, str]) -> list[bool | None]:
    return [one.picks(labels) for one in found if one.metric == promql_name(metric)]


@pytest.mark.parametrize(
    ("query", "answers"),
    [
        (
            'pubsub_googleapis_com:subscription_num_undelivered_messages{subscription_id="jobs-dead-letter"} > 0',
            [True],
        ),
        ('pubsub_googleapis_com:subscription_num_undelivered_messages{subscription_id="jobs"} > 0', [False]),
        ("sum(pubsub_googleapis_com:subscription_num_undelivered_messages) > 0", [True]),
        ('pubsub_googleapis_com:subscription_num_undelivered_messages{subscription_id=~".*-dead-letter"}', [True]),
        ('pubsub_googleapis_com:subscription_num_undelivered_messages{subscription_id=~"jobs"}', [False]),
        ('pubsub_googleapis_com:subscription_num_undelivered_messages{subscription_id!~"x{2}|}"}', [True]),
        ('pubsub_googleapis_com:subscription_num_undelivered_messages{subscription_id=~"(a+)+"}', [None]),
        ('{__name__="pubsub.googleapis.com/subscription/num_undelivered_messages"}', [True]),
        (
            '{"pubsub.googleapis.com/subscription/num_undelivered_messages", subscription_id!="jobs-dead-letter"}',
            [False],
        ),
        # The name within a text is not a series.
        ('up{note="pubsub_googleapis_com:subscription_num_undelivered_messages"}', []),
        ("pubsub_googleapis_com:subscription_num_undelivered_messages_too > 0", []),
        ("", []),
        ("{{{", []),
    ],
)
def test_promql(query: str, answers: list[bool | None]) -> None:
    assert picks(in_promql(query), BACKLOG, SUBSCRIPTION) == answers


@pytest.mark.parametrize(
    ("rest", "answers"),
    [
        ("", [True]),
        (' AND resource.labels.subscription_id="jobs-dead-letter"', [True]),
        (' AND resource.label.subscription_id = "jobs"', [False]),
        (' AND resource.labels."subscription_id" = ends_with("-dead-letter")', [True]),
        (' AND resource.labels.subscription_id = starts_with("-dead-letter")', [False]),
        (' AND resource.labels.subscription_id = one_of("a", "jobs-dead-letter")', [True]),
        (' AND resource.labels.subscription_id != has_substring("dead")', [False]),
        (' AND resource.labels.subscription_id = monitoring.regex.full_match("jobs-.*")', [True]),
        (' AND resource.labels.subscription_id = something.new("jobs-.*")', [None]),
    ],
)
def test_a_threshold(rest: str, answers: list[bool | None]) -> None:
    text = f'resource.type = "pubsub_subscription" AND metric.type = "{BACKLOG}"{rest}'
    assert picks(in_filter(text), BACKLOG, SUBSCRIPTION) == answers


@pytest.mark.parametrize(
    ("query", "answers"),
    [
        (
            f"fetch pubsub_subscription | metric '{BACKLOG}' | filter resource.subscription_id =~ '.*letter'",
            [True],
        ),
        (f"fetch pubsub_subscription::{BACKLOG} | filter resource.subscription_id =~ 'jobs'", [False]),
        ("fetch pubsub_subscription", []),
    ],
)
def test_mql(query: str, answers: list[bool | None]) -> None:
    assert picks(in_mql(query), BACKLOG, SUBSCRIPTION) == answers


def test_a_distribution_is_known_by_any_of_its_parts() -> None:
    for suffix in ("_bucket", "_sum", "_count"):
        assert picks(
            in_promql(f"run_googleapis_com:request_latencies{suffix} > 1"),
            "run.googleapis.com/request_latencies",
            {},
        )


@pytest.mark.parametrize(
    ("query", "above"),
    [
        ('sum by (who) (increase(a:b{c="d"}[10m])) > 0', 0),
        ("sum(rate(a:b[5m])) >= 0.5", 0.5),
        ('label_replace(a:b{c="d"} > 12, "problem", "x", "", "")', 12),
        ('a:b{c="d"} / a:z > 5', 5),
        ("a:b < 5", None),
        ("0 < a:b", None),
        ("a:b", None),
        ('a:b{c="d"} == 3 and a:z > 5', None),
    ],
)
def test_what_a_series_is_compared_with(query: str, above: float | None) -> None:
    assert next(in_promql(query)).above == above


def test_what_is_left_out_is_told_from_what_is_not_asked() -> None:
    (failed,) = in_promql('run_googleapis_com:request{response_code_class="5xx"}')
    assert failed.tells_apart("response_code_class", "2xx")
    assert not failed.tells_apart("response_code_class", "5xx")
    assert not failed.tells_apart("service_name", "api")


@given(
    st.lists(st.sampled_from(["api", "worker", "api-2", 'a"b', "{x}", "\\"]), max_size=4),
    st.sampled_from(["=", "!="]),
)
def test_every_selector_of_a_query_is_found_with_its_own_label(names: list[str], operator: str) -> None:
    def quoted(text: str) -> str:
        return text.replace("\\", "\\\\").replace('"', '\\"')

    query = " + ".join(f'sum(run_googleapis_com:x{{service_name{operator}"{quoted(one)}"}}[5m])' for one in names)
    found = [one for one in in_promql(query) if one.metric == "run_googleapis_com:x"]
    assert len(found) == len(names)
    for series, name in zip(found, names, strict=True):
        assert series.picks({"service_name": name}) is (operator == "=")


@pytest.mark.parametrize("part", ["a", "a:", " ", "{", "{a", '{"', "a.", "metric.", "x{a='", "(", "1", ">"])
def test_a_long_text_takes_no_long_time(part: str) -> None:
    """The test's own time is the assertion: what is quadratic takes minutes."""
    for read in (in_promql, in_filter, in_mql):
        assert list(read(part * 100_000)) is not None


@given(
    st.text(alphabet="a:_{}[]()\"'\\=~!,. \n|metricxfilterosu", max_size=80),
    st.sampled_from([in_promql, in_filter, in_mql]),
)
def test_no_text_raises(text: str, read: Callable[[str], Iterator[Series]]) -> None:
    for series in read(text):
        assert series.picks({"a": "b"}) in (True, False, None)
