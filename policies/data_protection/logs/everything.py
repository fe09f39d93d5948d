"""One sink keeps every entry, whatever others pick out."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.stack import Stack
from analysis.telemetry.audit_entries import AUDITED
from analysis.telemetry.log_filter import LogFilter
from analysis.value import NotKnown, Value
from policies.data_protection.logs.sinks import SINKS
from policies.engine.policy import Looked, Problem, Result, Settings, Severity, Unseen, stack_policy


@stack_policy(
    id="log-sink-keeps-everything",
    title="A sink keeps every log entry, the audit logs whole",
    severity=Severity.MEDIUM,
    why="""Google's own buckets forget most logs after a month, and nobody knows beforehand which entry an
    investigation needs. A sink with a filter, or with an exclusion that takes audit entries along, has gaps just
    where somebody looks for them.""",
    fix="Make a `LogArchive` (`Foundation` does): its first sink leaves out successful health checks only.",
    fix_raw="""Add a sink without `filter` whose exclusions match no audit entry, to a log bucket or another place
    that lasts.""",
    rows=(171,),
    cis_4=("2.2",),
    cis_5=("2.3",),
)
def keeps_everything(stack: Stack, settings: Settings) -> Iterator[Result]:
    yield Looked(stack.root)
    gaps: list[str] = []
    unread: list[Unseen] = []
    for sink in stack.of_type(*SINKS):
        yield Looked(sink.resource)
        try:
            gap = _gap(sink)
        except NotKnown as reason:
            unread.append(Unseen(sink.resource, str(reason)))
            continue
        if not gap:
            return
        gaps.append(f"'{sink.resource.name}' {gap}")
    if unread:
        yield from unread
    else:
        yield Problem(stack.root, f"no sink keeps every entry: {'; '.join(gaps) or 'there is none'}")


def _gap(sink: Value) -> str:
    """What a sink lets go, '' for nothing that matters."""
    if sink["disabled"].flag(False):
        return "is disabled"
    if sink["filter"].text("").strip():
        return "has a filter"
    for exclusion in sink["exclusions"].items():
        if exclusion["disabled"].flag(False):
            continue
        # Tried on entries instead of compared as text: successful probes may go, audit entries may not.
        filter_ = LogFilter.read(exclusion["filter"].text(""))
        for what, entry in AUDITED:
            match filter_.matches(entry):
                case None:
                    raise NotKnown(exclusion["filter"].path, f"is not understood here (would it take {what}?)")
                case True:
                    return f"excludes audit entries ({what})"
    return ""
