"""Says what a command is doing, on a terminal only, and takes it back when it is done."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


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
