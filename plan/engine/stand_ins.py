"""What a program looks up outside its stack, from a file that people write: `stand-ins.<stack>.yaml`.

Other stacks' outputs, functions of a provider and resources that are only read: none of it is in the commit, and a
plan asks nobody. The real engine never reads this file, so a plan tells each look-up that it stood in for. Values
are in clear: a secret has no place in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from plan.engine.project import Project
from plan.engine.scalars import Moment
from plan.engine.yaml_file import Document, load
from plan.errors import ConfigError

_PARTS = {"stacks": dict, "functions": list, "resources": list}
_ENTRIES: Mapping[str, tuple[tuple[str, type], ...]] = {
    "functions": (("function", str), ("result", dict)),
    "resources": (("type", str), ("id", str), ("properties", dict)),
}
_MAY_HAVE: Mapping[str, tuple[tuple[str, type], ...]] = {"functions": (("arguments", dict),), "resources": ()}


@dataclass(frozen=True)
class StandIns:
    """The stand-ins of one stack; `used` fills with what was asked for and found."""

    file: Path
    stacks: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    functions: tuple[Mapping[str, Any], ...] = ()
    resources: tuple[Mapping[str, Any], ...] = ()
    used: dict[str, None] = field(default_factory=dict)

    def outputs_of(self, stack: str) -> Mapping[str, Any] | None:
        """The outputs of another stack; None where nothing stands in for it."""
        return self._found(f"the outputs of the stack '{stack}'", self.stacks.get(stack))

    def result_of(self, function: str, arguments: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """What a function returns: of the first entry whose arguments are all among those given."""
        for entry in self.functions:
            wanted = entry.get("arguments") or {}
            if entry["function"] == function and all(arguments.get(key) == value for key, value in wanted.items()):
                return self._found(f"the function {function}", entry["result"])
        return None

    def properties_of(self, type_: str, id_: str) -> Mapping[str, Any] | None:
        """The properties of a resource that is only read."""
        found = next((one for one in self.resources if (one["type"], one["id"]) == (type_, id_)), None)
        return self._found(f"the resource '{id_}' ({type_})", found and found["properties"])

    def told(self) -> list[str]:
        """What was stood in for, one line each."""
        return [f"{self.file.name} stands in for {what}: the real engine asks for it" for what in self.used]

    def _found(self, what: str, value: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
        if value is not None:
            self.used[what] = None
        return value


def load_stand_ins(project: Project, stack: str) -> StandIns:
    """The stand-ins beside the stack's settings; none without a file, ConfigError for a malformed one."""
    file = project.settings / f"stand-ins.{stack}.yaml"
    if not file.is_file():
        return StandIns(file)
    document = load(file)
    content = document.content if document.content is not None else {}
    if not isinstance(content, dict) or not content.keys() <= _PARTS.keys():
        raise _malformed(str(file), "it has " + ", ".join(f"`{part}:`" for part in _PARTS) + " and nothing else")
    for part, kind in _PARTS.items():
        if not isinstance(content.get(part, kind()), kind):
            name = "mapping of stacks to outputs" if kind is dict else "list"
            raise _malformed(document.at(part), f"`{part}:` is a {name}")
    for stack_, outputs in content.get("stacks", {}).items():
        if not isinstance(outputs, dict):
            raise _malformed(document.at("stacks", stack_), "the outputs of a stack are `name: value` lines")
    for part in _ENTRIES:
        for index, entry in enumerate(content.get(part, [])):
            _check(document, part, str(index), entry)
    for place, (text, reason) in document.doubtful.items():
        raise ConfigError(
            f"{document.at(*place)}: {text} is a value which programs read differently",
            why=reason,
            fix=f'quote it: "{text}"',
        )
    _refuse_secure(document, (), content)
    return StandIns(
        file,
        stacks=content.get("stacks", {}),
        functions=tuple(content.get("functions", ())),
        resources=tuple(content.get("resources", ())),
    )


def _check(document: Document, part: str, index: str, entry: Any) -> None:
    required, optional = _ENTRIES[part], _MAY_HAVE[part]
    kinds = dict(required + optional)
    if (
        not isinstance(entry, dict)
        or not entry.keys() <= kinds.keys()
        or not entry.keys() >= dict(required).keys()
        or not all(isinstance(value, kinds[key]) for key, value in entry.items())
    ):
        shape = ", ".join(f"`{key}`" for key, _ in required)
        may = "".join(f", and may have `{key}`" for key, _ in optional)
        raise _malformed(document.at(part, index), f"each entry of `{part}:` has {shape}{may}")


def _refuse_secure(document: Document, place: tuple[str, ...], value: Any) -> None:
    if isinstance(value, dict) and set(value) == {"secure"}:
        raise ConfigError(
            f"{document.at(*place)} is encrypted",
            why="a stand-in is read by plans only, which decrypt nothing",
            fix="write a value that is no secret, such as `stand-in`",
        )
    if isinstance(value, Moment):
        raise _malformed(document.at(*place), "a date has to be quoted")
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        _refuse_secure(document, (*place, str(key)), item)


def _malformed(where: str, rule: str) -> ConfigError:
    return ConfigError(f"{where} is no stand-in", why=rule, fix="docs/stand-ins.md shows such a file")
