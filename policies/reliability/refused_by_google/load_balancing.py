"""Parts of a load balancer that Compute Engine refuses to put together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.access.paths import reached
from analysis.network.front import GLOBAL_RULE, REGIONAL_RULE, scheme_of
from analysis.network.ways_in import BACKENDS, SERVED, SERVERLESS_GROUP, ways_in
from analysis.stack import Stack
from analysis.value import NotKnown, Value
from analysis.workloads.templates import FUNCTION_V1
from plan.plan import Resource
from policies.engine.doubts import Doubts
from policies.engine.policy import Settings, Severity, resource_policy

_CLASSIC: Final = "gcp:compute/managedSslCertificate:ManagedSslCertificate"
_CERTIFICATE: Final = "gcp:certificatemanager/certificate:Certificate"
_NEW, _OLD = "EXTERNAL_MANAGED", "EXTERNAL"


@resource_policy(
    id="lb-iap-without-cdn",
    title="A backend service has IAP or Cloud CDN, not both",
    severity=Severity.MEDIUM,
    why="""What the CDN keeps it would hand to people whom IAP never asked, so Compute Engine refuses the two on
    one backend service. A preview accepts them.""",
    fix="Give a `Backend` for people (`Iap`) no caching.",
    fix_raw="Set `enableCdn` to false where `iap.enabled` is true, or serve what is public from another backend.",
    types=BACKENDS,
)
def iap_without_cdn(backend: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    # https://cloud.google.com/iap/docs/enabling-cloud-run#known_limitations: "IAP is incompatible with Cloud CDN"
    doubts = Doubts()
    both = []
    for flag in ("iap.enabled", "enableCdn"):
        with doubts:
            both.append(backend.at(flag).flag(False))
    if False not in both:
        doubts.tell()
        yield "iap.enabled and enableCdn are both true: Compute Engine refuses IAP with Cloud CDN"


@resource_policy(
    id="lb-certificate-without-wildcard",
    title="A certificate that Google proves over the load balancer names whole hosts",
    severity=Severity.MEDIUM,
    why="""Google proves each name by a request to it, and nobody can ask `*.example.com`. Compute Engine refuses
    such a certificate, and Certificate Manager too unless DNS proves the name; a preview accepts both.""",
    fix="Give `Certificate` every host by name.",
    fix_raw="""Name each host, or use a `certificatemanager.Certificate` with `dnsAuthorizations` for the
    wildcard.""",
    types=(_CLASSIC, _CERTIFICATE),
)
def certificate_without_wildcard(certificate: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    # https://cloud.google.com/load-balancing/docs/ssl-certificates/google-managed-certs and
    # https://cloud.google.com/certificate-manager/docs/domain-authorization
    managed, doubts = certificate["managed"], Doubts()
    if certificate.resource.type == _CERTIFICATE and _proved_otherwise(managed):
        return
    for domain in managed["domains"].items():
        with doubts:
            name = domain.text("")
            if name.startswith("*"):
                yield f"{domain.path} is '{name}': Google proves no wildcard over the load balancer"
    doubts.tell()


def _proved_otherwise(managed: Value) -> bool:
    """Whether DNS, or an authority of one's own, vouches for the names."""
    proofs = managed["dnsAuthorizations"]
    return (proofs.present and proofs.raw != []) or managed["issuanceConfig"].present


@resource_policy(
    id="lb-schemes-match",
    title="A forwarding rule of the new load balancer leads to no backend of the classic one",
    severity=Severity.MEDIUM,
    why="""A rule with EXTERNAL_MANAGED in front of a backend service with EXTERNAL is refused, after everything
    before it is made. The other way round is how one migrates: first the backends, then the rule.""",
    fix="Use the `Edge` component, whose parts are all of the new load balancer.",
    fix_raw="Set `loadBalancingScheme` of the backend service to EXTERNAL_MANAGED, then that of the rule.",
    types=(GLOBAL_RULE, REGIONAL_RULE),
)
def schemes_match(rule: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    # https://cloud.google.com/load-balancing/docs/https/migrate-to-global
    backends = [
        Value.of(step.by)
        for step in reached(stack.once(ways_in).steps, rule.resource.urn).values()
        if step.by.type in BACKENDS
    ]
    if not backends or scheme_of(rule) != _NEW:
        return
    doubts = Doubts()
    for backend in backends:
        with doubts:
            if scheme_of(backend) == _OLD:
                yield (
                    f"loadBalancingScheme is {_NEW}, and the rule leads to the backend service "
                    f"'{backend.resource.name}' with {_OLD}: Compute Engine refuses it"
                )
    doubts.tell()


@resource_policy(
    id="lb-group-in-region-of-its-service",
    title="A serverless endpoint group is in the region of the service that it leads to",
    severity=Severity.MEDIUM,
    why="""A serverless endpoint group finds the service by its name, in its own region alone. A preview accepts
    any region; requests then find no service.""",
    fix="Use the `Backend` component, which takes the region from the service.",
    fix_raw="Set `region` of the endpoint group to the `location` of the service.",
    types=[SERVERLESS_GROUP],
)
def group_in_region_of_its_service(group: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    # https://cloud.google.com/load-balancing/docs/negs/serverless-neg-concepts: "in the same region"
    for key, (name, types) in SERVED.items():
        # Services of several regions may go by one name.
        found = stack.referred(group[key][name], *types)
        if not found:
            continue
        region = _place(stack, group, "region")
        places = [_place(stack, Value.of(one), _place_key(one)) for one in found]
        if region not in places:
            where = " or ".join(sorted(set(places)))
            yield f"region is {region}, and '{found[0].name}', to which the group leads, is in {where}"


def _place_key(service: Resource) -> str:
    return "region" if service.type == FUNCTION_V1 else "location"


def _place(stack: Stack, of: Value, key: str) -> str:
    """The region of a resource: its own, else its provider's; NotKnown where neither is told."""
    place = of[key].text("")
    provider = stack.plan.by_urn.get(of.resource.provider or "")
    if not place and provider is not None:
        place = Value.of(provider)["region"].text("")
    if not place:
        raise NotKnown(of[key].path, "is left out, and the provider says no region either")
    return place.rsplit("/", 1)[-1].lower()
