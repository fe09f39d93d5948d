"""The Plan: what will exist, in one shape whatever it was read from.

A plan only holds data. Who makes it: `plan.engine` (in process), `plan.sources.preview_json`,
`plan.sources.state`. It holds no value of any secret, and nothing of the machine it was made on.
"""

# The fields are named as in the JSON, which has the engine's own keys.
# ruff: noqa: N815

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import NoneType
from typing import Any, Final

from plan.errors import PlanFileError
from plan.json_text import parsed, read_text
from plan.sentinels import holds_unknown

STACK_TYPE = "pulumi:pulumi:Stack"
PROVIDER_PREFIX = "pulumi:providers:"


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """A resource's options that outlive its registration; None where the source of the plan lacks one."""

    protect: bool | None = None
    ignoreChanges: list[str] | None = None
    deleteBeforeReplace: bool | None = None
    replaceOnChanges: list[str] | None = None
    retainOnDelete: bool | None = None
    deletedWith: str | None = None
    aliases: list[str] | None = None
    customTimeouts: dict[str, float] | None = None
    """In seconds."""
    additionalSecretOutputs: list[str] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Resource:
    """One resource: a cloud resource, a component, a provider or the stack itself.

    `inputs` has the engine's own (camelCase) keys. `defaults` are what the provider adds to them. `provider` is
    the URN of the provider; `source` at most two `path:line` relative to the root: where the program made the
    resource and who called that; None where the source of the plan does not say.
    """

    urn: str
    type: str
    name: str
    custom: bool
    parent: str | None
    inputs: dict[str, Any]
    defaults: dict[str, Any] = field(default_factory=dict)
    dependencies: list[str] = field(default_factory=list)
    propertyDependencies: dict[str, list[str]] = field(default_factory=dict)
    provider: str | None = None
    options: Options = field(default_factory=Options)
    source: list[str] | None = None
    outputs: dict[str, Any] | None = None

    @property
    def is_stack(self) -> bool:
        """Whether this is the stack's own resource, the root of the tree."""
        return self.type == STACK_TYPE

    @property
    def is_provider(self) -> bool:
        """Whether this is a provider."""
        return self.type.startswith(PROVIDER_PREFIX)

    @property
    def is_default_provider(self) -> bool:
        """Whether the engine made this provider by itself; previews do not show those."""
        return self.is_provider and self.name.startswith("default")

    @property
    def is_component(self) -> bool:
        """Whether this only groups others (the stack is not counted as one)."""
        return not self.custom and not self.is_stack

    @property
    def is_cloud(self) -> bool:
        """Whether this is something that will exist outside Pulumi."""
        return self.custom and not self.is_provider

    def get(self, key: str, otherwise: Any = None) -> Any:
        """The value of one input: the program's, else the provider's default, else `otherwise`."""
        value = self.inputs.get(key)
        if value is None:
            value = self.defaults.get(key)
        return otherwise if value is None else value

    def as_json(self) -> dict[str, Any]:
        """The resource as JSON has it."""
        return {
            "urn": self.urn,
            "type": self.type,
            "name": self.name,
            "custom": self.custom,
            "parent": self.parent,
            "inputs": self.inputs,
            "defaults": self.defaults,
            "dependencies": self.dependencies,
            "propertyDependencies": self.propertyDependencies,
            "provider": self.provider,
            "options": {name: getattr(self.options, name) for name in Options.__slots__},
            "source": self.source,
            "outputs": self.outputs,
        }


