"""Writes what the settings say of themselves: a JSON Schema a system, and the reference page (`make schema`).

Editors read the schema through the first line of a stack file. A test compares both with the settings.
"""

from __future__ import annotations

import json
from enum import Enum
from pathlib import Path
from typing import Any

from stacks.settings import DISPOSABLE, SystemSettings
from stacks.voicestack.settings import VoicestackSettings

FOLDER = Path(__file__).parent
REFERENCE = FOLDER.parent / "docs" / "settings.md"
SYSTEMS: dict[str, type[SystemSettings]] = {"voicestack": VoicestackSettings}


def schema_of(settings: type[SystemSettings], project: str) -> dict[str, Any]:
    """The JSON Schema of a stack file, so that editors complete and check it."""
    own = settings.model_json_schema(by_alias=True)
    properties = {f"{project}:{key}": value for key, value in own["properties"].items() if key != "environment"}
    required = [f"{project}:{key}" for key in own["required"] if key != "environment"]
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": f"A stack of {project}",
        "type": "object",
        "properties": {
            "config": {
                "type": "object",
                "properties": properties,
                "required": required,
                "if": {"properties": {f"{project}:profile": {"enum": DISPOSABLE}}},
                "then": {"required": [f"{project}:customerKeys"]},
            }
        },
        "required": ["config"],
        **({"$defs": own["$defs"]} if "$defs" in own else {}),
    }


def schema_text(system: str) -> str:
    """The schema of one system's stack files, as it is written."""
    return json.dumps(schema_of(SYSTEMS[system], system), indent=2, sort_keys=True) + "\n"


def reference_text() -> str:
    """The page that lists every key, as it is written."""
    lines = [
        "# Settings",
        "",
        "Every key of a stack file, made from the code by `make schema`. Sizes, protection, retention and budget",
        "are not here: they come from the profile (`stacks/profiles.py`). A wrong key or value is one message",
        "that says what is allowed, before anything is registered.",
    ]
    for system, settings in SYSTEMS.items():
        lines += ["", f"## {system}", "", "| key | default | what it is |", "|---|---|---|"]
        for name, field in settings.model_fields.items():
            if name == "environment":
                continue
            if field.is_required():
                default = "required"
            else:
                value = field.default.value if isinstance(field.default, Enum) else field.default
                told = str(value).lower() if isinstance(value, bool) else value
                default = "" if value in (None, ()) else f"`{told}`"
            lines.append(f"| `{system}:{field.alias}` | {default} | {field.description} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Writes every schema and the page."""
    REFERENCE.write_text(reference_text(), encoding="utf-8")
    for system in SYSTEMS:
        (FOLDER / system / "settings.schema.json").write_text(schema_text(system), encoding="utf-8")


if __name__ == "__main__":
    main()
