"""Edits of what the Postgres instance and its replica log."""

from __future__ import annotations

from tests.policies.mutation import Draft, mutant

SQL = "sql/databaseInstance:DatabaseInstance"


def _flag(draft: Draft, flag: str, value: str | None, name: str = "postgres") -> None:
    """Sets a flag, or takes it away."""
    settings = draft.inputs(SQL, name)["settings"]
    kept = [one for one in settings["databaseFlags"] if one["name"] != flag]
    settings["databaseFlags"] = kept if value is None else [*kept, {"name": flag, "value": value}]


@mutant("sql-audit-flags")
def connections_are_not_logged(draft: Draft) -> None:
    _flag(draft, "log_connections", "off")


@mutant("sql-audit-flags")
def disconnections_are_not_logged_on_the_replica(draft: Draft) -> None:
    _flag(draft, "log_disconnections", None, "postgres-read-1")


@mutant("sql-audit-flags")
def changes_of_the_schema_are_not_logged(draft: Draft) -> None:
    _flag(draft, "log_statement", "none")


@mutant("sql-audit-flags")
def errors_are_logged_without_detail(draft: Draft) -> None:
    _flag(draft, "log_error_verbosity", "terse")


@mutant("sql-audit-flags", stack="staging")
def the_audit_extension_is_off(draft: Draft) -> None:
    _flag(draft, "cloudsql.enable_pgaudit", None)


@mutant("sql-audit-flags", stack="staging")
def the_audit_extension_logs_nothing(draft: Draft) -> None:
    _flag(draft, "pgaudit.log", "none")


@mutant("sql-no-values-in-logs")
def nearly_every_statement_is_logged_by_both_levels(draft: Draft) -> None:
    _flag(draft, "log_min_messages", "debug5")
    _flag(draft, "log_min_error_statement", "debug5")


@mutant("sql-no-values-in-logs", stack="staging")
def statements_that_went_well_are_logged(draft: Draft) -> None:
    _flag(draft, "log_min_error_statement", "notice")


@mutant("sql-no-values-in-logs")
def slow_statements_are_logged(draft: Draft) -> None:
    _flag(draft, "log_min_duration_statement", "200")


@mutant("sql-no-values-in-logs")
def all_statements_are_logged_on_the_replica(draft: Draft) -> None:
    _flag(draft, "log_statement", "all", "postgres-read-1")


@mutant("sql-no-values-in-logs")
def parameters_of_failures_are_logged(draft: Draft) -> None:
    _flag(draft, "log_parameter_max_length_on_error", "-1")


@mutant("sql-no-values-in-logs", stack="staging")
def parameters_of_audits_are_logged(draft: Draft) -> None:
    _flag(draft, "pgaudit.log_parameter", "on")


@mutant("sql-diagnostic-flags")
def checkpoints_are_not_logged(draft: Draft) -> None:
    _flag(draft, "log_checkpoints", "off")


@mutant("sql-diagnostic-flags")
def lock_waits_are_not_logged(draft: Draft) -> None:
    _flag(draft, "log_lock_waits", None, "postgres-read-1")


@mutant("sql-diagnostic-flags", stack="staging")
def temporary_files_are_not_logged(draft: Draft) -> None:
    _flag(draft, "log_temp_files", "-1")


@mutant("sql-diagnostic-flags", stack="staging")
def statistics_of_statements_are_logged(draft: Draft) -> None:
    _flag(draft, "log_statement_stats", "on")


@mutant("sql-other-engines-flags", stack="staging", also=("alert-can-be-raised",))
def the_database_becomes_mysql_with_local_files(draft: Draft) -> None:
    draft.inputs(SQL, "postgres")["databaseVersion"] = "MYSQL_8_4"
    draft.inputs(SQL, "postgres")["settings"]["databaseFlags"] = [
        {"name": "skip_show_database", "value": "on"},
        {"name": "local_infile", "value": "on"},
        {"name": "cloudsql_iam_authentication", "value": "on"},
    ]


@mutant("sql-other-engines-flags", stack="staging", also=("alert-can-be-raised",))
def the_database_becomes_sqlserver_with_remote_access(draft: Draft) -> None:
    draft.inputs(SQL, "postgres")["databaseVersion"] = "SQLSERVER_2022_STANDARD"
    draft.inputs(SQL, "postgres")["settings"]["databaseFlags"] = [{"name": "3625", "value": "on"}]
