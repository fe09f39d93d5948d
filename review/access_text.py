"""Who can do what, for a person at a terminal, identity by identity."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from textwrap import wrap

from analysis.access.blast_radius import Readership
from analysis.access.conditions import Held, reach_of
from analysis.access.members import Kind
from analysis.access.permissions import Holding
from analysis.access.who_can import Access, Who, words_of
from analysis.grants import Grant, Scope
from plan.short_type import short_type
from review.terminal import width
from review.words import plural

_FEW = 6


def access_text(access: Access, *, only: str | None = None, every: bool = False) -> Iterator[str]:
    """The lines about one stack. `only` one identity; `every` permission and every way, not only the first."""
    plan = access.plan
    chosen = [one for one in access.everybody if only is None or one.is_called(only)]
    identities = plural(len(chosen), "identity", "identities")
    grants = plural(sum(len(one.held) for one in chosen), "grant")
    yield f"{plan.system} · {plan.stack}: who can do what ({identities}, {grants})"
    for who in chosen:
        yield ""
        yield from _who(access, who, every=every)
    if only is None and access.secrets:
        yield ""
        yield "secrets, and how many can read each"
        for secret in access.secrets:
            yield from _secret(secret)
    if access.unknown:
        yield ""
        yield "granted to somebody whom only creation tells"
        for grant, why in access.unknown:
            yield f"  {grant.role_name} on {grant.entity_name}: {why}"
    if access.runs_as_unknown:
        yield ""
        yield "runs as somebody whom only creation tells"
        for run in access.runs_as_unknown:
            yield from _wrapped(f"{run.name}: {run.why}", "  ")
    if access.unread:
        yield ""
        yield "memberships that may give more than is told here"
        for one, why in access.unread:
            yield from _wrapped(f"{one.name}: {why}", "  ")


def _who(access: Access, who: Who, *, every: bool) -> Iterator[str]:
    identity = who.identity
    runs = "".join(
        f", runs {one.name}{', which takes requests from the internet' if one.faces_internet else ''}"
        for one in who.runs
    )
    yield from _wrapped(f"{identity.name}: {identity.kind.value}{runs}", "")
    if identity.member and not identity.member.endswith(identity.name):
        yield f"  {identity.member}"
    yield from _groups(who)
    nothing = "is granted nothing by the plan" if who.not_told else "can do nothing by itself"
    yield "  can" if who.held else f"  {nothing}"
    for on, held in _by_entity(who.held):
        yield from _access(on, held, every=every)
    if who.not_told:
        yield from _wrapped(f"not known: {who.not_told}", "  ")
    name, steps = access.graph.name, access.graph.steps_in_words
    yield from _ways("can become", [steps(way) for _, way in who.becomes], every=every)
    yield from _ways("can be become by", [[name(start), *steps(way)] for start, way in who.become_by], every=every)
    yield from _radius(who)


def _groups(who: Who) -> Iterator[str]:
    for group, one in who.groups:
        yield f"  is in {group.name}{', and may let others in' if one.lets_in else ''}"
    if who.identity.kind is Kind.GROUP:
        members = ", ".join(member.name for member, _ in who.members)
        told = (
            f"members: {members}, and whoever is added elsewhere" if members else "its members are not in the plan"
        )
        yield from _wrapped(told, "  ")


def _by_entity(held: Iterable[Holding]) -> list[tuple[str, list[Holding]]]:
    found: dict[tuple[str, str], list[Holding]] = {}
    for one in held:
        on = f"{one.grant.entity_name}{_condition(one.grant)}"
        # On a project roles have little to do with each other.
        on += f", as one of {one.through[-1].name}" if one.through else ""
        found.setdefault((on, "" if one.grant.scope is Scope.ENTITY else one.grant.role_name), []).append(one)
    return [(on, held) for (on, _), held in sorted(found.items())]


def _condition(grant: Grant) -> str:
    """What narrows a grant, in short: the names it is held to, else the expression."""
    if grant.condition == "":
        return ""
    reach = reach_of(grant.condition)
    if isinstance(reach, Held):
        names = [*sorted(reach.names), *(f"{one}…" for one in sorted(reach.beginnings))]
        return f", only {' and '.join('/'.join(name.split('/')[-2:]) for name in names) or 'nothing'}"
    return f", if {grant.condition}" if grant.condition else ", under a condition that only creation tells"


def _access(on: str, held: list[Holding], *, every: bool) -> Iterator[str]:
    permissions = sorted(frozenset[str]().union(*(one.permissions for one in held)))
    words = ", ".join(words_of(permissions)) or "?"
    roles = ", ".join(dict.fromkeys(one.grant.role_name.rpartition("projects/")[2] for one in held))
    least = "at least " if any(one.doubt for one in held) else ""
    yield from _wrapped(f"{words}  {on}  ({roles}: {least}{plural(len(permissions), 'permission')})", "    ")
    for doubt in dict.fromkeys(one.doubt for one in held if one.doubt):
        yield from _wrapped(f"not known: {doubt}", "        ")
    if every:
        for permission in permissions:
            yield f"        {permission}"


def _ways(title: str, ways: list[list[str]], *, every: bool) -> Iterator[str]:
    if not ways:
        return
    yield f"  {title}"
    shown = ways if every else ways[:_FEW]
    for way in shown:
        yield from _wrapped(" → ".join(way), "    ")
    if len(shown) < len(ways):
        yield f"    … and {len(ways) - len(shown)} more: --all"


def _radius(who: Who) -> Iterator[str]:
    radius = who.radius
    if radius is None:
        yield f"  blast radius 0{' by what the plan grants' if who.not_told else ''}"
        return
    reach = radius.altogether
    names = [f"{short_type(one.type)} {one.name}" for one in reach.entities.values()]
    names += [f"every {short_type(type_)} of the project" for type_ in reach.everywhere]
    own = f", {radius.itself.number} by itself" if radius.itself.number != reach.number else ""
    yield from _wrapped(f"blast radius {reach.number}{own}: {', '.join(names)}", "  ")


def _secret(one: Readership) -> Iterator[str]:
    number = "everybody" if math.isinf(one.number) else f"{one.number:g}"
    readers = ", ".join(reader.name for reader in one.readers) or "nobody"
    through = ", ".join(reader.name for reader in one.through)
    yield from _wrapped(
        f"{one.secret.name}: {number} ({readers}{f'; as one of them {through}' if through else ''})", "  "
    )


def _wrapped(text: str, indent: str) -> Iterator[str]:
    yield from wrap(
        text,
        width(),
        initial_indent=indent,
        subsequent_indent=f"{indent}    ",
        break_on_hyphens=False,
        break_long_words=False,
    )
