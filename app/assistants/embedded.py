"""The embedded assistant: says how much it was told, and to the same question always the same."""

from __future__ import annotations

from typing import Self

from app.ports import Answer, Prompt


class EmbeddedAssistant:
    """Depends on nothing; a word counts as a token."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None: ...
    async def check(self) -> None: ...

    async def answer(self, prompt: Prompt) -> Answer:
        words = len(prompt.text.split())
        text = f"You said {words} {'word' if words == 1 else 'words'}: {prompt.text}" if words else ""
        if prompt.audio:
            text = f"{text} You sent {len(prompt.audio[1])} bytes of {prompt.audio[0]}.".lstrip()
        return Answer(text, model="embedded", tokens=words + len(text.split()))
