"""Postgres instances by what their flags write into the log."""

import pulumi

from policies.data_protection.cloud_sql.audit_flags import audit_flags
from policies.data_protection.cloud_sql.diagnostic_flags import diagnostic_flags
from policies.data_protection.cloud_sql.logged_values import logged_values
from policies.data_protection.cloud_sql.other_engines import other_engines
from tests.policies.databases import flags, instance, replica
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.unknowns import unknown

AUDITED = {
    "log_connections": "on",
    "log_disconnections": "on",
    "log_statement": "ddl",
    "cloudsql__enable_pgaudit": "on",
    "pgaudit__log": "ddl,role",
}


def _audited(name: str, **other: pulumi.Input[str] | None) -> None:
    values: dict[str, pulumi.Input[str] | None] = {**AUDITED, **other}
    instance(name, flags(**values))


@judged(
    audit_flags,
    {
        "good-with-safe-defaults-left-out": PASSED,
        "good-with-everything-said": PASSED,
        "good-with-other-words-for-on": PASSED,
        "good-stages-of-connections-in-postgres-18": PASSED,
        "good-all-of-pgaudit": PASSED,
        "good-other-engine": PASSED,
        "bad-connections": VIOLATED,
        "bad-one-stage-of-connections": VIOLATED,
        "bad-disconnections": VIOLATED,
        "bad-no-statements": VIOLATED,
        "good-messages-from-errors-on": PASSED,
        "bad-errors-without-detail": VIOLATED,
        "bad-extension-off": VIOLATED,
        "bad-extension-on-but-logging-nothing": VIOLATED,
        "bad-extension-without-roles": VIOLATED,
        "bad-extension-with-roles-taken-away": VIOLATED,
        "bad-beside-an-unknown-flag": VIOLATED,
        "bad-beside-a-flag-of-unknown-name": VIOLATED,
        "bad-replica-of-an-audited-one": VIOLATED,
        "absent-pgaudit": VIOLATED,
        "absent-settings": VIOLATED,
        "unknown-value": NOT_EVALUATED,
        "unknown-name-that-may-be-the-one": NOT_EVALUATED,
        "unknown-list": NOT_EVALUATED,
        "unknown-engine": NOT_EVALUATED,
        "secret-value": NOT_EVALUATED,
    },
)
def audits() -> None:
    _audited("good-with-safe-defaults-left-out")
    _audited(
        "good-with-everything-said",
        log_error_verbosity="verbose",
    )
    _audited("good-with-other-words-for-on", log_connections="true", log_disconnections="1")
    _audited("good-stages-of-connections-in-postgres-18", log_connections="receipt, authentication, authorization")
    _audited("good-all-of-pgaudit", pgaudit__log="all,-misc")
    instance("good-other-engine", {}, version="MYSQL_8_4")
    _audited("bad-connections", log_connections="off")
    _audited("bad-one-stage-of-connections", log_connections="authorization")
    _audited("bad-disconnections", log_disconnections=None)
    _audited("bad-no-statements", log_statement=None)
    _audited("good-messages-from-errors-on", log_min_messages="error", log_min_error_statement="log")
    _audited("bad-errors-without-detail", log_error_verbosity="terse")
    _audited("bad-extension-off", cloudsql__enable_pgaudit="off")
    _audited("bad-extension-on-but-logging-nothing", pgaudit__log=None)
    _audited("bad-extension-without-roles", pgaudit__log="ddl")
    _audited("bad-extension-with-roles-taken-away", pgaudit__log="all,-role")
    _audited("bad-beside-an-unknown-flag", log_connections=unknown("a"), log_disconnections="off")
    listed = flags(**{**AUDITED, "log_connections": "off"})["database_flags"]
    instance(
        "bad-beside-a-flag-of-unknown-name", {"database_flags": [*listed, {"name": unknown("b"), "value": "on"}]}
    )
    replica("bad-replica-of-an-audited-one", "good-with-safe-defaults-left-out")
    _audited("absent-pgaudit", cloudsql__enable_pgaudit=None)
    instance("absent-settings")
    _audited("unknown-value", pgaudit__log=unknown("c"))
    shorter = flags(**{**AUDITED, "log_connections": None})["database_flags"]
    instance(
        "unknown-name-that-may-be-the-one", {"database_flags": [*shorter, {"name": unknown("d"), "value": "on"}]}
    )
    instance("unknown-list", {"database_flags": unknown("e").apply(lambda _: listed)})
    instance("unknown-engine", flags(**AUDITED), version=unknown("f"))
    _audited("secret-value", log_connections=pulumi.Output.secret("on"))


