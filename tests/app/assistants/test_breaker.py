"""The circuit breaker does what its model does, whatever calls begin, end and overlap, and whenever."""

from __future__ import annotations

import asyncio
import contextlib
from contextlib import AbstractContextManager

import pytest
from hypothesis import settings, strategies
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, precondition, rule

from app.assistants.breaker import Breaker, CircuitOpen
from app.ports import Refused, Unavailable

MOST, OPEN_S = 3, 10.0
ENDS: dict[str, BaseException | None] = {
    "answered": None,
    "refused": Refused("blocked"),
    "failed": Unavailable("x: Gone"),
    "cancelled": asyncio.CancelledError(),
    "bug": KeyError("x"),
}


class Calls(RuleBasedStateMachine):
    """The model: one of three states, the failures in a row, when it opened, and which call is the probe."""

    running = Bundle("running")

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.breaker = Breaker(MOST, OPEN_S, clock=lambda: self.now)
        self.state, self.failures, self.opened = "closed", 0, 0.0
        self.probe: AbstractContextManager[None] | None = None
        self.calls: set[int] = set()

    @rule(seconds=strategies.sampled_from([0.5, 3.0, OPEN_S]))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    def due(self) -> bool:
        return self.state == "open" and self.now >= self.opened + OPEN_S

    @precondition(lambda self: self.state == "closed" or self.due())
    @rule(target=running)
    def call_begins(self) -> AbstractContextManager[None]:
        call = self.breaker.call()
        call.__enter__()
        if self.state == "open":
            self.state, self.probe = "half-open", call
        return call

    @precondition(lambda self: self.state != "closed" and not self.due())
    @rule()
    def call_is_not_made(self) -> None:
        with pytest.raises(CircuitOpen), self.breaker.call():
            pytest.fail("the circuit is open")

    @rule(call=consumes(running), how=strategies.sampled_from(sorted(ENDS)))
    def call_ends(self, call: AbstractContextManager[None], how: str) -> None:
        error = ENDS[how]
        with contextlib.suppress(Refused, Unavailable, asyncio.CancelledError, KeyError):
            assert not call.__exit__(type(error) if error else None, error, None), "no error is swallowed"
        if call is self.probe:
            self.probe, self.state = None, "open"  # due at once, unless its end says something
            if how in ("answered", "refused"):
                self.state, self.failures = "closed", 0
            elif how == "failed":
                self.opened = self.now
        elif self.state == "closed" and how in ("answered", "refused"):
            self.failures = 0
        elif self.state == "closed" and how == "failed":
            self.failures += 1
            if self.failures == MOST:
                self.state, self.opened = "open", self.now

    @invariant()
    def check_says_what_a_call_would_meet(self) -> None:
        if self.state == "closed" or self.due():
            self.breaker.check()
        else:
            with pytest.raises(CircuitOpen):
                self.breaker.check()


TestTheBreakerIsItsModel = Calls.TestCase
TestTheBreakerIsItsModel.settings = settings(
    max_examples=150, stateful_step_count=40, deadline=None, database=None
)


def test_only_one_probe_is_let_through_and_its_success_closes_the_circuit() -> None:
    now = 0.0
    breaker = Breaker(1, OPEN_S, clock=lambda: now)
    with pytest.raises(Unavailable), breaker.call():
        raise Unavailable("x: Gone")
    now = OPEN_S
    with breaker.call():
        with pytest.raises(CircuitOpen), breaker.call():
            pytest.fail("a second probe")
        with pytest.raises(CircuitOpen):
            breaker.check()
    with breaker.call(), breaker.call():
        breaker.check()


@pytest.mark.parametrize("late", [None, Unavailable("x: Gone"), asyncio.CancelledError()])
def test_a_call_from_before_the_circuit_opened_neither_closes_it_nor_lets_a_second_probe_in(
    late: BaseException | None,
) -> None:
    now = 0.0
    breaker = Breaker(1, OPEN_S, clock=lambda: now)
    old = breaker.call()
    old.__enter__()
    with pytest.raises(Unavailable), breaker.call():
        raise Unavailable("x: Gone")
    now = OPEN_S
    with breaker.call():
        with contextlib.suppress(Unavailable, asyncio.CancelledError):
            old.__exit__(type(late) if late else None, late, None)
        with pytest.raises(CircuitOpen), breaker.call():
            pytest.fail("a second probe")
    breaker.check()
