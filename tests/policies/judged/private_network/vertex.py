"""Vertex AI's endpoints and notebooks, inside the network and outside."""

from __future__ import annotations

from typing import Any

import pulumi
from pulumi_gcp import colab, compute, vertex, workbench

from policies.private_network.vertex.endpoints import endpoint_private
from policies.private_network.vertex.notebooks import no_public_address
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.unknowns import unknown


@judged(
    endpoint_private,
    {
        # checkov fails an endpoint that is reached by Private Service Connect alone.
        "good-connected": PASSED,
        "good-peered": PASSED,
        "good-index-connected": PASSED,
        "good-index-peered": PASSED,
        "good-features-through-the-api": PASSED,
        "good-features-connected": PASSED,
        "good-garden": PASSED,
        "bad-connection-off": VIOLATED,
        "bad-index": VIOLATED,
        "bad-features": VIOLATED,
        "bad-garden": VIOLATED,
        "absent-both": VIOLATED,
        "absent-index-flag": PASSED,
        "unknown-flag": NOT_EVALUATED,
        "unknown-network": NOT_EVALUATED,
        "unknown-index-flag": NOT_EVALUATED,
        "secret-flag": NOT_EVALUATED,
    },
)
def endpoints() -> None:
    network = compute.Network("network", name="network", auto_create_subnetworks=False)
    connect = vertex.AiEndpointPrivateServiceConnectConfigArgs
    # The SDK types what takes no argument as nothing.
    optimized: Any = vertex.AiFeatureOnlineStoreOptimizedArgs

    def endpoint(name: str, **more: Any) -> None:
        vertex.AiEndpoint(name, name=name, display_name=name, location="europe-west1", **more)

    def index(name: str, **more: Any) -> None:
        vertex.AiIndexEndpoint(name, display_name=name, region="europe-west1", **more)

    endpoint("good-connected", private_service_connect_config=connect(enable_private_service_connect=True))
    endpoint("good-peered", network=network.id)
    index(
        "good-index-connected",
        private_service_connect_config=vertex.AiIndexEndpointPrivateServiceConnectConfigArgs(
            enable_private_service_connect=True
        ),
    )
    index("good-index-peered", network=network.id, public_endpoint_enabled=False)
    scaling = vertex.AiFeatureOnlineStoreBigtableAutoScalingArgs(min_node_count=1, max_node_count=2)
    vertex.AiFeatureOnlineStore(
        "good-features-through-the-api",
        name="a",
        bigtable=vertex.AiFeatureOnlineStoreBigtableArgs(auto_scaling=scaling),
    )
    store = vertex.AiFeatureOnlineStoreDedicatedServingEndpointPrivateServiceConnectConfigArgs
    vertex.AiFeatureOnlineStore(
        "good-features-connected",
        name="b",
        optimized=optimized(),
        dedicated_serving_endpoint=vertex.AiFeatureOnlineStoreDedicatedServingEndpointArgs(
            private_service_connect_config=store(enable_private_service_connect=True)
        ),
    )
    vertex.AiFeatureOnlineStore("bad-features", name="c", optimized=optimized())
    garden = vertex.AiEndpointWithModelGardenDeploymentEndpointConfigPrivateServiceConnectConfigArgs
    vertex.AiEndpointWithModelGardenDeployment(
        "good-garden",
        location="europe-west1",
        endpoint_config=vertex.AiEndpointWithModelGardenDeploymentEndpointConfigArgs(
            private_service_connect_config=garden(enable_private_service_connect=True)
        ),
    )
    vertex.AiEndpointWithModelGardenDeployment("bad-garden", location="europe-west1")
    endpoint("bad-connection-off", private_service_connect_config=connect(enable_private_service_connect=False))
    index("bad-index", public_endpoint_enabled=True)
    endpoint("absent-both")
    index("absent-index-flag")
    endpoint(
        "unknown-flag",
        private_service_connect_config=connect(enable_private_service_connect=unknown("flag").apply(bool)),
    )
    endpoint("unknown-network", network=unknown("network-name"))
    index("unknown-index-flag", public_endpoint_enabled=unknown("public").apply(bool))
    endpoint(
        "secret-flag",
        private_service_connect_config=pulumi.Output.secret(connect(enable_private_service_connect=True)),
    )


@judged(
    no_public_address,
    {
        "good-private": PASSED,
        "good-colab": PASSED,
        "bad-public": VIOLATED,
        "bad-forwards": VIOLATED,
        "bad-address-of-its-own": VIOLATED,
        "bad-colab": VIOLATED,
        "absent-flag": VIOLATED,
        "absent-setup": VIOLATED,
        "absent-colab-network": VIOLATED,
        "unknown-flag": NOT_EVALUATED,
        "secret-flag": NOT_EVALUATED,
    },
)
def notebooks() -> None:
    setup = workbench.InstanceGceSetupArgs

    def notebook(name: str, given: Any) -> None:
        workbench.Instance(name, name=name, location="europe-west1-b", gce_setup=given)

    def runtime(name: str, access: Any) -> None:
        spec = None if access is None else colab.RuntimeTemplateNetworkSpecArgs(enable_internet_access=access)
        colab.RuntimeTemplate(name, name=name, display_name=name, location="europe-west1", network_spec=spec)

    notebook("good-private", setup(disable_public_ip=True, enable_ip_forwarding=False))
    runtime("good-colab", False)
    notebook("bad-public", setup(disable_public_ip=False))
    notebook("bad-forwards", setup(disable_public_ip=True, enable_ip_forwarding=True))
    access = workbench.InstanceGceSetupNetworkInterfaceAccessConfigArgs(external_ip="192.0.2.7")
    interface = workbench.InstanceGceSetupNetworkInterfaceArgs(access_configs=[access])
    notebook("bad-address-of-its-own", setup(disable_public_ip=True, network_interfaces=[interface]))
    runtime("bad-colab", True)
    notebook("absent-flag", setup(machine_type="e2-standard-4"))
    notebook("absent-setup", None)
    runtime("absent-colab-network", None)
    notebook("unknown-flag", setup(disable_public_ip=unknown().apply(bool)))
    notebook("secret-flag", setup(disable_public_ip=pulumi.Output.secret(True)))
