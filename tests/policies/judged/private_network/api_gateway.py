"""API Gateway configurations: what they ask of callers, and as whom they call on."""

from __future__ import annotations

import base64
import json
from typing import Any

import pulumi
from pulumi_gcp import apigateway, cloudrunv2, serviceaccount

from policies.private_network.api_gateway.account import own_account
from policies.private_network.api_gateway.operations import operations_secured
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.unknowns import unknown


def _api(paths: dict[str, Any], security: Any = None, **more: Any) -> dict[str, Any]:
    """A document of OpenAPI 2 with one scheme, `token`."""
    document = {
        "swagger": "2.0",
        "info": {"title": "voice", "version": "1"},
        "securityDefinitions": {"token": {"type": "oauth2", "flow": "implicit", "authorizationUrl": ""}},
        "paths": paths,
        **more,
    }
    return document if security is None else {**document, "security": security}


def _config(name: str, *contents: Any, **more: Any) -> None:
    """A configuration of documents: dictionaries, texts of documents, or whatever stands in their place."""

    def encoded(one: Any) -> Any:
        if isinstance(one, dict | str):
            text = one if isinstance(one, str) else json.dumps(one)
            return base64.b64encode(text.encode()).decode()
        return one

    apigateway.ApiConfig(
        name,
        api="voice",
        api_config_id=name,
        openapi_documents=[
            apigateway.ApiConfigOpenapiDocumentArgs(
                document=apigateway.ApiConfigOpenapiDocumentDocumentArgs(
                    path="openapi.yaml", contents=encoded(one)
                )
            )
            for one in contents
        ],
        **more,
    )


SECURED = {"get": {"operationId": "users", "security": [{"token": []}]}}
OPEN = {"get": {"operationId": "users"}}
YAML = """
swagger: "2.0"
securityDefinitions: {token: {type: oauth2}}
security:
  - token: []
paths:
  /users:
    get: {operationId: users}
    post: {operationId: add, security: []}
"""
VERSION_3 = {
    "openapi": "3.0.4",
    "components": {"securitySchemes": {"token": {"type": "oauth2"}}},
    "security": [{"token": []}],
    "paths": {"/users": OPEN},
}


@judged(
    operations_secured,
    {
        "good-operation": PASSED,
        "good-document": PASSED,
        "good-openapi-3": PASSED,
        "good-health-is-open": PASSED,
        "good-preflight": PASSED,
        "good-nothing-to-call": PASSED,
        "bad-one-of-two": VIOLATED,
        "bad-taken-away": VIOLATED,
        "bad-taken-away-in-yaml": VIOLATED,
        "bad-optional": VIOLATED,
        "bad-undefined-scheme": VIOLATED,
        "bad-second-document": VIOLATED,
        "absent-security": VIOLATED,
        "absent-documents": PASSED,
        "unknown-contents": NOT_EVALUATED,
        "unknown-beside-a-bad-one": VIOLATED,
        "unknown-grpc": NOT_EVALUATED,
        "secret-contents": NOT_EVALUATED,
        "bad-no-document": NOT_EVALUATED,
        "bad-not-even-text": NOT_EVALUATED,
    },
)
def operations() -> None:
    asked: list[Any] = [{"token": []}]
    _config("good-operation", _api({"/users": SECURED}))
    _config("good-document", _api({"/users": OPEN}, security=asked))
    _config("good-openapi-3", VERSION_3)
    _config("good-health-is-open", _api({"/users": SECURED, "/health": OPEN}))
    _config("good-preflight", _api({"/users": {**SECURED, "options": {"operationId": "cors"}, "parameters": []}}))
    _config("good-nothing-to-call", _api({}))
    _config("bad-one-of-two", _api({"/users": SECURED, "/admin": {"post": {"operationId": "wipe"}}}))
    taken = {"get": {"operationId": "users", "security": []}}
    _config("bad-taken-away", _api({"/users": taken}, security=asked))
    _config("bad-taken-away-in-yaml", YAML)
    _config("bad-optional", _api({"/users": OPEN}, security=[{"token": []}, {}]))
    _config("bad-undefined-scheme", _api({"/users": OPEN}, security=[{"tokn": []}]))
    _config("bad-second-document", _api({"/users": SECURED}), _api({"/users": OPEN}))
    _config("absent-security", _api({"/users": OPEN}))
    _config("absent-documents")
    _config("unknown-contents", unknown("contents"))
    _config("unknown-beside-a-bad-one", unknown("other"), _api({"/users": OPEN}))
    _config(
        "unknown-grpc",
        managed_service_configs=[apigateway.ApiConfigManagedServiceConfigArgs(contents="eA==", path="api.yaml")],
    )
    _config("secret-contents", pulumi.Output.secret("e30="))
    _config("bad-no-document", "- a list")
    _config("bad-not-even-text", "\x00\x01: {")


@judged(
    own_account,
    {
        "good-own": PASSED,
        "good-own-by-path": PASSED,
        "good-from-elsewhere": PASSED,
        "bad-default": VIOLATED,
        "bad-app-engine": VIOLATED,
        "bad-shared": VIOLATED,
        "bad-shared-by-e-mail": VIOLATED,
        "absent-account": VIOLATED,
        "absent-block": VIOLATED,
        "unknown-account": NOT_EVALUATED,
        "secret-account": NOT_EVALUATED,
    },
)
def accounts() -> None:
    def config(name: str, account: Any) -> None:
        backend = apigateway.ApiConfigGatewayConfigBackendConfigArgs(google_service_account=account)
        apigateway.ApiConfig(
            name,
            api="voice",
            api_config_id=name,
            gateway_config=apigateway.ApiConfigGatewayConfigArgs(backend_config=backend),
        )

    own = serviceaccount.Account("gateway", account_id="gateway")
    api = serviceaccount.Account("api", account_id="api-identity")
    for name, email in (("service", api.email), ("far", "far@other.iam.gserviceaccount.com")):
        template = cloudrunv2.ServiceTemplateArgs(service_account=email)
        cloudrunv2.Service(name, name=name, location="europe-west1", template=template)
    config("good-own", own.email)
    config("good-own-by-path", own.name)
    config("good-from-elsewhere", "gateway@other.iam.gserviceaccount.com")
    config("bad-default", "123456789012-compute@developer.gserviceaccount.com")
    config("bad-app-engine", "projects/-/serviceAccounts/acme@appspot.gserviceaccount.com")
    config("bad-shared", api.email)
    config("bad-shared-by-e-mail", "far@other.iam.gserviceaccount.com")
    config("absent-account", "")
    apigateway.ApiConfig("absent-block", api="voice", api_config_id="absent-block")
    config("unknown-account", unknown())
    config("secret-account", pulumi.Output.secret("gateway@other.iam.gserviceaccount.com"))
