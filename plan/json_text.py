"""Files from outsiders: their text, and the JSON in it, or one clear error with the line.

What Python's own reader lets pass is refused: a key that comes twice (the last would win in silence, and hide the
first), NaN, infinite and endless numbers, nesting beyond what can be walked. Not here: whose shape the JSON has.
"""

from __future__ import annotations

import codecs
import json
import math
import re
import stat
from pathlib import Path
from typing import Any, Final, NoReturn

from components.errors import VoicestackError
from plan.errors import PlanFileError

LARGEST_PLAN: Final = 256 * 1024 * 1024
"""Bytes of a plan's file: some 100,000 resources, of which the largest stack of this project has 3,000."""
LARGEST_SETTINGS: Final = 256 * 1024
"""Bytes of what people write themselves."""
_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_LONGEST_KEY: Final = 60
_TOKEN: Final = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\]:]', re.DOTALL)
_ODD: Final = re.compile(r"-?(?:NaN|Infinity)|-?[0-9]{4000,}|-?[0-9.]+[eE]\+?[0-9]{3,}")


def read_text(path: Path, *, largest: int = LARGEST_PLAN, refused: type[VoicestackError] = PlanFileError) -> str:
    """The text of a file; `refused` for what is no file (a folder, a pipe, a device), too large or neither UTF-8
    nor marked as UTF-16.

    A pipe is refused because it may never end, nor even begin.
    """
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise refused(
                f"{path} is no file", why="a folder, a pipe or a device has no end to rely on", fix="name a file"
            )
        content = b""
        if about.st_size <= largest:
            with path.open("rb") as file:
                # One byte more than is allowed: some files say that they are empty, and are not.
                content = file.read(largest + 1)
        if max(about.st_size, len(content)) > largest:
            raise refused(
                f"{path} is larger than {largest / 2**20:g} MiB",
                why="nothing of this kind is: reading it would take all memory",
                fix="compare its size with what wrote it",
            )
        return decoded(content)
    except UnicodeDecodeError as error:
        if error.encoding.startswith("utf-16"):
            raise refused(
                f"{path} cannot be read: it is cut off UTF-16", why=str(error), fix="write it again, as UTF-8"
            ) from error
        line = content.count(b"\n", 0, error.start) + 1
        raise refused(
            f"{path} cannot be read: line {line} is not UTF-8", why=str(error), fix="write it as UTF-8"
        ) from error
    except (OSError, ValueError) as error:
        # ValueError: a name that holds a zero.
        raise refused(f"{path} cannot be read", why=str(error), fix="name a file that is there") from error


def decoded(content: bytes) -> str:
    """The text in `content`: UTF-8, or UTF-16 with its mark, which PowerShell's `>` writes. UnicodeDecodeError."""
    return content.decode("utf-16" if content.startswith(_UTF_16) else "utf-8-sig")


def parsed(text: str, *, origin: str, refused: type[VoicestackError] = PlanFileError) -> Any:
    """The JSON in `text`; `refused`, with the line, for anything that is not JSON to the letter."""
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_number, parse_float=_finite)
    except json.JSONDecodeError as error:
        raise refused(
            f"{origin}, line {error.lineno}, column {error.colno}: it is not whole, or not JSON",
            why=error.msg,
            fix="write it again, and compare its size",
        ) from error
    except RecursionError as error:
        raise refused(f"{origin} is nested too deeply", why="no plan is", fix="name another file") from error
    except _Twice as error:
        key, line, column = _second(text)
        raise refused(
            f"{origin}, line {line}, column {column}: the key '{key[:_LONGEST_KEY]}' comes twice in one object",
            why="the second would replace the first in silence",
            fix="keep one of the two",
        ) from error
    except ValueError as error:
        # A number that is none: NaN, an infinite one, or more digits than Python reads.
        found = next((one for one in _ODD.finditer(_without_texts(text)) if _is_odd(one[0])), None)
        at = f", line {text.count(chr(10), 0, found.start()) + 1}" if found else ""
        raise refused(
            f"{origin}{at} holds no number", why=str(error).partition(";")[0], fix="write a number of common size"
        ) from error


class _Twice(Exception):
    """A key comes twice. No ValueError: which one, and where, is looked for only then."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # Runs once for every object of a plan: nothing more may happen here.
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Twice
    return found


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON's")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"{text[:_LONGEST_KEY]} is too large a number")
    return number


def _is_odd(number: str) -> bool:
    if number[-1].isdigit() and ("e" in number or "E" in number):
        return math.isinf(float(number))
    return True


def _without_texts(text: str) -> str:
    """`text` with blanks in place of what stands in quotes, so that places stay what they are."""
    return _TOKEN.sub(lambda token: re.sub(r"[^\n]", " ", token[0]) if token[0][0] == '"' else token[0], text)


def _second(text: str) -> tuple[str, int, int]:
    """The first key that comes for the second time in its object, with its line and column.

    What comes before it was read already, so that it is JSON.
    """
    open_: list[set[str]] = []
    last: re.Match[str] | None = None
    for token in _TOKEN.finditer(text):
        match token[0]:
            case "{" | "[":
                open_.append(set())
            case "}" | "]":
                open_.pop()
            case ":" if last is not None:
                key = json.loads(last[0])
                if key in open_[-1]:
                    start = last.start()
                    return key, text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)
                open_[-1].add(key)
        last = token if token[0][0] == '"' else None
    raise AssertionError("only called where a key comes twice")
