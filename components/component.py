"""The base of every component, and the environment that each is given.

A component reads no configuration and exports nothing: what it needs comes as arguments, what it offers are
typed attributes. `Environment` is the little that all of them share; it holds no sizes (those are arguments).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pulumi

from components.naming import Naming
from components.security.service_agents import Agent


@dataclass(frozen=True, kw_only=True)
class Environment:
    """Where a system's components live: names, Google project, region, labels, providers, protection."""

    naming: Naming
    project: str
    project_number: str
    region: str
    labels: Mapping[str, str]
    providers: tuple[pulumi.ProviderResource, ...]
    protect: bool
    """What holds data, and what clients reach the system by, cannot be deleted: Pulumi's, the provider's and the
    API's guards follow from this one intent."""
    disposable: bool = False
    """Data may be thrown away: no backup outlasts what it was made of, and policies ask for none. Not the opposite
    of `protect`: guards are lifted to take down what is worth a last backup."""
    cmek: bool = False
    """Whether data is encrypted by keys of this project (a `Keys` component) rather than by Google's."""
    apis: tuple[pulumi.Resource, ...] = field(default=(), repr=False)
    """The enabled services: what nothing else orders waits for these."""
    agents: Mapping[Agent, pulumi.Resource] = field(default_factory=dict, repr=False)
    """The service agents that `ProjectBaseline` made."""


def urn_of(types: str, name: str) -> str:
    """The URN of `name`, whose chain of component types is `types`.

    The engine makes the same text; writing it here lets a declared use name its target without waiting for it, so
    two services may use each other.
    """
    return f"urn:pulumi:{pulumi.get_stack()}::{pulumi.get_project()}::{types}::{name}"


class Component(pulumi.ComponentResource):
    """A ComponentResource with the house rules: short type token, the environment's providers, known URN."""

    family: ClassVar[str]

    name: str
    env: Environment
    qualified_type: str
    declared_urn: str

    def __init__(
        self,
        name: str,
        *,
        env: Environment,
        props: Mapping[str, Any] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        token = f"voicestack:{self.family}:{type(self).__name__}"
        parent = opts.parent if opts else None
        chain = f"{parent.qualified_type}${token}" if isinstance(parent, Component) else token
        self.name = name
        self.env = env
        self.qualified_type = chain
        self.declared_urn = urn_of(chain, name)
        super().__init__(
            token,
            name,
            dict(props or {}),
            pulumi.ResourceOptions.merge(pulumi.ResourceOptions(providers=list(env.providers)), opts),
        )

    def child(self, **options: Any) -> pulumi.ResourceOptions:
        """Options of a child resource; `options` are those of `pulumi.ResourceOptions`."""
        return pulumi.ResourceOptions(parent=self, **options)

    def guarded(self, **options: Any) -> pulumi.ResourceOptions:
        """Options of a child that holds data, that the system serves by, or whose name Google keeps: Pulumi's
        `protect` where the environment protects anything.

        Not for what is replaced in ordinary life (a hash of its content is in its name) or comes and goes with a
        use or a setting: something guarded must be made after it, since a destroy goes backwards and takes all
        that no guarded resource needs.
        """
        return self.child(protect=self.env.protect or None, **options)

    def labels(self, **more: str) -> dict[str, str]:
        """The environment's labels and the component's name."""
        return {**self.env.labels, "component": self.name, **more}
