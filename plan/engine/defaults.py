"""The defaults that the provider adds to a resource's inputs, by path, from the bundled table."""

from __future__ import annotations

from typing import Any

from plan.engine.table import absent, facts_of, written


def defaults_of(type_: str, inputs: dict[str, Any]) -> dict[str, Any]:
    """What the provider adds to `inputs`: `{"logConfig.metadata": "INCLUDE_ALL_METADATA"}`."""
    return {written(place): value for path, value in facts_of(type_).defaults for place in absent(inputs, path)}
