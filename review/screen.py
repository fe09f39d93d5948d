"""What people read, on its way to standard output: coloured on a terminal, the same bytes everywhere else.

Colours only mark what is written anyway; who sees none misses nothing. The library that draws them is loaded only
where a terminal asks for it. What machines read (JSON, SARIF, Markdown, pictures) does not come by here.
"""

from __future__ import annotations

import os
import sys
from functools import cache
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.console import Console

_MARKS = (
    r"(?m)(?P<head>^\S.* · [\w.-]+(?=: ))",
    r"(?m)(?P<bad>^!!? .*$)",
    r"(?P<bad>\b[1-9][0-9,]* violations?\b)",
    r"(?P<warn>\b[1-9][0-9,]* (?:partly )?not evaluated\b|\((?:partly )?known after creation\))",
    r"(?P<good>\bno violation\b|\b[1-9][0-9,]* passed\b)",
    r"(?m)(?P<good>^ +fix:)",
    r"(?m)(?P<dim>^[ │├└─]*[│├└─])",
    r"(?P<role>\broles/[\w.]+)",
)
"""What is marked in a line, and as what; never a text from a plan as a whole, which anybody may have written."""
_THEME = {
    "voicestack.bad": "bold red",
    "voicestack.warn": "yellow",
    "voicestack.good": "green",
    "voicestack.dim": "dim",
    "voicestack.role": "cyan",
    "voicestack.head": "bold",
}


def coloured(stream: TextIO) -> bool:
    """Whether `stream` is a terminal that may be coloured: https://no-color.org, and terminals that cannot."""
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb" and stream.isatty()


def show(text: str) -> None:
    """Writes `text` and a line break to standard output."""
    if not coloured(sys.stdout):
        sys.stdout.write(f"{text}\n")
        return
    painter = _painter()
    with painter.capture() as painted:
        # A line is never broken here: whoever wrote it wrapped it where it should be.
        painter.print(text, soft_wrap=True, markup=False, emoji=False)
    sys.stdout.write(painted.get())


@cache
def _painter() -> Console:
    from rich.console import Console  # noqa: PLC0415 - only a terminal needs it
    from rich.highlighter import RegexHighlighter  # noqa: PLC0415
    from rich.theme import Theme  # noqa: PLC0415

    class Marks(RegexHighlighter):
        base_style = "voicestack."
        highlights = list(_MARKS)  # noqa: RUF012 - the library's own declaration

    return Console(theme=Theme(_THEME), highlighter=Marks(), force_terminal=True)
