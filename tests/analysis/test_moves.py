"""What an alias names on the earlier side has moved: it is neither added nor removed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from analysis.comparison import Comparison, compare
from plan.plan import Options, Plan, Resource
from plan.sentinels import UNKNOWN
from review.markdown import as_markdown

TOPIC = "gcp:pubsub/topic:Topic"
GROUP = "demo:index:Group"


def urn(name: str, *types: str, project: str = "demo") -> str:
    return f"urn:pulumi:prod::{project}::{'$'.join(types or (TOPIC,))}::{name}"


def resource(
    name: str,
    type_: str = TOPIC,
    parent: Resource | None = None,
    aliases: list[str] | None = None,
    project: str = "demo",
    **inputs: Any,
) -> Resource:
    chain = [parent.urn.split("::")[2], type_] if parent else [type_]
    return Resource(
        urn=urn(name, *chain, project=project),
        type=type_,
        name=name,
        custom=type_ != GROUP,
        parent=parent.urn if parent else None,
        inputs=inputs,
        options=Options(aliases=aliases or []),
    )


def compared(before: list[Resource], after: list[Resource], project: str = "demo") -> Comparison:
    return compare(
        Plan.of(before, project=project, stack="prod", system="demo", outputs={}),
        Plan.of(after, project="demo", stack="prod", system="demo", outputs={}),
    )


def moved(found: Comparison) -> list[tuple[str, str]]:
    """The new and the old URN of all that moved, where nothing else came or went."""
    assert (found.added, found.removed) == ((), ()), "what moved is neither added nor removed"
    return [(one.resource.urn, one.before) for one in found.moved]


def test_a_renamed_resource_with_an_alias_has_moved_and_its_changes_are_told() -> None:
    before, after = resource("old", labels={"a": "1"}), resource("new", aliases=[urn("old")], labels={"a": "2"})
    found = compared([before], [after])
    assert moved(found) == [(after.urn, before.urn)]
    [change] = found.changed
    assert [(one.path, one.before, one.after) for one in change.changes] == [("labels.a", "1", "2")]
    assert not found.empty


def test_what_moves_and_stays_as_it_is_has_no_change() -> None:
    found = compared([resource("old", size=1)], [resource("new", aliases=[urn("old")], size=1)])
    assert moved(found)
    assert not found.changed
    text = as_markdown([found], "a", "b")
    assert "### prod: 0 added, 0 changed, 0 removed, 1 moved" in text
    assert "| gcp:pubsub/topic:Topic | new | gcp:pubsub/topic:Topic::old |" in text


def test_without_an_alias_it_is_removed_and_added() -> None:
    found = compared([resource("old")], [resource("new")])
    assert ([one.name for one in found.added], [one.name for one in found.removed]) == (["new"], ["old"])
    assert not found.moved


def test_a_way_back_without_an_alias_is_no_move() -> None:
    found = compared([resource("new", aliases=[urn("old")])], [resource("old")])
    assert ([one.name for one in found.added], [one.name for one in found.removed]) == (["old"], ["new"])


def test_a_resource_into_a_component_another_type_or_another_project_has_moved() -> None:
    group = resource("g", GROUP)
    into = resource("jobs", parent=group, aliases=[urn("jobs")])
    assert moved(compared([group, resource("jobs")], [group, into])) == [(into.urn, urn("jobs"))]
    typed = resource("jobs", "gcp:pubsub/lite:Topic", aliases=[urn("jobs")])
    assert moved(compared([resource("jobs")], [typed])) == [(typed.urn, urn("jobs"))]
    former = resource("jobs", project="former")
    here = resource("jobs", aliases=[former.urn])
    assert moved(compared([former], [here], project="former")) == [(here.urn, former.urn)]


def test_children_move_with_their_parent_however_deep_and_take_its_name() -> None:
    def tree(name: str, aliases: list[str]) -> list[Resource]:
        outer = resource(name, GROUP, aliases=aliases)
        inner = resource(f"{name}-inner", GROUP, outer)
        return [outer, inner, resource(f"{name}-inner-jobs", parent=inner), resource("plain", parent=inner)]

    found = compared(tree("old", []), tree("new", [urn("old", GROUP)]))
    assert sorted(moved(found)) == sorted(
        [
            (urn("new", GROUP), urn("old", GROUP)),
            (urn("new-inner", GROUP, GROUP), urn("old-inner", GROUP, GROUP)),
            (urn("new-inner-jobs", GROUP, GROUP, TOPIC), urn("old-inner-jobs", GROUP, GROUP, TOPIC)),
        ]
    )
    retyped = compared(tree("g", []), [replace_type(one) for one in tree("g", [urn("g", GROUP)])])
    assert len(moved(retyped)) == 4, "the chain of types is in every URN below"


def replace_type(one: Resource) -> Resource:
    """The same in a tree whose root is of another type."""
    head, project, chain, name = one.urn.split("::")
    wide = chain.replace(GROUP, "demo:index:Wide", 1)
    parent = one.parent and one.parent.replace(GROUP, "demo:index:Wide", 1)
    return replace(one, urn="::".join((head, project, wide, name)), type=wide.split("$")[-1], parent=parent)


def test_a_child_with_an_alias_of_its_own_is_found_below_the_older_parent() -> None:
    old = resource("a", GROUP)
    was = resource("jobs", parent=old)
    new = resource("b", "demo:index:Wide", aliases=[old.urn])
    # Its alias says only the name; the engine looks below the older parent.
    now = resource("topic", parent=new, aliases=[urn("jobs", "demo:index:Wide", TOPIC)])
    assert (now.urn, was.urn) in moved(compared([old, was], [new, now]))


def test_a_name_that_somebody_still_has_is_nobodys_alias() -> None:
    kept = resource("kept")
    found = compared([kept], [kept, resource("new", aliases=[kept.urn])])
    assert [one.name for one in found.added] == ["new"]
    assert not found.moved


def test_two_that_claim_one_older_resource_do_not_both_have_it() -> None:
    found = compared([resource("old")], [resource("a", aliases=[urn("old")]), resource("b", aliases=[urn("old")])])
    assert len(found.moved) == 1
    assert len(found.added) == 1


def test_what_has_moved_already_is_no_move() -> None:
    same = resource("new", aliases=[urn("old")])
    assert compared([same], [same]).empty


def test_who_is_told_by_a_resource_that_moved_gains_and_loses_nothing() -> None:
    def plan(account: Resource) -> list[Resource]:
        grant = resource("g", "gcp:pubsub/topicIAMMember:TopicIAMMember", topic="t", role="r", member=UNKNOWN)
        return [account, replace(grant, propertyDependencies={"member": [account.urn]})]

    sink = "gcp:logging/projectSink:ProjectSink"
    found = compared(plan(resource("old", sink)), plan(resource("new", sink, aliases=[urn("old", sink)])))
    assert len(found.moved) == 1
    assert (found.gained, found.lost) == ((), ())


@pytest.mark.parametrize("parent", ["self", "each other"])
def test_parents_that_go_round_end(parent: str) -> None:
    one, two = resource("a", GROUP), resource("b", GROUP)
    above = {"self": (one.urn, two.urn), "each other": (two.urn, one.urn)}[parent]
    round_ = [replace(one, parent=above[0]), replace(two, parent=above[1])]
    assert not compared([], round_).moved
