"""What a check met and could not read, while it goes on with the rest.

doubts = Doubts()
for part in parts:
    with doubts:
        yield from look(part)
doubts.tell()
"""

from __future__ import annotations

from types import TracebackType

from analysis.value import NotKnown


class Doubts:
    """Keeps the first `NotKnown` of several parts of one check; `tell` raises it at the end."""

    def __init__(self) -> None:
        self._first: NotKnown | None = None

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if not isinstance(error, NotKnown):
            return False
        self._first = self._first or error
        return True

    def tell(self) -> None:
        """Raises what was met, if anything was."""
        if self._first is not None:
            raise self._first
