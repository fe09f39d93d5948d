"""Which provider a resource uses, and the default ones the engine makes where the program names none."""

from __future__ import annotations

from importlib import metadata
from typing import Any

from plan.engine import urn as urns
from plan.errors import EngineError
from plan.plan import PROVIDER_PREFIX, Options, Resource


class Providers:
    """The providers of one stack."""

    def __init__(self, *, project: str, stack: str, disabled: frozenset[str]) -> None:
        self._project = project
        self._stack = stack
        self._disabled = disabled

    def used_by(self, request: Any, recorded: dict[str, Resource], source: list[str] | None) -> str:
        """The URN of the provider that serves `request`; makes the default one at its first use."""
        if request.provider:
            reference: str = request.provider
            return reference.rsplit("::", 1)[0]
        package = request.type.partition(":")[0]
        parent = recorded.get(request.parent)
        if parent and parent.provider and urns.type_of(parent.provider) == PROVIDER_PREFIX + package:
            return parent.provider
        if "*" in self._disabled or package in self._disabled:
            at = f" (at {source[0]})" if source else ""
            raise EngineError(
                f"'{request.name}' ({request.type}) uses the default {package} provider{at}",
                why=f"pulumi:disable-default-providers names {package}: its project and region would not come "
                "from the settings",
                fix="pass the explicit provider: opts=ResourceOptions(provider=…), or a parent that has it",
            )
        version = request.version or _installed(package)
        suffix = "_" + version.replace(".", "_") if version else ""
        name = f"default{suffix}"
        type_ = PROVIDER_PREFIX + package
        urn = urns.make(stack=self._stack, project=self._project, parent=None, type_=type_, name=name)
        if urn not in recorded:
            recorded[urn] = Resource(
                urn=urn,
                type=type_,
                name=name,
                custom=True,
                parent=None,
                inputs={"version": version} if version else {},
                options=Options(
                    protect=False,
                    ignoreChanges=[],
                    replaceOnChanges=[],
                    retainOnDelete=False,
                    aliases=[],
                    additionalSecretOutputs=[],
                ),
            )
        return urn


def _installed(package: str) -> str:
    """The version of a package's SDK, which serves resources that name none; empty where it is not installed."""
    try:
        return metadata.version(f"pulumi-{package}")
    except metadata.PackageNotFoundError:
        return ""
