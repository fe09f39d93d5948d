"""The guard: budget, deadline, retries, circuit breaker and the platform's log line; in a time that jumps."""

from __future__ import annotations

import asyncio
import logging
import selectors
import subprocess
import sys
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings, strategies

from app.assistants.breaker import CircuitOpen
from app.assistants.guarded import GuardedAssistant, OverBudget
from app.assistants.outcomes import Blocked, Busy
from app.ports import Answer, Prompt, Refused, Unavailable
from app.settings import Assistants
from tests.app.assistants.harness import MemoryBudget, Scripted, nothing_left_behind

T = TypeVar("T")
Act = Callable[[], Awaitable[Answer]]
ANSWER = Answer("Grey.", "gemini", 17)
QUESTION = Prompt("the colour of my house")
DEADLINE_S = 60.0


class _Jumping(selectors.DefaultSelector):
    """Where a loop would wait, its time jumps."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.now += max(timeout or 0, 0)
        return super().select(0)


class JumpingLoop(asyncio.SelectorEventLoop):
    """Only for what waits for nothing but time."""

    def __init__(self) -> None:
        self.selector = _Jumping()
        super().__init__(self.selector)

    def time(self) -> float:
        return self.selector.now


def run(main: Coroutine[Any, Any, T]) -> T:
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        return runner.run(main)


def guarded(inner: Scripted, budget: MemoryBudget | None = None) -> GuardedAssistant:
    return GuardedAssistant(inner, budget or MemoryBudget(), Assistants(ASSISTANT_TIMEOUT_S=DEADLINE_S))


def after(seconds: float, outcome: Answer | Exception) -> Act:
    async def act() -> Answer:
        await asyncio.sleep(seconds)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return act


def gone(retry_after_s: float | None = None) -> Unavailable:
    if retry_after_s is None:
        return Unavailable("x: Gone")
    busy = Busy("x: HTTP 429")
    busy.retry_after_s = retry_after_s
    return busy


seconds = strategies.floats(0, 100)
outcomes = strategies.one_of(
    strategies.just(ANSWER),
    strategies.builds(gone, strategies.none() | seconds),
    strategies.builds(Refused, strategies.just("blocked")),
)


@settings(max_examples=300, deadline=None, database=None)
@given(plan=strategies.lists(strategies.tuples(seconds, outcomes), min_size=4, max_size=4))
def test_no_answer_takes_longer_than_its_deadline(plan: list[tuple[float, Answer | Exception]]) -> None:
    began: list[float] = []

    async def asked() -> tuple[Answer | Exception, float]:
        loop = asyncio.get_running_loop()
        start = loop.time()

        def noted(act: Act) -> Act:
            async def noting() -> Answer:
                began.append(loop.time() - start)
                return await act()

            return noting

        assistant = guarded(Scripted(*(noted(after(*step)) for step in plan)))
        async with nothing_left_behind():
            try:
                outcome: Answer | Exception = await assistant.answer(QUESTION)
            except (Unavailable, Refused) as error:
                outcome = error
        return outcome, loop.time() - start

    outcome, took = run(asked())
    assert took <= DEADLINE_S + 0.001
    assert 1 <= len(began) <= 4
    ended = 0.0
    for at, (lasts, step) in zip(began, plan, strict=False):
        assert at >= ended - 0.001, "no sooner than the server asked for"
        late = lasts >= DEADLINE_S / 2
        assert late or at == began[-1] or isinstance(step, Unavailable), "only Unavailable is asked for again"
        ended = (
            at + min(lasts, DEADLINE_S / 2) + (step.retry_after_s if isinstance(step, Busy) and not late else 0)
        )
    lasts, step = plan[len(began) - 1]
    if lasts < min(DEADLINE_S / 2, DEADLINE_S - began[-1]) - 0.001:
        assert outcome == step, "what the last attempt gave or raised"


def test_retries_stop_after_four_and_the_last_error_is_told() -> None:
    inner = Scripted(after(0, gone()), after(0, gone()), after(0, gone()), after(0, gone(0)), after(0, ANSWER))
    with pytest.raises(Busy):
        run(guarded(inner).answer(QUESTION))
    assert inner.began == 4


def test_a_call_that_hangs_leaves_time_for_another() -> None:
    assert run(guarded(Scripted(after(10_000, ANSWER), after(1, ANSWER))).answer(QUESTION)) == ANSWER


def test_while_the_circuit_is_open_calls_fail_at_once_and_unasked() -> None:
    inner = Scripted(after(0, gone()))

    async def asked() -> float:
        assistant = guarded(inner)
        await assistant.check()
        for _ in range(2):  # five failures in a row: four attempts, and one of the next four
            with pytest.raises(Unavailable):
                await assistant.answer(QUESTION)
        assert inner.began == 5
        with pytest.raises(CircuitOpen):
            await assistant.check()
        began = asyncio.get_running_loop().time()
        with pytest.raises(CircuitOpen):
            await assistant.answer(QUESTION)
        return asyncio.get_running_loop().time() - began

    assert run(asked()) == 0
    assert inner.began == 5


def test_calls_that_hang_open_the_circuit() -> None:
    async def asked() -> None:
        assistant = guarded(Scripted(after(10_000, ANSWER)))
        for _ in range(5):
            with pytest.raises(Unavailable):
                await assistant.answer(QUESTION)
        with pytest.raises(CircuitOpen):
            await assistant.check()

    run(asked())


def test_refusals_and_an_empty_budget_leave_the_circuit_closed() -> None:
    async def asked() -> None:
        budget = MemoryBudget()
        assistant = guarded(Scripted(after(0, Refused("blocked"))), budget)
        for rest in (1, 0) * 10:
            budget.rest = rest
            with pytest.raises(Refused):
                await assistant.answer(QUESTION)
        await assistant.check()

    run(asked())


@pytest.mark.parametrize("rest", [0, -5])
def test_beyond_the_budget_nobody_is_asked(rest: int) -> None:
    inner = Scripted(after(0, ANSWER))
    with pytest.raises(OverBudget, match=r"^budget$"):
        run(guarded(inner, MemoryBudget(rest)).answer(QUESTION))
    assert inner.began == 0


def test_an_answer_s_tokens_are_spent_and_logged_in_one_line(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    budget = MemoryBudget()
    assert run(guarded(Scripted(after(0, gone()), after(0, ANSWER)), budget).answer(QUESTION)) == ANSWER
    assert budget.spent == [17]
    lines = [vars(record)["fields"] for record in caplog.records if record.name == "app"]
    assert lines == [{"reason": "x: Gone"}, {"event": "llm_usage", "model": "gemini", "tokens": 17}]


def test_a_blocked_answer_s_tokens_are_spent_too(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    budget = MemoryBudget()
    with pytest.raises(Refused, match=r"^blocked$"):
        run(guarded(Scripted(after(0, Blocked("blocked", ANSWER))), budget).answer(QUESTION))
    assert budget.spent == [17]
    assert [vars(r)["fields"]["event"] for r in caplog.records if r.name == "app"] == ["llm_usage"]


def test_an_answer_that_was_paid_for_is_not_lost_because_of_its_bill() -> None:
    budget = MemoryBudget(refuses_to_count=Unavailable("database: Gone"))
    assert run(guarded(Scripted(after(0, ANSWER)), budget).answer(QUESTION)) == ANSWER


def test_a_budget_that_is_not_to_be_had_is_no_fault_of_the_assistant() -> None:
    class Gone(MemoryBudget):
        async def left(self) -> int:
            raise Unavailable("database: Gone")

    async def asked() -> None:
        inner = Scripted(after(0, ANSWER))
        assistant = guarded(inner, Gone())
        for _ in range(10):
            with pytest.raises(Unavailable, match=r"^database: Gone$"):
                await assistant.answer(QUESTION)
        await assistant.check()
        assert inner.began == 0

    run(asked())


@pytest.mark.parametrize("when", [0.0, 0.2, 1.0, 29.0, 31.0])
def test_a_cancelled_answer_ends_at_once_in_an_attempt_and_between_two(when: float) -> None:
    async def asked() -> float:
        loop = asyncio.get_running_loop()
        assistant = guarded(Scripted(after(0.1, gone(5)), after(10_000, ANSWER)))
        async with nothing_left_behind():
            task = asyncio.create_task(assistant.answer(QUESTION))
            await asyncio.sleep(when)
            task.cancel()
            began = loop.time()
            with pytest.raises(asyncio.CancelledError):
                await task
        await assistant.check()
        return loop.time() - began

    assert run(asked()) == 0


def test_answers_at_the_same_time_keep_to_their_own_attempts() -> None:
    async def asked() -> None:
        assistants = [guarded(Scripted(after(n / 10, gone()), after(n, ANSWER))) for n in range(20)]
        assert await asyncio.gather(*(one.answer(QUESTION) for one in assistants)) == [ANSWER] * 20
        one = guarded(Scripted(after(1, gone()), *[after(1, ANSWER)] * 3, after(1, gone()), after(1, ANSWER)))
        assert await asyncio.gather(*(one.answer(QUESTION) for _ in range(20))) == [ANSWER] * 20

    run(asked())


def test_the_guard_starts_and_stops_what_it_guards() -> None:
    inner = Scripted(after(0, ANSWER))

    async def used() -> None:
        async with guarded(inner):
            assert inner.left == 0

    run(used())
    assert inner.left == 1


@pytest.mark.parametrize("chosen", ["embedded", "openai", "vertex"])
def test_only_the_chosen_vendor_s_library_is_imported(chosen: str) -> None:
    given = {
        "ASSISTANT": chosen,
        "ASSISTANT_MODEL": "m",
        "ASSISTANT_LOCATION": "l",
        "GOOGLE_CLOUD_PROJECT": "acme",
        "OPENAI_MODEL": "m",
        "OPENAI_API_KEY": "k",
    }
    program = (
        "import sys; from app.assistants import assistant_of; from app.settings import Assistants\n"
        f"assistant_of(Assistants.model_validate({given}), None)\n"
        "print(*(name for name in ('openai', 'google.genai', 'httpx2', 'aiohttp') if name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    imported = set(done.stdout.split())
    assert imported & {"openai", "google.genai"} == {"openai": {"openai"}, "vertex": {"google.genai"}}.get(
        chosen, set()
    )
    assert imported or chosen == "embedded"
    assert not (chosen == "embedded" and imported), "a laptop pays for no HTTP client"


def test_an_answer_holds_nothing_that_a_database_refuses() -> None:
    told = run(guarded(Scripted(after(0, Answer("a\x00b\ud83dc\N{WAVING HAND SIGN}", "m", 1)))).answer(QUESTION))
    assert told == Answer("abc\N{WAVING HAND SIGN}", "m", 1)
