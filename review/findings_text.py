"""What a check found, for a person at a terminal: the worst first, each with what, where, why and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from textwrap import wrap

from plan.plan import STACK_TYPE, Plan, Resource
from plan.short_type import short_type
from policies.engine.policy import Enforcement, Severity
from policies.engine.report import Checked
from policies.engine.run import Finding
from policies.engine.waivers import IN_ORDER
from review.terminal import printable, width
from review.words import plural

_FEW = 8


def findings_text(checked: Checked, *, every: bool = False) -> Iterator[str]:
    """The lines about one stack. `every`: all that was not evaluated, not only the first few."""
    return map(printable, _lines(checked, every=every))


def _lines(checked: Checked, *, every: bool) -> Iterator[str]:
    plan = checked.plan
    policies = plural(len(checked.evaluation.looked), "policy", "policies")
    yield f"{plan.system} · {plan.stack}: {policies} over {plural(len(plan), 'resource')}"
    yield from _wrapped(verdict(checked), "  ", hanging="")
    if checked.evaluation.disposable:
        said = (
            "nothing durable was asked: this stack says that its data may be thrown away (its profile's protect)"
        )
        yield from _wrapped(said, "  ", hanging="")
    if checked.evaluation.disabled:
        yield from _wrapped(f"switched off: {', '.join(checked.evaluation.disabled)}", "  ", hanging="")
    for _, group in groupby(checked.findings, key=lambda one: one.policy.id):
        yield ""
        yield from _policy(plan, list(group))
    if checked.waived:
        yield ""
        yield "waived"
        for waived in checked.waived:
            left = plural(waived.days_left, "day")
            yield from _wrapped(f"{waived.finding.policy.id}: {_where(plan, waived.finding.resource)}", "  ")
            said = f"{waived.waiver.reason} ({waived.waiver.owner}, {waived.waiver.ticket}, {left} left)"
            yield from _wrapped(said, "    ", hanging="")
    if checked.not_evaluated:
        yield ""
        yield f"not evaluated ({len(checked.not_evaluated)}): look at these once they are known"
        shown = checked.not_evaluated if every else checked.not_evaluated[:_FEW]
        for unseen in shown:
            what = f"{short_type(unseen.resource.type)} {unseen.resource.name}"
            yield from _wrapped(f"{unseen.policy.id}: {what}: {unseen.why}", "  ")
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


def _policy(plan: Plan, findings: list[Finding]) -> Iterator[str]:
    policy = findings[0].policy
    mark = {Severity.CRITICAL: "!!", Severity.HIGH: "! "}.get(policy.severity, "- ")
    advisory = "" if findings[0].enforcement is Enforcement.MANDATORY else ", advisory"
    yield from _wrapped(f"{mark} {policy.title}  [{policy.id}, {policy.severity}{advisory}]", "", hanging="   ")
    for _, several in groupby(findings, key=lambda one: one.resource.urn):
        here = list(several)
        yield from _wrapped(_where(plan, here[0].resource), "   ")
        for finding in here:
            yield from _wrapped(finding.message, "     ", hanging="  ")
        yield f"     {here[0].resource.urn}"
    yield from _wrapped(f"why: {policy.why}", "   ")
    for fix in dict.fromkeys(finding.fix for finding in findings):
        yield from _wrapped(f"fix: {fix}", "   ")


def _where(plan: Plan, resource: Resource) -> str:
    places = ", for ".join(_places(plan, resource))
    return f"{short_type(resource.type)} '{resource.name}'{f'  ({places})' if places else ''}"


def _places(plan: Plan, resource: Resource) -> Iterator[str]:
    """The line that makes a resource, and the stack's line that asked for the component which it is a part of."""
    if resource.type == STACK_TYPE or not resource.source:
        return  # The stack is made by whatever ran the program, and that is not the place to mend.
    yield resource.source[0]
    outermost, seen = resource, {resource.urn}
    while (parent := plan.by_urn.get(outermost.parent or "")) and parent.type != STACK_TYPE:
        if parent.urn in seen:
            return
        seen.add(parent.urn)
        outermost = parent
    if outermost is not resource and outermost.source:
        yield outermost.source[0]


def _how_to_waive(checked: Checked) -> Iterator[str]:
    first = next(one for one in checked.findings if one.policy is not IN_ORDER)
    # As the file's first entry; a file that is there already has the first line.
    yield "To waive a finding for at most 180 days, write into policies/waivers.yaml:"
    yield "waivers:"
    yield f"  - policy: {first.policy.id}"
    yield f"    resource: {first.resource.urn}"
    yield "    owner: …"
    yield "    reason: …"
    yield "    ticket: …"
    yield "    expires: YYYY-MM-DD"


def _wrapped(text: str, indent: str, *, hanging: str = "     ") -> Iterator[str]:
    yield from wrap(
        text,
        width(),
        initial_indent=indent,
        subsequent_indent=indent + hanging,
        break_on_hyphens=False,
        break_long_words=False,
    )
