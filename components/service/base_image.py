"""What the bundled app's image is built on, unless a setting names another."""

from __future__ import annotations

from typing import Final

BASE_IMAGE: Final = "python:3.12-slim"
