"""Nobody can become an identity unless declared uses say so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from analysis.access.escalation import GrantStep
from analysis.access.members import Kind
from analysis.access.paths import path, reached
from analysis.access.permissions import holdings
from analysis.access.powers import shown
from analysis.grants import ACCOUNT, Grant, Scope
from analysis.stack import Stack
from policies.engine.grant_policy import key_of
from policies.engine.policy import Looked, Problem, Result, Settings, Severity, Unseen, stack_policy
from policies.engine.settings_kinds import Words
from policies.least_privilege.escalation.lawful import Lawful, lawful


class MayBecome(Settings):
    """Who else may become accounts of the stack."""

    members: Words = ()
    """Members, as IAM writes them (`group:on-call@example.com`), that may become service accounts although no
    declared use says so."""


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Somebody can become somebody: the first step that is not meant, and the whole way."""

    source: str
    end: str
    grant: Grant
    way: list[GrantStep]


@stack_policy(
    id="identity-becomes-declared-only",
    title="Nobody can become another identity beyond what declared uses say",
    severity=Severity.CRITICAL,
    why="""Who can make an account's tokens, run code as it, make a key of it or change who may do so has all
    its rights, and those of whom that account can become in turn: what one service may do is then what all of
    them may do.""",
    fix="""Remove the grant. A pipeline releases what it names in its uses (`service.deploy(releaser)`), a queue
    calls as its own invoker, and nothing else needs to act as another.""",
    fix_raw="""Remove the grant, or give it on one account to the one identity that deploys what runs as it; let
    Google's agents make tokens of the accounts that their service calls as, and of no others.""",
    settings=MayBecome,
)
def becoming_others(stack: Stack, settings: MayBecome) -> Iterator[Result]:
    law = lawful(stack, settings.members)
    yield from _unseen(stack, law)
    worst: dict[tuple[str, str], list[Found]] = {}
    for source in law.sources():
        for grant in (holding.grant for holding in law.graph.holdings.held[source.key]):
            yield Looked(grant.by)
        for one in _found(law, source.key):
            worst.setdefault((one.grant.by.urn, key_of(one.grant)), []).append(one)
    for (_, key), found in worst.items():
        yield Problem(found[0].grant.by, _message(law, found), key=key)


def _found(law: Lawful, source: str) -> Iterator[Found]:
    """Whom `source` can become, but is not meant to."""
    graph = law.graph
    meant = reached(graph.steps, source, only=law.is_meant)
    # What leads through all of a project is told of the step that takes the project.
    ways = reached(graph.steps, source, only=lambda step: step.start not in graph.controls)
    if len(meant) == len(ways):
        return
    wrong: dict[str, Grant] = {}
    for end, step in ways.items():
        before = wrong.get(step.start)
        grant = before or next((one for one in step.by if not law.is_meant_grant(one, step)), None)
        if grant is None:
            continue
        wrong[end] = grant
        identity = graph.holdings.identities.get(end)
        if identity is not None and end not in meant and identity.kind not in (Kind.PUBLIC, Kind.CROWD):
            yield Found(source, end, grant, graph.without_hubs(path(ways, end)))


def _message(law: Lawful, found: list[Found]) -> str:
    graph, names = law.graph, law.graph.name
    first = min(found, key=lambda one: (law.rank(one.source), len(one.way), names(one.end)))
    told = f"{law.who(first.source)} can become '{names(first.end)}': {graph.in_words(first.way)}"
    others = {one.source for one in found} - {first.source}
    through = {one.end for one in found} - {first.end}
    more = [f"{len(others)} other{'s' * (len(others) > 1)} can too"] if others else []
    if through:
        more.append(f"through it also {shown(sorted(map(names, through)))}")
    return f"{told}. No declared use says so" + "".join(f"; {one}" for one in more)


def _unseen(stack: Stack, law: Lawful) -> Iterator[Result]:
    """Grants on accounts or on more of which it is not known to whom, or what, they give."""
    for by, reason in stack.once(holdings).unread:
        yield Unseen(by, reason)
    for grant, why in stack.once(holdings).unknown:
        if _is_about_accounts(grant):
            yield Unseen(grant.by, why)
    for source in law.sources():
        for holding in law.graph.holdings.held[source.key]:
            if holding.hidden and _is_about_accounts(holding.grant):
                yield Unseen(holding.grant.by, holding.doubt)


def _is_about_accounts(grant: Grant) -> bool:
    return grant.scope is not Scope.ENTITY or grant.kind == ACCOUNT.removeprefix("gcp:").partition(":")[0]
