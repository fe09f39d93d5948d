"""Writes a text file, or says in one message why that is not possible. Reading is `plan.json_text`."""

from __future__ import annotations

from pathlib import Path

from plan.errors import ReviewError


def write_file(path: Path, text: str) -> None:
    """Writes `text` to `path`; ReviewError where that is not possible."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ReviewError(
            f"{path} cannot be written", why=error.strerror or str(error), fix="name another file"
        ) from error
