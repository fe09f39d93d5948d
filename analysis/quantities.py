"""Amounts of CPU and memory as Cloud Run takes them: `500m`, `2`, `512Mi`, `1.5Gi`."""

from __future__ import annotations

import math
import re
from typing import Final

from analysis.value import NotKnown, Value

_QUANTITY: Final = re.compile(r"(?P<number>\d{1,15}(?:\.\d{1,9})?)(?P<unit>m|k|[MGT]i?|Ki)?")
_BYTES: Final = {
    "": 1,
    "k": 10**3,
    "M": 10**6,
    "G": 10**9,
    "T": 10**12,
    "Ki": 2**10,
    "Mi": 2**20,
    "Gi": 2**30,
    "Ti": 2**40,
}


def cpus_of(value: Value, otherwise: float) -> float:
    """The vCPUs at `value`; NotKnown where it is no amount of CPU."""
    number, unit = _read(value, str(otherwise))
    if unit not in ("", "m"):
        raise NotKnown(value.path, "is no amount of CPU")
    return number / 1000 if unit else number


def mib_of(value: Value, otherwise: float) -> float:
    """The MiB at `value`; NotKnown where it is no amount of memory."""
    number, unit = _read(value, f"{otherwise}Mi")
    if unit not in _BYTES:
        raise NotKnown(value.path, "is no amount of memory")
    return number * _BYTES[unit] / 2**20


def finite(value: Value, otherwise: float) -> float:
    """A number that can be counted with, never below zero; NotKnown where it is none."""
    number = value.number(otherwise)
    if not math.isfinite(number):
        raise NotKnown(value.path, "is not a number to count with")
    return max(0.0, number)


def _read(value: Value, otherwise: str) -> tuple[float, str]:
    found = _QUANTITY.fullmatch(value.text(otherwise).strip())
    if found is None:
        raise NotKnown(value.path, "is not an amount")
    return float(found["number"]), found["unit"] or ""
