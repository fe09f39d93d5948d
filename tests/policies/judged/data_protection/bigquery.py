"""Datasets and tables: who may read them, and with which keys they are encrypted."""

from typing import Any

import pulumi
import pulumi_gcp as gcp

from policies.data_protection.bigquery.dataset_access import dataset_for_named_people, dataset_not_public
from policies.data_protection.bigquery.own_key import dataset_own_key, table_own_key
from tests.policies.databases import disposable
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.keys import key
from tests.policies.unknowns import unknown

KEY = "projects/p/locations/europe-west1/keyRings/r/cryptoKeys/bigquery"


def _shared(name: str, *accesses: Any) -> None:
    gcp.bigquery.Dataset(name, dataset_id=name.replace("-", "_"), accesses=list(accesses) or None)


def _added(name: str, **access: Any) -> None:
    gcp.bigquery.DatasetAccess(name, dataset_id="calls", role="READER", **access)


OWNER: Any = {"role": "OWNER", "special_group": "projectOwners"}


@judged(
    dataset_not_public,
    {
        "good-group": PASSED,
        "good-view-of-another-dataset": PASSED,
        "good-added-account": PASSED,
        "bad-all-authenticated-users": VIOLATED,
        "bad-all-users-as-iam-member": VIOLATED,
        "bad-after-an-unknown-entry": VIOLATED,
        "bad-added-all-authenticated-users": VIOLATED,
        "bad-added-all-users": VIOLATED,
        # Google's default: the project's basic roles, which other policies watch.
        "absent-list": PASSED,
        "unknown-list": NOT_EVALUATED,
        "unknown-group": NOT_EVALUATED,
        "unknown-added-member": NOT_EVALUATED,
        "secret-list": NOT_EVALUATED,
    },
)
def shared() -> None:
    _shared("good-group", OWNER, {"role": "READER", "group_by_email": "analysts@example.com"})
    view = {"project_id": "p", "dataset_id": "views", "table_id": "calls_by_day"}
    _shared("good-view-of-another-dataset", {"view": view})
    _added("good-added-account", user_by_email="reports@p.iam.gserviceaccount.com")
    _shared("bad-all-authenticated-users", OWNER, {"role": "READER", "special_group": "allAuthenticatedUsers"})
    _shared("bad-all-users-as-iam-member", {"role": "roles/bigquery.dataViewer", "iam_member": "allUsers"})
    _shared(
        "bad-after-an-unknown-entry",
        {"role": "READER", "user_by_email": unknown("somebody")},
        {"role": "READER", "special_group": "allAuthenticatedUsers"},
    )
    _added("bad-added-all-authenticated-users", special_group="allAuthenticatedUsers")
    _added("bad-added-all-users", iam_member="allUsers")
    _shared("absent-list")
    gcp.bigquery.Dataset(
        "unknown-list", dataset_id="unknown_list", accesses=unknown("all").apply(lambda _: [OWNER])
    )
    _shared("unknown-group", {"role": "READER", "special_group": unknown("group")})
    _added("unknown-added-member", iam_member=unknown("member"))
    gcp.bigquery.Dataset("secret-list", dataset_id="secret_list", accesses=pulumi.Output.secret([OWNER]))


@judged(
    dataset_for_named_people,
    {
        "good-people": PASSED,
        "good-routine-of-another-dataset": PASSED,
        "bad-domain": VIOLATED,
        "bad-domain-as-iam-member": VIOLATED,
        "bad-gmail": VIOLATED,
        "bad-outlook": VIOLATED,
        "bad-proton-as-iam-member": VIOLATED,
        "good-organisation-that-sounds-alike": PASSED,
        "bad-gmail-as-iam-member": VIOLATED,
        "bad-google-group": VIOLATED,
        "bad-project-readers": VIOLATED,
        "bad-project-writers-after-an-unknown": VIOLATED,
        "bad-project-viewers-as-iam-member": VIOLATED,
        "bad-added-domain": VIOLATED,
        "absent-list": PASSED,
        "unknown-domain": NOT_EVALUATED,
        "secret-domain": NOT_EVALUATED,
    },
)
def crowds() -> None:
    _shared(
        "good-people",
        OWNER,
        {"role": "READER", "user_by_email": "reports@p.iam.gserviceaccount.com"},
        {"role": "READER", "group_by_email": "analysts@example.com"},
        {"role": "READER", "iam_member": "group:gmail.com-migration@example.com"},
    )
    routine = {"project_id": "p", "dataset_id": "functions", "routine_id": "masked"}
    _shared("good-routine-of-another-dataset", {"routine": routine})
    _shared("bad-domain", {"role": "READER", "domain": "example.com"})
    _shared("bad-domain-as-iam-member", {"role": "READER", "iam_member": "domain:example.com"})
    _shared("bad-outlook", {"role": "READER", "user_by_email": "Somebody@Outlook.com"})
    _shared("bad-proton-as-iam-member", {"role": "READER", "iam_member": "user:somebody@proton.me"})
    _shared("good-organisation-that-sounds-alike", {"role": "READER", "group_by_email": "a@outlook.example.com"})
    _shared("bad-gmail", {"role": "READER", "user_by_email": "Somebody@GMail.com"})
    _shared("bad-gmail-as-iam-member", {"role": "READER", "iam_member": "user:somebody@googlemail.com"})
    _shared("bad-google-group", {"role": "READER", "group_by_email": "friends@googlegroups.com"})
    _shared("bad-project-readers", OWNER, {"role": "READER", "special_group": "projectReaders"})
    _shared(
        "bad-project-writers-after-an-unknown",
        {"role": "READER", "domain": unknown("first")},
        {"role": "WRITER", "special_group": "projectWriters"},
    )
    _shared("bad-project-viewers-as-iam-member", {"role": "READER", "iam_member": "projectViewer:p"})
    _added("bad-added-domain", domain="example.com")
    _shared("absent-list")
    _shared("unknown-domain", {"role": "READER", "domain": unknown("domain")})
    _shared("secret-domain", {"role": "READER", "domain": pulumi.Output.secret("example.com")})


