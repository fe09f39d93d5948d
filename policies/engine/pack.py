"""A pack: policies that belong together and that `pulumi preview --policy-pack` takes as one."""

from __future__ import annotations

import importlib
from collections import Counter
from dataclasses import dataclass
from functools import cache

from policies.engine.policy import Policy

NAMES = ("least_privilege", "private_network", "data_protection", "reliability", "cost_and_operations")
"""The packs, each a folder of `policies` whose `pack` module has `PACK`."""


@dataclass(frozen=True, kw_only=True)
class Pack:
    """Policies under one name."""

    name: str
    title: str
    policies: tuple[Policy, ...]


@cache
def packs() -> tuple[Pack, ...]:
    """Every pack of this project, in the order of `NAMES`."""
    found = tuple(importlib.import_module(f"policies.{name}.pack").PACK for name in NAMES)
    twice = [id_ for id_, n in Counter(one.id for pack in found for one in pack.policies).items() if n > 1]
    if twice:
        raise AssertionError(f"two policies share the id {', '.join(twice)}")
    return found