def _logging(name: str, **values: pulumi.Input[str] | None) -> None:
    instance(name, flags(**values))


@judged(
    logged_values,
    {
        "good-slow-statements-off": PASSED,
        "good-changes-of-the-schema": PASSED,
        "good-other-engine": PASSED,
        "bad-slow-statements": VIOLATED,
        "bad-every-statement-by-its-time": VIOLATED,
        "bad-all-statements": VIOLATED,
        "bad-changing-statements": VIOLATED,
        "bad-samples": VIOLATED,
        "bad-parameters-of-failures": VIOLATED,
        "bad-parameters-of-audits": VIOLATED,
        "bad-plans": VIOLATED,
        "good-levels-of-failures": PASSED,
        "good-the-least-levels": PASSED,
        "bad-both-levels-debug": VIOLATED,
        "bad-messages-of-debug": VIOLATED,
        "bad-messages-of-notice": VIOLATED,
        "bad-statements-of-info": VIOLATED,
        "bad-statements-of-warnings": VIOLATED,
        "bad-level-beside-an-unknown-one": VIOLATED,
        "unknown-level": NOT_EVALUATED,
        "bad-what-is-no-number": VIOLATED,
        "bad-beside-an-unknown-flag": VIOLATED,
        "bad-replica": VIOLATED,
        "absent-flags": PASSED,
        "absent-settings": PASSED,
        "unknown-value": NOT_EVALUATED,
        "secret-value": NOT_EVALUATED,
    },
)
def logs() -> None:
    _logging("good-slow-statements-off", log_min_duration_statement="-1")
    _logging("good-changes-of-the-schema", log_statement="ddl")
    instance("good-other-engine", flags(log_statement="all"), version="MYSQL_8_4")
    _logging("bad-slow-statements", log_min_duration_statement="500")
    _logging("bad-every-statement-by-its-time", log_min_duration_statement="0")
    _logging("bad-all-statements", log_statement="all")
    _logging("bad-changing-statements", log_statement="MOD")
    _logging("bad-samples", log_transaction_sample_rate="0.1")
    _logging("bad-parameters-of-failures", log_parameter_max_length_on_error="-1")
    _logging("bad-parameters-of-audits", pgaudit__log_parameter="on")
    _logging("bad-plans", auto_explain__log_min_duration="100")
    _logging("good-levels-of-failures", log_min_messages="PANIC", log_min_error_statement="fatal")
    _logging("good-the-least-levels", log_min_messages="warning", log_min_error_statement="error")
    _logging("bad-both-levels-debug", log_min_messages="debug5", log_min_error_statement="debug5")
    _logging("bad-messages-of-debug", log_min_messages="debug1")
    _logging("bad-messages-of-notice", log_min_messages="notice")
    _logging("bad-statements-of-info", log_min_error_statement="INFO")
    _logging("bad-statements-of-warnings", log_min_error_statement="warning")
    _logging("bad-level-beside-an-unknown-one", log_min_messages=unknown("l"), log_min_error_statement="debug5")
    _logging("unknown-level", log_min_error_statement=unknown("m"))
    _logging("bad-what-is-no-number", log_min_duration_statement="never")
    _logging("bad-beside-an-unknown-flag", log_statement=unknown("a"), log_min_duration_statement="0")
    replica("bad-replica", "good-slow-statements-off", flags(log_statement="all"))
    instance("absent-flags", {})
    instance("absent-settings")
    _logging("unknown-value", log_statement=unknown("b"))
    _logging("secret-value", log_statement=pulumi.Output.secret("ddl"))


TOLD = {"log_lock_waits": "on", "log_temp_files": "0"}


