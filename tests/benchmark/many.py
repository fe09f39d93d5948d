"""One plan several times over: a stack of as many systems, each with names and a project of its own.

For measuring only. Names are replaced in texts as whole words, so a few references of the copies are lost, and
a few findings won by that: about one a dozen resources.
"""

from __future__ import annotations

import dataclasses
import re
from typing import Any, Final

from analysis.stack import name_of
from plan.plan import Plan, Resource

_KEPT: Final = frozenset({"(default)", "default", "iam"})
_NAMES_OF_GOOGLE: Final = ("gcp:projects/service:Service", "gcp:projects/serviceIdentity:ServiceIdentity")
_WORDS_OF_GOOGLE: Final = frozenset({"type", "role", "service"})
"""Inputs whose text is never a name of ours, though it may look like one."""


def many(plan: Plan, number: int) -> Plan:
    """`plan` and `number` - 1 copies of it."""
    names = {one.name for one in plan if not (one.is_provider or one.is_stack)}
    named = (name_of(one) for one in plan if one.is_cloud and one.type not in _NAMES_OF_GOOGLE)
    names |= {name for name in named if name is not None}
    longest_first = sorted(names - _KEPT, key=len, reverse=True)
    word = re.compile(rf"(?<![\w.-])({'|'.join(map(re.escape, longest_first))})(?![\w.-])")
    projects = {str(told) for one in plan if (told := one.inputs.get("project"))}
    project = re.compile("|".join(map(re.escape, sorted(projects, key=len, reverse=True))))
    resources = list(plan)
    for copy in range(1, number):
        resources += (_renamed(one, word, project, f"-{copy}") for one in plan)
    return Plan.of(resources, project=plan.project, stack=plan.stack, system=plan.system, outputs=plan.outputs)


def _renamed(one: Resource, word: re.Pattern[str], project: re.Pattern[str], end: str) -> Resource:
    def renamed(value: Any) -> Any:
        if isinstance(value, str):
            return project.sub(lambda match: match[0] + end, word.sub(lambda match: match[0] + end, value))
        if isinstance(value, list):
            return [renamed(item) for item in value]
        if isinstance(value, dict):
            return {
                key: item if key in _WORDS_OF_GOOGLE and isinstance(item, str) else renamed(item)
                for key, item in value.items()
            }
        return value

    return dataclasses.replace(
        one,
        urn=one.urn + end,
        name=one.name + end,
        parent=one.parent and one.parent + end,
        provider=one.provider and one.provider + end,
        inputs=renamed(one.inputs),
        dependencies=[urn + end for urn in one.dependencies],
        propertyDependencies={key: [urn + end for urn in urns] for key, urns in one.propertyDependencies.items()},
    )
