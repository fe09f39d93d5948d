"""What a command says beside its result: what it does, on a terminal only, remarks, and the program's warnings."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar

quiet: ContextVar[bool] = ContextVar("quiet", default=False)
"""Whether the command was told to say its result only (--quiet)."""


def warned(message: str) -> None:
    """Passes a warning of the program on."""
    print(f"warning: {message}", file=sys.stderr)


def remarked(message: str) -> None:
    """Says on standard output what stands beside the result."""
    if not quiet.get():
        sys.stdout.write(f"{message}\n")


@contextmanager
def doing(what: str, *, done: int = 0, of: int = 1) -> Iterator[None]:
    """While open, `what` stands on the terminal's last line; with a bar where it is one step `of` several."""
    if quiet.get() or not sys.stderr.isatty():
        yield
    elif of > 1:
        with _bar(what, done, of):
            yield
    else:
        sys.stderr.write(f"\r\x1b[K{what} …")
        sys.stderr.flush()
        try:
            yield
        finally:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def _bar(what: str, done: int, of: int) -> AbstractContextManager[object]:
    from rich.console import Console  # noqa: PLC0415 - only a terminal needs it
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn  # noqa: PLC0415

    # Without a thread that redraws it: a process with threads cannot be copied to plan the next stack.
    bar = Progress(
        TextColumn("{task.description} …", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        console=Console(stderr=True),
        transient=True,
        auto_refresh=False,
    )
    bar.add_task(what, completed=done, total=of)
    return bar
