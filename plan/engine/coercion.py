"""Scalars of another type than declared, turned into it where the provider does so too.

Learned from real previews: a number or a yes/no becomes text, text that is a number or a yes/no becomes one, a
number that should be whole loses its fraction. A yes/no never becomes a number, nor a number a yes/no. What is
not turned is left as it is, for the schema's check to refuse.
"""

from __future__ import annotations

import collections.abc
import re
import typing
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from google.protobuf import struct_pb2
from pulumi import _types

from plan.sentinels import SECRET_KIND, SIGNATURE, UNKNOWN

_TURNS = ("gcp:",)
"""Packages whose provider turns scalars, so that a preview shows them turned."""
_TAKES = ("random:",)
"""Packages whose provider takes the same scalars but shows them as they were given."""
_WHOLE = re.compile(r"[-+]?[0-9]+")
_NUMBER = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?")
_YES_OR_NO: Mapping[str, bool] = {
    **dict.fromkeys(("1", "t", "T", "TRUE", "true", "True"), True),
    **dict.fromkeys(("0", "f", "F", "FALSE", "false", "False"), False),
}


def coerced(declared: type, type_: str, inputs: struct_pb2.Struct) -> struct_pb2.Struct:
    """What the provider of `type_` understands by `inputs`: as declared, as far as it turns scalars.

    Where previews show them turned, `inputs` are turned too.
    """
    turned = struct_pb2.Struct()
    turned.CopyFrom(inputs)
    if type_.startswith(_TURNS + _TAKES):
        _struct(declared, turned)
    if type_.startswith(_TURNS):
        inputs.CopyFrom(turned)
    return turned


def _struct(declared: type, struct: struct_pb2.Struct) -> None:
    for key, type_ in _types.input_type_types(declared).items():
        if key in struct.fields:
            _value(type_, struct.fields[key])


def _value(declared: Any, value: struct_pb2.Value) -> None:
    declared = _types.unwrap_type(declared)
    kind = value.WhichOneof("kind")
    if kind == "struct_value":
        fields = value.struct_value.fields
        if SIGNATURE in fields:
            if fields[SIGNATURE].string_value == SECRET_KIND and "value" in fields:
                _value(declared, fields["value"])
        elif isinstance(declared, type) and _types.is_input_type(declared):
            _struct(declared, value.struct_value)
        elif typing.get_origin(declared) in (dict, collections.abc.Mapping):
            for item in fields.values():
                _value(typing.get_args(declared)[1], item)
    elif kind == "list_value":
        if typing.get_origin(declared) in (list, collections.abc.Sequence):
            for item in value.list_value.values:
                _value(typing.get_args(declared)[0], item)
    else:
        _scalar(declared, value)


def _scalar(declared: Any, value: struct_pb2.Value) -> None:
    kind, text, number = value.WhichOneof("kind"), value.string_value, value.number_value
    if declared is str and kind == "bool_value":
        value.string_value = "true" if value.bool_value else "false"
    elif declared is str and kind == "number_value":
        value.string_value = _written(number)
    elif declared is int and kind == "number_value":
        value.number_value = int(number)
    elif kind != "string_value" or text == UNKNOWN:
        return
    elif declared is bool and text in _YES_OR_NO:
        value.bool_value = _YES_OR_NO[text]
    elif (declared is int and _WHOLE.fullmatch(text)) or (declared is float and _NUMBER.fullmatch(text)):
        value.number_value = float(text)


def _written(number: float) -> str:
    """A number in digits, without an exponent and without a fraction where it is whole."""
    text = format(Decimal(repr(number)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
