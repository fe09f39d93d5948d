"""A profile is what an environment is for, and may change: no field of it replaces what holds data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from components.database.valkey import NodeType
from plan.engine.replacement import Effect, effect_of, known_types
from plan.engine.run import plan_stack
from plan.plan import Plan
from plan.sentinels import SIGNATURE
from stacks import profiles
from stacks.profiles import PROD, PROFILES, STAGING, Profile
from tests.stacks.planned import ROOT, STACKS, planned

HOLDS_DATA = {
    "gcp:artifactregistry/repository:Repository",
    "gcp:bigquery/dataset:Dataset",
    "gcp:bigquery/table:Table",
    "gcp:firestore/database:Database",
    "gcp:kms/cryptoKey:CryptoKey",
    "gcp:kms/keyRing:KeyRing",
    "gcp:logging/projectBucketConfig:ProjectBucketConfig",
    "gcp:memorystore/instance:Instance",
    "gcp:pubsub/subscription:Subscription",
    "gcp:pubsub/topic:Topic",
    "gcp:secretmanager/secret:Secret",
    "gcp:secretmanager/secretVersion:SecretVersion",
    "gcp:sql/database:Database",
    "gcp:sql/databaseInstance:DatabaseInstance",
    "gcp:storage/bucket:Bucket",
}
DECIDED_BY_VALUE = {
    (
        "gcp:sql/databaseInstance:DatabaseInstance",
        "settings.diskSize",
    ): "the disk grows by itself, so the provider takes a smaller size for no change",
}
"""What the table does not know, and why it replaces nothing here."""
BY_DESIGN = {
    "region": "europe-west4",
    "projectId": "acme-voice-other",
    "generation": "2",
    "customerKeys": "false",
}
"""The settings that do replace what holds data, each with another value: another place, name or key."""
OTHER_VALUES: dict[str, Any] = {
    "database.tier": "db-custom-2-7680",
    "cache.node_type": NodeType.STANDARD_SMALL.name,
    # Cloud Logging keeps no fewer, and a container takes no odd memory.
    "log_days": PROD.log_days + 1,
    **{f"{part}.memory_mib": 2048 for part in ("frontend", "api", "worker")},
}
"""Another value of the fields that are no number, or in which any other number is refused."""


def fields(model: BaseModel, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every field of a profile, those of its parts too."""
    for name in type(model).model_fields:
        value = getattr(model, name)
        if isinstance(value, BaseModel):
            yield from fields(value, (*above, name))
        else:
            yield (*above, name)


def another(path: tuple[str, ...], value: Any) -> Any:
    if ".".join(path) in OTHER_VALUES:
        return OTHER_VALUES[".".join(path)]
    if isinstance(value, bool):
        return not value
    if isinstance(value, tuple):
        return tuple(one - 1 for one in value)
    return value - 1 if value > 2 else value + 1


def with_field(profile: Profile, path: tuple[str, ...]) -> Profile:
    """`profile` with one field changed to another value that it allows."""
    changed = profile.model_dump()
    inner = changed
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = another(path, inner[path[-1]])
    return Profile.model_validate(changed)


def planned_with(profile: Profile, monkeypatch: pytest.MonkeyPatch) -> Plan:
    """Prod's plan, with another profile of that name."""
    monkeypatch.setitem(profiles.PROFILES, "prod", profile)
    return plan_stack(ROOT, "prod")


def changed_paths(before: Any, after: Any, above: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where two inputs differ; a block that one of them lacks is named as a whole."""
    if isinstance(before, dict) and isinstance(after, dict) and SIGNATURE not in before and SIGNATURE not in after:
        for key in sorted(before.keys() | after.keys()):
            if key in before and key in after:
                yield from changed_paths(before[key], after[key], (*above, key))
            else:
                yield (*above, key)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from changed_paths(one, other, (*above, index))
    elif before != after:
        yield above


def replaced(before: Plan, after: Plan) -> list[str]:
    """What holds data in both plans, and is or may be replaced between them."""
    found = []
    for one in before.of_type(*HOLDS_DATA):
        other = after.by_urn.get(one.urn)
        if other is None:
            continue
        # What the provider fills in is part of what it compares.
        olds, news = {**one.defaults, **one.inputs}, {**other.defaults, **other.inputs}
        for path in changed_paths(olds, news):
            plain = ".".join(part for part in path if isinstance(part, str))
            effect = effect_of(one.type, path)
            if effect is Effect.REPLACES or (
                effect is Effect.NOT_KNOWN and (one.type, plain) not in DECIDED_BY_VALUE
            ):
                found.append(f"{one.name}: {plain} {effect.value}")
    return found


def test_the_table_knows_whatever_holds_data() -> None:
    assert known_types() >= HOLDS_DATA


@pytest.mark.parametrize("stack", STACKS)
def test_the_table_knows_every_type_of_google_in_use(stack: str) -> None:
    made = {one.type for one in planned(stack) if one.type.startswith("gcp:")}
    assert made <= known_types(), "voicestack learn --schema gcp.json --type ..."


@pytest.mark.parametrize("path", [*fields(PROD)], ids=".".join)
def test_no_field_of_a_profile_replaces_what_holds_data(
    path: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = replaced(planned("prod"), planned_with(with_field(PROD, path), monkeypatch))
    assert not found, f"{'.'.join(path)} is fixed when a stack is made: make it a setting of its own"


def test_another_profile_replaces_nothing_that_holds_data_and_removes_only_copies(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before, after = planned("prod"), planned_with(STAGING, monkeypatch)
    assert not replaced(before, after)
    gone = [one for one in before.of_type(*HOLDS_DATA) if one.urn not in after.by_urn]
    assert {one.inputs.get("instanceType") for one in gone} <= {"READ_REPLICA_INSTANCE"}
    assert not replaced(after, before)


@pytest.mark.parametrize(("key", "value"), BY_DESIGN.items())
def test_what_replaces_by_design_is_named(key: str, value: str) -> None:
    found = replaced(planned("prod"), planned("prod", (key, value)))
    assert any(one.endswith(Effect.REPLACES.value) for one in found), f"{key} replaces nothing: take it off"


def test_every_profile_has_the_same_fields() -> None:
    assert {tuple(fields(profile)) for profile in PROFILES.values()} == {tuple(fields(PROD))}
