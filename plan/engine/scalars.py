"""What the real engine makes of YAML scalars, and the text in which it hands a setting to the program.

The rules are those of the YAML 1.2 reader that the engine uses (with its leftovers of 1.1) and of its JSON
writer; a table test holds them against the engine itself. Reading files is not done here.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

_WORDS: dict[str, bool | float | None] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), math.inf),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -math.inf),
}
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_BASES = ((re.compile(r"0[xX][0-9a-fA-F]+"), 16), (re.compile(r"0[bB][01]+"), 2), (re.compile(r"0[oO]?[0-7]+"), 8))
_DECIMAL = re.compile(r"0|[1-9][0-9]*")
_DATE = re.compile(
    r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})"
    r"(?:([Tt ])([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:\.([0-9]+))?(Z|[-+][0-9]{2}:[0-9]{2})?)?"
)
_SEXAGESIMAL = re.compile(r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?")
_LARGEST, _SMALLEST = 2**64 - 1, -(2**63)
_FIXED_POINT = (1e-6, 1e21)
"""Between these the engine writes a number without an exponent."""


@dataclass(frozen=True)
class Moment:
    """A date or time, in the engine's own notation."""

    text: str


Scalar = str | int | float | bool | Moment | None


def resolve(text: str) -> Scalar:
    """What an unquoted YAML scalar is."""
    if text in _WORDS:
        return _WORDS[text]
    if not text or text[0] not in "+-.0123456789":
        return text
    if (moment := _moment(text)) is not None:
        return moment
    plain = text.replace("_", "") if text[0] != "." else text
    if (whole := _integer(plain)) is not None:
        return whole
    return float(plain) if _FLOAT.fullmatch(plain) else text


def _integer(plain: str) -> int | None:
    sign, digits = (plain[0], plain[1:]) if plain[:1] in ("+", "-") else ("", plain)
    value: int | None = None
    if _DECIMAL.fullmatch(digits):
        value = int(digits)
    else:
        for pattern, base in _BASES:
            if pattern.fullmatch(digits):
                value = int(digits.lstrip("0").lstrip("xXbBoO") or "0", base)
                break
    if value is None:
        return None
    value = -value if sign == "-" else value
    return value if _SMALLEST <= value <= _LARGEST else None


def _moment(text: str) -> Moment | None:
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    year, month, day, mark, hour, minute, second, fraction, zone = found.groups()
    # A space goes without a zone, a T with one: the two notations that the engine's reader knows.
    if mark and (mark == " ") == bool(zone):
        return None
    try:
        at = datetime(
            int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0), tzinfo=_zone(zone)
        )
    except ValueError:
        return None
    digits = (fraction or "").rstrip("0")[:9]
    offset = at.strftime("%z")
    name = "UTC" if zone in (None, "Z", "+00:00") else offset
    return Moment(f"{at:%Y-%m-%d %H:%M:%S}{'.' + digits if digits else ''} {offset} {name}")


def _zone(zone: str | None) -> timezone:
    if zone in (None, "Z"):
        return UTC
    assert zone is not None  # noqa: S101 - narrows the type
    offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[4:6]))
    return timezone(-offset if zone[0] == "-" else offset)


def ambiguous(text: str) -> str | None:
    """Why YAML versions disagree on an unquoted scalar; None where they agree well enough."""
    digits = text.lstrip("+-")
    if digits[:1].isdigit():
        if _SEXAGESIMAL.fullmatch(text):
            return "YAML 1.1 reads it as a number to the base 60"
        if _moment(text) is not None:
            return "YAML 1.1 reads it as a moment in time, and the program would receive that moment's long form"
        if "_" in digits and not isinstance(resolve(text), str):
            return "YAML 1.1 drops the underscores, YAML 1.2 does not"
        if re.fullmatch(r"0[0-9]+", digits):
            return "YAML 1.1 reads a leading zero as octal"
        if re.fullmatch(r"0[bBoO][0-9]+", digits):
            return "YAML 1.1 and 1.2 write numbers to the base 2 and 8 differently"
    return None


def config_text(value: Any) -> str:
    """The string in which the program receives a setting; ValueError where the engine refuses it."""
    if isinstance(value, str):
        return value
    if isinstance(value, Moment):
        return value.text
    if value is None:
        return ""
    return _json(value)


def _json(value: Any) -> str:
    """JSON as the engine writes it: sorted keys, no spaces, and what HTML could misread escaped."""
    if isinstance(value, Moment):
        return _json(value.text)
    if isinstance(value, bool) or value is None or isinstance(value, int):
        return json.dumps(value)
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, str):
        text = json.dumps(value, ensure_ascii=False)
        for character in "<>&\u2028\u2029":
            text = text.replace(character, f"\\u{ord(character):04x}")
        return text
    if isinstance(value, list):
        return "[" + ",".join(map(_json, value)) + "]"
    return "{" + ",".join(f"{_json(key)}:{_json(value[key])}" for key in sorted(value)) + "}"


def _number(value: float) -> str:
    if not math.isfinite(value):
        raise ValueError("the engine cannot hand on a number that is not finite")
    if value == 0:
        return "0"
    low, high = _FIXED_POINT
    if low <= abs(value) < high:
        return _short(f"{_decimal(value):f}")
    mantissa, _, exponent = f"{_decimal(value):e}".partition("e")
    return f"{_short(mantissa)}e{int(exponent):+d}"


def _short(digits: str) -> str:
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def _decimal(value: float) -> Decimal:
    return Decimal(repr(value))
