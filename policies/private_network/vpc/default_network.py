"""Nothing lives in the network that Google makes with each project."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from analysis.stack import Stack
from analysis.value import AFTER_CREATION, SECRET, NotKnown, Value
from plan.plan import Resource
from plan.sentinels import UNKNOWN, is_secret
from policies.engine.policy import Looked, Problem, Result, Settings, Severity, Unseen, stack_policy
from policies.private_network.networks import NETWORK

DEFAULT: Final = "default"
KEYS: Final = frozenset(
    {
        "network",
        "networks",
        "networkUrl",
        "networkUri",
        "networkId",
        "privateNetwork",
        "authorizedNetwork",
        "consumerNetwork",
        "attachmentTarget",
        "peerNetwork",
        "targetNetwork",
        "vpcNetwork",
        "subnet",
        "subnets",
        "subnetwork",
        "subnetworks",
        "subnetworkUri",
    }
)
"""Inputs that name a network or a subnet, at any depth of any resource; the default network's subnets share its
name."""
WITHOUT: Final = tuple(
    f"gcp:{module}/"
    for module in (
        "artifactregistry",
        "billing",
        "certificatemanager",
        "cloudscheduler",
        "cloudtasks",
        "firestore",
        "iam",
        "kms",
        "logging",
        "monitoring",
        "projects",
        "pubsub",
        "secretmanager",
        "serviceaccount",
    )
)
"""The frequent modules of which no type has such an input, so that nothing there need be searched."""
_DEFAULTS: Final = ("/networks/default", "/subnetworks/default")
_SUBNET: Final = "gcp:compute/subnetwork:Subnetwork"
_NESTED: Final = (dict, list)
_MOST_DEEP: Final = 40
"""Levels; no input of Google's is half as deep."""

# What Google puts into the default network where the input is left out, with what else would say which it is.
# https://cloud.google.com/compute/docs/reference/rest/v1/instances (networkInterfaces[].network), each type's page
_NICS: Final = (
    "gcp:compute/instance:Instance",
    "gcp:compute/instanceTemplate:InstanceTemplate",
    "gcp:compute/regionInstanceTemplate:RegionInstanceTemplate",
)
_PROJECT: Final = "gcp:organizations/project:Project"
_LEFT_OUT: Final = {
    "gcp:container/cluster:Cluster": ("network", "subnetwork"),
    "gcp:memcache/instance:Instance": ("authorizedNetwork",),
}


@stack_policy(
    id="network-not-default",
    title="Nothing is made in, or named after, the `default` network",
    severity=Severity.HIGH,
    why="""The `default` network has a subnet in every region and rules that let SSH, RDP and ICMP in from the
    whole internet. What is put there is as reachable as Google's example.""",
    fix="Give the component the stack's `Network`.",
    fix_raw="""Name a network of your own (and its subnet) wherever a resource takes one; set `autoCreateNetwork`
    of a `Project` to false.""",
    rows=(2,),
    cis_4=("3.1",),
    cis_5=("3.1",),
)
def not_default(stack: Stack, settings: Settings) -> Iterator[Result]:
    for resource in stack.plan:
        if resource.type.startswith(WITHOUT) or not resource.is_cloud or not resource.type.startswith("gcp:"):
            continue
        named, said, unknown = _said(resource, stack) if _names_any(resource.inputs) else (False, [], "")
        if resource.type in _NICS or resource.type in _LEFT_OUT:
            said += _left_out(resource)
        if resource.type == NETWORK and resource.get("name") == DEFAULT:
            said.append(("name", "the network is called 'default', as the one that Google opens to the internet"))
        if resource.type == _PROJECT:
            network, unknown = _with_project(Value.of(resource))
            said += network
        if named or said or resource.type in (NETWORK, _PROJECT):
            yield Looked(resource)
        for path, message in said:
            yield Problem(resource, message, key=path)
        if unknown and not said:
            yield Unseen(resource, unknown)


def _names_any(inputs: dict[str, Any]) -> bool:
    """Whether a network may be named anywhere below; most resources name none, and are looked at no closer."""
    left: list[Any] = [inputs]
    while left:
        here = left.pop()
        if isinstance(here, dict):
            if not KEYS.isdisjoint(here):
                return True
            here = here.values()
        left += [below for below in here if isinstance(below, _NESTED)]
    return False


def _said(resource: Resource, stack: Stack) -> tuple[bool, list[tuple[str, str]], str]:
    """Whether a resource names a network, where it names the default one, and why that cannot be told."""
    any_named = False
    found: list[tuple[str, str]] = []
    unknown = ""
    left: list[tuple[str, Any, bool, int]] = [("", resource.inputs, False, 0)]
    while left:
        path, raw, names, depth = left.pop()
        if depth > _MOST_DEEP:
            continue
        if isinstance(raw, dict):
            if is_secret(raw):
                unknown = f"{path} {SECRET}" if names else unknown
                continue
            for key, below in raw.items():
                # Texts are looked at only below a key that names a network; most of a plan is other texts.
                named = key in KEYS
                any_named = any_named or named
                if named or isinstance(below, _NESTED):
                    left.append((f"{path}.{key}" if path else key, below, named, depth + 1))
        elif isinstance(raw, list):
            left += ((f"{path}[{index}]", below, names, depth + 1) for index, below in enumerate(raw))
        elif names and isinstance(raw, str):
            if raw == DEFAULT or raw.endswith(_DEFAULTS):
                found.append((path, f"{path} is '{raw}': the network that Google opens to the internet"))
            elif UNKNOWN in raw and not stack.yielding(Value(resource, raw, path), NETWORK, _SUBNET):
                unknown = f"{path} {AFTER_CREATION}"
    return any_named, found, unknown


def _with_project(project: Value) -> tuple[list[tuple[str, str]], str]:
    """What Google makes together with a project, and why that cannot be told."""
    # The provider's default is true: https://www.pulumi.com/registry/packages/gcp/api-docs/organizations/project/
    automatic = project["autoCreateNetwork"]
    try:
        if not automatic.flag(True):
            return [], ""
    except NotKnown as reason:
        return [], str(reason)
    said = "is true" if automatic.present else "is left out, which means true"
    return [(automatic.path, f"{automatic.path} {said}: the project comes with the network 'default'")], ""


def _left_out(resource: Resource) -> list[tuple[str, str]]:
    inputs = Value.of(resource)
    try:
        if resource.type in _NICS:
            return [
                (nic.path, f"{nic.path} names no network, which means 'default'")
                for nic in inputs["networkInterfaces"].items()
                if not any(nic[key].present for key in ("network", "subnetwork", "networkAttachment"))
            ]
        keys = _LEFT_OUT.get(resource.type, ())
        if keys and not any(resource.get(key) is not None for key in keys):
            return [(keys[0], f"{keys[0]} is left out, which means 'default'")]
    except NotKnown:
        # Something is given there: it is no default.
        pass
    return []
