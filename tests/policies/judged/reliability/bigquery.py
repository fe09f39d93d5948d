"""Tables and datasets that a deployment could take away."""

from typing import Any

import pulumi
import pulumi_gcp as gcp

from policies.reliability.bigquery.deletion import dataset_contents_kept, table_deletion_protected
from tests.policies.databases import disposable
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.unknowns import unknown


def _table(name: str, guard: Any = None, **more: Any) -> None:
    gcp.bigquery.Table(name, dataset_id="d", table_id=name.replace("-", "_"), deletion_protection=guard, **more)


@judged(
    table_deletion_protected,
    {
        "good-guarded": PASSED,
        "good-by-the-other-guard": PASSED,
        # A view has no rows to lose.
        "good-view": PASSED,
        "good-external": PASSED,
        "bad-open": VIOLATED,
        # The provider's default is on: checkov asks for it in writing.
        "absent-flag": PASSED,
        "unknown-flag": NOT_EVALUATED,
        "secret-flag": NOT_EVALUATED,
    },
)
def tables() -> None:
    _table("good-guarded", True)
    _table("good-by-the-other-guard", False, deletion_policy="PREVENT")
    _table("good-view", False, view={"query": "SELECT 1", "use_legacy_sql": False})
    outside = {"autodetect": True, "source_format": "CSV", "source_uris": ["gs://b/*"]}
    _table("good-external", False, external_data_configuration=outside)
    _table("bad-open", False)
    _table("absent-flag")
    _table("unknown-flag", unknown().apply(bool))
    _table("secret-flag", pulumi.Output.secret(True))


@judged(table_deletion_protected, {"bad-but-disposable": PASSED})
def tables_for_a_while() -> None:
    disposable()
    _table("bad-but-disposable", False)


def _dataset(name: str, emptied: Any) -> None:
    gcp.bigquery.Dataset(name, dataset_id=name.replace("-", "_"), delete_contents_on_destroy=emptied)


@judged(
    dataset_contents_kept,
    {
        "good-kept": PASSED,
        "bad-emptied": VIOLATED,
        "absent-flag": PASSED,
        "unknown-flag": NOT_EVALUATED,
        "secret-flag": NOT_EVALUATED,
    },
)
def datasets() -> None:
    _dataset("good-kept", False)
    _dataset("bad-emptied", True)
    _dataset("absent-flag", None)
    _dataset("unknown-flag", unknown().apply(bool))
    _dataset("secret-flag", pulumi.Output.secret(False))


@judged(dataset_contents_kept, {"bad-but-disposable": PASSED})
def datasets_for_a_while() -> None:
    disposable()
    _dataset("bad-but-disposable", True)
