"""What other tools check on Google Cloud, row by row: the table that policies refer to by number.

Measured in 2026 against checkov 3.3.30, trivy-checks 80e5382 and the texts of the CIS Google Cloud Foundations
Benchmark 4.0.0 and 5.0.0; the notes record where a tool was seen to be wrong. The data is `anchors.json`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Anchor:
    """One requirement, and who checks it; `-` where a tool does not, nothing where it was not looked up."""

    row: int
    area: str
    requires: str
    resource: str
    checkov: str
    trivy: str
    cis: str
    others: str
    note: str


@cache
def anchors() -> tuple[Anchor, ...]:
    """Every row, in order."""
    raw = json.loads(Path(__file__).with_name("anchors.json").read_text(encoding="utf-8"))
    return tuple(Anchor(**one) for one in raw)
