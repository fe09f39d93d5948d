"""Small components that declare what they use, for fixtures: as the platform's own do, with less around them."""

from __future__ import annotations

from typing import Any

import pulumi
import pulumi_gcp as gcp

PROJECT = "demo-project"
NUMBER = "123456789012"


class Part(pulumi.ComponentResource):
    """An entity, or what uses entities: `uses` is what it declares, None for what declares nothing."""

    chain: str
    text: str
    """Its URN, as the engine will make it."""

    def __init__(self, name: str, uses: list[dict[str, Any]] | Any = None, parent: Part | None = None) -> None:
        token = "voicestack:test:Part"
        self.chain = f"{parent.chain}${token}" if parent else token
        self.text = f"urn:pulumi:{pulumi.get_stack()}::{pulumi.get_project()}::{self.chain}::{name}"
        super().__init__(
            token,
            name,
            {} if uses is None else {"uses": uses},
            pulumi.ResourceOptions(parent=parent) if parent else None,
        )


class Identity(pulumi.ComponentResource):
    """What the account of a part belongs to."""

    def __init__(self, name: str, parent: Part) -> None:
        super().__init__("voicestack:security:Identity", name, {}, pulumi.ResourceOptions(parent=parent))


def use(access: str, target: Part | str, *roles: str) -> dict[str, Any]:
    """One declared use."""
    return {"access": access, "target": target if isinstance(target, str) else target.text, "roles": list(roles)}


def whole_stack() -> str:
    """The stack's own URN, which uses of the project's services name."""
    stack, project = pulumi.get_stack(), pulumi.get_project()
    return f"urn:pulumi:{stack}::{project}::pulumi:pulumi:Stack::{project}-{stack}"


def account(name: str, part: Part) -> gcp.serviceaccount.Account:
    """The account of a part."""
    return gcp.serviceaccount.Account(
        name, account_id=f"demo-{name}", project=PROJECT, opts=pulumi.ResourceOptions(parent=Identity(name, part))
    )


def workload(name: str, *uses: dict[str, Any]) -> gcp.serviceaccount.Account:
    """A part that declares these uses, with its account."""
    return account(name, Part(name, list(uses) or None))


def inside(part: Part) -> pulumi.ResourceOptions:
    """Options of what belongs to a part."""
    return pulumi.ResourceOptions(parent=part)


def topic(name: str) -> tuple[Part, gcp.pubsub.Topic]:
    """A topic and the part that it belongs to."""
    part = Part(name)
    return part, gcp.pubsub.Topic(name, name=f"demo-{name}", project=PROJECT, opts=inside(part))


def bucket(name: str) -> tuple[Part, gcp.storage.Bucket]:
    """A bucket and the part that it belongs to."""
    part = Part(name)
    made = gcp.storage.Bucket(name, name=f"demo-{name}", location="EU", project=PROJECT, opts=inside(part))
    return part, made


def publisher(name: str, on: gcp.pubsub.Topic, who: Any, role: Any = "roles/pubsub.publisher") -> None:
    """A grant on a topic; `who` is an account or a member."""
    gcp.pubsub.TopicIAMMember(name, topic=on.name, project=PROJECT, role=role, member=_member(who))


def on_bucket(name: str, on: gcp.storage.Bucket, who: Any, role: Any) -> None:
    """A grant on a bucket."""
    gcp.storage.BucketIAMMember(name, bucket=on.name, role=role, member=_member(who))


def on_account(name: str, on: gcp.serviceaccount.Account, who: Any, role: Any) -> None:
    """A grant on a service account."""
    path = pulumi.Output.concat(f"projects/{PROJECT}/serviceAccounts/", on.email)
    gcp.serviceaccount.IAMMember(name, service_account_id=path, role=role, member=_member(who))


def on_project(name: str, who: Any, role: Any, condition: Any = None) -> None:
    """A grant on the project, under a CEL expression where one is given."""
    narrowed = (
        gcp.projects.IAMMemberConditionArgs(title="narrowed", expression=condition)
        if condition is not None
        else None
    )
    gcp.projects.IAMMember(name, project=PROJECT, role=role, member=_member(who), condition=narrowed)


def custom_role(name: str, *permissions: str) -> gcp.projects.IAMCustomRole:
    """A custom role of the project."""
    return gcp.projects.IAMCustomRole(
        name, role_id=name.replace("-", "_"), project=PROJECT, title=name, permissions=list(permissions)
    )


def path_of(role: str) -> str:
    """What IAM calls a custom role of the project."""
    return f"projects/{PROJECT}/roles/{role.replace('-', '_')}"


def agent(service: str) -> str:
    """The member that a service of Google's is."""
    return f"serviceAccount:service-{NUMBER}@{service}.iam.gserviceaccount.com"


def _member(who: Any) -> Any:
    return who.member if isinstance(who, gcp.serviceaccount.Account) else who
