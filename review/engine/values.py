"""Protobuf values as the plan has them, and back.

Secrets lose their content here, at the one door through which every value enters a plan.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from google.protobuf import struct_pb2

from review.sentinels import ASSET_KIND, RESOURCE_KIND, SECRET_KIND, SIGNATURE, UNKNOWN, secret


def from_struct(struct: struct_pb2.Struct) -> dict[str, Any]:
    """A protobuf struct as plain JSON, secrets emptied."""
    return {key: from_value(value) for key, value in struct.fields.items()}


def from_value(value: struct_pb2.Value) -> Any:  # noqa: PLR0911 - one a kind of value
    """A protobuf value as plain JSON, secrets emptied."""
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        return value.string_value
    if kind == "bool_value":
        return value.bool_value
    if kind == "number_value":
        number = value.number_value
        # The wire has floats only; the real engine prints whole ones without a point.
        return int(number) if number.is_integer() else number
    if kind == "struct_value":
        fields = value.struct_value.fields
        if SIGNATURE in fields:
            return _marked(fields)
        return {key: from_value(item) for key, item in fields.items()}
    if kind == "list_value":
        return [from_value(item) for item in value.list_value.values]
    return None


def _marked(fields: Any) -> dict[str, Any]:
    """A marked object as the real engine writes it."""
    kind = fields[SIGNATURE].string_value
    if kind == SECRET_KIND:
        return secret()
    found = {key: from_value(item) for key, item in fields.items()}
    if kind == RESOURCE_KIND:
        if found.get("id") == UNKNOWN:
            found["id"] = ""
        found.setdefault("packageVersion", "")
    elif kind == ASSET_KIND:
        content = _content(found)
        if content is not None:
            found["hash"] = hashlib.sha256(content).hexdigest()
    return found


def _content(asset: dict[str, Any]) -> bytes | None:
    if isinstance(asset.get("text"), str):
        return str(asset["text"]).encode()
    path = asset.get("path")
    if isinstance(path, str) and Path(path).is_file():
        return Path(path).read_bytes()
    return None
