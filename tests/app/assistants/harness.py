"""What the assistants' tests share: the two wire formats, the three assistants, a budget."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeVar

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from app.assistants.embedded import EmbeddedAssistant
from app.assistants.openai_compatible import OpenAIAssistant
from app.assistants.vertex import VertexAssistant
from app.ports import Answer, Assistant, Prompt
from app.settings import Assistants
from tests.app.patience import PATIENCE_S
from tests.app.servers.models import ModelServer, Reply

KEY = "sk-the-key-that-nobody-may-see"
Wire = Literal["openai", "vertex"]
Kind = Literal["embedded", "openai", "vertex"]
T = TypeVar("T")


def said(wire: Wire, text: str | None, *, tokens: int | None = 17, reason: str = "stop", **message: Any) -> Reply:
    """A model's answer, as its vendor writes it down."""
    if wire == "openai":
        choice = {
            "index": 0,
            "finish_reason": reason,
            "message": {"role": "assistant", "content": text, **message},
        }
        usage = {"prompt_tokens": 5, "completion_tokens": 12, "total_tokens": tokens}
        head = {"id": "c-1", "object": "chat.completion", "created": 1, "model": "llama"}
        return Reply({**head, "choices": [choice], **({} if tokens is None else {"usage": usage})})
    candidate: dict[str, Any] = {"finishReason": reason.upper()}
    if text is not None:
        candidate["content"] = {"role": "model", "parts": [{"text": text}]}
    counted = {} if tokens is None else {"usageMetadata": {"promptTokenCount": 5, "totalTokenCount": tokens}}
    return Reply({"candidates": [candidate], "modelVersion": "gemini", **counted})


def failed(wire: Wire, status: int, *, code: str = "", headers: dict[str, str] | None = None) -> Reply:
    """An error that says too much, as servers do: the question and the key."""
    message = f"Your question 'the colour of my house' with key {KEY} is wrong"
    error = {"message": message, "code": code or status, "status": "SOMETHING", "type": "error", "param": None}
    return Reply({"error": error}, status, headers or {})


def settings_of(kind: Kind, server: ModelServer, answer_s: float = PATIENCE_S) -> Assistants:
    return Assistants.model_validate({
        "ASSISTANT": kind,
        "ASSISTANT_MODEL": "gemini-2.5-flash",
        "ASSISTANT_LOCATION": "europe-west1",
        "GOOGLE_CLOUD_PROJECT": "acme",
        "OPENAI_API_KEY": KEY,
        "OPENAI_BASE_URL": f"{server.url}/v1",
        "OPENAI_MODEL": "llama-3.3",
        "ASSISTANT_TIMEOUT_S": answer_s,
    })  # fmt: skip


def bare(settings: Assistants) -> Assistant:
    """The chosen assistant without its guard."""
    if settings.chosen == "vertex":
        return VertexAssistant(settings)
    return OpenAIAssistant(settings) if settings.chosen == "openai" else EmbeddedAssistant()


def service_account(path: Path, token_uri: str) -> Path:
    """A key file, whose access tokens come from `token_uri`."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    account = {"type": "service_account", "client_email": "worker@acme.iam.gserviceaccount.com"}
    path.write_text(json.dumps({**account, "private_key": pem.decode(), "token_uri": token_uri}))
    return path


@dataclass
class MemoryBudget:
    """A budget of one process; `unavailable` is raised where it stands."""

    rest: int = 1_000_000
    spent: list[int] = field(default_factory=list)
    refuses_to_count: Exception | None = None

    async def left(self) -> int:
        return self.rest

    async def spend(self, tokens: int) -> None:
        if self.refuses_to_count:
            raise self.refuses_to_count
        self.rest -= tokens
        self.spent.append(tokens)


class Scripted:
    """An assistant that does what it is told, in order; the last thing again and again."""

    def __init__(self, *acts: Callable[[], Awaitable[Answer]]) -> None:
        self.acts, self.began, self.left = list(acts), 0, 0

    async def __aenter__(self) -> Scripted:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.left += 1

    async def check(self) -> None: ...

    async def answer(self, prompt: Prompt) -> Answer:
        act = self.acts[min(self.began, len(self.acts) - 1)]
        self.began += 1
        return await act()


@asynccontextmanager
async def nothing_left_behind() -> AsyncIterator[None]:
    """No task runs on that did not run before."""
    before = asyncio.all_tasks()
    yield
    for _ in range(20):  # what was cancelled needs a few turns to end
        await asyncio.sleep(0)
    assert asyncio.all_tasks() <= before


def answer_of(assistant: Assistant, prompt: Prompt) -> Answer:
    """One answer, from an assistant's start to its stop, in a loop of its own."""

    async def asked() -> Answer:
        async with asyncio.timeout(PATIENCE_S), nothing_left_behind(), assistant:
            return await assistant.answer(prompt)

    return asyncio.run(asked())
