"""Edits that give BigQuery's data away, or let it go."""

from typing import Any

from tests.policies.mutation import Draft, mutant

DATASET = "bigquery/dataset:Dataset"
TABLE = "bigquery/table:Table"
ACCESS = "bigquery/datasetAccess:DatasetAccess"
UNDECLARED = ("grant-to-declared-user",)
"""An entry of a dataset's list is a grant, and no component declares these."""
OWNER = {"role": "OWNER", "specialGroup": "projectOwners"}


def _share(draft: Draft, **entry: Any) -> None:
    draft.inputs(DATASET, "analytics")["accesses"] = [OWNER, {"role": "READER", **entry}]


@mutant("dataset-not-public", also=UNDECLARED)
def the_dataset_is_shared_with_all_who_sign_in(draft: Draft) -> None:
    _share(draft, specialGroup="allAuthenticatedUsers")


@mutant("dataset-not-public", stack="staging", also=UNDECLARED)
def the_dataset_is_shared_with_everybody(draft: Draft) -> None:
    _share(draft, iamMember="allUsers")


@mutant("dataset-not-public", also=UNDECLARED)
def an_entry_beside_the_dataset_lets_everybody_in(draft: Draft) -> None:
    inputs = {"datasetId": "voicestack_prod_logs", "role": "READER", "specialGroup": "allAuthenticatedUsers"}
    draft.add(ACCESS, "everybody", inputs)


@mutant("dataset-for-named-people", also=UNDECLARED)
def the_dataset_is_shared_with_a_domain(draft: Draft) -> None:
    _share(draft, domain="example.com")


@mutant("dataset-for-named-people", stack="staging", also=UNDECLARED)
def the_dataset_is_shared_with_the_projects_readers(draft: Draft) -> None:
    _share(draft, specialGroup="projectReaders")


@mutant("dataset-for-named-people", also=UNDECLARED)
def the_dataset_is_shared_with_a_private_account(draft: Draft) -> None:
    _share(draft, userByEmail="somebody@gmail.com")


@mutant("dataset-for-named-people", also=UNDECLARED)
def an_entry_beside_the_dataset_names_a_domain(draft: Draft) -> None:
    inputs = {"datasetId": "voicestack_prod_analytics", "role": "READER", "iamMember": "domain:example.com"}
    draft.add(ACCESS, "staff", inputs)


@mutant("dataset-own-key")
def the_logs_lose_their_key(draft: Draft) -> None:
    del draft.inputs(DATASET, "logs")["defaultEncryptionConfiguration"]


@mutant("dataset-own-key")
def the_snapshots_key_is_emptied(draft: Draft) -> None:
    draft.inputs(DATASET, "analytics-snapshots")["defaultEncryptionConfiguration"] = {"kmsKeyName": ""}


@mutant("dataset-own-key")
def a_dataset_without_a_key_is_added(draft: Draft) -> None:
    draft.add(DATASET, "scratch", {"datasetId": "scratch", "location": "europe-west1"})


@mutant("table-own-key", also=("dataset-own-key",))
def table_and_dataset_lose_their_key(draft: Draft) -> None:
    del draft.inputs(DATASET, "analytics")["defaultEncryptionConfiguration"]
    del draft.inputs(TABLE, "analytics-user_activity")["encryptionConfiguration"]


@mutant("table-own-key", also=("dataset-own-key",))
def a_table_without_a_key_is_added_to_a_dataset_without_one(draft: Draft) -> None:
    draft.add(DATASET, "scratch", {"datasetId": "scratch", "location": "europe-west1"})
    draft.add(TABLE, "scratch", {"datasetId": "scratch", "tableId": "calls"})


@mutant("table-own-key", also=("dataset-own-key",))
def a_materialized_view_is_kept_without_a_key(draft: Draft) -> None:
    draft.add(DATASET, "sums", {"datasetId": "sums", "location": "europe-west1"})
    draft.add(TABLE, "sums", {"datasetId": "sums", "tableId": "s", "materializedView": {"query": "SELECT 1"}})


@mutant("table-deletion-protected")
def a_table_loses_its_guard(draft: Draft) -> None:
    draft.inputs(TABLE, "analytics-user_activity")["deletionProtection"] = False


@mutant("table-deletion-protected")
def every_table_loses_its_guard(draft: Draft) -> None:
    for table in draft.all(TABLE):
        table.inputs["deletionProtection"] = "false"


@mutant("table-deletion-protected")
def a_table_may_be_abandoned_instead(draft: Draft) -> None:
    draft.inputs(TABLE, "analytics-test_runs").update(deletionProtection=False, deletionPolicy="ABANDON")


@mutant("dataset-contents-kept")
def the_dataset_goes_with_its_tables(draft: Draft) -> None:
    draft.inputs(DATASET, "analytics")["deleteContentsOnDestroy"] = True


@mutant("dataset-contents-kept")
def the_logs_go_with_their_dataset(draft: Draft) -> None:
    draft.inputs(DATASET, "logs")["deleteContentsOnDestroy"] = "true"


@mutant("dataset-contents-kept", also=("key-where-the-data-is",))
def a_dataset_is_added_that_goes_with_its_tables(draft: Draft) -> None:
    key = {"kmsKeyName": "projects/p/locations/europe-west1/keyRings/r/cryptoKeys/k"}
    inputs = {"datasetId": "more", "defaultEncryptionConfiguration": key, "deleteContentsOnDestroy": True}
    draft.add(DATASET, "more", inputs)
