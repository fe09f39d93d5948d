"""Reads a project file as the real engine reads it, and keeps the line of every key.

Ambiguous scalars are kept aside rather than refused here: only settings must be unambiguous, and only their
reader knows which those are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from plan.engine.scalars import ambiguous, resolve
from plan.errors import ConfigError, ReviewError
from plan.json_text import decoded

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_STRING = "tag:yaml.org,2002:str"
_IMPLIED: Any = yaml.SafeLoader.yaml_implicit_resolvers
Place = tuple[str, ...]


@dataclass(frozen=True)
class Document:
    """One file's content with where each key stands and which scalars are ambiguous."""

    file: Path
    content: Any
    lines: dict[Place, int] = field(default_factory=dict)
    doubtful: dict[Place, tuple[str, str]] = field(default_factory=dict)
    """Per place: the scalar as written, and why YAML versions disagree on it."""

    def at(self, *place: str) -> str:
        """`file, line N` of a key, or of the nearest key above it."""
        for length in range(len(place), 0, -1):
            if place[:length] in self.lines:
                return f"{self.file}, line {self.lines[place[:length]]}"
        return str(self.file)


def load(file: Path) -> Document:
    """The content of `file`; ConfigError with the line where it is not YAML."""
    try:
        text = decoded(file.read_bytes())
    except (OSError, UnicodeDecodeError) as error:
        raise ReviewError(
            f"{file} cannot be read", why=str(error), fix="make it a readable text file in UTF-8"
        ) from error
    document = Document(file, None)
    try:
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{file}, line {mark.line + 1}" if mark else str(file)
        raise ConfigError(
            f"{where} is not YAML",
            why=str(getattr(error, "problem", None) or error),
            fix="mend that line; indent with spaces, and quote values that hold ': ' or ' #'",
        ) from error
    content = None if node is None else _value(node, (), document)
    return Document(file, content, document.lines, document.doubtful)


def _value(node: Any, place: Place, document: Document) -> Any:
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*place, str(index)), document) for index, item in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, place, document)
    return _scalar(node, place, document)


def _mapping(node: Any, place: Place, document: Document) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode) or key_node.value == "<<":
            raise ConfigError(
                f"{document.file}, line {line} has a key that is not plain text",
                why="settings are named by text, and merged keys hide where a value comes from",
                fix="write the keys out",
            )
        key = key_node.value
        if key in found:
            raise ConfigError(
                f"{document.file}, line {line} sets '{key}' again",
                why=f"line {document.lines[(*place, key)]} sets it already; YAML allows a key once",
                fix="remove one of the two",
            )
        document.lines[(*place, key)] = line
        found[key] = _value(value_node, (*place, key), document)
    return found


def _scalar(node: Any, place: Place, document: Document) -> Any:
    text: str = node.value
    quoted = bool(node.style)
    implied = {tag for tag, pattern in _IMPLIED.get(text[:1], []) if pattern.match(text)}
    if node.tag != _STRING and (quoted or node.tag not in implied):
        raise ConfigError(
            f"{document.at(*place)} has a YAML tag",
            why=f"'{node.tag}' is read differently by different programs",
            fix="remove the tag; quote the value to make it text",
        )
    if quoted or (node.tag == _STRING and implied):
        return text  # text on purpose: by quotes, or by the tag for text
    if (reason := ambiguous(text)) is not None:
        document.doubtful[place] = (text, reason)
    return resolve(text)
