"""The OpenAPI documents of an API Gateway configuration, read as the gateway reads them.

A document comes as Base64, in YAML or JSON, of OpenAPI 2 or 3. Nothing in it is resolved from elsewhere.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import yaml

from analysis.value import NotKnown, Value

LONGEST: Final = 2_000_000
"""Characters of Base64 that are read."""
# OPTIONS is left out: a browser asks before the request and may send no credential then.
# https://fetch.spec.whatwg.org/#cors-protocol-and-credentials
_METHODS: Final = ("get", "put", "post", "delete", "head", "patch", "trace")
# The pure Python reader takes seconds for what the C one reads in a blink.
_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of an API: its method and path, and what it says about security."""

    name: str
    """`GET /users/{id}`."""
    wanting: str
    """Why anybody may call it, '' where nobody may."""


def document_of(value: Value) -> Mapping[str, Any]:
    """The document of one `openapiDocuments` block; NotKnown where it is none."""
    contents = value["document"]["contents"]
    text = contents.text("")
    if len(text) > LONGEST:
        raise NotKnown(contents.path, "is too long to be read here")
    try:
        # A fixed loader of plain data; `yaml.load` alone would be the unsafe one.
        found = yaml.load(base64.b64decode(text, validate=False), Loader=_LOADER)  # noqa: S506
    except (binascii.Error, yaml.YAMLError, ValueError, RecursionError, OverflowError):
        raise NotKnown(contents.path, "is no OpenAPI document in Base64") from None
    if not isinstance(found, dict):
        raise NotKnown(contents.path, "is no OpenAPI document in Base64")
    return found


def operations(document: Mapping[str, Any]) -> Iterator[Operation]:
    """Every operation of a document that a caller may use."""
    schemes = _schemes(document)
    paths = document.get("paths")
    for path, item in paths.items() if isinstance(paths, dict) else ():
        for method in _METHODS:
            operation = item.get(method) if isinstance(item, dict) else None
            if isinstance(operation, dict):
                given = operation["security"] if "security" in operation else document.get("security")
                yield Operation(f"{method.upper()} {path}", _wanting(given, schemes))


def _schemes(document: Mapping[str, Any]) -> frozenset[str]:
    """The names of the security schemes that are defined."""
    components = document.get("components")
    defined = document.get("securityDefinitions") or (
        components.get("securitySchemes") if isinstance(components, dict) else None
    )
    return frozenset(map(str, defined)) if isinstance(defined, dict) else frozenset()


def _wanting(given: Any, schemes: frozenset[str]) -> str:
    """https://spec.openapis.org/oas/v2.0#operation-object: an empty list takes the document's demand away, and an
    empty requirement in the list makes it optional."""
    if given is None:
        return "has no security, nor has the document"
    requirements = given if isinstance(given, list) else [given]
    if not requirements:
        return "has an empty list as its security, which takes the document's away"
    for one in requirements:
        if not isinstance(one, dict) or not one:
            return "has an empty requirement in its security, which makes it optional"
        missing = [name for name in map(str, one) if name not in schemes]
        if missing:
            return f"asks for '{missing[0]}', which the document does not define"
    return ""
