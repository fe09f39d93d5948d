"""The OpenAPI document: how one authenticates, and the shape of a refusal."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from app.api.problems import Problem

SCHEMES = {
    "accessToken": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    "apiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
}


def describe(app: FastAPI) -> None:
    """Lets `app` describe itself: a route that may forbid takes a token or a key."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = get_openapi(
                title=app.title,
                version=app.version,
                description="Version 1; /api/v1/… is the same as /api/….",
                routes=app.routes,
            )
            components = document.setdefault("components", {})
            components["securitySchemes"] = SCHEMES
            shapes = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
            components.setdefault("schemas", {}).update(shapes.pop("$defs"), Problem=shapes)
            for path in document["paths"].values():
                for operation in path.values():
                    if "403" in operation["responses"]:
                        operation["security"] = [{"accessToken": []}, {"apiKey": []}]
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's own way to extend the document
