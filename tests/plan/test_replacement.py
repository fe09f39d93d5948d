"""What a change replaces: what the schema marks, at any depth, and no guess where it marks nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from plan.engine import replacement
from plan.engine.replacement import BY_VALUE, Effect, effect_of, known_types, learned

BLOCK = "#/types/demo:index/Block:Block"
SCHEMA: dict[str, Any] = {
    "name": "demo",
    "version": "1.2.3",
    "resources": {
        "demo:index:Thing": {
            "inputProperties": {
                "region": {"type": "string", "willReplaceOnChanges": True},
                "size": {"type": "integer"},
                "labels": {"type": "object", "additionalProperties": {"type": "string"}},
                "zones": {"type": "array", "items": {"type": "string"}, "willReplaceOnChanges": True},
                "block": {"$ref": BLOCK},
                "rules": {"type": "array", "items": {"$ref": BLOCK}},
                "fixed": {"$ref": BLOCK, "willReplaceOnChanges": True},
                "plain": {"$ref": "#/types/demo:index/Plain:Plain"},
                "kind": {"$ref": "#/types/demo:index/Kind:Kind"},
                "anything": {"$ref": "pulumi.json#/Any"},
                "elsewhere": {"$ref": "/other/v1/schema.json#/types/other:index:Far"},
            }
        },
        "demo:index:Other": {"inputProperties": {"name": {"type": "string"}}},
    },
    "types": {
        "demo:index/Block:Block": {
            "properties": {
                "mode": {"type": "string"},
                "network": {"type": "string", "willReplaceOnChanges": True},
                "again": {"$ref": BLOCK},
            }
        },
        "demo:index/Plain:Plain": {"properties": {"mode": {"type": "string"}}},
        "demo:index/Kind:Kind": {"enum": [{"value": "a"}]},
    },
}


@pytest.fixture
def _table(monkeypatch: pytest.MonkeyPatch) -> None:
    made = learned([SCHEMA], ["demo:index:Thing", "demo:index:Lost"], date="2026-01-01")["types"]
    monkeypatch.setattr(replacement, "_types", lambda: made)


@pytest.mark.usefixtures("_table")
@pytest.mark.parametrize(
    ("path", "effect"),
    [
        ("region", Effect.REPLACES),
        ("size", Effect.IN_PLACE),
        ("labels.team", Effect.IN_PLACE),
        ("zones", Effect.REPLACES),
        ("zones[0]", Effect.REPLACES),
        ("block.network", Effect.REPLACES),
        ("block.mode", Effect.IN_PLACE),
        ("rules[3].network", Effect.REPLACES),
        ("rules[*].mode", Effect.IN_PLACE),
        ("kind", Effect.IN_PLACE),
        ("anything.at.all", Effect.IN_PLACE),
        ("plain", Effect.IN_PLACE),
        ("fixed", Effect.REPLACES),
        # The whole block: what lies in it may replace, whatever it does itself.
        ("block", Effect.NOT_KNOWN),
        ("block.again.again.network", Effect.NOT_KNOWN),
        ("elsewhere", Effect.NOT_KNOWN),
        ("block.lost", Effect.NOT_KNOWN),
        ("lost", Effect.NOT_KNOWN),
    ],
)
def test_a_change_does_what_the_schema_marks_and_else_is_not_known(path: str, effect: Effect) -> None:
    assert effect_of("demo:index:Thing", path) is effect


@pytest.mark.usefixtures("_table")
def test_a_type_without_an_entry_is_not_known() -> None:
    assert effect_of("demo:index:Lost", "region") is Effect.NOT_KNOWN
    assert effect_of("demo:index:Other", "name") is Effect.NOT_KNOWN


@pytest.mark.parametrize("path", ["settings.diskSize", "settings", "masterInstanceName"])
def test_what_the_provider_decides_by_the_values_is_not_known(path: str) -> None:
    assert effect_of("gcp:sql/databaseInstance:DatabaseInstance", path) is Effect.NOT_KNOWN


@pytest.mark.parametrize(
    ("type_", "path", "effect"),
    [
        ("gcp:sql/databaseInstance:DatabaseInstance", "encryptionKeyName", Effect.REPLACES),
        ("gcp:sql/databaseInstance:DatabaseInstance", "settings.tier", Effect.IN_PLACE),
        ("gcp:sql/databaseInstance:DatabaseInstance", "settings.ipConfiguration.sslMode", Effect.IN_PLACE),
        ("gcp:firestore/database:Database", "cmekConfig.kmsKeyName", Effect.REPLACES),
        ("gcp:bigquery/table:Table", "timePartitioning.field", Effect.REPLACES),
        ("gcp:artifactregistry/repository:Repository", "kmsKeyName", Effect.REPLACES),
        ("gcp:compute/network:Network", "name", Effect.REPLACES),
        ("gcp:pubsub/topic:Topic", "labels.team", Effect.IN_PLACE),
    ],
)
def test_the_bundled_table_knows_the_provider(type_: str, path: str, effect: Effect) -> None:
    assert effect_of(type_, path) is effect


def test_the_bundled_table_is_dated_and_names_the_provider() -> None:
    table = json.loads(replacement.TABLE.read_text(encoding="utf-8"))
    assert table["date"] >= "2026-01-01"
    assert table["packages"]["gcp"]


def test_what_values_decide_names_inputs_that_there_are() -> None:
    read = json.loads(replacement.TABLE.read_text(encoding="utf-8"))["types"]
    for type_ in set(BY_VALUE) & known_types():
        for path in BY_VALUE[type_]:
            found: Any = read[type_]
            for name in path.split("."):
                assert isinstance(found, int) or name in found, f"{type_} has no {path}"
                found = found if isinstance(found, int) else found[name]
