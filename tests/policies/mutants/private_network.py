"""Edits that open the stack to strangers."""

from tests.policies.mutation import Draft, mutant

SQL = "sql/databaseInstance:DatabaseInstance"


@mutant("sql-no-public-address")
def the_database_gets_a_public_address(draft: Draft) -> None:
    draft.inputs(SQL, "postgres")["settings"]["ipConfiguration"]["ipv4Enabled"] = True


@mutant("sql-no-public-address", stack="staging")
def the_flag_is_left_out(draft: Draft) -> None:
    del draft.inputs(SQL, "postgres")["settings"]["ipConfiguration"]["ipv4Enabled"]
