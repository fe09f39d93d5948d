"""What the public reaches is asked from outside whether it answers, and somebody is told when it does not."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Final

from pydantic import Field

from analysis.access.paths import reached
from analysis.network.ways_in import INTERNET, ways_in
from analysis.stack import Stack
from analysis.telemetry.alerts import Alerts
from analysis.telemetry.log_entry import Answer, any_of
from analysis.value import MISSING, NotKnown, Value
from policies.engine.policy import Result, Settings, Severity, Unseen, resource_policy
from policies.engine.settings_kinds import Words

_CHECK: Final = "gcp:monitoring/uptimeCheckConfig:UptimeCheckConfig"
_URL_MAPS: Final = ("gcp:compute/uRLMap:URLMap", "gcp:compute/regionUrlMap:RegionUrlMap")
_PASSED: Final = (
    "monitoring.googleapis.com/uptime_check/check_passed",
    "monitoring.googleapis.com/uptime_check/request_latency",
)


class PublicHosts(Settings):
    """What may be set."""

    unchecked_hosts: Words = Field(
        default=("canary.*",),
        description="Hosts that need no check, with * for any letters: such as are closed to the checkers.",
    )


@resource_policy(
    id="public-host-checked",
    title="Every public host has an uptime check",
    severity=Severity.MEDIUM,
    settings=PublicHosts,
    why="""Metrics inside say that all is well while DNS, the certificate or the load balancer keeps every caller
    out. Only a check from outside sees what callers see.""",
    fix="Make an `UptimeCheck` for the host (`stacks/watch.py` makes the domain's).",
    fix_raw="Add an `UptimeCheckConfig` with `monitoredResource.labels.host` and an alert on it.",
    types=_URL_MAPS,
)
def public_host_checked(url_map: Value, stack: Stack, settings: PublicHosts) -> Iterator[Result | str]:
    if url_map.resource.urn not in stack.once(_public) or not _leads_on(url_map):
        return
    checked, unread = stack.once(_checked_hosts)
    hosts = {host.text("") for rule in url_map["hostRules"].items() for host in rule["hosts"].items()} or {"*"}
    unasked = [host for host in sorted(hosts) if not _covered(host, checked, settings)]
    if unasked and unread:
        yield Unseen(url_map.resource, "an uptime check's host is known only after creation")
        return
    for host in unasked:
        yield f"no uptime check asks '{host}': nobody notices from outside that it is down"


def _covered(host: str, checked: frozenset[str], settings: PublicHosts) -> bool:
    if host in checked or any(fnmatchcase(host, pattern) for pattern in settings.unchecked_hosts):
        return True
    # A check of one host under a wildcard is a check of it.
    return host.startswith("*") and any(one.endswith(host[1:]) for one in checked)


def _leads_on(url_map: Value) -> bool:
    """Whether a URL map leads to any backend, rather than only redirecting."""
    return any(url_map[key].raw is not MISSING for key in ("defaultService", "defaultRouteAction", "pathMatchers"))


def _public(stack: Stack) -> frozenset[str]:
    """The URNs of what the internet reaches."""
    return frozenset(reached(stack.once(ways_in).steps, INTERNET))


def _checked_hosts(stack: Stack) -> tuple[frozenset[str], bool]:
    """The hosts that uptime checks ask, and whether one of them is not known."""
    hosts: set[str] = set()
    unread = False
    for check in stack.of_type(_CHECK):
        try:
            hosts.add(check.at("monitoredResource.labels.host").text(""))
        except NotKnown:
            unread = True
    return frozenset(hosts - {""}), unread


@resource_policy(
    id="uptime-check-told",
    title="An alert reads every uptime check",
    severity=Severity.MEDIUM,
    why="A check without an alert counts failures for a graph: nobody is woken when the system is down.",
    fix="Give the `UptimeCheck` its `alerts`.",
    fix_raw="Add an alert policy on `monitoring.googleapis.com/uptime_check/check_passed` with the check's ID.",
    types=[_CHECK],
)
def uptime_check_told(check: Value, stack: Stack, settings: Settings) -> Iterator[Result | str]:
    alerts = stack.once(Alerts)
    # Its ID is known only after creation, so a condition on this check alone is made from it.
    if alerts.made_from(check.resource):
        return
    host = check.at("monitoredResource.labels.host").text("")
    answers: list[Answer] = [False]
    for series in alerts.reading(*_PASSED):
        picked = series.picks({"host": host})
        # Which check an ID in clear is of, nothing here tells.
        answers.append(None if picked and any(label == "check_id" for label, _ in series.labels) else picked)
    answers += [None for one in alerts.unread if not one.about]
    answer = any_of(answers)
    if answer is False:
        yield "no alert reads the check: nobody is told when it fails"
    elif answer is None:
        yield Unseen(check.resource, "whether an alert reads this check is known only after creation")
