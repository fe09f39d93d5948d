"""What calls models on Vertex AI may do nothing else there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.access.attached import ATTACHED
from analysis.access.permissions import holdings
from analysis.access.powers import BASIC, shown
from analysis.access.running import Running
from analysis.stack import Stack
from policies.engine.grant_policy import key_of
from policies.engine.policy import Looked, Problem, Result, Settings, Severity, Unseen, stack_policy
from policies.engine.settings_kinds import Words

_SERVICE: Final = "aiplatform."


class Calls(Settings):
    """What a caller may do."""

    permissions: Words = ("aiplatform.endpoints.predict",)
    """The permissions of Vertex AI that may be held by what runs a service, job, worker pool or function."""


@stack_policy(
    id="vertex-callers-only-predict",
    title="What runs code holds no permission on Vertex AI but the one to ask a model",
    severity=Severity.HIGH,
    why="""`roles/aiplatform.user` holds 446 permissions: whoever gets into the service can run custom jobs and
    notebooks at the project's cost, and read every dataset, model and session that is kept there.""",
    fix="Use `VertexAssistant.predict()`: its custom role holds `aiplatform.endpoints.predict` alone.",
    fix_raw="Grant a `gcp.projects.IAMCustomRole` whose permissions are `aiplatform.endpoints.predict` only.",
    rows=(189,),
    settings=Calls,
)
def vertex_callers(stack: Stack, settings: Calls) -> Iterator[Result]:
    allowed = frozenset(settings.permissions)
    callers = _callers(stack)
    for identity, held in stack.once(holdings):
        runs = callers.get(identity.key)
        if runs is None:
            continue
        for holding in held:
            grant = holding.grant
            if grant.role in BASIC:
                # Basic roles reach all services; they have a policy of their own.
                continue
            yield Looked(grant.by)
            more = sorted(one for one in holding.permissions if one.startswith(_SERVICE) and one not in allowed)
            if more:
                yield Problem(
                    grant.by,
                    f"'{identity.name}', as which {runs.name} runs, has {grant.role_name} on {grant.entity_name}"
                    f": besides asking a model it may {shown(more)}",
                    key=key_of(grant),
                )
            elif holding.doubt and _may_be_about_vertex(grant.role):
                yield Unseen(grant.by, holding.doubt)


def _callers(stack: Stack) -> dict[str, Running]:
    """What runs as whom, by the identity's key."""
    found: dict[str, Running] = {}
    for key, runs in stack.once(holdings).runs.items():
        for one in runs:
            # Notebooks and clusters of data are there to work on models.
            if one.resource.type not in ATTACHED:
                found.setdefault(key, one)
    return found


def _may_be_about_vertex(role: str | None) -> bool:
    """Whether a role of which not everything is known may be about Vertex AI: a custom one, or one of its own."""
    return role is None or "/roles/" in role or role.startswith("roles/aiplatform.")
