"""AlloyDB, Bigtable and Spanner by their guards."""

import pulumi
import pulumi_gcp as gcp

from policies.reliability.databases.deletion_guards import database_guards
from tests.policies.databases import disposable
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.unknowns import unknown


def _alloydb(name: str, guard: pulumi.Input[bool] | None) -> None:
    gcp.alloydb.Cluster(name, cluster_id=name, location="europe-west1", deletion_protection=guard)


@judged(
    database_guards,
    {
        "good-alloydb": PASSED,
        "good-spanner": PASSED,
        "bad-alloydb": VIOLATED,
        "bad-bigtable": VIOLATED,
        "bad-bigtable-with-its-backups": VIOLATED,
        "bad-spanner": VIOLATED,
        "bad-spanner-with-its-backups": VIOLATED,
        "absent-alloydb-is-on-by-default": PASSED,
        "absent-bigtable-is-on-by-default": PASSED,
        "absent-spanner-may-be-dropped": VIOLATED,
        "unknown-alloydb": NOT_EVALUATED,
        "secret-alloydb": NOT_EVALUATED,
    },
)
def guarded() -> None:
    _alloydb("good-alloydb", True)
    gcp.spanner.Database("good-spanner", name="a", instance="i", enable_drop_protection=True)
    _alloydb("bad-alloydb", False)
    gcp.bigtable.Instance("bad-bigtable", name="b", deletion_protection=False)
    gcp.bigtable.Instance("bad-bigtable-with-its-backups", name="c", force_destroy=True)
    gcp.spanner.Database(
        "bad-spanner", name="d", instance="i", deletion_protection=False, enable_drop_protection=True
    )
    gcp.spanner.Instance(
        "bad-spanner-with-its-backups",
        name="e",
        config="regional-europe-west1",
        display_name="e",
        force_destroy=True,
    )
    _alloydb("absent-alloydb-is-on-by-default", None)
    gcp.bigtable.Instance("absent-bigtable-is-on-by-default", name="f")
    gcp.spanner.Database("absent-spanner-may-be-dropped", name="g", instance="i")
    _alloydb("unknown-alloydb", unknown().apply(bool))
    _alloydb("secret-alloydb", pulumi.Output.secret(True))


@judged(database_guards, {"good-without": PASSED})
def good_disposable() -> None:
    disposable()
    _alloydb("good-without", False)
