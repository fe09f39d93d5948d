"""What the reference system's messages look like, as Avro schemas that Pub/Sub enforces."""

from __future__ import annotations

import json
from typing import Any


def _record(name: str, **fields: Any) -> str:
    return json.dumps(
        {"type": "record", "name": name, "fields": [{"name": key, "type": kind} for key, kind in fields.items()]}
    )


ACTIVITY = _record(
    "Activity",
    occurred_at={"type": "long", "logicalType": "timestamp-micros"},
    activity="string",
    user_id=["null", "string"],
)
"""One row of the warehouse's `user_activity`."""
