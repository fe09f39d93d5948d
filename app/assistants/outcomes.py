"""How a model is asked over HTTP, and what comes of it: the same for every vendor."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from app.ports import Answer, Refused, Unavailable

INSTRUCTION = "Answer briefly, in the question's language, in plain sentences that can be read aloud."
MOST_TOKENS = 2048  # of one answer, with what the model thinks
REFUSALS = {400: "not accepted", 413: "too long", 415: "not accepted", 422: "not accepted"}
"""Others are not the question's fault, 401, 403 and 404 neither: a key, a grant or a model's name can be put right
(https://docs.cloud.google.com/vertex-ai/generative-ai/docs/model-reference/api-errors)."""


class Busy(Unavailable):
    """The server said so, and perhaps for how long."""

    retry_after_s = 0.0


class Blocked(Refused):
    """By the model itself, whose tokens are paid for as those of an answer."""

    def __init__(self, word: str, answer: Answer) -> None:
        super().__init__(word)
        self.answer = answer


def failure(dependency: str, status: int, headers: Mapping[str, str]) -> Refused | Busy:
    """What an HTTP error means."""
    if status in REFUSALS:
        return Refused(REFUSALS[status])
    busy = Busy(f"{dependency}: HTTP {status}")
    with suppress(ValueError):  # a date instead of seconds is passed over
        busy.retry_after_s = max(0.0, float(headers.get("retry-after", "0")))
    return busy
