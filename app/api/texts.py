"""The texts that requests carry: no control characters (a database takes no NUL, a log no forged line)."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr, StringConstraints

ID = r"^[0-9a-f]{32}$"
EMAIL = r"^[!-?A-~]{1,64}@[!-?A-~]{1,189}$"
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|[\ud800-\udfff]")
LONGEST_TEXT = 4000
"""Characters of a question."""


def _printable(text: str) -> str:
    if CONTROL.search(text):
        raise ValueError("control characters")
    return text


def _encodable(secret: SecretStr) -> SecretStr:
    # A lone surrogate is a ValueError; pydantic looks for it in plain texts only.
    secret.get_secret_value().encode()
    return secret


Id = Annotated[str, StringConstraints(pattern=ID)]
Email = Annotated[str, StringConstraints(pattern=EMAIL, to_lower=True, strip_whitespace=True, max_length=254)]
"""Whoever reads mail there was never asked: an address is a name to log in by, no more. ASCII, as browsers
send it: other letters may look like these, and some become two when they become small."""
Line = Annotated[str, StringConstraints(max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$", strip_whitespace=True)]
Text = Annotated[str, StringConstraints(max_length=LONGEST_TEXT), AfterValidator(_printable)]
Given = Annotated[SecretStr, Field(max_length=128), AfterValidator(_encodable)]
"""A password that is to be compared."""
Password = Annotated[Given, Field(min_length=12)]
"""NIST SP 800-63B asks for length, not for kinds of characters."""
AudioType = Annotated[str, StringConstraints(pattern=r"^audio/[a-z0-9][a-z0-9.+-]{0,40}$")]
