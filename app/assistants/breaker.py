"""A circuit breaker: after failures in a row, calls are not made for a while, which spares a dependency and its
callers; then one call, the probe, closes the circuit or opens it for another while."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from app.ports import Refused, Unavailable


class CircuitOpen(Unavailable):
    """The call was not made."""


class Breaker:
    """Only Unavailable is a failure: who refuses is there, and a cancelled call says nothing."""

    def __init__(self, failures: int = 5, open_s: float = 30, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._open_s, self._clock = failures, open_s, clock
        self._failures, self._probing = 0, False
        self._until: float | None = None

    def check(self) -> None:
        """CircuitOpen if a call would not be made now."""
        if self._until is not None and (self._probing or self._clock() < self._until):
            raise CircuitOpen("assistant: CircuitOpen")

    @contextmanager
    def call(self) -> Iterator[None]:
        """Around one call; CircuitOpen instead of it while the circuit is open."""
        self.check()
        probe = self._probing = self._until is not None
        try:
            yield
            self._ended(probe, failures=0)
        except (Unavailable, Refused) as error:
            self._ended(probe, failures=self._failures + 1 if isinstance(error, Unavailable) else 0)
            raise
        finally:
            self._probing = self._probing and not probe

    def _ended(self, probe: bool, failures: int) -> None:
        if probe or self._until is None:  # a call from before the circuit opened says nothing about now
            self._failures = failures
            self._until = self._clock() + self._open_s if failures >= self._most else None
