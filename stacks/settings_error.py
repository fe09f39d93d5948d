"""Turns pydantic's report of wrong settings into one message: key, value, what is allowed and the fix."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from typing import Any

import pulumi
from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from components.errors import VoicestackError
from stacks.regions import REGIONS


class SettingsError(VoicestackError, pulumi.RunError):
    """One or more wrong keys in a stack file. A RunError: the real engine shows its message and no traceback."""


def settings_error(
    error: ValidationError,
    fields: Mapping[str, FieldInfo],
    *,
    secret_keys: Collection[str],
    project: str,
    environment: str,
) -> SettingsError:
    """What is wrong with a stack's settings, every key at once. A secret's value is never shown.

    `fields` are those of the settings by their names in the code, `secret_keys` the keys that hold a secret.
    """
    known = {field.alias or name: field.description or "" for name, field in fields.items()}
    # What a default is refused for comes under the name in the code.
    keys = {name: field.alias or name for name, field in fields.items()}
    problems = [_problem(one, keys, known, secret_keys, project) for one in error.errors(include_url=False)]
    whats, whys, fixes = zip(*problems, strict=True)
    return SettingsError("; ".join(whats), why="; ".join(whys), fix=_once(fixes, environment))


def refuse_wrong_secrecy(key: str, *, secret: bool, encrypted: bool, environment: str, project: str) -> None:
    """SettingsError for a secret in plain text, or an ordinary setting that is encrypted."""
    if secret and not encrypted:
        raise SettingsError(
            f"{project}:{key} is in plain text",
            why="whoever reads the stack file, or its history, has the secret",
            fix=f"take it out of Pulumi.{environment}.yaml, replace the value where it came from, and run "
            f"`pulumi config set --secret {key}`",
        )
    if encrypted and not secret:
        raise SettingsError(
            f"{project}:{key} is encrypted",
            why="it is no secret, and without an account nobody could plan with it or review it",
            fix=f"write it in plain text in Pulumi.{environment}.yaml",
        )


def _once(fixes: tuple[str, ...], environment: str) -> str:
    return f"in Pulumi.{environment}.yaml: " + "; ".join(dict.fromkeys(fixes))


def _problem(
    one: ErrorDetails,
    keys: Mapping[str, str],
    known: Mapping[str, str],
    secret_keys: Collection[str],
    project: str,
) -> tuple[str, str, str]:
    if not one["loc"]:
        message = one["msg"].removeprefix("Value error, ")
        return f"the settings contradict each other: {message}", message, "change one of them"
    key = keys.get(str(one["loc"][0]), str(one["loc"][0]))
    name = f"{project}:{key}"
    about = known.get(key, "")
    if one["type"] == "missing":
        return f"{name} is missing", about, f"add {name}"
    if one["type"] == "extra_forbidden":
        close = difflib.get_close_matches(key, known, n=1)
        hint = f"did you mean {project}:{close[0]}?" if close else f"the keys are {', '.join(sorted(known))}"
        return f"{name} is not a setting", "a key that nothing reads would mislead its reader", hint
    shown = "a secret" if key in secret_keys else repr(one["input"])
    return (
        f"{name} is {'missing' if one['input'] is None else shown}",
        f"{_allowed(one, key)} ({about})",
        f"give {name} an allowed value",
    )


def _allowed(one: ErrorDetails, key: str) -> str:
    context: dict[str, Any] = dict(one.get("ctx") or {})
    if key == "region":
        return "it must be a region of Google Cloud: " + ", ".join(REGIONS)
    if "pattern" in context:
        return f"it must match {context['pattern']}"
    return one["msg"].removeprefix("Value error, ")
