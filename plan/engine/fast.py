"""Makes the SDK's bookkeeping cheaper while a plan is made. What is planned does not depend on it.

The SDK is made for a remote engine: each registration crosses to a thread and back, each output is watched, and
the wait for all of them starts over whenever one arrives. In one process none of that is needed. Every patch is
here, is undone afterwards, and is left out where the SDK is not a version it was written for: planning is
slower then, and the plan is the same (a test compares the two).
"""

from __future__ import annotations

import asyncio
import gc
import selectors
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from importlib.metadata import version
from typing import Any

from pulumi.output import Output
from pulumi.runtime import resource as sdk_resource
from pulumi.runtime import settings as sdk_settings
from pulumi.runtime import stack as sdk_stack

from plan.errors import EngineError

_KNOWN_SDK = ("3.27",)
"""Versions (by their beginning) whose internals these patches fit."""

_PATIENCE = 20.0
"""Seconds without anything to do after which a program is taken to wait for ever: nothing here is remote."""


class _Selector(selectors.DefaultSelector):
    """Ends a wait that nothing can end."""

    def select(self, timeout: float | None = None) -> Any:
        """Waits like its base, but not for ever."""
        if timeout is not None:
            return super().select(timeout)
        events = super().select(_PATIENCE)
        if not events:
            raise EngineError(
                "the program waits for a value that never comes",
                why=f"nothing has been left to do for {_PATIENCE:.0f} seconds",
                fix="look for an output that depends on itself, or a future that nothing completes",
            )
        return events


class _Loop(asyncio.SelectorEventLoop):
    """Runs what the SDK hands to a thread at once: the monitor answers in microseconds."""

    def __init__(self) -> None:
        super().__init__(_Selector())
        self.set_exception_handler(quiet)

    def run_in_executor(  # type: ignore[override]
        self, executor: Any, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        """Calls `func` in place unless the program brought an executor of its own."""
        if executor is not None:
            return super().run_in_executor(executor, func, *args)
        done = self.create_future()
        try:
            done.set_result(func(*args))
        except Exception as error:
            done.set_exception(error)
        return done


def plain_loop() -> asyncio.AbstractEventLoop:
    """The event loop of a run without patches."""
    loop = asyncio.SelectorEventLoop()
    loop.set_exception_handler(quiet)
    return loop


def quiet(_loop: asyncio.AbstractEventLoop, _context: Mapping[str, Any]) -> None:
    """After a failure asyncio would report every task that failed with it; one error is enough."""


async def _wait_for_rpcs(await_all_outstanding_tasks: bool = True) -> None:
    """Waits for every registration and output once, in the order they turn up."""
    manager = sdk_settings._get_rpc_manager()
    pending: set[asyncio.Future[Any]] = sdk_settings.SETTINGS.outputs
    while True:
        while manager.rpcs:
            await manager.rpcs.pop()
        if manager.unhandled_exception is not None:
            raise manager.unhandled_exception
        while await_all_outstanding_tasks and pending:
            await pending.pop()
        # Tasks that have just finished may have scheduled the next ones.
        await asyncio.sleep(0)
        if not manager.rpcs and not (await_all_outstanding_tasks and pending):
            return


def _in_place(function: Callable[..., Any]) -> Callable[..., Any]:
    return function


@contextmanager
def _patched(target: Any, name: str, value: Any) -> Iterator[None]:
    original = getattr(target, name)
    setattr(target, name, value)
    try:
        yield
    finally:
        setattr(target, name, original)


@contextmanager
def _no_collection() -> Iterator[None]:
    """A plan only grows; looking for garbage in it costs more than everything else together."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def fits() -> bool:
    """Whether the patches were written for the SDK at hand."""
    return version("pulumi").startswith(_KNOWN_SDK)


@contextmanager
def fast_sdk(enabled: bool) -> Iterator[Callable[[], asyncio.AbstractEventLoop]]:
    """While open, the SDK runs without what only a remote engine needs; yields the event loop's factory."""
    if not (enabled and fits()):
        yield plain_loop
        return
    outputs: set[asyncio.Future[Any]] = sdk_settings.SETTINGS.outputs

    def track(output: Output[Any]) -> None:
        outputs.add(output._data)

    def untrack(output: Output[Any]) -> None:
        outputs.discard(output._data)

    with ExitStack() as stack:
        stack.enter_context(_no_collection())
        stack.enter_context(_patched(sdk_stack, "wait_for_rpcs", _wait_for_rpcs))
        stack.enter_context(_patched(sdk_stack, "wrap_with_context", _in_place))
        stack.enter_context(_patched(sdk_resource, "wrap_with_context", _in_place))
        stack.enter_context(_patched(Output, "_track", track))
        stack.enter_context(_patched(Output, "_untrack", untrack))
        yield _Loop
