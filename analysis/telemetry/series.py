"""What the condition of an alert reads: metrics with the labels that it picks, whatever language it is written in.

A threshold's filter, PromQL and MQL are read as far as it takes to say "this alert watches that metric of that
thing". Names of metrics are PromQL's (`run_googleapis_com:request_count`), into which the others are turned.
https://cloud.google.com/monitoring/promql/promql-mapping
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from analysis import pattern

Match = Callable[[str], bool | None]
_Picked = tuple[str, Match, str | None]
"""A label, the test of its value, and the value where it must be that one."""
LONGEST: Final = 100_000
"""Characters of a condition that are read; Google takes far fewer."""

_STRING: Final = r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\''
_TEXT: Final = re.compile(_STRING)
_BRACES: Final = re.compile(rf"\{{(?P<body>(?:{_STRING}|[^{{}}\"'])*)\}}")
_RUN: Final = re.compile(r"[\w:]*")
_NAME: Final = re.compile(r"[A-Za-z_:][\w:]*")
_ALONE: Final = re.compile(rf"\s*({_STRING})\s*(?:,|$)")
_LABEL: Final = re.compile(rf"(?P<label>[A-Za-z_]\w*)\s*(?P<operator>=~|!~|!=|=)\s*(?P<value>{_STRING})")
_BARE: Final = re.compile(r"(?<![\w:])[A-Za-z_]\w*:[\w:]+")
_FILTERED: Final = re.compile(
    r"(?P<field>(?:metric|resource|metadata|group|project)(?:\.\w{1,100}|\.\"[^\"]{0,100}\"){1,5})\s{0,20}"
    r"(?P<operator>!=|==|=~|!~|=)\s{0,20}"
    rf"(?:(?P<function>[a-z_][\w.]{{0,100}})\s{{0,20}}\((?P<given>(?:{_STRING}|[^()\"'])*)\)"
    rf"|(?P<value>{_STRING}|[\w./:-]+))"
)
# Repeats that may meet each other are bounded throughout, or a long text takes for ever.
_FETCHED: Final = re.compile(rf"(?:\bmetric\s+(?P<quoted>{_STRING}))|(?:::\s*(?P<bare>[\w./-]+))")
# Whole numbers and fractions, after what closes the functions around a series.
_COMPARED: Final = re.compile(r"[^<>={},\"']{0,60}?>=?\s*(?:bool\s+)?(\d{1,20}(?:\.\d{1,20})?)")
_SUFFIX: Final = re.compile(r"_(?:bucket|sum|count)$")


@dataclass(frozen=True, slots=True)
class Series:
    """A metric and the labels that a condition picks of it: each a label and a test of its value."""

    metric: str
    labels: tuple[tuple[str, Match], ...]
    exact: Mapping[str, str] = field(default_factory=dict)
    """The labels that must have one value, with it."""
    above: float | None = None
    """What it is compared with right after (`… > 5`), where a query says so."""

    def picks(self, wanted: Mapping[str, str]) -> bool | None:
        """Whether series with all the labels `wanted` are among these; None where it cannot be told."""
        found: bool | None = True
        for label, test in self.labels:
            if label in wanted:
                answer = test(wanted[label])
                if answer is False:
                    return False
                found = None if answer is None else found
        return found

    def tells_apart(self, label: str, value: str) -> bool:
        """Whether series with that `value` of `label` are certainly left out."""
        return any(test(value) is False for name, test in self.labels if name == label)


@lru_cache(maxsize=4096)
def promql_name(metric: str) -> str:
    """PromQL's name of a metric type: `run.googleapis.com/request_count` is `run_googleapis_com:request_count`."""
    first, slash, rest = metric.partition("/")
    if not slash:
        return metric
    return re.sub(r"[^A-Za-z0-9_]", "_", first) + ":" + re.sub(r"[^A-Za-z0-9_]", "_", rest)


