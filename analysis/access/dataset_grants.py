"""What the access lists of BigQuery datasets grant; the grants of IAM resources are `analysis.grants`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.grants import ACCOUNT, Form, Grant, Scope
from analysis.stack import Stack
from analysis.value import NotKnown, Value
from plan.plan import Resource

DATASET: Final = "gcp:bigquery/dataset:Dataset"
DATASET_ACCESS: Final = "gcp:bigquery/datasetAccess:DatasetAccess"
_DATASET_ROLES: Final = {
    # https://cloud.google.com/bigquery/docs/control-access-to-resources-iam#required_roles
    "OWNER": "roles/bigquery.dataOwner",
    "WRITER": "roles/bigquery.dataEditor",
    "READER": "roles/bigquery.dataViewer",
}
_SPECIAL: Final = {
    "allAuthenticatedUsers": "allAuthenticatedUsers",
    "projectOwners": "projectOwner:this project",
    "projectWriters": "projectEditor:this project",
    "projectReaders": "projectViewer:this project",
}


def dataset_grants(stack: Stack) -> Iterator[Grant]:
    """What the access lists of datasets grant; views, routines and datasets that are let in are no identities."""
    for dataset in stack.of_type(DATASET):
        try:
            for access in dataset["accesses"].items():
                yield from _dataset_grant(stack, access, dataset.resource)
        except NotKnown:
            # That a list cannot be read is for the policies about datasets to say.
            continue
    for access in stack.of_type(DATASET_ACCESS):
        named = stack.referred(access["datasetId"], DATASET)
        yield from _dataset_grant(stack, access, named[0] if len(named) == 1 else None)


def _dataset_grant(stack: Stack, access: Value, dataset: Resource | None) -> Iterator[Grant]:
    member, role = _dataset_member(access), _text(access, "role")
    if member is None or role is None:
        return
    accounts = stack.named(ACCOUNT, member) if member.startswith("serviceAccount:") else []
    yield Grant(
        by=access.resource,
        form=Form.MEMBER,
        role=_DATASET_ROLES.get(role, role),
        custom=None,
        member=member,
        holder=accounts[0] if len(accounts) == 1 else None,
        scope=Scope.ENTITY,
        kind="bigquery/dataset",
        entity=dataset,
        entity_name=f"bigquery/dataset '{dataset.name}'" if dataset else "a dataset",
        condition="",
    )


def _dataset_member(access: Value) -> str | None:
    email = _text(access, "userByEmail")
    if email:
        return f"{'serviceAccount' if email.endswith('.gserviceaccount.com') else 'user'}:{email}"
    for key, prefix in (("groupByEmail", "group:"), ("domain", "domain:"), ("iamMember", "")):
        told = _text(access, key)
        if told:
            return f"{prefix}{told}"
    return _SPECIAL.get(_text(access, "specialGroup") or "")


def _text(access: Value, key: str) -> str | None:
    try:
        return access[key].text()
    except NotKnown:
        return None
