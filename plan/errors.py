"""What the review tools refuse, each with what, why and how to fix it.

`Finding`s of policies are not errors; they have their own model.
"""

from __future__ import annotations

from components.errors import VoicestackError


class ReviewError(VoicestackError):
    """Bad input to a command: a file, a folder, a stack or an option."""


class ConfigError(ReviewError):
    """A Pulumi.yaml or Pulumi.<stack>.yaml that the real engine would refuse, or that it would misread."""


class EngineError(ReviewError):
    """A program that the real engine would refuse too: duplicate name, missing input, unknown property."""


class ProgramError(ReviewError):
    """The program raised; the original exception is this one's `__cause__`."""


class PlanFileError(ReviewError):
    """A file that is not the plan, preview or state that it was taken for."""
