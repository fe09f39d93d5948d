"""Writes the JSON Schema of each system's stack files beside its settings (`make schema`).

Editors read it through the first line of a stack file; a test compares it with the settings.
"""

from __future__ import annotations

import json
from pathlib import Path

from stacks.settings import SystemSettings, schema_of
from stacks.voicestack.settings import VoicestackSettings

FOLDER = Path(__file__).parent
SYSTEMS: dict[str, type[SystemSettings]] = {"voicestack": VoicestackSettings}


def schema_text(system: str) -> str:
    """The schema of one system's stack files, as it is written."""
    return json.dumps(schema_of(SYSTEMS[system], system), indent=2, sort_keys=True) + "\n"


def main() -> None:
    """Writes every schema."""
    for system in SYSTEMS:
        (FOLDER / system / "settings.schema.json").write_text(schema_text(system), encoding="utf-8")


if __name__ == "__main__":
    main()
