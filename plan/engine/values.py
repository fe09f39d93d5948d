"""Protobuf values as the plan has them, and back.

Secrets lose their content here, at the one door through which every value enters a plan.
"""

from __future__ import annotations

import hashlib
import math
from pathlib import Path
from typing import Any

from google.protobuf import struct_pb2

from plan.errors import EngineError
from plan.sentinels import ARCHIVE_KIND, ASSET_KIND, RESOURCE_KIND, SECRET_KIND, SIGNATURE, UNKNOWN, secret


class _UnfitError(ValueError):
    """A value that a plan cannot hold: what it is, why not, what to do."""


def from_struct(struct: struct_pb2.Struct, about: str) -> dict[str, Any]:
    """A protobuf struct as plain JSON, secrets emptied; EngineError says what of `about` a plan cannot hold."""
    try:
        return {key: from_value(value) for key, value in struct.fields.items()}
    except _UnfitError as unfit:
        what, why, fix = unfit.args
        raise EngineError(f"{about} is {what}", why=why, fix=fix) from unfit


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
        if number.is_integer():
            return int(number)
        if not math.isfinite(number):
            raise _UnfitError(
                f"no finite number ({number})", "JSON, and so a plan, has no such number", "mend the sum"
            )
        return number
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
    if kind == ARCHIVE_KIND:
        raise _UnfitError(
            "an archive",
            "the embedded engine packs no archives, so it cannot tell the hash that the real one plans",
            "pack it in a step of its own and pass the file as a FileAsset",
        )
    found = {key: from_value(item) for key, item in fields.items()}
    if kind == RESOURCE_KIND:
        if found.get("id") == UNKNOWN:
            found["id"] = ""
        found.setdefault("packageVersion", "")
    elif kind == ASSET_KIND:
        found["hash"] = hashlib.sha256(_content(found)).hexdigest()
    return found


def _content(asset: dict[str, Any]) -> bytes:
    if isinstance(asset.get("text"), str):
        return str(asset["text"]).encode()
    path = asset.get("path")
    if not isinstance(path, str):
        raise _UnfitError(
            f"an asset elsewhere ({asset.get('uri')})", "a plan is made with no network", "use a FileAsset"
        )
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise _UnfitError(
            f"the file '{path}', which cannot be read",
            f"{error.strerror}; the path starts at the program's folder",
            "correct the path",
        ) from error
