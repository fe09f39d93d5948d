"""Edits of the load balancer that a preview accepts, and that Compute Engine refuses."""

from tests.policies.mutation import Draft, mutant

BACKEND = "compute/backendService:BackendService"
GROUP = "compute/regionNetworkEndpointGroup:RegionNetworkEndpointGroup"


@mutant("lb-iap-without-cdn")
def the_cached_page_is_for_people(draft: Draft) -> None:
    draft.inputs(BACKEND, "edge-page")["iap"]["enabled"] = True


@mutant("lb-certificate-without-wildcard", stack="staging", also=("certificate-expiry-told",))
def a_classic_certificate_is_for_every_host(draft: Draft) -> None:
    draft.add(
        "compute/managedSslCertificate:ManagedSslCertificate",
        "every-host",
        {"name": "every-host", "managed": {"domains": ["*.voice.example.com"]}},
    )


@mutant("lb-schemes-match")
def a_backend_is_of_the_classic_load_balancer(draft: Draft) -> None:
    draft.inputs(BACKEND, "edge-api")["loadBalancingScheme"] = "EXTERNAL"


@mutant("lb-group-in-region-of-its-service", stack="staging")
def the_apis_endpoint_group_is_elsewhere(draft: Draft) -> None:
    draft.inputs(GROUP, "edge-api")["region"] = "us-central1"
