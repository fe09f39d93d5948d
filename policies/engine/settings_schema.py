"""The JSON Schema of what may be set for one policy, without references: Pulumi resolves none."""

from __future__ import annotations

from typing import Any

from policies.engine.policy import Enforcement, Settings


def properties_of(model: type[Settings]) -> dict[str, Any]:
    """The schema of each key, the enforcement level among them."""
    schema = model.model_json_schema(by_alias=True)
    definitions = schema.get("$defs", {})
    properties = {key: _inlined(one, definitions) for key, one in schema["properties"].items()}
    return {**properties, "enforcementLevel": {"enum": [level.value for level in Enforcement]}}


def _inlined(value: Any, definitions: dict[str, Any]) -> Any:
    """`value` with what it refers to in its place."""
    if isinstance(value, dict):
        reference = value.get("$ref")
        if isinstance(reference, str):
            beside = {key: one for key, one in value.items() if key != "$ref"}
            return {**_inlined(definitions[reference.rsplit("/", 1)[-1]], definitions), **beside}
        return {key: _inlined(one, definitions) for key, one in value.items()}
    return [_inlined(one, definitions) for one in value] if isinstance(value, list) else value
