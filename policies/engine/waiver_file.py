"""How waivers are written: YAML of one mapping with one list of mappings of texts, and nothing more of YAML.

What YAML could do beyond that (tags, anchors, merged keys, several documents, values that it reads as something
else than what stands there) is refused with its line. What a waiver may say is `policies.engine.waivers`.
"""

from __future__ import annotations

import datetime
import re
from pathlib import Path
from typing import Any, Final

import yaml

from components.errors import VoicestackError

_TEXT: Final = "tag:yaml.org,2002:str"
_DAY: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_COUNT: Final = re.compile("0|[1-9][0-9]{0,4}")


class WaiverFileError(VoicestackError):
    """A waiver file that cannot be read or that says something else than waivers do."""


class _Loader(yaml.SafeLoader):
    """Reads nodes without anything that makes a text mean something else than it says."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]  # the library has no types for it
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            problem = "anchors and aliases are refused: write the value out"
        elif getattr(event, "tag", None) is not None:
            problem = f"the tag '{event.tag}' is refused: write the value alone"
        else:
            return super().compose_node(parent, index)
        raise yaml.MarkedYAMLError(problem=problem, problem_mark=event.start_mark)


def listed_in(path: Path, text: str) -> list[yaml.Node]:
    """The items below `waivers`; WaiverFileError where the text is anything else."""
    try:
        root = yaml.compose(text, Loader=_Loader)
    except RecursionError as error:
        raise WaiverFileError(f"{path} is nested too deeply", why="no waiver is", fix="mend it") from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise WaiverFileError(
            f"{path}, line {line} is not YAML",
            why=f"the character {error.character:#x} is refused",
            fix="remove it",
        ) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = f"{path}, line {mark.line + 1}" if mark else str(path)
        why = ", ".join(part for part in (error.context, error.problem) if part)
        raise WaiverFileError(f"{at} is not YAML as waivers have it", why=why, fix="mend that line") from error
    at = str(path) if root is None else f"{path}, line {root.start_mark.line + 1}"
    if isinstance(root, yaml.MappingNode):
        for position, (key, value) in enumerate(root.value):
            at = f"{path}, line {key.start_mark.line + 1}"
            if position or key.value != "waivers" or not isinstance(value, yaml.SequenceNode):
                break
        else:
            if root.value:
                return list(root.value[0][1].value)
    raise WaiverFileError(
        f"{at} holds no list of waivers",
        why="the file must hold the key `waivers` with a list, and nothing else",
        fix="write `waivers: []`, or remove the file",
    )


def fields_of(path: Path, node: yaml.Node) -> tuple[dict[str, Any], dict[str, int]]:
    """What one waiver says, and the line of each of its keys; WaiverFileError for what is not plainly a value."""
    if not isinstance(node, yaml.MappingNode):
        raise WaiverFileError(
            f"{path}, line {node.start_mark.line + 1} is no waiver",
            why="a waiver is a mapping",
            fix="start with `- policy: …`",
        )
    given: dict[str, Any] = {}
    lines: dict[str, int] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode) or not isinstance(value, yaml.ScalarNode) or key.value in given:
            raise WaiverFileError(
                f"{path}, line {line}: '{key.value}' is not one text",
                why="each key comes once, with one value",
                fix="mend it",
            )
        given[key.value] = _read(f"{path}, line {line}: '{key.value}'", key.value, value)
        lines[key.value] = line
    return given, lines


def _read(at: str, key: str, node: yaml.ScalarNode) -> Any:
    """The value of one key, which must look like what it is: a day, a count or a text."""
    said: str = node.value
    if key == "expires":
        try:
            if not _DAY.fullmatch(said):
                raise ValueError(f"'{said}' is not written so")
            return datetime.date.fromisoformat(said)
        except ValueError as error:
            raise WaiverFileError(f"{at} is no day", why=str(error), fix="write YYYY-MM-DD") from error
    if key == "matches":
        if not _COUNT.fullmatch(said):
            raise WaiverFileError(
                f"{at} is no count", why=f"'{said}' is no whole number below 100,000", fix="write digits alone"
            )
        return int(said)
    if node.tag != _TEXT:
        kind = node.tag.rsplit(":", 1)[-1]
        raise WaiverFileError(
            f"{at} is no text", why=f"YAML reads '{said}' as {kind}", fix="put it into quotes, or write a text"
        )
    return said
