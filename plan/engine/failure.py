"""Turns what a program raised into one message: what, where in the project, how to go on.

The exception itself is kept as the cause, for --debug.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from plan.errors import ProgramError

_SDK_NOISE = ("While processing", "AssertionError has risen: ", "ValueError has risen: ")
_RESOURCE = re.compile(r"While processing resource: '([^']*)', type:? '([^']*)'")
_INPUT = re.compile(r"While processing input: '([^']*)'")
_DEBUG = "--debug shows the whole way there"


def explain(error: BaseException, *, root: Path, project: str, stack: str) -> ProgramError:
    """The one message for `error`, which the program of `project` raised."""
    places = [f"{path}:{line}" for path, line, _ in _inside(error, root)]
    where = (
        f" (at {places[-1]}" + (f", called from {places[0]}" if len(places) > 1 else "") + ")" if places else ""
    )
    about = _about(error)
    if isinstance(error, SystemExit):
        return ProgramError(
            f"the program of {project} ends itself for the stack '{stack}'{where}: exit code {error.code}",
            why="a program that stops before its end has not declared everything",
            fix="raise an exception that says what is wrong instead of calling sys.exit",
        )
    if isinstance(error, ModuleNotFoundError):
        return ProgramError(
            f"the program of {project} imports '{error.name}', which is not installed{where}",
            why="only what pyproject.toml names, and the project itself, can be imported",
            fix="correct the name, or install the project again: pip install -e .",
        )
    return ProgramError(
        f"the program of {project} fails for the stack '{stack}'{about}{where}",
        why=f"{type(error).__name__}: {_message(error)}",
        fix=f"mend that line; {_DEBUG}",
    )


def _message(error: BaseException) -> str:
    """The innermost message; the SDK wraps it in lines that repeat inputs, which may be secret."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    told = [line for line in lines if not line.startswith(_SDK_NOISE[0])]
    text = told[-1] if told and len(told) < len(lines) else " ".join(told)
    for noise in _SDK_NOISE[1:]:
        text = text.removeprefix(noise)
    return text or "(it says nothing)"


def _inside(error: BaseException, root: Path) -> Iterator[tuple[str, int, FrameType]]:
    """The project's frames of the traceback, the outermost first."""
    prefix, own = f"{root}/", f"{Path(__file__).resolve().parent.parent}/"
    for frame, line in traceback.walk_tb(error.__traceback__):
        path = frame.f_code.co_filename
        if path.startswith(prefix) and not path.startswith(own) and "site-packages" not in path:
            yield path[len(prefix) :], line, frame


def _about(error: BaseException) -> str:
    """Which resource, and which of its inputs, the error is about."""
    resource, inputs = _RESOURCE.search(str(error)), _INPUT.findall(str(error))
    if resource:
        about = f" while it makes '{resource[1]}' ({resource[2]})"
        return f"{about}, at its input {'.'.join(inputs)}" if inputs else about
    for frame, _ in traceback.walk_tb(error.__traceback__):
        name = frame.f_locals.get("resource_name")
        if isinstance(name, str):
            return f" while it makes '{name}'"
    return ""
