"""Somebody else's regular expressions (RE2's, in filters and queries), tried without the risk of never ending.

RE2 takes linear time for any expression, Python's `re` does not: what could take long here is not tried, and the
answer is None. So it is for what RE2 reads otherwise than Python.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_LONGEST: Final = 500
_LONGEST_TEXT: Final = 200
_MOST_REPEATS: Final = 3
"""Unbounded repeats in a row are as many loops inside each other, over a text of some hundred letters."""
_REPEATED_GROUP: Final = re.compile(r"\)[*+{]")
_REPEAT: Final = re.compile(r"[*+]|\{\d*,\d*\}")


def full_match(expression: str, text: str) -> bool | None:
    """Whether the whole of `text` is what `expression` describes; None where that is not tried."""
    return _tried(expression, text, whole=True)


def found(expression: str, text: str) -> bool | None:
    """Whether `text` has anywhere what `expression` describes; None where that is not tried."""
    return _tried(expression, text, whole=False)


def _tried(expression: str, text: str, *, whole: bool) -> bool | None:
    compiled = _compiled(expression)
    if compiled is None or len(text) > _LONGEST_TEXT:
        return None
    return (compiled.fullmatch(text) if whole else compiled.search(text)) is not None


@lru_cache(maxsize=1024)
def _compiled(expression: str) -> re.Pattern[str] | None:
    plain = re.sub(r"\\.", "_", expression)
    if (
        len(expression) > _LONGEST
        or _REPEATED_GROUP.search(plain)
        or len(_REPEAT.findall(plain)) > _MOST_REPEATS
        or re.search(r"\\[1-9]|\\[pPzQE]|\(\?[^:imsU)-]", expression)
    ):
        return None
    try:
        return re.compile(expression)
    except (re.error, RecursionError, OverflowError):
        return None
