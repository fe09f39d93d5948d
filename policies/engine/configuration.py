"""What may be set about policies, in Pulumi's own form for `--policy-pack-config`.

A JSON object: a policy's id to its enforcement level, or to an object with `enforcementLevel` and the policy's own
settings; `all` for every policy of the pack. The same file serves `voicestack check`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from components.errors import VoicestackError
from plan.json_text import LARGEST_SETTINGS, parsed, read_text
from policies.engine.policy import Enforcement, Policy, Settings

ALL: Final = "all"


class PolicyConfigError(VoicestackError):
    """A configuration of policies that names something which does not exist, or a wrong value."""


@dataclass(frozen=True)
class Configuration:
    """The settings of each policy that has any, and the enforcement of all others."""

    settings: Mapping[str, Settings] = field(default_factory=dict)
    everything: Enforcement | None = None

    def of(self, policy: Policy) -> Settings:
        """The settings of one policy."""
        return self.settings.get(policy.id) or policy.settings()

    def enforcement_of(self, policy: Policy) -> Enforcement:
        """What a violation of one policy does."""
        return self.of(policy).enforcement_level or self.everything or policy.enforcement

    @classmethod
    def read(cls, path: Path, policies: Iterable[Policy]) -> Configuration:
        """The configuration in the JSON file `path`; PolicyConfigError where it is not one."""
        text = read_text(path, largest=LARGEST_SETTINGS, refused=PolicyConfigError)
        raw = parsed(text, origin=str(path), refused=PolicyConfigError)
        return cls.of_json(raw, policies, origin=str(path), text=text)

    @classmethod
    def of_json(
        cls, raw: Any, policies: Iterable[Policy], *, origin: str = "the policy configuration", text: str = ""
    ) -> Configuration:
        """The configuration in parsed JSON; `text`, where it is at hand, tells the line of a mistake."""
        known = {policy.id: policy for policy in policies}
        if not isinstance(raw, dict):
            raise PolicyConfigError(
                f"{origin} is no configuration", why="it holds no object", fix='write {"POLICY": {…}}'
            )
        chosen: dict[str, Settings] = {}
        everything: Enforcement | None = None
        for id_, given in raw.items():
            at = f"{origin}{_line(text, id_)}"
            values = {"enforcementLevel": given} if isinstance(given, str) else given
            if id_ == ALL:
                everything = _settings(Settings, values, f"{at}: {ALL}").enforcement_level
                continue
            policy = known.get(id_)
            if policy is None:
                near = get_close_matches(id_, known, 1)
                raise PolicyConfigError(
                    f"{at}: there is no policy '{id_}'",
                    why="a configuration of nothing would be taken for one that works",
                    fix=f"did you mean '{near[0]}'?" if near else "docs/policies.md lists them",
                )
            chosen[id_] = _settings(policy.settings, values, f"{at}: {id_}")
        return cls(chosen, everything)


def _settings(model: type[Settings], values: Any, at: str) -> Settings:
    """What is set for one policy, by the keys that docs/policies.md shows and in values of just their kind.

    The engine sends every number as one with a fraction: 5.0 is 5, here as in a file.
    """
    if isinstance(values, dict):
        values = {key: int(one) if _is_whole(one) else one for key, one in values.items()}
    try:
        return model.model_validate_json(json.dumps(values), strict=True, by_alias=True, by_name=False)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        allowed = ", ".join(
            sorted(field.alias or name for name, field in model.model_fields.items())  # the file's own spelling
        )
        raise PolicyConfigError(
            f"{at}{'.' if key else ''}{key} is refused", why=first["msg"], fix=f"what may be set: {allowed}"
        ) from error


def _is_whole(value: Any) -> bool:
    return isinstance(value, float) and value.is_integer()


def _line(text: str, id_: str) -> str:
    found = re.search(re.escape(json.dumps(id_, ensure_ascii=False)) + r"\s*:", text)
    return f", line {text.count(chr(10), 0, found.start()) + 1}" if found else ""
