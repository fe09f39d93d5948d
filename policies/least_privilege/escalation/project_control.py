"""Nothing that runs, and nobody outside, can take the project."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.access.escalation import GrantStep
from analysis.access.members import Kind
from analysis.access.paths import path, reached
from analysis.grants import Grant, Scope
from analysis.stack import Stack
from policies.engine.grant_policy import key_of
from policies.engine.policy import Looked, Problem, Result, Settings, Severity, Unseen, stack_policy
from policies.least_privilege.escalation.lawful import Lawful, lawful

_ASKED: Final = frozenset({Kind.ACCOUNT, Kind.DEFAULT, Kind.FEDERATED, Kind.CROWD, Kind.PUBLIC, Kind.OTHER})
"""People are asked by other policies, Google's own services are Google's."""


@stack_policy(
    id="project-not-to-be-taken",
    title="No workload, and nobody outside, can give itself any role on the project",
    severity=Severity.CRITICAL,
    why="""Who may set the project's IAM policy, entitle itself, or change a custom role that it holds there is
    its owner as soon as it wants: one stolen token, one pull request or one exploited service, and all data,
    keys and logs are somebody else's.""",
    fix="""Remove the grant. `pulumi up` is run by a person or by a deployment of its own, outside this stack; a
    release needs no more than `deploy(releaser)` of each service.""",
    fix_raw="""Remove the grant, or hold it to some roles by a condition on
    `api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', [])`.""",
)
def project_control(stack: Stack, settings: Settings) -> Iterator[Result]:
    law = lawful(stack)
    graph = law.graph
    worst: dict[tuple[str, str], list[list[GrantStep]]] = {}
    for identity, held in graph.holdings:
        if identity.kind not in _ASKED:
            continue
        for holding in held:
            yield Looked(holding.grant.by)
            if holding.hidden and holding.grant.scope is not Scope.ENTITY:
                yield Unseen(holding.grant.by, holding.doubt)
        ways = reached(graph.steps, identity.key)
        for hub in graph.controls:
            if hub in ways:
                way = graph.without_hubs(path(ways, hub))
                worst.setdefault(_taking(way[-1]), []).append(way)
    for (_, key), ways_there in worst.items():
        way = min(ways_there, key=lambda one: (law.rank(one[0].start), len(one), one[0].start))
        yield Problem(way[-1].by[0].by, _message(law, way, len(ways_there) - 1), key=key)


def _taking(step: GrantStep) -> tuple[str, str]:
    grant: Grant = step.by[0]
    return grant.by.urn, key_of(grant)


def _message(law: Lawful, way: list[GrantStep], others: int) -> str:
    more = f"; {others} other{'s' * (others > 1)} can too" if others else ""
    last = way[-1].by[0]
    return f"{law.who(way[0].start)} can take {last.entity_name}: {law.graph.in_words(way)}{more}"
