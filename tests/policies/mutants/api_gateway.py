"""An API Gateway and API keys added to our stacks, carelessly."""

from __future__ import annotations

import base64
import json
from typing import Any

from tests.policies.mutation import Draft, mutant

OWN = "gateway@acme-voice-prod.iam.gserviceaccount.com"


def _config(draft: Draft, *, account: Any = OWN, document: Any = None, **more: Any) -> None:
    inputs = {"api": "voice", "apiConfigId": "voice-1", "project": "acme-voice-prod", **more}
    if account is not None:
        inputs["gatewayConfig"] = {"backendConfig": {"googleServiceAccount": account}}
    if document is not None:
        contents = base64.b64encode(json.dumps(document).encode()).decode()
        inputs["openapiDocuments"] = [{"document": {"path": "openapi.yaml", "contents": contents}}]
    draft.add("apigateway/apiConfig:ApiConfig", "voice", inputs)


def _api(asked: Any, **operation: Any) -> dict[str, Any]:
    return {
        "swagger": "2.0",
        "securityDefinitions": {"token": {"type": "oauth2"}},
        "security": asked,
        "paths": {"/api/users": {"get": {"operationId": "users", **operation}}},
    }


@mutant("api-operations-secured")
def an_api_asks_nothing(draft: Draft) -> None:
    _config(draft, document=_api(None))


@mutant("api-operations-secured", stack="staging")
def one_operation_takes_the_demand_away(draft: Draft) -> None:
    _config(draft, document=_api([{"token": []}], security=[]))


@mutant("api-operations-secured")
def a_token_is_optional(draft: Draft) -> None:
    _config(draft, document=_api([{"token": []}, {}]))


@mutant("api-gateway-own-account")
def the_gateway_calls_as_the_default_account(draft: Draft) -> None:
    _config(draft, account=None)


@mutant("api-gateway-own-account", stack="staging")
def the_gateway_calls_as_the_editor_by_name(draft: Draft) -> None:
    _config(draft, account="210987654321-compute@developer.gserviceaccount.com")


@mutant("api-gateway-own-account")
def the_gateway_calls_as_the_worker(draft: Draft) -> None:
    _config(draft, account="voicestack-worker@acme-voice-prod.iam.gserviceaccount.com")


@mutant("iam-no-public-principal")
def everybody_reads_the_gateway(draft: Draft) -> None:
    draft.grant(
        "apigateway/gatewayIamMember:GatewayIamMember",
        "all",
        "roles/apigateway.viewer",
        "allUsers",
        gateway="voice",
    )


@mutant("iam-no-public-principal", stack="staging")
def any_account_changes_the_api(draft: Draft) -> None:
    draft.grant(
        "apigateway/apiIamMember:ApiIamMember",
        "all",
        "roles/apigateway.admin",
        "allAuthenticatedUsers",
        api="voice",
    )


def _key(draft: Draft, restrictions: dict[str, Any] | None) -> None:
    inputs = {"name": "maps", "project": "acme-voice-prod"}
    draft.add(
        "projects/apiKey:ApiKey", "maps", {**inputs, **({"restrictions": restrictions} if restrictions else {})}
    )


BY_SITE = {"browserKeyRestrictions": {"allowedReferrers": ["https://voice.example.com/*"]}}
BY_API = {"apiTargets": [{"service": "translate.googleapis.com"}]}


@mutant("api-key-names-its-apis")
def a_key_works_for_every_api(draft: Draft) -> None:
    _key(draft, BY_SITE)


@mutant("api-key-names-its-apis", stack="staging", also=("api-key-names-its-callers",))
def a_key_has_no_limits_at_all(draft: Draft) -> None:
    _key(draft, None)


@mutant("api-key-names-its-callers")
def a_key_works_everywhere(draft: Draft) -> None:
    _key(draft, BY_API)


@mutant("api-key-names-its-callers", stack="staging")
def a_key_works_in_every_page(draft: Draft) -> None:
    _key(draft, {**BY_API, "browserKeyRestrictions": {"allowedReferrers": ["*"]}})


@mutant("api-key-names-its-callers")
def a_key_works_from_half_of_the_internet_twice(draft: Draft) -> None:
    _key(draft, {**BY_API, "serverKeyRestrictions": {"allowedIps": ["0.0.0.0/1", "128.0.0.0/1"]}})