def in_promql(query: str) -> Iterator[Series]:
    """The series that a PromQL query reads."""
    query, at = query[:LONGEST], 0
    between: list[str] = []
    for match in _BRACES.finditer(query):
        before = query[at : match.start()].rstrip()
        name = _last_name(before)
        between.append(before.removesuffix(name))
        at = match.end()
        labels = {one["label"]: one for one in _LABEL.finditer(match["body"])}
        named = labels.pop("__name__", None)
        if not name and named is not None:
            name = promql_name(_unquoted(named["value"]))
        elif not name:
            # A name that PromQL would not take bare stands alone between the braces, in quotes.
            alone = _ALONE.match(match["body"])
            name = promql_name(_unquoted(alone[1])) if alone else ""
        if name:
            picked = [(key, one["operator"], _unquoted(one["value"])) for key, one in labels.items()]
            yield from _named(name, [_picked(*one) for one in picked], _above(query, match.end()))
    rest = " ".join((*between, query[at:]))
    if ":" not in rest:
        return
    plain = _TEXT.sub('""', rest)
    for bare in _BARE.finditer(plain):
        yield from _named(bare[0], [], _above(plain, bare.end()))


def _last_name(text: str) -> str:
    """The name that a text ends with, or ''. Read from its end: to search for names takes longer."""
    run = _RUN.match(text[::-1])
    name = run[0][::-1] if run else ""
    return name if _NAME.fullmatch(name) else ""


def _above(query: str, at: int) -> float | None:
    """The number that comes after the next `>`, where no other series comes before it."""
    found = _COMPARED.match(query, at)
    return float(found[1]) if found else None


def in_filter(text: str) -> Iterator[Series]:
    """The series that a filter of Cloud Monitoring picks, as a threshold has it.

    https://cloud.google.com/monitoring/api/v3/filters
    """
    metrics: list[str] = []
    picked: list[_Picked] = []
    for match in _FILTERED.finditer(text[:LONGEST]):
        if match["field"] == "metric.type":
            metrics.append(_unquoted(match["value"] or ""))
        else:
            picked.append(_filtered(match))
    for metric in metrics:
        yield from _named(promql_name(metric), picked)


def in_mql(query: str) -> Iterator[Series]:
    """The series that a query in the older Monitoring Query Language reads."""
    query = query[:LONGEST]
    picked = [_filtered(match) for match in _FILTERED.finditer(query)]
    for match in _FETCHED.finditer(query):
        yield from _named(promql_name(_unquoted(match["quoted"] or match["bare"])), picked)


def _named(name: str, picked: Sequence[_Picked], above: float | None = None) -> Iterator[Series]:
    tests = tuple((label, test) for label, test, _ in picked)
    exact = {label: value for label, _, value in picked if value is not None}
    yield Series(name, tests, exact, above)
    # A distribution is read by its parts.
    whole = _SUFFIX.sub("", name)
    if whole != name:
        yield Series(whole, tests, exact, above)


def _filtered(match: re.Match[str]) -> _Picked:
    """What one comparison picks."""
    label = _unquoted(match["field"].rpartition(".")[2])
    operator = "=" if match["operator"] == "==" else match["operator"]
    if match["function"] is None:
        return _picked(label, operator, _unquoted(match["value"]))
    given = [_unquoted(one) for one in re.findall(_STRING, match["given"])]
    first = given[0] if given else ""
    picks: dict[str, Match] = {
        "one_of": lambda value: value in given,
        "starts_with": lambda value: value.startswith(first),
        "ends_with": lambda value: value.endswith(first),
        "has_substring": lambda value: first in value,
        "monitoring.regex.full_match": lambda value: pattern.full_match(first, value),
    }
    test = picks.get(match["function"], lambda _: None)
    return label, _opposite(test) if operator == "!=" else test, None


def _picked(label: str, operator: str, wanted: str) -> _Picked:
    test: Match
    if operator in ("=", "!="):
        test = lambda value: value == wanted  # noqa: E731 - two tests of one shape
    else:
        test = lambda value: pattern.full_match(wanted, value)  # noqa: E731
    if operator.startswith("!"):
        return label, _opposite(test), None
    return label, test, wanted if operator == "=" else None


def _opposite(test: Match) -> Match:
    def opposite(value: str) -> bool | None:
        answer = test(value)
        return None if answer is None else not answer

    return opposite


def _unquoted(text: str) -> str:
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "\"'":  # noqa: PLR2004 - two quotation marks
        return re.sub(r"\\(.)", r"\1", text[1:-1], flags=re.DOTALL)
    return text
