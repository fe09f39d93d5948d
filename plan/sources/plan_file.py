"""A plan from a file of any of the three kinds that hold one, told apart by what is in it."""

from __future__ import annotations

from pathlib import Path

from plan.errors import PlanFileError
from plan.json_text import parsed, read_text
from plan.plan import Plan
from plan.sources import preview_json, state
from plan.sources.streamed import PREVIEW, refuse_streamed


def read_plan(path: Path) -> Plan:
    """The plan in `path`: JSON of `voicestack plan`, `pulumi preview --json` or `pulumi stack export`.

    PlanFileError, with the line where it is no JSON, for anything else. A preview that failed is refused: what it
    wrote is only a part.
    """
    text = read_text(path)
    refuse_streamed(text, origin=str(path))
    raw = parsed(text, origin=str(path))
    keys = set(raw) if isinstance(raw, dict) else set()
    if "resourcePlans" in keys:
        raise PlanFileError(
            f"{path} is what `pulumi preview --save-plan` wrote",
            why="it says what an `up` may change, and not what every resource will be",
            fix=f"write one with `{PREVIEW}`",
        )
    if "steps" in keys:
        failed = [
            str(line.get("message", "")).strip()
            for line in (raw["diagnostics"] if isinstance(raw.get("diagnostics"), list) else ())
            if isinstance(line, dict) and line.get("severity") == "error"
        ]
        if failed:
            raise PlanFileError(
                f"{path} is what a failed preview wrote",
                why=f"it holds only a part of the stack: {(failed[0].splitlines() or ['no reason told'])[0]}",
                fix="mend the program and preview again",
            )
        return preview_json.of_data(raw, origin=str(path))
    if "deployment" in keys:
        return state.of_data(raw, origin=str(path))
    if {"project", "stack", "resources"} <= keys:
        return Plan.from_data(raw, origin=str(path))
    raise PlanFileError(
        f"{path} is JSON of something else",
        why="it is neither a plan (`resources`), nor a preview (`steps`), nor a state (`deployment`)",
        fix="write one with `voicestack plan --json FILE`, `pulumi preview --json` or `pulumi stack export`",
    )