@judged(
    diagnostic_flags,
    {
        "good-checkpoints-by-default-since-15": PASSED,
        "good-statistics-off": PASSED,
        "good-other-engine": PASSED,
        "bad-checkpoints-off": VIOLATED,
        "bad-lock-waits-off": VIOLATED,
        "bad-large-temporary-files-only": VIOLATED,
        "bad-statistics": VIOLATED,
        "bad-beside-an-unknown-flag": VIOLATED,
        "absent-checkpoints-before-15": VIOLATED,
        "absent-flags": VIOLATED,
        "unknown-value": NOT_EVALUATED,
        "secret-value": NOT_EVALUATED,
    },
)
def diagnoses() -> None:
    _logging("good-checkpoints-by-default-since-15", **TOLD)
    _logging("good-statistics-off", **TOLD, log_planner_stats="off", log_executor_stats="off")
    instance("good-other-engine", {}, version="SQLSERVER_2022_STANDARD")
    _logging("bad-checkpoints-off", **TOLD, log_checkpoints="off")
    _logging("bad-lock-waits-off", log_temp_files="0")
    _logging("bad-large-temporary-files-only", log_lock_waits="on", log_temp_files="10240")
    _logging("bad-statistics", **TOLD, log_statement_stats="on")
    _logging("bad-beside-an-unknown-flag", log_temp_files=unknown("a"))
    instance("absent-checkpoints-before-15", flags(**TOLD), version="POSTGRES_14")
    instance("absent-flags", {})
    _logging("unknown-value", log_lock_waits=unknown("b"), log_temp_files="0")
    _logging("secret-value", log_lock_waits="on", log_temp_files=pulumi.Output.secret("0"))


def _engine(name: str, version: str, values: dict[str, pulumi.Input[str]]) -> None:
    listed = [{"name": flag, "value": value} for flag, value in values.items()]
    instance(name, {"database_flags": listed}, version=version)


MYSQL = "MYSQL_8_4"
SQLSERVER = "SQLSERVER_2022_STANDARD"
MYSQL_FLAGS: dict[str, pulumi.Input[str]] = {"skip_show_database": "on", "local_infile": "off"}
SQLSERVER_FLAGS: dict[str, pulumi.Input[str]] = {"remote access": "off", "3625": "on"}


@judged(
    other_engines,
    {
        "good-mysql": PASSED,
        "good-sqlserver-with-safe-defaults-left-out": PASSED,
        "good-sqlserver-with-everything-said": PASSED,
        "good-postgres-has-other-rules": PASSED,
        "bad-mysql-local-files": VIOLATED,
        "bad-mysql-database-names": VIOLATED,
        "bad-sqlserver-scripts": VIOLATED,
        "bad-sqlserver-chaining": VIOLATED,
        "bad-sqlserver-few-connections": VIOLATED,
        "bad-sqlserver-user-options": VIOLATED,
        "bad-sqlserver-contained": VIOLATED,
        "absent-mysql-flags": VIOLATED,
        "absent-sqlserver-flags": VIOLATED,
        "unknown-mysql-value": NOT_EVALUATED,
        "secret-sqlserver-value": NOT_EVALUATED,
    },
)
def others() -> None:
    _engine("good-mysql", MYSQL, MYSQL_FLAGS)
    _engine("good-sqlserver-with-safe-defaults-left-out", SQLSERVER, SQLSERVER_FLAGS)
    _engine(
        "good-sqlserver-with-everything-said",
        SQLSERVER,
        {
            **SQLSERVER_FLAGS,
            "external scripts enabled": "off",
            "cross db ownership chaining": "off",
            "user connections": "0",
            "contained database authentication": "off",
        },
    )
    instance("good-postgres-has-other-rules", {})
    _engine("bad-mysql-local-files", MYSQL, {**MYSQL_FLAGS, "local_infile": "on"})
    _engine("bad-mysql-database-names", MYSQL, {"local_infile": "off"})
    _engine("bad-sqlserver-scripts", SQLSERVER, {**SQLSERVER_FLAGS, "external scripts enabled": "on"})
    _engine("bad-sqlserver-chaining", SQLSERVER, {**SQLSERVER_FLAGS, "cross db ownership chaining": "on"})
    _engine("bad-sqlserver-few-connections", SQLSERVER, {**SQLSERVER_FLAGS, "user connections": "15"})
    _engine("bad-sqlserver-user-options", SQLSERVER, {**SQLSERVER_FLAGS, "user options": "16"})
    _engine("bad-sqlserver-contained", SQLSERVER, {**SQLSERVER_FLAGS, "contained database authentication": "on"})
    instance("absent-mysql-flags", {}, version=MYSQL)
    instance("absent-sqlserver-flags", version=SQLSERVER)
    _engine("unknown-mysql-value", MYSQL, {**MYSQL_FLAGS, "local_infile": unknown("g")})
    _engine("secret-sqlserver-value", SQLSERVER, {**SQLSERVER_FLAGS, "3625": pulumi.Output.secret("on")})
