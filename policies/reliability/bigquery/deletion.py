"""Tables are not destroyed by a deployment."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.stack import Stack
from analysis.value import Value
from policies.engine.policy import Settings, Severity, resource_policy


@resource_policy(
    id="table-deletion-protected",
    title="A deployment cannot delete a table that has rows",
    severity=Severity.HIGH,
    why="""Some changes of a schema replace the table: the rows of years are gone with one `pulumi up`. With the
    guard on, the deployment fails instead.""",
    fix="Choose a profile that protects its data: the `Warehouse` component then guards its tables.",
    fix_raw="Leave `deletionProtection` out, or set it to true.",
    rows=(91,),
    types=["gcp:bigquery/table:Table"],
)
def table_deletion_protected(table: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    # A view has no rows, and an external table's are elsewhere.
    if stack.disposable or any(table[key].present for key in ("view", "externalDataConfiguration")):
        return
    # The provider's default is true: https://www.pulumi.com/registry/packages/gcp/api-docs/bigquery/table/
    guard = table["deletionProtection"]
    if not guard.flag(True) and table["deletionPolicy"].text() != "PREVENT":
        yield f"{guard.path} is false: a deployment that replaces the table deletes its rows"


@resource_policy(
    id="dataset-contents-kept",
    title="A dataset that has tables cannot be destroyed",
    severity=Severity.HIGH,
    why="""With `deleteContentsOnDestroy`, a renamed dataset or a `pulumi destroy` in the wrong stack deletes every
    table in it, those too that nobody made by a program.""",
    fix="Choose a profile that protects its data: the `Warehouse` component then leaves it off.",
    fix_raw="Set `deleteContentsOnDestroy` to false, or leave it out.",
    rows=(93,),
    types=["gcp:bigquery/dataset:Dataset"],
)
def dataset_contents_kept(dataset: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    if stack.disposable:
        return
    # The provider's default is false: https://www.pulumi.com/registry/packages/gcp/api-docs/bigquery/dataset/
    emptied = dataset["deleteContentsOnDestroy"]
    if emptied.flag(False):
        yield f"{emptied.path} is true: destroying or replacing the dataset deletes every table in it"
