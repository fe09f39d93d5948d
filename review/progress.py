"""What a command says beside its result: what it does, on a terminal only, remarks, and the program's warnings."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
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
def doing(what: str) -> Iterator[None]:
    """While open, `what` stands on the terminal's last line."""
    if quiet.get() or not sys.stderr.isatty():
        yield
        return
    sys.stderr.write(f"\r\x1b[K{what} …")
    sys.stderr.flush()
    try:
        yield
    finally:
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()
