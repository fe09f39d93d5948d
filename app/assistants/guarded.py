"""What every call of an assistant goes through: token budget, deadline, retries and circuit breaker; and the log
line from which the platform counts tokens (components/observability/application_metrics.py)."""

from __future__ import annotations

import asyncio
import logging
import re
from contextlib import suppress
from dataclasses import replace
from typing import Self

from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, wait_exception, wait_random_exponential

from app.assistants.breaker import Breaker, CircuitOpen
from app.assistants.outcomes import Blocked, Busy
from app.ports import Answer, Assistant, Budget, Prompt, Refused, Unavailable
from app.settings import Assistants
from app.telemetry import metrics
from app.telemetry.logs import log

UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
"""Characters that models have been seen to write and that no database takes."""
FEW = stop_after_attempt(4)
AGAIN = retry_if_exception(lambda error: isinstance(error, Unavailable) and not isinstance(error, CircuitOpen))
ASKED = wait_exception(lambda error: error.retry_after_s if isinstance(error, Busy) else 0)
JITTER = wait_random_exponential(multiplier=0.5, max=8)
"""From nothing to 0.5, 1, 2 … seconds: instances that failed together do not come back together."""


class OverBudget(Refused):
    """The tokens of this hour are used up."""


class GuardedAssistant:
    """`inner` within `settings.answer_s` and the budget, which calls at the same time may overdraw."""

    def __init__(self, inner: Assistant, budget: Budget, settings: Assistants) -> None:
        self._inner, self._budget, self._answer_s = inner, budget, settings.answer_s
        self._breaker = Breaker()

    async def __aenter__(self) -> Self:
        await self._inner.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._inner.__aexit__(*error)

    async def check(self) -> None:
        """Asks no question, which would cost tokens every few seconds: what the last calls met says as much."""
        self._breaker.check()
        await self._inner.check()

    async def answer(self, prompt: Prompt) -> Answer:
        """OverBudget, or what the last attempt raised."""
        if await self._budget.left() <= 0:
            raise OverBudget("budget")
        now = asyncio.get_running_loop().time
        until = now() + self._answer_s
        retrying = AsyncRetrying(  # a new one each time: concurrent answers would share its state
            retry=AGAIN,
            wait=ASKED + JITTER,
            stop=lambda state: FEW(state) or now() + state.upcoming_sleep >= until,
            reraise=True,
        )
        try:
            answer: Answer = await retrying(self._attempt, prompt, until)
        except Blocked as blocked:
            await self._count(blocked.answer)
            raise
        await self._count(answer)
        return replace(answer, text=UNSTORABLE.sub("", answer.text))

    async def _attempt(self, prompt: Prompt, until: float) -> Answer:
        half = asyncio.get_running_loop().time() + self._answer_s / 2  # a call that hangs leaves time for another
        with self._breaker.call():
            try:
                async with asyncio.timeout_at(min(until, half)):
                    return await self._inner.answer(prompt)
            except (Unavailable, TimeoutError) as error:
                late = Unavailable("assistant: TimeoutError") if isinstance(error, TimeoutError) else error
                metrics.assistant_failure(type(late).__name__)
                log(logging.WARNING, "assistant failed", reason=str(late))
                raise late from None

    async def _count(self, answer: Answer) -> None:
        metrics.tokens(answer.model, answer.tokens)
        log(logging.INFO, "tokens used", event="llm_usage", model=answer.model, tokens=answer.tokens)
        with suppress(Unavailable):  # an answer that was paid for is not lost because of its bill
            await self._budget.spend(answer.tokens)
