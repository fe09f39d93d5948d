"""The short form of a type token, as people read it. Nothing here decides anything."""

from __future__ import annotations

from plan.plan import PROVIDER_PREFIX, STACK_TYPE


def short_type(type_: str) -> str:
    """`gcp:pubsub/topic:Topic` as `pubsub.Topic`, `voicestack:service:Service` as `service.Service`."""
    if type_ == STACK_TYPE:
        return "stack"
    if type_.startswith(PROVIDER_PREFIX):
        return f"provider {type_[len(PROVIDER_PREFIX) :]}"
    package, _, rest = type_.partition(":")
    module, _, name = rest.partition(":")
    module = module.split("/")[0]
    return f"{package if module == 'index' else module}.{name}"
