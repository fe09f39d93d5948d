"""What previews and states have in common: how the real engine writes a resource as JSON.

It names the provider's defaults in `__defaults`, at every depth; here they move to the plan's `defaults`, under
paths such as `template.containers[0].name`.
"""

from __future__ import annotations

from typing import Any

from plan.plan import PROVIDER_PREFIX, Options, Resource, checked
from plan.sentinels import SECRET_KIND, SIGNATURE, secret

_NAMES_OF_DEFAULTS = "__defaults"
_INTERNAL = ("__internal", "__meta", "__pulumi")
"""Beginnings of the keys that engine and provider keep for themselves; below a property they are the user's."""
PREVIEW_SECRET = "[secret]"  # noqa: S105 - the mark, not a secret


def split(value: Any, defaults: dict[str, Any], path: str = "") -> Any:
    """`value` without what the provider added, which goes into `defaults` by path; secrets emptied."""
    if isinstance(value, dict):
        if value.get(SIGNATURE) == SECRET_KIND:
            return secret()
        added = set(value.get(_NAMES_OF_DEFAULTS) or ())
        kept = {}
        for key, item in value.items():
            if key == _NAMES_OF_DEFAULTS or (not path and key.startswith(_INTERNAL)):
                continue
            below = f"{path}.{key}" if path else key
            if key in added:
                defaults[below] = split(item, {}, below)
            else:
                kept[key] = split(item, defaults, below)
        return kept
    if isinstance(value, list):
        return [split(item, defaults, f"{path}[{index}]") for index, item in enumerate(value)]
    if value == PREVIEW_SECRET:
        return secret()
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def resource(raw: dict[str, Any]) -> Resource:
    """A resource as previews and states write it.

    Neither tells aliases: the engine forgets them as soon as it has found the older resource.
    """
    defaults: dict[str, Any] = {}
    inputs = split(raw.get("inputs") or {}, defaults)
    outputs = raw.get("outputs")
    provider = raw.get("provider")
    type_ = raw["type"]
    made = Resource(
        urn=raw["urn"],
        type=type_,
        name=raw["urn"].split("::", 3)[3],
        custom=bool(raw["custom"]),
        parent=raw.get("parent") or None,
        inputs=inputs,
        defaults={} if type_.startswith(PROVIDER_PREFIX) else defaults,
        dependencies=sorted(raw.get("dependencies") or ()),
        propertyDependencies={
            key: sorted(urns) for key, urns in (raw.get("propertyDependencies") or {}).items() if urns
        },
        # The second half is the provider's ID, which differs from run to run.
        provider=provider.rsplit("::", 1)[0] if provider else None,
        options=Options(
            protect=bool(raw.get("protect")),
            ignoreChanges=list(raw.get("ignoreChanges") or ()),
            replaceOnChanges=list(raw.get("replaceOnChanges") or ()),
            retainOnDelete=bool(raw.get("retainOnDelete")),
            deletedWith=raw.get("deletedWith") or None,
            aliases=None,
            customTimeouts=raw.get("customTimeouts") or None,
            additionalSecretOutputs=sorted(raw.get("additionalSecretOutputs") or ()),
        ),
        outputs=split(outputs, {}) if outputs is not None else None,
    )
    return checked(made)
