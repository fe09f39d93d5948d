"""BigQuery's data is encrypted with a key of one's own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.stack import Stack
from analysis.stores.encryption import names_own_key
from analysis.value import Value
from policies.data_protection.bigquery.dataset_access import DATASET
from policies.engine.policy import Enforcement, Result, Settings, Severity, Unseen, resource_policy

TABLE: Final = "gcp:bigquery/table:Table"
_WHY: Final = """With a key of one's own, access to the data can be ended by disabling the key, and each use of
    the key is logged. Google's own key, the default, gives neither."""
_FIX: Final = """Give the `Warehouse` a key: `key=keys.for_service(Agent.BIGQUERY)`; `customerKeys`
    demands it."""


@resource_policy(
    id="dataset-own-key",
    title="A dataset encrypts new tables with a key of its own",
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    why=_WHY,
    fix=_FIX,
    fix_raw="Set `defaultEncryptionConfiguration.kmsKeyName` to a Cloud KMS key of the dataset's location.",
    rows=(89,),
    cis_4=("7.3",),
    cis_5=("7.3",),
    types=[DATASET],
)
def dataset_own_key(dataset: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    # A linked dataset keeps nothing in BigQuery: the data is where it refers to.
    if stack.disposable or dataset["externalDatasetReference"].present:
        return
    key = dataset.at("defaultEncryptionConfiguration.kmsKeyName")
    if not names_own_key(stack, key):
        yield f"{key.path} is left out: new tables are encrypted with Google's key"


@resource_policy(
    id="table-own-key",
    title="A table is encrypted with a key of its own or of its dataset",
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    why=_WHY,
    fix=_FIX,
    fix_raw="Set `encryptionConfiguration.kmsKeyName`, or the dataset's `defaultEncryptionConfiguration`.",
    rows=(90,),
    cis_4=("7.2",),
    cis_5=("7.2",),
    types=[TABLE],
)
def table_own_key(table: Value, stack: Stack, settings: Settings) -> Iterator[Result | str]:
    if stack.disposable or not holds_rows(table):
        return
    key = table.at("encryptionConfiguration.kmsKeyName")
    if names_own_key(stack, key):
        return
    # A table that names no key is made with its dataset's default.
    # https://cloud.google.com/bigquery/docs/customer-managed-encryption#dataset_default_key
    datasets = stack.referred(table["datasetId"], DATASET)
    if not datasets:
        yield Unseen(table.resource, f"{key.path} is left out, and its dataset is not in this plan")
    for dataset in datasets:
        default = Value.of(dataset).at("defaultEncryptionConfiguration.kmsKeyName")
        if not names_own_key(stack, default):
            yield (
                f"{key.path} is left out and the dataset '{dataset.name}' has no default key: "
                "the rows are encrypted with Google's key"
            )


def holds_rows(table: Value) -> bool:
    """Whether BigQuery keeps rows in it: a view has none, and an external table's are elsewhere."""
    return not (table["view"].present or table["externalDataConfiguration"].present)
