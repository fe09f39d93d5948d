"""The one shape in which Voicestack refuses something: what, why and how to fix it.

Not a catalogue: each module derives its own class where callers need to tell errors apart.
"""

from __future__ import annotations


class VoicestackError(Exception):
    """Bad input or an unsafe request, told so that its reader can act without reading code.

    `what` names the thing and its value, `why` the rule it breaks, `fix` the change that mends it.
    """

    def __init__(self, what: str, *, why: str, fix: str) -> None:
        super().__init__(what)
        self.what = what
        self.why = why
        self.fix = fix

    def __str__(self) -> str:
        return f"{self.what}\n  why: {self.why}\n  fix: {self.fix}"


class NamingError(VoicestackError):
    """A physical name that Google would refuse."""


class LinkError(VoicestackError):
    """A use that cannot be granted, or that would be unsafe if it were."""


class ComponentError(VoicestackError):
    """Component arguments that contradict each other."""
