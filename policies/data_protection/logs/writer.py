"""A sink writes as an identity of its own, and may write where it is told to.

Without the right to write a sink loses every entry in silence: it exists, it has a destination, and nothing
arrives.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from analysis.grants import ACCOUNT, Grant, Scope, grants_of
from analysis.stack import Stack
from analysis.value import NotKnown, Value
from plan.plan import Resource
from policies.data_protection.logs.sinks import PROJECT_SINK, SINKS
from policies.engine.policy import Result, Settings, Severity, Unseen, resource_policy

_ADMINS: Final = frozenset({"roles/owner", "roles/editor"})


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of destination: how it begins, its type here, and the roles that let a sink write there."""

    prefix: str
    type: str
    what: str
    roles: frozenset[str]


_KINDS: Final = (
    _Kind(
        "storage.googleapis.com/",
        "gcp:storage/bucket:Bucket",
        "bucket",
        frozenset(
            {
                "roles/storage.objectCreator",
                "roles/storage.objectUser",
                "roles/storage.objectAdmin",
                "roles/storage.admin",
                "roles/storage.legacyBucketWriter",
            }
        ),
    ),
    _Kind(
        "bigquery.googleapis.com/",
        "gcp:bigquery/dataset:Dataset",
        "dataset",
        frozenset({"roles/bigquery.dataEditor", "roles/bigquery.dataOwner", "roles/bigquery.admin"}),
    ),
    _Kind(
        "pubsub.googleapis.com/",
        "gcp:pubsub/topic:Topic",
        "topic",
        frozenset({"roles/pubsub.publisher", "roles/pubsub.editor", "roles/pubsub.admin"}),
    ),
)
_LOG_BUCKETS: Final = frozenset({"roles/logging.bucketWriter", "roles/logging.admin"})
_PROJECTS: Final = frozenset({"roles/logging.logWriter", "roles/logging.admin"})


@resource_policy(
    id="log-sink-own-writer",
    title="A sink writes as its project's own logging identity",
    severity=Severity.LOW,
    why="""With `uniqueWriterIdentity` off a sink writes as an account that all of Google Cloud's customers share:
    a grant to it lets any project's sink write there.""",
    fix="Make the sink with `LogArchive`, which sets it.",
    fix_raw="Leave `uniqueWriterIdentity` out or set it to true.",
    rows=(173,),
    types=[PROJECT_SINK],
)
def own_writer(sink: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    # https://www.pulumi.com/registry/packages/gcp/api-docs/logging/projectsink/: true by default.
    if not sink["uniqueWriterIdentity"].flag(True):
        yield "uniqueWriterIdentity is false: the sink writes as an account that every project shares"


@resource_policy(
    id="log-sink-may-write",
    title="A sink's identity may write to its destination",
    severity=Severity.HIGH,
    why="""A sink without the right to write loses every entry, and says so nowhere but in an e-mail to the owners:
    the archive is empty when it is needed.""",
    fix="Give the `LogArchive` its `dataset_id` (`Warehouse.sink_dataset()`): it makes the grant with the sink.",
    fix_raw="""Grant the sink's `writerIdentity` `roles/storage.objectCreator`, `roles/bigquery.dataEditor`,
    `roles/pubsub.publisher` or `roles/logging.bucketWriter` on the destination.""",
    rows=(173,),
    types=SINKS,
)
def may_write(sink: Value, stack: Stack, settings: Settings) -> Iterator[Result | str]:
    if sink["disabled"].flag(False):
        return
    destination = sink["destination"]
    if destination.is_unknown:
        yield from _to_entity(sink, stack)
        return
    text = destination.text("")
    for kind in _KINDS:
        if text.startswith(kind.prefix):
            yield from _to_entity(sink, stack, kind)
            return
    yield from _to_logging(sink, stack, text)


def _to_entity(sink: Value, stack: Stack, kind: _Kind | None = None) -> Iterator[Result | str]:
    """What is missing for a bucket, a dataset or a topic."""
    destination = sink["destination"]
    for one in (kind,) if kind else _KINDS:
        found = stack.yielding(destination, one.type) or (
            stack.named(one.type, destination.text("").removeprefix(one.prefix)) if kind else []
        )
        if len(found) == 1:
            if not any(_lets_write(grant, one.roles, found[0]) for grant in _grants_to(sink, stack)):
                yield (
                    f"destination is the {one.what} '{found[0].name}', where the sink's identity has no role that "
                    "lets it write: every entry is lost"
                )
            return
    if kind is None:
        # Neither a destination that is told nor one that is made here.
        destination.text()
    elif not any(grant.role in kind.roles and grant.entity is None for grant in _grants_to(sink, stack)):
        yield Unseen(sink.resource, f"{destination.path} is a {kind.what} that is not in this plan")


def _to_logging(sink: Value, stack: Stack, text: str) -> Iterator[Result | str]:
    """What is missing for a log bucket or a whole project of Cloud Logging."""
    parts = text.split("/")
    project = parts[2] if len(parts) > 2 and parts[:2] == ["logging.googleapis.com", "projects"] else ""  # noqa: PLR2004
    if not project:
        yield Unseen(sink.resource, "destination is of a kind that is not known here")
        return
    # Into a log bucket of its own project a sink writes without any grant:
    # https://cloud.google.com/logging/docs/export/configure_export_v2#dest-auth
    own = sink["project"].text("") if sink.resource.type == PROJECT_SINK else None
    if own in ("", project):
        return
    wanted = _LOG_BUCKETS if "buckets" in parts else _PROJECTS
    given = [grant for grant in _grants_to(sink, stack) if grant.scope is not Scope.ENTITY]
    if not any(grant.role in wanted or grant.custom is not None for grant in given):
        yield f"destination is in the project '{project}', where the sink's identity has no role: entries are lost"


def _grants_to(sink: Value, stack: Stack) -> list[Grant]:
    """The grants to the identity that a sink writes as; sinks of one parent share it."""
    try:
        own = sink["customWriterIdentity"]
        accounts = stack.referred(own, ACCOUNT)
        text = "" if accounts or own.is_unknown else own.text("").removeprefix("serviceAccount:").lower()
    except NotKnown:
        return []
    if not accounts and not text:
        return stack.once(_grants_to_logging)
    by_name = stack.once(_grants_by_name)
    names = [account.urn for account in accounts] or [f"serviceaccount:{text}"]
    return [grant for name in names for grant in by_name.get(name, ())]


def _grants_by_name(stack: Stack) -> dict[str, list[Grant]]:
    """Every grant by what yields its member, and by the member's name."""
    found: dict[str, list[Grant]] = {}
    for grant in grants_of(stack):
        for name in (grant.holder.urn if grant.holder else "", (grant.member or "").lower()):
            if name:
                found.setdefault(name, []).append(grant)
    return found


def _grants_to_logging(stack: Stack) -> list[Grant]:
    """The grants to what sinks yield as their identity, or to Cloud Logging's own agents by name."""
    return [
        grant
        for grant in grants_of(stack)
        if (grant.holder is not None and grant.holder.type in SINKS)
        or "gcp-sa-logging.iam" in (grant.member or "")
        or "cloud-logs@system" in (grant.member or "")
    ]


def _lets_write(grant: Grant, roles: frozenset[str], entity: Resource) -> bool:
    """Whether a grant lets its member write to `entity`; a role of one's own is taken to."""
    if grant.role not in roles and grant.role not in _ADMINS and grant.custom is None:
        return False
    return grant.scope is not Scope.ENTITY or grant.entity is entity
