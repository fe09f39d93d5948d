"""Nobody calls an operation of an API without saying who they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pydantic import Field

from analysis.stack import Stack
from analysis.value import Value
from policies.engine.policy import Problem, Result, Settings, Severity, Unseen, resource_policy
from policies.engine.settings_kinds import WordSet
from policies.private_network.api_gateway.openapi import document_of, operations

CONFIG: Final = "gcp:apigateway/apiConfig:ApiConfig"


class OpenOperations(Settings):
    """What may be set."""

    open_operations: WordSet = Field(
        default=frozenset({"GET /health", "GET /healthz", "GET /ready"}),
        description="Operations that anybody may call, as METHOD /path of the document.",
    )


def _documents(config: Value) -> Iterator[Value]:
    documents = list(config["openapiDocuments"].items())
    yield from documents
    if not documents:
        # Where there are none, the configuration itself says what it has instead.
        yield config


@resource_policy(
    id="api-operations-secured",
    title="Every operation of an API Gateway asks who calls",
    severity=Severity.CRITICAL,
    settings=OpenOperations,
    why="""A gateway asks for a token or a key only where its OpenAPI document says so. One operation without
    `security`, or with an empty list, is open to the internet, and the gateway calls the service behind with its
    own identity.""",
    fix="Route to a `Service` by the `Edge` component instead, or give each operation of the document `security`.",
    fix_raw="Set `security` for the whole document, define its schemes, and override it with `[]` nowhere.",
    rows=(135,),
    types=[CONFIG],
    elements=_documents,
)
def operations_secured(document: Value, stack: Stack, settings: OpenOperations) -> Iterator[Result | str]:
    if not document.path:
        if document["grpcServices"].present or document["managedServiceConfigs"].present:
            yield Unseen(document.resource, "grpcServices and their service configuration are not read here")
        return
    for operation in operations(document_of(document)):
        if operation.wanting and operation.name not in settings.open_operations:
            yield Problem(
                document.resource,
                f"{operation.name} in {document.path} {operation.wanting}: anybody may call it",
                key=f"{document.path} {operation.name}",
            )
