"""Models, indexes and features are served inside the network."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.stack import Stack
from analysis.value import Value
from policies.engine.policy import Settings, Severity, resource_policy

_NETWORK: Final = "gcp:compute/network:Network"
_ENDPOINT: Final = "gcp:vertex/aiEndpoint:AiEndpoint"
_GARDEN: Final = "gcp:vertex/aiEndpointWithModelGardenDeployment:AiEndpointWithModelGardenDeployment"
_INDEX: Final = "gcp:vertex/aiIndexEndpoint:AiIndexEndpoint"
_FEATURES: Final = "gcp:vertex/aiFeatureOnlineStore:AiFeatureOnlineStore"
_CONNECTION: Final = {
    # Where each type says that it is reached by Private Service Connect.
    _ENDPOINT: "privateServiceConnectConfig",
    _GARDEN: "endpointConfig.privateServiceConnectConfig",
    _FEATURES: "dedicatedServingEndpoint.privateServiceConnectConfig",
}


@resource_policy(
    id="vertex-endpoint-private",
    title="Vertex AI serves one's own models, indexes and features inside the network only",
    severity=Severity.MEDIUM,
    why="""An endpoint on a public address answers whoever holds a token that is good for it, from anywhere: a
    stolen one is enough to ask the model, or to read features and vectors of people's data.""",
    fix="Google's own models need no endpoint: `VertexAssistant` asks them through the network's Google APIs.",
    fix_raw="""Set `privateServiceConnectConfig.enablePrivateServiceConnect` to true, or `network` to the VPC;
    leave an index endpoint's `publicEndpointEnabled` out.""",
    rows=(185, 186),
    types=[*_CONNECTION, _INDEX],
)
def endpoint_private(endpoint: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    if endpoint.resource.type == _INDEX:
        # https://www.pulumi.com/registry/packages/gcp/api-docs/vertex/aiindexendpoint/: absent is false.
        public = endpoint["publicEndpointEnabled"]
        if public.flag(False):
            yield f"{public.path} is true: the index answers on a public address"
        return
    if endpoint.resource.type == _FEATURES and endpoint["bigtable"].present:
        # Served through Google's API, which has no address of the store's own to take away.
        return
    connected = endpoint.at(f"{_CONNECTION[endpoint.resource.type]}.enablePrivateServiceConnect")
    if connected.flag(False):
        return
    if endpoint.resource.type == _ENDPOINT and stack.is_given(endpoint["network"], _NETWORK):
        return
    # https://www.pulumi.com/registry/packages/gcp/api-docs/vertex/aiendpoint/: peered and connected with nothing.
    yield f"{connected.path} is not true, and no network is peered: it answers on a public address"
