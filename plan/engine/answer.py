"""The state that a preview answers a registration with: what the SDK resolves a resource's outputs from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from google.protobuf import struct_pb2

from plan.engine.table import Path_, parse
from plan.sentinels import SECRET_KIND, SIGNATURE, UNKNOWN


def planned_state(
    inputs: struct_pb2.Struct,
    defaults: Mapping[str, Any],
    planned: Mapping[str, Any],
    secret_outputs: Iterable[str],
) -> struct_pb2.Struct:
    """Inputs with defaults, then what the provider plans; outputs that will be secret are secret already."""
    state = struct_pb2.Struct()
    state.CopyFrom(inputs)
    for path, value in defaults.items():
        _set(state, parse(path), value)
    for key, value in planned.items():
        state[key] = value
    for key in secret_outputs:
        if key not in state.fields:
            # The value is unknown, but whatever takes it must know that it is secret.
            state[key] = {SIGNATURE: SECRET_KIND, "value": UNKNOWN}
        elif not _is_secret(state.fields[key]):
            clear = struct_pb2.Value()
            clear.CopyFrom(state.fields[key])
            wrapped = struct_pb2.Struct()
            wrapped[SIGNATURE] = SECRET_KIND
            wrapped.fields["value"].CopyFrom(clear)
            state.fields[key].struct_value.CopyFrom(wrapped)
    return state


def _is_secret(value: struct_pb2.Value) -> bool:
    fields = value.struct_value.fields
    return SIGNATURE in fields and fields[SIGNATURE].string_value == SECRET_KIND


def _set(struct: struct_pb2.Struct, path: Path_, value: Any) -> None:
    here: Any = struct
    for part in path[:-1]:
        entry = here.values[part] if isinstance(part, int) else here.fields[part]
        here = entry.list_value if entry.WhichOneof("kind") == "list_value" else entry.struct_value
    here[path[-1]] = value
