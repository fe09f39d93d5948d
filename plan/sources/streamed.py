"""Events that the engine streams, one JSON object a line: known in order to be refused by name.

`pulumi up --json`, a preview under PULUMI_ENABLE_STREAMING_JSON_PREVIEW and `--event-log` write them; one may be
missing at the end without any trace, so they are no source of a plan.
https://github.com/pulumi/pulumi/blob/master/sdk/go/common/apitype/events.go
"""

from __future__ import annotations

import json
from typing import Any, Final

from plan.errors import PlanFileError

PREVIEW: Final = "pulumi preview --json --show-sames --show-reads > FILE"
"""The command that writes what can be read."""


def refuse_streamed(text: str, *, origin: str) -> None:
    """PlanFileError where `text` begins with an event."""
    start = text.lstrip()
    if not start.startswith("{"):
        return
    try:
        # Only the first value: a stream is one a line, and no JSON as a whole.
        first, _ = json.JSONDecoder().raw_decode(start) if _may_be(start[:200]) else (None, 0)
    except (ValueError, RecursionError):
        return
    if _is_event(first):
        raise PlanFileError(
            f"{origin} is a stream of the engine's events",
            why="an event tells one step, and a stream that was cut off looks whole",
            fix=f"write a preview with `{PREVIEW}`, without PULUMI_ENABLE_STREAMING_JSON_PREVIEW; after an `up`, "
            "the state with `pulumi stack export --file FILE`",
        )


def _may_be(beginning: str) -> bool:
    return '"sequence"' in beginning or '"timestamp"' in beginning or 'Event"' in beginning


def _is_event(value: Any) -> bool:
    return isinstance(value, dict) and (
        any(key.endswith("Event") for key in value) or value.keys() >= {"sequence", "timestamp"}
    )
