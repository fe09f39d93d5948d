"""A load balancer leads to services that take its requests."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.grants import PUBLIC, grants_of
from analysis.network.ways_in import ways_in
from analysis.stack import Stack
from analysis.value import NotKnown, Value
from analysis.workloads.templates import SERVICE, Ingress, find, ingress_of
from policies.engine.policy import Result, Settings, Severity, each, stack_policy

_INVOKER = "roles/run.invoker"


@stack_policy(
    id="lb-leads-to-a-service-that-answers",
    title="A service behind the public load balancer takes requests from it",
    severity=Severity.HIGH,
    why="""Cloud Run refuses what its ingress does not allow with 404, and a caller without an identity with 403.
    A load balancer brings no identity of its own: every visitor gets the error, and no plan shows it.""",
    fix="""Give the service `exposure=Exposure.PUBLIC` (and its route to the edge), or take its route out.""",
    fix_raw="""Set `ingress` to INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER, and `invokerIamDisabled` to true behind
    Cloud Armor; with IAP grant roles/run.invoker to its service agent.""",
)
def leads_to_what_answers(stack: Stack, settings: Settings) -> Iterator[Result]:
    yield from each(stack.of_type(SERVICE), lambda service: _refuses(stack, service))


def _refuses(stack: Stack, service: Value) -> Iterator[str]:
    backends = stack.once(ways_in).backends_of(service.resource)
    if not backends:
        return
    names = ", ".join(f"'{backend.name}'" for backend in backends)
    # https://cloud.google.com/run/docs/securing/ingress: internal takes nothing from an external load balancer.
    if ingress_of(service) in (Ingress.INTERNAL, Ingress.NONE):
        yield f"ingress is internal, but backend {names} of the public load balancer leads here: visitors get 404"
    elif not find(service, "invoker_check_off").flag(False) and not _somebody_calls(stack, service):
        yield f"every caller must be an invoker, but backend {names} brings no identity: visitors get 403"


def _somebody_calls(stack: Stack, service: Value) -> bool:
    """Whether the load balancer's requests come with an identity that may call: everybody's, or IAP's."""
    unread = False
    for member in stack.once(_invokers).get(service.resource.urn, []):
        if member is None:
            unread = True
        elif member in PUBLIC or "@gcp-sa-iap." in member:
            return True
    if unread:
        raise NotKnown("member", "of an invoker is known only after creation")
    return False


def _invokers(stack: Stack) -> dict[str, list[str | None]]:
    """Who may call each service, by its URN; None for whom only creation tells."""
    found: dict[str, list[str | None]] = {}
    for grant in grants_of(stack):
        if grant.entity is not None and grant.role in (_INVOKER, None):
            found.setdefault(grant.entity.urn, []).append(grant.member)
    return found
