"""What a check found, for a person at a terminal: the worst first, each with what, where, why and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from textwrap import wrap

from policies.engine.policy import Enforcement, Severity
from policies.engine.report import Checked
from policies.engine.run import Finding
from policies.engine.waivers import IN_ORDER
from review.terminal import printable
from review.words import plural, short_type

_WIDTH = 110
_FEW = 8


def findings_text(checked: Checked, *, every: bool = False) -> Iterator[str]:
    """The lines about one stack. `every`: all that was not evaluated, not only the first few."""
    return map(printable, _lines(checked, every=every))


def _lines(checked: Checked, *, every: bool) -> Iterator[str]:
    plan = checked.plan
    policies = plural(len(checked.evaluation.looked), "policy", "policies")
    yield f"{plan.system} · {plan.stack}: {policies} over {plural(len(plan), 'resource')}"
    yield f"  {verdict(checked)}"
    for _, group in groupby(checked.findings, key=lambda one: one.policy.id):
        yield ""
        yield from _policy(list(group))
    if checked.waived:
        yield ""
        yield "waived"
        for waived in checked.waived:
            left = plural(waived.days_left, "day")
            yield f"  {waived.finding.policy.id}: {_where(waived.finding)}"
            yield f"    {waived.waiver.reason} ({waived.waiver.owner}, {waived.waiver.ticket}, {left} left)"
    if checked.not_evaluated:
        yield ""
        yield f"not evaluated ({len(checked.not_evaluated)}): look at these once they are known"
        shown = checked.not_evaluated if every else checked.not_evaluated[:_FEW]
        for unseen in shown:
            yield f"  {unseen.policy.id}: {short_type(unseen.resource.type)} {unseen.resource.name}: {unseen.why}"
        if len(shown) < len(checked.not_evaluated):
            yield f"  … and {len(checked.not_evaluated) - len(shown)} more: --all"
    if any(one.policy is not IN_ORDER for one in checked.findings):
        yield ""
        yield from _how_to_waive(checked)


def verdict(checked: Checked) -> str:
    """How it went, in one line."""
    looked = f"{len(checked.passed)} passed"
    idle = sum(number == 0 for number in checked.evaluation.looked.values())
    unseen = f"{len({one.policy.id for one in checked.not_evaluated})} partly not evaluated"
    waived = f"{len(checked.waived)} waived"
    mandatory = sum(one.enforcement is Enforcement.MANDATORY for one in checked.findings)
    advisory = len(checked.findings) - mandatory
    wrong = f"{plural(mandatory, 'violation')}, {advisory} advisory" if checked.findings else "no violation"
    return " · ".join([wrong, looked, f"{idle} had nothing to look at", unseen, waived])


def _policy(findings: list[Finding]) -> Iterator[str]:
    policy = findings[0].policy
    mark = {Severity.CRITICAL: "!!", Severity.HIGH: "! "}.get(policy.severity, "- ")
    advisory = "" if findings[0].enforcement is Enforcement.MANDATORY else ", advisory"
    yield f"{mark} {policy.title}  [{policy.id}, {policy.severity}{advisory}]"
    for finding in findings:
        yield f"   {_where(finding)}"
        yield from _wrapped(finding.message, "     ")
        yield f"     {finding.resource.urn}"
    yield from _wrapped(f"why: {policy.why}", "   ")
    for fix in dict.fromkeys(finding.fix for finding in findings):
        yield from _wrapped(f"fix: {fix}", "   ")


def _where(finding: Finding) -> str:
    resource = finding.resource
    source = f"  ({resource.source[0]})" if resource.source else ""
    return f"{short_type(resource.type)} '{resource.name}'{source}"


def _how_to_waive(checked: Checked) -> Iterator[str]:
    first = next(one for one in checked.findings if one.policy is not IN_ORDER)
    yield "To waive a finding for at most 180 days, add to policies/waivers.yaml:"
    yield f"  - policy: {first.policy.id}"
    yield f"    resource: {first.resource.urn}"
    yield "    owner: …   reason: …   ticket: …   expires: YYYY-MM-DD   (each on a line of its own)"


def _wrapped(text: str, indent: str) -> Iterator[str]:
    yield from wrap(
        text, _WIDTH, initial_indent=indent, subsequent_indent=f"{indent}     ", break_on_hyphens=False
    )