def _keyed(name: str, configuration: Any, **more: Any) -> gcp.bigquery.Dataset:
    id_ = name.replace("-", "_")
    return gcp.bigquery.Dataset(name, dataset_id=id_, default_encryption_configuration=configuration, **more)


@judged(
    dataset_own_key,
    {
        "good-by-name": PASSED,
        "good-key-of-this-stack": PASSED,
        "good-linked-elsewhere": PASSED,
        "bad-empty": VIOLATED,
        "absent-block": VIOLATED,
        "unknown-key": NOT_EVALUATED,
        "unknown-block": NOT_EVALUATED,
        "secret-key": NOT_EVALUATED,
    },
)
def datasets() -> None:
    _keyed("good-by-name", {"kms_key_name": KEY})
    _keyed("good-key-of-this-stack", {"kms_key_name": key("bigquery").id})
    source = {"connection": "projects/p/locations/us/connections/c", "external_source": "aws-glue://arn"}
    _keyed("good-linked-elsewhere", None, external_dataset_reference=source)
    _keyed("bad-empty", {"kms_key_name": ""})
    _keyed("absent-block", None)
    _keyed("unknown-key", {"kms_key_name": unknown("key")})
    _keyed("unknown-block", unknown("block").apply(lambda _: {"kms_key_name": KEY}))
    _keyed("secret-key", {"kms_key_name": pulumi.Output.secret(KEY)})


@judged(dataset_own_key, {"absent-but-disposable": PASSED})
def disposable_datasets() -> None:
    disposable()
    _keyed("absent-but-disposable", None)


def _table(name: str, configuration: Any, dataset: pulumi.Input[str] = "open", **more: Any) -> None:
    gcp.bigquery.Table(
        name, dataset_id=dataset, table_id=name.replace("-", "_"), encryption_configuration=configuration, **more
    )


@judged(
    table_own_key,
    {
        "good-by-name": PASSED,
        "good-key-of-this-stack": PASSED,
        "good-default-of-its-dataset": PASSED,
        # Views hold nothing: other tools ask them for a key.
        "good-view": PASSED,
        "good-external": PASSED,
        "bad-in-a-dataset-without": VIOLATED,
        "bad-materialized-view": VIOLATED,
        "absent-everywhere": VIOLATED,
        "unknown-key": NOT_EVALUATED,
        "unknown-dataset-elsewhere": NOT_EVALUATED,
        "secret-key": NOT_EVALUATED,
    },
)
def tables() -> None:
    _keyed("open", None)
    _keyed("closed", {"kms_key_name": key("bigquery").id})
    _table("good-by-name", {"kms_key_name": KEY})
    _table("good-key-of-this-stack", {"kms_key_name": key("tables").id})
    _table("good-default-of-its-dataset", None, "closed")
    _table("good-view", None, view={"query": "SELECT 1", "use_legacy_sql": False})
    outside = {"autodetect": True, "source_format": "CSV", "source_uris": ["gs://b/*"]}
    _table("good-external", None, external_data_configuration=outside)
    _table("bad-in-a-dataset-without", {"kms_key_name": ""})
    _table("bad-materialized-view", None, materialized_view={"query": "SELECT COUNT(*) FROM t"})
    _table("absent-everywhere", None)
    _table("unknown-key", {"kms_key_name": unknown("key")})
    _table("unknown-dataset-elsewhere", None, "somewhere_else")
    _table("secret-key", {"kms_key_name": pulumi.Output.secret(KEY)})


@judged(table_own_key, {"absent-but-disposable": PASSED})
def disposable_tables() -> None:
    disposable()
    _table("absent-but-disposable", None)
