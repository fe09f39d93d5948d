"""Any endpoint that speaks OpenAI's chat completions, which OpenAI, Groq and most model servers have in common."""

from __future__ import annotations

from base64 import b64encode
from typing import Literal, Self

from openai import APIStatusError, AsyncOpenAI, OpenAIError
from openai.types.chat import ChatCompletionContentPartParam

from app.assistants.outcomes import INSTRUCTION, MOST_TOKENS, Blocked, failure
from app.ports import Answer, Prompt, Refused, Unavailable
from app.settings import Assistants

Format = Literal["wav", "mp3"]  # `input_audio` knows no other
FORMATS: dict[str, Format] = {"audio/wav": "wav", "audio/x-wav": "wav", "audio/mpeg": "mp3", "audio/mp3": "mp3"}


class OpenAIAssistant:
    """A model by its name, and an API key."""

    def __init__(self, settings: Assistants) -> None:
        self._model, key, url = settings.openai_model, settings.openai_key, settings.openai_url
        self._client = AsyncOpenAI(api_key=key, base_url=url, max_retries=0, timeout=settings.answer_s)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.close()

    async def check(self) -> None:
        """Asks nothing: each request counts against the key's limit, and the guard knows what the last met."""

    async def answer(self, prompt: Prompt) -> Answer:
        content = _content(prompt)
        try:
            said = await self._client.chat.completions.create(
                model=self._model,
                messages=[{"role": "system", "content": INSTRUCTION}, {"role": "user", "content": content}],
                max_completion_tokens=MOST_TOKENS,
            )
            choice = next(iter(said.choices), None)
            text = "".join((choice and choice.message.content) or "")  # TypeError for anything but a text
            # Not every server counts; a token is three to four characters.
            tokens = int(said.usage.total_tokens) if said.usage else (len(prompt.text) + len(text)) // 3 + 1
        except APIStatusError as error:
            if error.code == "content_filter":
                raise Refused("blocked") from None
            raise failure("openai", error.status_code, error.response.headers) from None
        except (OpenAIError, AttributeError, TypeError, ValueError) as error:  # it takes a reply of any shape
            raise Unavailable(f"openai: {type(error).__name__}") from None
        answer, reason = Answer(text, self._model, tokens), choice and choice.finish_reason
        if not text or reason == "content_filter":
            raise Blocked("too long" if reason == "length" else "blocked", answer)
        return answer


def _content(prompt: Prompt) -> str | list[ChatCompletionContentPartParam]:
    """A text alone is a string: some servers know nothing else."""
    if not prompt.audio:
        return prompt.text
    form = FORMATS.get(prompt.audio[0].partition(";")[0].strip().lower())
    if form is None:
        raise Refused("audio type")
    data = b64encode(prompt.audio[1]).decode()
    text = prompt.text or "Answer what is said."
    return [{"type": "text", "text": text}, {"type": "input_audio", "input_audio": {"data": data, "format": form}}]
