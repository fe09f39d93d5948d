"""What a provider does with a change of one input: replaces the resource, or changes it in place.

From a bundled, dated extract of the providers' schemas (`willReplaceOnChanges`), made by `voicestack learn
--schema` and never by hand. It knows what the schemas mark. What it cannot know it says: a type or an input that
is not in it, and an input whose values decide, which no schema tells.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any, Final

from plan.engine.table import EVERY, Path_, parse

TABLE: Final = Path(__file__).with_name("replacements.json")
OWN: Final = ""
"""In a branch of the table: whether a change of the whole block replaces."""
Tree = Mapping[str, Any]
"""Inputs by name: 1 replaces, 0 does not; a block is a branch of its own. Positions in lists are left out."""

# The provider decides by the old and the new value. Read in its source in August 2026:
# https://github.com/hashicorp/terraform-provider-google-beta (CustomizeDiff of each resource)
BY_VALUE: Final[Mapping[str, tuple[str, ...]]] = {
    "gcp:bigquery/dataTransferConfig:DataTransferConfig": (
        "params.data_path",
        "params.data_path_template",
        "params.destination_table_name_template",
    ),
    "gcp:bigquery/table:Table": ("schema",),
    "gcp:compute/disk:Disk": ("size",),
    "gcp:compute/forwardingRule:ForwardingRule": ("allowGlobalAccess", "target"),
    "gcp:compute/instance:Instance": ("metadataStartupScript", "networkInterfaces.networkIp"),
    "gcp:compute/regionDisk:RegionDisk": ("size",),
    "gcp:compute/subnetwork:Subnetwork": ("ipCidrRange",),
    "gcp:container/cluster:Cluster": (
        "dnsConfig",
        "enableFqdnNetworkPolicy",
        "enableK8sBetaApis",
        "enableL4IlbSubsetting",
    ),
    "gcp:redis/instance:Instance": ("redisVersion",),
    "gcp:secretmanager/secret:Secret": ("replication.auto",),
    "gcp:spanner/database:Database": ("ddls", "encryptionConfig.kmsKeyNames"),
    "gcp:sql/databaseInstance:DatabaseInstance": (
        "masterInstanceName",
        "replicaConfiguration.cascadableReplica",
        "settings.autoUpgradeEnabled",
        "settings.diskSize",
        "settings.ipConfiguration.privateNetwork",
    ),
    "gcp:storage/bucket:Bucket": ("retentionPolicy.isLocked",),
    "gcp:vpcaccess/connector:Connector": ("maxInstances", "minInstances"),
}


class Effect(Enum):
    """What a change of an input does to its resource."""

    REPLACES = "replaces"
    IN_PLACE = "in place"
    NOT_KNOWN = "not known"


def effect_of(type_: str, path: str | Path_) -> Effect:
    """What a change at `path` (`settings.ipConfiguration.sslMode`, `rules[0].priority`) does to a `type_`.

    For a whole block that is added or taken away, name the block.
    """
    parts = parse(path) if isinstance(path, str) else path
    names = tuple(part for part in parts if isinstance(part, str) and part != EVERY)
    if any(_meets(names, tuple(one.split("."))) for one in BY_VALUE.get(type_, ())):
        return Effect.NOT_KNOWN
    found: Any = _types().get(type_)
    for name in names:
        if isinstance(found, int):
            # An entry of a map or a list of plain values.
            break
        found = found.get(name) if found else None
    if isinstance(found, int):
        return Effect.REPLACES if found else Effect.IN_PLACE
    if not found:
        return Effect.NOT_KNOWN
    if found.get(OWN):
        return Effect.REPLACES
    return Effect.NOT_KNOWN if any(_flags(found)) else Effect.IN_PLACE


def known_types() -> frozenset[str]:
    """The types that the table has."""
    return frozenset(_types())


def learned(schemas: Iterable[Mapping[str, Any]], types: Iterable[str], *, date: str) -> dict[str, Any]:
    """The table of `types` from the package schemas; `date` is written into it."""
    made: dict[str, Any] = {"date": date, "packages": {}, "types": {}}
    wanted = sorted(set(types))
    for schema in schemas:
        made["packages"][schema["name"]] = schema.get("version", "")
        for type_ in wanted:
            resource = schema["resources"].get(type_)
            if resource is not None:
                made["types"][type_] = _tree(resource.get("inputProperties", {}), schema.get("types", {}), ())
    return made


def marks_anything(schema: Mapping[str, Any]) -> bool:
    """Whether a package's schema marks any input; some mark none, though their providers replace."""
    parts = [one.get("inputProperties", {}) for one in schema["resources"].values()]
    parts += [one.get("properties", {}) for one in schema.get("types", {}).values()]
    return any(_replaces(about) for properties in parts for about in properties.values())


def _replaces(about: Mapping[str, Any]) -> bool:
    return bool(about.get("willReplaceOnChanges") or about.get("replaceOnChanges"))


def _tree(properties: Mapping[str, Any], types: Mapping[str, Any], above: tuple[str, ...]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for name, about in sorted(properties.items()):
        replaces = int(_replaces(about))
        block = _block(about)
        if block is None:
            tree[name] = replaces
        elif block in types and block not in above and "properties" in types[block]:
            tree[name] = {OWN: replaces, **_tree(types[block]["properties"], types, (*above, block))}
        elif block in types and "enum" in types[block]:
            tree[name] = replaces
        # A block within itself, or one from another package, is not followed: not known.
    return tree


def _block(about: Mapping[str, Any]) -> str | None:
    """The object type of an input, through lists and maps; None for a plain value."""
    while True:
        if "$ref" in about:
            reference = str(about["$ref"])
            return None if reference.startswith("pulumi.json#/") else reference.removeprefix("#/types/")
        inner = about.get("items") or about.get("additionalProperties")
        if not isinstance(inner, Mapping):
            return None
        about = inner


def _meets(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether one path is the other, holds it or lies in it."""
    return all(a == b for a, b in zip(one, other, strict=False))


def _flags(tree: Tree) -> Iterator[int]:
    for value in tree.values():
        if isinstance(value, int):
            yield value
        else:
            yield from _flags(value)


@cache
def _types() -> Mapping[str, Tree]:
    if not TABLE.exists():
        return {}
    read: dict[str, Tree] = json.loads(TABLE.read_text(encoding="utf-8"))["types"]
    return read
