"""Logging's query language as it is evaluated here, compared with its documentation and with brute force."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.telemetry.log_entry import ANY, MAYBE, Answer
from analysis.telemetry.log_filter import LogFilter

ENTRY: dict[str, Any] = {
    "logName": "projects/acme/logs/cloudaudit.googleapis.com%2Factivity",
    "severity": "NOTICE",
    "resource": {"type": "gce_network", "labels": {"project_id": ANY, "location": MAYBE}},
    "protoPayload": {
        "@type": "type.googleapis.com/google.cloud.audit.AuditLog",
        "methodName": "v1.compute.networks.insert",
        "status": {"code": 0},
        "done": True,
        "deltas": [{"action": "ADD", "role": "roles/owner"}, {"action": "REMOVE", "role": "roles/viewer"}],
    },
}


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("", True),
        ("  -- only a comment\n", True),
        ('resource.type="gce_network"', True),
        ("resource.type=gce_network", True),
        ("resource.type = GCE_NETWORK", True),
        ('resource.type="gce_route"', False),
        ('resource.type!="gce_route"', True),
        # A field that is not there is not different from anything, but NOT of equal holds.
        ('resource.kind!="x"', False),
        ('NOT resource.kind="x"', True),
        ('-resource.kind="x"', True),
        ('protoPayload.methodName:"compute.networks.insert"', True),
        ('protoPayload.methodName="compute.networks.insert"', False),
        ('protoPayload.methodName=~"networks\\.(insert|patch)$"', True),
        ('protoPayload.methodName!~"networks"', False),
        ('resource.type=("gce_route" OR "gce_network")', True),
        ('resource.type=("gce_route" "gce_network")', False),
        ('resource.type=(NOT "gce_route")', True),
        ('log_id("cloudaudit.googleapis.com/activity")', True),
        ('log_id("cloudaudit.googleapis.com/data_access")', False),
        ('logName="projects/other/logs/cloudaudit.googleapis.com%2Factivity"', True),
        ('logName:"cloudaudit.googleapis.com"', True),
        ('protoPayload."@type"="type.googleapis.com/google.cloud.audit.AuditLog"', True),
        ("protoPayload.deltas:*", True),
        ("protoPayload.nothing:*", False),
        ('protoPayload.deltas.action="REMOVE" AND protoPayload.deltas.role="roles/owner"', True),
        ("severity>=NOTICE", True),
        ("severity>NOTICE", False),
        ("protoPayload.status.code=0", True),
        ("protoPayload.status.code>=0.5", False),
        ("protoPayload.done=true", True),
        ("networks", True),
        ('"networks.insert"', True),
        ("subnetworks", False),
        ('resource.labels.project_id="acme"', True),
        ('resource.labels.project_id!="acme"', False),
        ('resource.labels.location="global"', None),
        ('resource.labels.location="global" AND severity=ERROR', False),
        ('resource.labels.location="global" OR severity=NOTICE', True),
        ('ip_in_net(protoPayload.ip, "10.0.0.0/8")', None),
        ("sample(insertId, 0.1) severity=ERROR", False),
        ('protoPayload.methodName=~"(a+)+$"', None),
        # OR binds closer than AND.
        ("severity=ERROR AND severity=NOTICE OR severity=NOTICE", False),
        ("severity=NOTICE OR severity=NOTICE AND severity=ERROR", False),
        ("severity=NOTICE\nresource.type=gce_network -- both\n", True),
        ("((((severity=NOTICE))))", True),
        # No filters.
        ("severity=", None),
        ("(severity=NOTICE", None),
        ("severity=NOTICE)", None),
        ("AND", None),
        ("a.b", None),
        ('"', None),
        ("(" * 5000, None),
        ("NOT " * 5000 + "a", None),
        ("a " * 20_000, None),
    ],
)
def test_a_filter_answers_as_the_language_says(text: str, answer: Answer) -> None:
    assert LogFilter.read(text).matches(ENTRY) is answer


# Expressions of three facts, as trees: an atom's truth, ("not", x), ("or", …), ("and", …).
Tree = Any
trees: st.SearchStrategy[Tree] = st.recursive(
    st.booleans(),
    lambda below: st.one_of(
        st.tuples(st.just("not"), below),
        st.tuples(st.sampled_from(["or", "and", "beside"]), below, below),
    ),
    max_leaves=12,
)


def _written(tree: Tree) -> str:
    match tree:
        case True | False:
            return "severity=NOTICE" if tree else "severity=ERROR"
        case ("not", below):
            return f"NOT ({_written(below)})"
        case (word, left, right):
            between = {"or": " OR ", "and": " AND ", "beside": "\n"}[word]
            return f"({_written(left)}){between}({_written(right)})"
    raise AssertionError(tree)


def _truth(tree: Tree) -> bool:
    match tree:
        case True | False:
            return bool(tree)
        case ("not", below):
            return not _truth(below)
        case ("or", left, right):
            return _truth(left) or _truth(right)
        case (_, left, right):
            return _truth(left) and _truth(right)
    raise AssertionError(tree)


@given(trees)
def test_any_expression_answers_as_its_parts_do(tree: Tree) -> None:
    assert LogFilter.read(_written(tree)).matches(ENTRY) is _truth(tree)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=6))
def test_without_brackets_or_binds_closer_than_and(words: list[tuple[bool, bool]]) -> None:
    """Each word: (is joined to the one before by OR, its truth)."""
    groups: list[list[bool]] = []
    text = ""
    for joined, truth in words:
        if groups and joined:
            groups[-1].append(truth)
            text += " OR "
        else:
            groups.append([truth])
            text += " AND " if text else ""
        text += "severity=NOTICE" if truth else "severity=ERROR"
    assert LogFilter.read(text).matches(ENTRY) is all(any(group) for group in groups)


@pytest.mark.parametrize(
    "text",
    [
        "-- " * 3000 + '\n"',
        "a" * 19_000,
        "(a " * 6000,
        '"' + "\\" * 9000,
        "a=(b OR " * 2000,
        "- " * 9000,
        "a OR " * 3000,
    ],
)
def test_a_long_text_takes_no_long_time(text: str) -> None:
    """The test's own time is the assertion: what backtracks takes for ever."""
    assert LogFilter.read(text).matches(ENTRY) in (True, False, None)


@given(st.text(alphabet="ab=:~!<>().,\"'-* \n\\ANDORT", max_size=60))
def test_no_text_raises(text: str) -> None:
    assert LogFilter.read(text).matches(ENTRY) in (True, False, None)
