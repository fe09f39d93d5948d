"""Gemini on Vertex AI, in the name of the service's own identity."""

from __future__ import annotations

import asyncio
from typing import Self

import google.auth
import httpx2
from google import genai
from google.auth.exceptions import GoogleAuthError
from google.auth.transport.requests import Request
from google.genai.errors import APIError
from google.genai.types import FinishReason, GenerateContentConfig, HttpOptions, Part

from app.assistants.outcomes import INSTRUCTION, MOST_TOKENS, Blocked, failure
from app.ports import Answer, Prompt, Unavailable
from app.settings import Assistants

SCOPES = ["https://www.googleapis.com/auth/cloud-platform"]
CONFIG = GenerateContentConfig(system_instruction=INSTRUCTION, max_output_tokens=MOST_TOKENS)


class VertexAssistant:
    """A model by its name, in the settings' project and location."""

    def __init__(self, settings: Assistants) -> None:
        self._settings, self._model = settings, settings.model

    async def __aenter__(self) -> Self:
        try:
            self._credentials, _ = await asyncio.to_thread(google.auth.default, scopes=SCOPES)
        except GoogleAuthError as error:
            raise Unavailable(f"vertex: {type(error).__name__}") from None
        # With this client the library makes each request once; with its own it may repeat one, up to 10 s later.
        self._http = httpx2.AsyncClient()
        options = HttpOptions(timeout=round(self._settings.answer_s * 1000), httpx_async_client=self._http)
        project, location = self._settings.project, self._settings.location
        self._client = genai.Client(
            vertexai=True, project=project, location=location, credentials=self._credentials, http_options=options
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()
        self._client.close()

    async def check(self) -> None:
        """Has an access token, which costs nothing and is kept for an hour; asks no model."""
        try:
            if not self._credentials.valid:
                await asyncio.to_thread(self._credentials.refresh, Request())
        except GoogleAuthError as error:
            raise Unavailable(f"vertex: {type(error).__name__}") from None

    async def answer(self, prompt: Prompt) -> Answer:
        parts = [Part.from_text(text=prompt.text)] if prompt.text else []
        if prompt.audio:  # its type without parameters, as on the list of what Gemini takes:
            # https://docs.cloud.google.com/vertex-ai/generative-ai/docs/multimodal/audio-understanding
            kind = prompt.audio[0].partition(";")[0].strip()
            parts.append(Part.from_bytes(data=prompt.audio[1], mime_type=kind))
        try:
            said = await self._client.aio.models.generate_content(model=self._model, contents=parts, config=CONFIG)
        except APIError as error:
            raise failure("vertex", error.code, error.response.headers) from None
        except (httpx2.HTTPError, GoogleAuthError, ValueError) as error:
            raise Unavailable(f"vertex: {type(error).__name__}") from None
        if not said.usage_metadata:  # comes with each answer and each refusal: this is neither
            raise Unavailable("vertex: no answer")
        reason = said.candidates[0].finish_reason if said.candidates else None
        answer = Answer(said.text or "", self._model, said.usage_metadata.total_token_count or 0)
        if not answer.text or reason not in (FinishReason.STOP, FinishReason.MAX_TOKENS):
            raise Blocked("too long" if reason == FinishReason.MAX_TOKENS else "blocked", answer)
        return answer
