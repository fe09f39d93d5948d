"""What every component keeps to, whatever it is: read from the classes and from what the stacks register."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pulumi
import pytest

import components
from components.component import Component
from tests.stacks.planned import ROOT, STACKS, planned

FOLDER = Path(components.__file__).parent
FAMILIES = {"network", "database", "messaging", "service", "security", "observability"}


def classes() -> Iterator[type[Component]]:
    """Every component class."""
    for module in pkgutil.walk_packages(components.__path__, "components."):
        for _, found in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if issubclass(found, Component) and found is not Component and found.__module__ == module.name:
                yield found


every = pytest.mark.parametrize("component", list(classes()), ids=lambda found: found.__name__)
modules = pytest.mark.parametrize(
    "path", sorted(FOLDER.rglob("*.py")), ids=lambda path: str(path.relative_to(FOLDER))
)


@every
def test_a_component_takes_its_name_and_keyword_only_typed_arguments(component: type[Component]) -> None:
    parameters = dict(inspect.signature(component.__init__).parameters)
    assert list(parameters)[:2] == ["self", "name"], "the first argument is the name"
    for name, parameter in list(parameters.items())[2:]:
        assert parameter.kind is inspect.Parameter.KEYWORD_ONLY, (
            f"{name} can be given by position: put * before it"
        )
        assert parameter.annotation is not inspect.Parameter.empty, f"{name} has no type"
    assert {"env", "opts"} <= set(parameters)


@every
def test_a_component_belongs_to_the_family_of_its_folder(component: type[Component]) -> None:
    assert component.family in FAMILIES
    assert component.__module__.split(".")[1] == component.family, "its type token would name another family"


@every
def test_a_component_says_what_it_is(component: type[Component]) -> None:
    assert component.__doc__, "a reader of the code needs one sentence"


UNSAFE = re.compile(
    r"public_ip|authorized_networks|allow_all|^roles?$|^password$|ipv4|allow_unauthenticated|disable_"
)


@every
def test_unsafe_states_have_no_argument(component: type[Component]) -> None:
    unsafe = [name for name in inspect.signature(component.__init__).parameters if UNSAFE.search(name)]
    assert not unsafe, f"{unsafe}: offer an enum of safe choices instead"


@modules
def test_a_component_reads_no_configuration_and_exports_nothing(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = [ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    forbidden = [
        call
        for call in calls
        if call in {"pulumi.export", "pulumi.Config", "os.getenv", "os.environ.get"}
        or re.search(r"(^|\.)get_[a-z_]+_output$", call)
    ]
    assert not forbidden, f"{forbidden}: what a component needs comes as an argument"


@modules
def test_a_file_holds_one_thought(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 300, "split it"
    assert path.stem not in {"utils", "helpers", "common", "misc", "main"}
    assert ast.get_docstring(ast.parse(text)), "a module says what it is and is not"


@modules
def test_children_are_not_attached_by_merged_options(path: Path) -> None:
    """`merge(parent=self, opts)` attaches a child to its grandparent."""
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"ResourceOptions\(parent=self\)\s*,\s*opts", text)
    assert not re.search(r"ResourceOptions\(parent=self\)\.merge", text)


@pytest.mark.parametrize("stack", STACKS)
def test_every_resource_of_a_component_is_its_child_and_uses_the_explicit_provider(stack: str) -> None:
    plan = planned(stack)
    for one in plan:
        if one.is_cloud:
            parent = plan.by_urn[one.parent or ""]
            assert parent.is_component, f"{one.urn} has no component"
            assert one.provider, f"{one.urn} uses a default provider"
            assert "::default" not in one.provider, f"{one.urn} uses a default provider"


@pytest.mark.parametrize("stack", STACKS)
def test_components_register_their_outputs(stack: str) -> None:
    for one in planned(stack):
        if one.is_component:
            assert one.outputs is not None, f"{one.urn} never says that it is finished: self.register_outputs(...)"


def test_a_component_knows_the_urn_that_the_engine_gives_it() -> None:
    made = {one.urn for one in planned("prod") if one.is_component}
    declared = {use["target"] for one in planned("prod") for use in one.inputs.get("uses", []) if one.is_component}
    assert declared
    stacks = {urn for urn in declared if "pulumi:pulumi:Stack" in urn}
    assert declared - stacks <= made


def test_the_project_is_imported_from_the_root_without_path_edits() -> None:
    for path in [*FOLDER.rglob("*.py"), *(ROOT / "stacks").rglob("*.py")]:
        assert "sys.path" not in path.read_text(encoding="utf-8"), path
    assert pulumi.ComponentResource in Component.__mro__
