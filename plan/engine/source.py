"""Where in the project a resource was made.

The SDK renders the whole stack with its source lines for each resource; walking the frames costs a hundredth
of that and can tell the project's frames from the machine's. Paths are relative to the root, so two machines
agree.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from pulumi.runtime import resource as sdk
from pulumi.runtime.proto import source_pb2

_HERE = str(Path(__file__).resolve().parent.parent) + "/"
_SITE = "site-packages"
_INSTALLED = str(Path(sys.prefix).resolve()) + "/"
"""The environment, which often stands in the root: what started the process is no place to mend anything."""
_DEPTH = 2


class Sources:
    """Finds the frames of one project."""

    def __init__(self, root: Path) -> None:
        self._root = str(root.resolve()) + "/"
        self._relative: dict[str, str | None] = {}

    def _path(self, filename: str) -> str | None:
        """`filename` relative to the root; None where it is not the project's."""
        if filename in self._relative:
            return self._relative[filename]
        if filename.startswith("<"):
            return None
        full = filename if filename.startswith("/") else str(Path(filename).resolve())
        inside = full.startswith(self._root) and _SITE not in full and not full.startswith(_INSTALLED)
        found = full[len(self._root) :] if inside else None
        self._relative[filename] = found
        return found

    def frames(self, frame: FrameType | None, resource: Any) -> list[tuple[str, int]]:
        """The innermost frame of the project that makes `resource`, and the one that called it.

        The resource's own constructors are passed over: what a reader looks for is who wanted it.
        """
        found: list[tuple[str, int]] = []
        while frame is not None and len(found) < _DEPTH:
            code = frame.f_code
            if code.co_filename.startswith(_HERE):
                # Further out is only what started the engine, such as a command: no place to mend anything.
                break
            path = self._path(code.co_filename)
            if path is not None and not (
                code.co_name == "__init__" and not found and frame.f_locals.get("self") is resource
            ):
                found.append((path, frame.f_lineno))
            frame = frame.f_back
        return found


@contextmanager
def recorded(root: Path, classes: dict[str, type]) -> Iterator[None]:
    """While open, every registration carries the project's frames instead of the whole stack.

    `classes` receives the input class of each resource type: the monitor knows only the type's name.
    """
    original = sdk._get_stack_trace
    sources = Sources(root)

    def trace() -> source_pb2.StackTrace:
        caller = sys._getframe(1)
        known = caller.f_locals
        made, declared = known.get("res"), known.get("typ")
        if declared is not None:
            classes.setdefault(known.get("ty", ""), declared)
        return source_pb2.StackTrace(
            frames=[
                source_pb2.StackFrame(pc=source_pb2.SourcePosition(uri=path, line=line))
                for path, line in sources.frames(caller, made)
            ]
        )

    sdk._get_stack_trace = trace
    try:
        yield
    finally:
        sdk._get_stack_trace = original
