"""Somebody is told when access, the trail or the network is changed.

A change is covered by what an alert reads: a log-based metric, or the entry itself. Filters are tried on the
entries that the changes leave, so it counts what they catch and not how they are written; one alert may cover
several.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.stack import Stack
from analysis.telemetry.alerts import Alerts
from analysis.telemetry.audit_entries import CHANGES, Change
from policies.engine.policy import Looked, Problem, Result, Settings, Severity, Unseen, stack_policy

_SQL: Final = "gcp:sql/databaseInstance:DatabaseInstance"
_OF_SQL: Final = 181


@stack_policy(
    id="admin-changes-told",
    title="Somebody is told when owners, audit, roles, the network, buckets or databases are changed",
    severity=Severity.MEDIUM,
    why="""Who breaks in makes himself an owner, switches the audit off, opens a firewall. Each leaves one entry in
    the log; if no alert reads it, nobody looks until the harm is done.""",
    fix="Make `AuditAlerts` (`Foundation` does): a metric for each kind of change, and alerts on all of them.",
    fix_raw="""For each kind of change make a log-based metric with the benchmark's filter and an alert policy on
    it, or an alert policy with a `conditionMatchedLog`. Compute's methods carry a version (`v1.`, `beta.`):
    match the rest.""",
    rows=tuple(change.row for change in CHANGES),
    cis_4=tuple(change.cis_4 for change in CHANGES),
    cis_5=tuple(change.cis_5 for change in CHANGES),
)
def admin_changes_told(stack: Stack, settings: Settings) -> Iterator[Result]:
    alerts = stack.once(Alerts)
    yield Looked(stack.root)
    for change in CHANGES:
        if change.row == _OF_SQL and not stack.of_type(_SQL):
            continue
        yield from _told(alerts, change, stack)


def _told(alerts: Alerts, change: Change, stack: Stack) -> Iterator[Result]:
    answers = {what: alerts.catch(entry) for what, entry in change.entries}
    missed = [what for what, answer in answers.items() if answer is False]
    if missed:
        shown = ", ".join(missed[:3]) + (", …" if len(missed) > 3 else "")  # noqa: PLR2004 - enough to tell
        of = "" if len(missed) == len(answers) else f" of {len(answers)} kinds"
        yield Problem(
            stack.root,
            f"no alert is raised by changes of {change.what} ({shown}{of}): nobody is told of them",
            key=change.what,
        )
    elif None in answers.values():
        why = alerts.unread[0].why if alerts.unread else "a filter is not understood here"
        yield Unseen(stack.root, f"whether changes of {change.what} are told is not known: {why}")
