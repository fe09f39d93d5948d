"""What Pub/Sub writes into a table, and whether the table's columns take it.

Google refuses a BigQuery subscription whose table does not fit; here that is found before anything is registered.
It makes no resource and reads no table: it compares the typed columns with the topic's Avro record.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from components.database.table import TableRef, Type
from components.errors import ComponentError

PAGE = "https://cloud.google.com/pubsub/docs/bigquery#schema_compatibility"


@dataclass(frozen=True, kw_only=True)
class Written:
    """What goes into one column: the column may have any of `types`. `optional`: not every message has it."""

    types: tuple[Type, ...]
    source: str
    fix: str
    optional: bool = False


def _metadata(*types: Type) -> Written:
    return Written(
        types=types,
        source="the message's metadata",
        fix="add PUBSUB_METADATA (components/database/table.py) to the table's columns, or say metadata=False",
    )


# https://cloud.google.com/pubsub/docs/bigquery#write_metadata
METADATA: Mapping[str, Written] = {
    "subscription_name": _metadata(Type.STRING),
    "message_id": _metadata(Type.STRING),
    "publish_time": _metadata(Type.TIMESTAMP),
    "attributes": _metadata(Type.JSON, Type.STRING),
}
PAYLOAD = Written(
    types=(Type.BYTES, Type.STRING, Type.JSON),
    source="the whole message",
    fix="give the table such a column, or choose other `columns`",
)
_AVRO: Mapping[str, tuple[Type, ...]] = {
    "boolean": (Type.BOOLEAN,),
    "int": (Type.INTEGER, Type.NUMERIC),
    "long": (Type.INTEGER, Type.NUMERIC),
    "float": (Type.FLOAT, Type.NUMERIC),
    "double": (Type.FLOAT, Type.NUMERIC),
    "bytes": (Type.BYTES, Type.NUMERIC),
    "fixed": (Type.BYTES, Type.NUMERIC),
    "string": (Type.STRING, Type.JSON, Type.TIMESTAMP, Type.DATE, Type.NUMERIC),
    "enum": (Type.INTEGER,),
}
_LOGICAL: Mapping[str, tuple[Type, ...]] = {
    "timestamp-micros": (Type.TIMESTAMP,),
    "timestamp-millis": (Type.TIMESTAMP,),
    "date": (Type.DATE,),
    "decimal": (Type.NUMERIC,),
    # TIME and INTERVAL, which no column here has.
    "time-micros": (),
    "time-millis": (),
    "duration": (),
}


def fields_of(topic: str, record: str) -> dict[str, Written]:
    """What the fields of `topic`'s Avro `record` (JSON) fill, by name."""
    return {field["name"]: _field(topic, field["name"], field["type"]) for field in json.loads(record)["fields"]}


def _field(topic: str, name: str, kind: Any) -> Written:
    choices = kind if isinstance(kind, list) else [kind]
    values = [one for one in choices if one != "null"]
    return Written(
        # Of the unions, only that of null and one other type can be a column.
        types=_types(values[0]) if len(values) == 1 and len(choices) <= 2 else (),  # noqa: PLR2004
        source=f"the field '{name}' of the topic '{topic}'",
        fix="change the column, or the field in the topic's schema",
        optional="null" in choices,
    )


def _types(kind: Any) -> tuple[Type, ...]:
    if not isinstance(kind, dict):
        return _AVRO.get(str(kind), ())
    logical = str(kind.get("logicalType"))
    return _LOGICAL[logical] if logical in _LOGICAL else _types(kind.get("type"))


def require_fit(name: str, *, table: TableRef, written: Mapping[str, Written], complete: bool) -> None:
    """ComponentError unless the columns of `table` take what subscription `name` writes.

    `complete`: nothing else is written, so that a required column must be among it.
    """
    columns = {column.name: column for column in table.columns}
    for column, value in written.items():
        fitting = " or ".join(one.value for one in value.types)
        if not value.types:
            raise ComponentError(
                f"'{name}' writes {value.source}, whose type no column can have",
                why=f"Pub/Sub maps it to no type of column that tables here have ({PAGE})",
                fix="give the field a simple type, or one in a union with null",
            )
        if column not in columns:
            raise ComponentError(
                f"'{name}' writes into '{table.path}', which has no column '{column}'",
                why=f"{value.source} goes there, as {fitting}: Pub/Sub would refuse the subscription ({PAGE})",
                fix=value.fix,
            )
        if columns[column].type not in value.types:
            raise ComponentError(
                f"the column '{column}' of '{table.path}' is {columns[column].type.value}",
                why=f"'{name}' writes {value.source} there, which fits {fitting} only ({PAGE})",
                fix=value.fix,
            )
        if columns[column].required and value.optional:
            raise ComponentError(
                f"the column '{column}' of '{table.path}' is required",
                why=f"'{name}' writes {value.source} there, which may be null",
                fix="let the column be NULLABLE, or take null out of the field's type",
            )
    lacking = [column.name for column in table.columns if column.required and column.name not in written]
    if complete and lacking:
        raise ComponentError(
            f"'{name}' writes nothing into the required column '{lacking[0]}' of '{table.path}'",
            why=f"BigQuery refuses a row without it, so Pub/Sub would refuse the subscription ({PAGE})",
            fix="add the field to the topic's schema, or let the column be NULLABLE",
        )
