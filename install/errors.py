"""Why a set-up ends: one error, told as all of Voicestack's are, which cannot be imported yet."""

from __future__ import annotations


class SetUpError(Exception):
    """The environment cannot be made: `what` happened, `why`, and how to `fix` it."""

    def __init__(self, what: str, *, why: str, fix: str) -> None:
        super().__init__(f"{what}\n  why: {why}\n  fix: {fix}")
