"""Refusals: every error of the API is a problem document (RFC 9457), and none quotes a value that was
sent, only the name of a field that is not known."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException as StarletteHTTPException

from app.ports import Conflict, Unavailable
from app.telemetry import logs

MEDIA_TYPE = "application/problem+json"
RETRY_S = 2


class Mistake(BaseModel):
    """One thing that is wrong with a request."""

    where: str
    what: str


class Problem(BaseModel):
    """Why a request was refused."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    request_id: str | None = None
    errors: list[Mistake] | None = None


def problem(
    status: int, detail: str, *, headers: dict[str, str] | None = None, errors: list[Mistake] | None = None
) -> JSONResponse:
    """The response."""
    title = HTTPStatus(status).phrase
    body = Problem(title=title, status=status, detail=detail, request_id=logs.request_id.get(), errors=errors)
    return JSONResponse(body.model_dump(exclude_none=True), status, headers, MEDIA_TYPE)


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What a route declares in OpenAPI: these refusals, and those that any route may answer."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    everywhere = (400, 409, 413, 422, 429, 500, 503)
    return {
        status: {"description": HTTPStatus(status).phrase, "content": content}
        for status in sorted({*statuses, *everywhere})
    }


def handle_problems(app: FastAPI) -> None:
    """Makes `app` answer with problem documents."""

    @app.exception_handler(StarletteHTTPException)
    async def refused(_: Request, error: StarletteHTTPException) -> JSONResponse:
        return problem(error.status_code, str(error.detail), headers=dict(error.headers or {}))

    @app.exception_handler(RequestValidationError)
    async def malformed(_: Request, error: RequestValidationError) -> JSONResponse:
        mistakes = [
            Mistake(where=".".join(str(part) for part in one["loc"]), what=one["type"]) for one in error.errors()
        ]
        return problem(422, "The request is not what this route takes", errors=mistakes)

    @app.exception_handler(Conflict)
    async def conflicting(_: Request, __: Conflict) -> JSONResponse:
        # Such as a job for an account that was deleted elsewhere within the last seconds.
        return problem(409, "What this needs is not there any more")

    @app.exception_handler(Unavailable)
    async def unavailable(_: Request, error: Unavailable) -> JSONResponse:
        logs.log(logging.ERROR, "dependency unavailable", reason=str(error))
        detail = "Something this depends on does not answer; try again"
        return problem(503, detail, headers={"retry-after": str(RETRY_S)})


NOT_FOUND = HTTPException(404, "There is nothing here that you may see")
