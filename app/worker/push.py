"""The worker's Pub/Sub push endpoint and the check of the token that a push carries.

Where Cloud Run itself asks IAM who calls, it checks the token's signature and puts `SIGNATURE_REMOVED_BY_GOOGLE`
in its place (https://cloud.google.com/run/docs/troubleshooting#signature-removed): there is nothing left to
verify, and whoever can reach a service without that check can write these words too. So such a token counts only
where the deployment says that Cloud Run checks (`WORKER_AUTH=cloud-run`); its claims are read either way.

Pub/Sub takes 102, 200, 201, 202 and 204 as an acknowledgement and delivers again after anything else
(https://cloud.google.com/pubsub/docs/push). A message that no delivery will ever make good therefore gets
- 400 where the subscription has a dead-letter policy (Pub/Sub then sends `deliveryAttempt`): after the policy's
  attempts the message is moved to the dead-letter topic, where nothing is lost;
- 204 where it has none: refused, it would come back until its retention ends, so it is logged and let go.
"""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any, Self

from fastapi import APIRouter, HTTPException, Request
from google.auth import jwt, transport
from google.auth.exceptions import GoogleAuthError, TransportError
from google.oauth2 import id_token
from pydantic import Base64Bytes, BaseModel, Field, ValidationError

from app.ports import Unavailable
from app.queues import Handle, decode
from app.settings import Worker
from app.telemetry.logs import log
from app.telemetry.traces import span

KEYS = "https://www.googleapis.com/oauth2/v1/certs"
KEYS_KEPT_S = 600.0
"""They are published long before they sign."""
FETCH_S = 5.0
SKEW_S = 10
GIVE_BACK_S = 1.5
REMOVED = ".SIGNATURE_REMOVED_BY_GOOGLE"
SIGNED = ("RS256", "ES256")
ISSUERS = ("https://accounts.google.com", "accounts.google.com")


class _Message(BaseModel):
    id: str = Field(alias="messageId")
    data: Base64Bytes = b""
    attributes: dict[str, str] = {}


class _Push(BaseModel):
    message: _Message
    attempt: int | None = Field(None, alias="deliveryAttempt")


class PushGuard(transport.Request):
    """Lets in only pushes that Google signed for `audience` in the name of `identity`.

    As google-auth's transport it keeps Google's keys for a while, which would be fetched for every token.
    """

    def __init__(self, *, audience: str, identity: str, fetch: transport.Request, checked: bool = False) -> None:
        self._audience, self._identity, self._fetch, self._checked = audience, identity, fetch, checked
        self._keys, self._until = None, 0.0

    def __call__(self, url: str, *_: Any, **__: Any) -> Any:
        """The answer with the keys; TransportError if they cannot be had."""
        if time.monotonic() >= self._until:
            answer = self._fetch(url, method="GET", timeout=FETCH_S)
            if answer.status != 200:  # noqa: PLR2004
                raise TransportError("no keys")  # type: ignore[no-untyped-call]
            # In this order: another thread that sees the moment finds the keys, too.
            self._keys, self._until = answer, time.monotonic() + KEYS_KEPT_S
        return self._keys

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None: ...

    async def check(self) -> None:
        """Unavailable if tokens are verified here and Google's keys cannot be had."""
        if not self._checked:
            try:
                await asyncio.to_thread(self, KEYS)
            except TransportError as error:
                raise Unavailable(f"Google's keys: {type(error).__name__}") from error

    def verify(self, authorization: str) -> None:
        """HTTPException 401 (no good token), 403 (somebody else's) or 503 (Google's keys cannot be had)."""
        token = authorization.removeprefix("Bearer ")
        try:
            # What needs no key to be refused is refused first: a stranger makes nobody fetch them.
            claims = self._claims(token)
            if not token.endswith(REMOVED):
                claims = id_token.verify_oauth2_token(token, self, self._audience, SKEW_S)  # type: ignore[no-untyped-call]
            elif not self._checked:
                raise ValueError("nobody has checked its signature")
        except TransportError as error:
            raise HTTPException(503, "Google's keys cannot be had") from error
        except (GoogleAuthError, ValueError, KeyError, TypeError, RecursionError) as error:
            raise HTTPException(401, "A push carries a token that Google made for this service") from error
        if claims.get("email") != self._identity or claims.get("email_verified") is not True:
            raise HTTPException(403, "The token is not the push identity's")

    def _claims(self, token: str) -> Any:
        """What a token says, whoever signed it; ValueError if it is not for here and now."""
        if jwt.decode_header(token)["alg"] not in SIGNED:  # type: ignore[no-untyped-call]
            raise ValueError("not signed")
        claims = jwt.decode(token, verify=False)  # type: ignore[no-untyped-call]
        if claims["aud"] != self._audience or claims["iss"] not in ISSUERS:
            raise ValueError("another audience or issuer")
        if not claims["iat"] - SKEW_S <= time.time() <= claims["exp"] + SKEW_S:
            raise ValueError("another time")
        return claims


def guard_of(settings: Worker) -> PushGuard | None:
    """The guard that the settings ask for."""
    if settings.auth == "off":
        return None
    from google.auth.transport.requests import Request as Fetch  # noqa: PLC0415  # only who calls out needs it

    return PushGuard(
        audience=settings.audience,
        identity=settings.push_identity,
        fetch=Fetch(),
        checked=settings.auth == "cloud-run",
    )


class InHand:
    """Handles, and at the end waits for jobs to be given back: the server cancels what takes too long, no more."""

    def __init__(self, handle: Handle) -> None:
        self._handle, self._tasks = handle, set[Any]()

    async def __call__(self, job_id: str) -> bool:
        """As `handle` does it."""
        task = asyncio.current_task()
        self._tasks.add(task)
        try:
            return await self._handle(job_id)
        finally:
            self._tasks.discard(task)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=GIVE_BACK_S)


def push_router(handle: Handle, guard: PushGuard | None) -> APIRouter:
    """The push route; without a guard anybody may push."""
    router = APIRouter()

    @router.post("/pubsub/push", status_code=204, include_in_schema=False)
    async def push(request: Request) -> None:
        """Does the job that the message names; who pushes is checked before the body is read."""
        if guard:
            await asyncio.to_thread(guard.verify, request.headers.get("authorization", ""))
        try:
            pushed = _Push.model_validate_json(await request.body())
        except ValidationError as error:
            raise HTTPException(400, "This is not a Pub/Sub push") from error
        message = pushed.message
        try:
            job_id = decode(message.data)
        except ValueError as error:
            log(logging.ERROR, "malformed message", message_id=message.id, attempt=pushed.attempt)
            if pushed.attempt is not None:
                raise HTTPException(400, "The message names no job") from error
            return
        with span("push", parent=message.attributes.get("traceparent")):
            if not await handle(job_id):
                raise HTTPException(503, "The job is not done; deliver the message again")

    return router