@dataclass(frozen=True, kw_only=True)
class Plan:
    """All resources of one stack, in the order of their URNs, and the stack's outputs."""

    project: str
    stack: str
    system: str
    resources: tuple[Resource, ...]
    outputs: dict[str, Any]

    @classmethod
    def of(
        cls, resources: Iterable[Resource], *, project: str, stack: str, system: str, outputs: dict[str, Any]
    ) -> Plan:
        """A plan in its one order, whatever the order the resources came in."""
        ordered = tuple(sorted(resources, key=lambda resource: resource.urn))
        return cls(project=project, stack=stack, system=system, resources=ordered, outputs=outputs)

    def __iter__(self) -> Iterator[Resource]:
        return iter(self.resources)

    def __len__(self) -> int:
        return len(self.resources)

    @cached_property
    def by_urn(self) -> Mapping[str, Resource]:
        """Every resource under its URN."""
        return {resource.urn: resource for resource in self.resources}

    @cached_property
    def children(self) -> Mapping[str | None, list[Resource]]:
        """The resources below each URN; the stack is below None."""
        found: dict[str | None, list[Resource]] = {}
        for resource in self.resources:
            found.setdefault(resource.parent, []).append(resource)
        return found

    def of_type(self, *types: str) -> list[Resource]:
        """The resources whose type token is one of `types`."""
        return [resource for resource in self.resources if resource.type in types]

    def resolve(self, resource: Resource, key: str) -> list[Resource]:
        """What the input `key` of `resource` comes from: for an unknown, who will yield it."""
        urns = resource.propertyDependencies.get(key, ())
        return [self.by_urn[urn] for urn in urns if urn in self.by_urn]

    def unknown_inputs(self, resource: Resource) -> dict[str, list[Resource]]:
        """The inputs of `resource` that hold something unknown, each with what will yield it."""
        return {key: self.resolve(resource, key) for key, value in resource.inputs.items() if holds_unknown(value)}

    def to_json(self) -> str:
        """The plan as text: one resource a line, keys sorted, the same bytes for the same plan."""
        lines = ",\n".join(_line(resource.as_json()) for resource in self.resources)
        return (
            f'{{"project": {_line(self.project)}, "stack": {_line(self.stack)}, "system": {_line(self.system)},\n'
            f'"outputs": {_line(self.outputs)},\n"resources": [\n{lines}\n]}}\n'
        )

    @classmethod
    def from_json(cls, text: str, *, origin: str = "the plan") -> Plan:
        """Reads what `to_json` wrote; PlanFileError where `text` is something else."""
        return cls.from_data(parsed(text, origin=origin), origin=origin)

    @classmethod
    def from_data(cls, raw: Any, *, origin: str = "the plan") -> Plan:
        """The same from JSON that is read already."""
        try:
            resources = [_resource(item) for item in raw["resources"]]
            names = {key: raw[key] for key in ("project", "stack", "system", "outputs")}
            if len({one.urn for one in resources}) < len(resources):
                raise ValueError("two resources have the same URN")
            if not all(isinstance(names[key], str) for key in ("project", "stack", "system")):
                raise TypeError("its names are no texts")
            if not isinstance(names["outputs"], dict):
                raise TypeError("its outputs are no object")
            place = f"urn:pulumi:{names['stack']}::{names['project']}::"
            for one in resources:
                if not one.urn.startswith(place):
                    raise ValueError(f"'{one.urn}' is no URN of its stack ({place}TYPE::NAME)")
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            why = f"it lacks or misstates {error}" if isinstance(error, KeyError) else str(error)
            raise _no_plan(origin, why) from error
        return cls.of(resources, **names)

    @classmethod
    def read(cls, path: Path) -> Plan:
        """The plan in the file `path`."""
        return cls.from_json(read_text(path), origin=str(path))


def _no_plan(origin: str, why: str) -> PlanFileError:
    return PlanFileError(
        f"{origin} is not a plan", why=why, fix="write one with `voicestack plan --stack STACK --json FILE`"
    )


def _line(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


_TEXT, _MAYBE_TEXT, _LIST, _MAYBE_LIST, _MAPPING = (str,), (str, NoneType), (list,), (list, NoneType), (dict,)
_KINDS: Final = {
    "urn": _TEXT,
    "type": _TEXT,
    "name": _TEXT,
    "custom": (bool,),
    "parent": _MAYBE_TEXT,
    "inputs": _MAPPING,
    "defaults": _MAPPING,
    "dependencies": _LIST,
    "propertyDependencies": _MAPPING,
    "provider": _MAYBE_TEXT,
    "source": _MAYBE_LIST,
}
_FIELDS: Final = frozenset(Resource.__slots__)
_REQUIRED: Final = frozenset({"urn", "type", "name", "custom", "parent", "inputs", "options"})
_OPTIONS: Final = frozenset(Options.__slots__)
_PLAIN: Final = Options()
"""Shared by all resources with no option, which are most of a plan."""


def checked(resource: Resource) -> Resource:
    """`resource`, whose fields are of the kinds that a plan's are; TypeError otherwise."""
    for name, kinds in _KINDS.items():
        if not isinstance(getattr(resource, name), kinds):
            raise TypeError(f"'{name}' of a resource is not what it should be")
    for urns in (resource.dependencies, resource.source or (), *resource.propertyDependencies.values()):
        for urn in urns:
            if not isinstance(urn, str):
                raise TypeError("a resource depends on something that is no URN")
    return resource


def _resource(raw: dict[str, Any]) -> Resource:
    known = raw.keys() & _FIELDS
    if len(known) < len(_FIELDS) and (lacking := sorted(_REQUIRED - known)):
        raise ValueError(f"a resource lacks '{lacking[0]}'")
    fields = raw if len(known) == len(raw) else {key: raw[key] for key in known}
    options = {key: value for key, value in raw["options"].items() if value is not None and key in _OPTIONS}
    return checked(Resource(**{**fields, "options": Options(**options) if options else _PLAIN}))
