"""Mutants: named unsafe edits of the planned reference stacks, each with the policy that must catch it.

An edit works on copies of the resources it touches; `test_mutants.py` holds that exactly the named policies find
something new, and that every policy has a mutant.
"""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from plan.plan import Plan, Resource
from plan.sentinels import UNKNOWN
from policies.reliability.refused_by_google.apis import API, api_of
from tests.stacks.planned import planned

Edit = Callable[["Draft"], None]


class Draft:
    """A planned stack that may be changed."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._resources = dict(plan.by_urn)
        self._copied: set[str] = set()

    def find(self, type_: str, name: str | None = None) -> Resource:
        """The one cloud resource of `type_`, and of the logical name `name`; a copy that may be changed.

        `type_` is a whole token, `sql/databaseInstance:DatabaseInstance` or only `DatabaseInstance`; a component
        is found by its whole token.
        """
        found = [one for one in self._of(type_) if name is None or one.name == name]
        assert len(found) == 1, f"{type_} {name or ''}: {[one.name for one in found]}"
        return self._own(found[0].urn)

    def inputs(self, type_: str, name: str | None = None) -> dict[str, Any]:
        """The inputs of the one resource that `find` finds, to be changed."""
        return self.find(type_, name).inputs

    def all(self, type_: str) -> list[Resource]:
        """Every resource of `type_` (as for `find`), copies."""
        found = self._of(type_)
        assert found, f"no {type_}"
        return [self._own(one.urn) for one in found]

    def drop(self, type_: str, name: str | None = None) -> None:
        """Removes one resource, and what depended on it no longer does."""
        gone = self.find(type_, name).urn
        del self._resources[gone]
        for one in list(self._resources.values()):
            if gone in one.dependencies:
                mine = self._own(one.urn)
                mine.dependencies.remove(gone)
                for urns in mine.propertyDependencies.values():
                    if gone in urns:
                        urns.remove(gone)

    def options(self, type_: str, name: str | None = None, **changes: Any) -> None:
        """Changes the options of one resource."""
        one = self.find(type_, name)
        object.__setattr__(one, "options", dataclasses.replace(one.options, **changes))

    def add(
        self,
        type_: str,
        name: str,
        inputs: Mapping[str, Any],
        *,
        parent: Resource | None = None,
        depends: Mapping[str, Resource] | None = None,
    ) -> Resource:
        """Adds a cloud resource; `depends` says which input comes from which resource.

        It comes with the API that it needs, as what a program adds would.
        """
        like = parent.urn if parent else None
        token = type_ if type_.startswith("gcp:") else f"gcp:{type_}"
        chain = f"{parent.urn.split('::')[2]}${token}" if parent else token
        needs = {key: [one.urn] for key, one in (depends or {}).items()}
        self._turn_on(api_of(token))
        made = Resource(
            urn=f"urn:pulumi:{self._plan.stack}::{self._plan.project}::{chain}::{name}",
            type=token,
            name=name,
            custom=True,
            parent=like,
            inputs=dict(inputs),
            # It waits for the APIs, like everything else: each mutant does one thing wrong.
            dependencies=sorted(
                {urn for urns in needs.values() for urn in urns} | {one.urn for one in self._of(API)}
            ),
            propertyDependencies=needs,
            provider=next(one.provider for one in self._plan if one.provider),
        )
        assert made.urn not in self._resources, made.urn
        self._resources[made.urn] = made
        self._copied.add(made.urn)
        return made

    def _turn_on(self, api: str) -> None:
        """Turns an API on that the stack does not use."""
        service = f"{api}.googleapis.com"
        if not api or any(one.inputs["service"] == service for one in self._of(API)):
            return
        like = self._of(API)[0]
        made = dataclasses.replace(like, urn=f"{like.urn}-{api}", inputs={**like.inputs, "service": service})
        self._resources[made.urn] = made

    def grant(self, type_: str, name: str, role: str, member: str, **more: Any) -> Resource:
        """Adds an IAM member resource, e.g. grant("projects/iAMMember:IAMMember", "x", role, member)."""
        return self.add(type_, name, {"role": role, "member": member, **more})

    def done(self) -> Plan:
        """The plan after the edit."""
        changed = Plan.of(
            self._resources.values(),
            project=self._plan.project,
            stack=self._plan.stack,
            system=self._plan.system,
            outputs=self._plan.outputs,
        )
        assert self._copied or len(changed) != len(self._plan), "the edit changes nothing"
        return changed

    def _of(self, type_: str) -> list[Resource]:
        return [
            one
            for one in self._resources.values()
            if one.type in (type_, f"gcp:{type_}") or (one.is_cloud and one.type.endswith(f":{type_}"))
        ]

    def _own(self, urn: str) -> Resource:
        if urn not in self._copied:
            self._resources[urn] = copy.deepcopy(self._resources[urn])
            self._copied.add(urn)
        return self._resources[urn]


@dataclass(frozen=True)
class Mutant:
    """One unsafe edit. `also`: other policies that rightly see the same harm, no others may."""

    name: str
    policy: str
    stack: str
    edit: Edit
    also: frozenset[str]

    @property
    def plan(self) -> Plan:
        """The stack with the edit."""
        draft = Draft(planned(self.stack))
        self.edit(draft)
        return draft.done()


ALL: list[Mutant] = []


def mutant(policy: str, *, stack: str = "prod", also: tuple[str, ...] = ()) -> Callable[[Edit], Edit]:
    """Registers an edit that `policy` must catch; the function's name says what is done to the stack."""

    def registered(edit: Edit) -> Edit:
        ALL.append(Mutant(edit.__name__, policy, stack, edit, frozenset(also)))
        return edit

    return registered


__all__ = ["ALL", "UNKNOWN", "Draft", "Mutant", "mutant"]
