"""The settings of one stack, as the very strings that the real engine hands the program.

Nothing is decrypted: an encrypted value becomes a secret that is not known yet. Whether a setting makes sense is
not judged here but by the settings models.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from plan.engine.declared import full_key
from plan.engine.project import Project
from plan.engine.scalars import config_text
from plan.engine.secure_setting import SecureSetting
from plan.engine.yaml_file import Document, load
from plan.errors import ConfigError, ReviewError

_LET_BE = frozenset({"config", "encryptionsalt", "secretsprovider", "encryptedkey"})
_STACK = re.compile(r"[A-Za-z0-9_.-]{1,100}")
_DISABLED = "pulumi:disable-default-providers"


@dataclass(frozen=True, kw_only=True)
class StackConfig:
    """What a program receives: a string a key, and which keys are encrypted in the file."""

    values: dict[str, str]
    secure: frozenset[str]

    @property
    def disabled_providers(self) -> frozenset[str]:
        """The packages that may not use a default provider; `*` stands for all."""
        text = self.values.get(_DISABLED, "")
        try:
            listed = json.loads(text) if text else []
        except ValueError:
            listed = None
        if not isinstance(listed, list) or not all(isinstance(item, str) for item in listed):
            raise ConfigError(
                f"{_DISABLED} is '{text}'",
                why="the engine takes a list of package names there",
                fix=f'write `{_DISABLED}: ["gcp"]`',
            )
        return frozenset(item.strip() for item in listed)


def load_stack(project: Project, stack: str, overrides: Mapping[str, str] | None = None) -> StackConfig:
    """The settings of `stack`: the file's, then `overrides`, then the project's defaults."""
    file, known = project.stack_file(stack), project.stacks()
    if not file.is_file() and (known or not _STACK.fullmatch(stack)):
        raise ReviewError(
            f"there is no stack '{stack}' in the project {project.name}",
            why=f"{file} does not exist",
            fix=f"name one of: {', '.join(known) or '(the project has none)'}; a stack without settings needs an "
            f"empty file where others have one",
        )
    # Where no stack has a file, none needs one: `pulumi stack init` writes none either.
    document = load(file) if file.is_file() else Document(file, None)
    found = _Settings(project, stack, document)
    found.read_file()
    for key, value in (overrides or {}).items():
        found.override(key, value)
    found.apply_project()
    return StackConfig(values=found.values, secure=frozenset(found.secure))


class _Settings:
    """Gathers one stack's settings."""

    def __init__(self, project: Project, stack: str, document: Document) -> None:
        self._project = project
        self._stack = stack
        self._document = document
        self.values: dict[str, str] = {}
        self.secure: set[str] = set()
        self._structured: set[str] = set()
        self._written: dict[str, str] = {}

    def read_file(self) -> None:
        """Takes what the stack's file says."""
        content = self._document.content
        if content is None:
            return
        if not isinstance(content, dict):
            raise ConfigError(
                f"{self._document.file} is not a mapping", why="settings have keys", fix="start with `config:`"
            )
        for key in content:
            if key == "environment":
                raise ConfigError(
                    f"{self._document.at(key)} takes settings from an `environment:`",
                    why="they live in a service and not in the commit, so no plan can be made from it alone",
                    fix="write the settings under `config:`",
                )
            if key not in _LET_BE:
                raise ConfigError(
                    f"{self._document.at(key)} has the key '{key}'",
                    why="a stack file has " + ", ".join(sorted(_LET_BE)),
                    fix="indent it below `config:` if it is a setting",
                )
        section = content.get("config")
        if section is not None and not isinstance(section, dict):
            raise ConfigError(
                f"{self._document.at('config')}: 'config' is not a mapping",
                why="settings have keys",
                fix="write one `key: value` a line below it",
            )
        for key, value in (section or {}).items():
            self._take(key, value)

    def _take(self, key: str, value: Any) -> None:
        place = ("config", key)
        at = self._document.at(*place)
        full = full_key(key, self._project.name)
        parts = full.split(":")
        if len(parts) == 3 and parts[1] == "config":  # noqa: PLR2004 - the engine's older notation
            full = f"{parts[0]}:{parts[2]}"
        elif len(parts) != 2:  # noqa: PLR2004
            raise ConfigError(
                f"{at} has the key '{key}'", why="a key is `name` or `namespace:name`", fix="mend it"
            )
        if full in self.values:
            raise ConfigError(
                f"{at} sets '{full}' again", why=f"{self._written[full]} sets it too", fix="remove one of the two"
            )
        for doubtful, (text, reason) in self._document.doubtful.items():
            if doubtful[:2] == place:
                raise ConfigError(
                    f"{at}: '{key}' is {text}, which programs read differently",
                    why=reason,
                    fix=f'quote it: "{text}"',
                )
        self._written[full] = at
        try:
            secure = SecureSetting.of(value)
            if secure is not None:
                self.secure.add(full)
                self.values[full] = secure
                return
            self.values[full] = config_text(value)
        except ValueError as error:
            raise ConfigError(f"{at}: '{key}' has no value to hand on", why=str(error), fix="quote it") from error
        if isinstance(value, list | dict):
            self._structured.add(full)

    def override(self, key: str, value: str) -> None:
        """Takes one setting from the command line, as text."""
        full = full_key(key, self._project.name)
        if full.count(":") != 1 or full.startswith(":") or full.endswith(":"):
            raise ReviewError(
                f"--config {key}={value} has no key that could be a setting's",
                why="a key is `name` or `namespace:name`",
                fix="write --config name=value",
            )
        self.values[full] = value
        self.secure.discard(full)
        self._structured.discard(full)
        self._written[full] = "--config"

    def apply_project(self) -> None:
        """Fills in the project's defaults and checks its declared types, as the engine does."""
        missing = []
        for key, declared in sorted(self._project.declared.items()):
            if key not in self.values:
                if declared.default is None:
                    missing.append(key.partition(":")[2])
                    continue
                self.values[key] = config_text(declared.default)
                continue
            self._check(key, declared)
        if missing:
            raise ConfigError(
                f"the stack '{self._stack}' lacks " + ", ".join(f"'{key}'" for key in missing),
                why=f"{self._project.file} declares {'it' if len(missing) == 1 else 'them'} without a default",
                fix=f"set {'it' if len(missing) == 1 else 'them'} below `config:` in {self._document.file}",
            )

    def _check(self, key: str, declared: Any) -> None:
        at = self._written[key]
        name = key.partition(":")[2]
        if key in self.secure:
            return
        if declared.secret:
            raise ConfigError(
                f"{at}: '{name}' is not encrypted",
                why=f"{self._project.file} declares it secret",
                fix=f"set it with `pulumi config set --secret {name}`",
            )
        if not declared.accepts(self.values[key], structured=key in self._structured):
            raise ConfigError(
                f"{at}: '{name}' is {self.values[key]!r}",
                why=f"{self._project.file} declares it as {declared.type_name}",
                fix=f"give it a value of type {declared.type_name}",
            )
