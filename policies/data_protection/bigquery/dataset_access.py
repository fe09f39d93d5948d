"""A dataset's own list of accesses names neither everybody nor crowds.

Grants by IAM resources on a dataset are looked at with all other grants; here is what they cannot see: the list
inside the dataset, and the entries that `DatasetAccess` adds to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pydantic import Field

from analysis.access.mail_domains import is_anybodys
from analysis.grants import PUBLIC
from analysis.stack import Stack
from analysis.value import Value
from policies.engine.policy import Settings, Severity, resource_policy
from policies.engine.settings_kinds import Words

DATASET: Final = "gcp:bigquery/dataset:Dataset"
TYPES: Final = (DATASET, "gcp:bigquery/datasetAccess:DatasetAccess")
_EVERYBODY: Final = frozenset(name.lower() for name in PUBLIC)
_WHO: Final = ("specialGroup", "iamMember", "userByEmail", "groupByEmail", "domain")
_VIEWERS: Final = "whoever has the basic role Viewer on the project"
_EDITORS: Final = "whoever has the basic role Editor on the project"
_BASIC: Final = {
    ("specialGroup", "projectreaders"): _VIEWERS,
    ("specialGroup", "projectwriters"): _EDITORS,
    ("iamMember", "projectviewer"): _VIEWERS,
    ("iamMember", "projecteditor"): _EDITORS,
}


def entries(value: Value) -> Iterator[Value]:
    """The entries of a dataset's list, or the one entry of a `DatasetAccess`."""
    if value.resource.type == DATASET:
        # Left out, the list is Google's default: the owner and the project's basic roles, which the policies on
        # grants watch. Members that IAM resources add would be lost if it were written out.
        # https://cloud.google.com/bigquery/docs/control-access-to-resources-iam#default_access
        yield from value["accesses"].items()
    else:
        yield value


@resource_policy(
    id="dataset-not-public",
    title="No dataset lets everybody in",
    severity=Severity.CRITICAL,
    why="""With `allAuthenticatedUsers` or `allUsers` in its list, a dataset can be read by whoever has a Google
    account, or by anybody: call records and usage leave with one query, and nobody notices.""",
    fix="""Leave the dataset's list alone; let a service say what it uses: `warehouse.read()`,
    `warehouse.append()`.""",
    fix_raw="Remove the entry from `accesses`, and grant a role to the identity that needs it.",
    rows=(86, 87),
    cis_4=("7.1",),
    cis_5=("7.1",),
    types=TYPES,
    elements=entries,
)
def dataset_not_public(entry: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    for key in _WHO:
        who = entry[key].text("")
        if who.lower() in _EVERYBODY:
            yield f"{entry[key].path} is '{who}': people outside the project have access to the dataset"


class NamedPeople(Settings):
    """Whom a dataset may be shared with as a crowd."""

    allowed_domains: Words = Field(
        default=(), description="Domains of which everybody may be given access to a dataset."
    )


@resource_policy(
    id="dataset-for-named-people",
    title="A dataset is shared with named identities, not with crowds",
    severity=Severity.HIGH,
    why="""An entry for a whole domain, for the project's readers or for a private account gives the data to
    people whom nobody chose for it, and who keep it when they change teams or leave.""",
    fix="""Leave the dataset's list alone; let a service say what it uses: `warehouse.read()`,
    `warehouse.append()`.""",
    fix_raw="Name a service account or a managed group in `accesses`; allow a domain by `allowedDomains`.",
    rows=(92,),
    types=TYPES,
    elements=entries,
    settings=NamedPeople,
)
def dataset_for_named_people(entry: Value, stack: Stack, settings: NamedPeople) -> Iterator[str]:
    allowed = {domain.lower() for domain in settings.allowed_domains}
    for key in _WHO:
        who = entry[key].text("")
        kind, _, name = who.lower().rpartition(":")
        if (key == "domain" or kind == "domain") and who and name not in allowed:
            yield f"{entry[key].path} is '{who}': everybody of that domain has access to the dataset"
        if "@" in name and is_anybodys(name.rpartition("@")[2]):
            yield f"{entry[key].path} names a private account or group: no organisation can take it away again"
        crowd = _BASIC.get((key, kind or name))
        if crowd is not None:
            yield f"{entry[key].path} is '{who}': {crowd} has access to the dataset"
