"""What a command says beside its result: what it is doing, on a terminal only, and the program's warnings."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


def warned(message: str) -> None:
    """Passes a warning of the program on."""
    print(f"warning: {message}", file=sys.stderr)


@contextmanager
def doing(what: str) -> Iterator[None]:
    """While open, `what` stands on the terminal's last line."""
    if not sys.stderr.isatty():
        yield
        return
    sys.stderr.write(f"\r\x1b[K{what} …")
    sys.stderr.flush()
    try:
        yield
    finally:
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()
