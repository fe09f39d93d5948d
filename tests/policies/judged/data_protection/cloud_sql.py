"""Who logs in to Cloud SQL, with what, and which key its data has."""

from typing import Any

import pulumi
import pulumi_gcp as gcp
import pulumi_random as random

from policies.data_protection.cloud_sql.authentication import (
    iam_authentication,
    password_policy,
    passwords_write_only,
    users_of_iam,
)
from policies.data_protection.cloud_sql.own_key import own_key
from tests.policies.databases import disposable, flags, instance, replica
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.unknowns import unknown


def _iam(name: str, value: pulumi.Input[str] | None) -> None:
    instance(name, flags(cloudsql__iam_authentication=value))


@judged(
    iam_authentication,
    {
        "good-postgres": PASSED,
        "good-mysql": PASSED,
        "good-sqlserver-has-no-iam": PASSED,
        "good-replica": PASSED,
        "bad-off": VIOLATED,
        "bad-mysql-with-the-flag-of-postgres": VIOLATED,
        "bad-replica-does-not-inherit-it": VIOLATED,
        "absent-flag": VIOLATED,
        "absent-settings": VIOLATED,
        "unknown-value": NOT_EVALUATED,
        "secret-value": NOT_EVALUATED,
    },
)
def authenticated() -> None:
    _iam("good-postgres", "on")
    instance("good-mysql", flags(cloudsql_iam_authentication="on"), version="MYSQL_8_4")
    instance("good-sqlserver-has-no-iam", {}, version="SQLSERVER_2022_STANDARD")
    replica("good-replica", "good-postgres", flags(cloudsql__iam_authentication="on"))
    _iam("bad-off", "off")
    instance("bad-mysql-with-the-flag-of-postgres", flags(cloudsql__iam_authentication="on"), version="MYSQL_8_4")
    replica("bad-replica-does-not-inherit-it", "good-postgres")
    _iam("absent-flag", None)
    instance("absent-settings")
    _iam("unknown-value", unknown())
    _iam("secret-value", pulumi.Output.secret("on"))


def _user(name: str, of: pulumi.Input[str] = "elsewhere", **more: Any) -> None:
    gcp.sql.User(name, name=name, instance=of, **more)


@judged(
    users_of_iam,
    {
        "good-service-account": PASSED,
        "good-group": PASSED,
        "good-sqlserver-has-no-iam": PASSED,
        "bad-built-in": VIOLATED,
        "bad-built-in-with-write-only-password": VIOLATED,
        "bad-mysql-without-password": VIOLATED,
        "absent-type": VIOLATED,
        "unknown-type": NOT_EVALUATED,
        "secret-type": NOT_EVALUATED,
    },
)
def users() -> None:
    sqlserver = instance("sqlserver", {}, version="SQLSERVER_2022_STANDARD")
    mysql = instance("mysql", {}, version="MYSQL_8_4")
    _user("good-service-account", type="CLOUD_IAM_SERVICE_ACCOUNT")
    _user("good-group", type="CLOUD_IAM_GROUP")
    _user("good-sqlserver-has-no-iam", sqlserver.name, password="x")
    _user("bad-built-in", type="BUILT_IN", password="x")
    _user("bad-built-in-with-write-only-password", type="BUILT_IN", password_wo="x")
    _user("bad-mysql-without-password", mysql.name, type="BUILT_IN", host="%")
    _user("absent-type", password="x")
    _user("unknown-type", type=unknown())
    _user("secret-type", type=pulumi.Output.secret("CLOUD_IAM_USER"))


@judged(
    passwords_write_only,
    {
        "good-user-of-iam": PASSED,
        "good-write-only": PASSED,
        "good-write-only-root": PASSED,
        "bad-in-the-program": VIOLATED,
        "bad-made-up-by-pulumi": VIOLATED,
        "bad-root": VIOLATED,
        "absent": PASSED,
        "absent-on-instance": PASSED,
        "secret-which-all-of-them-are": VIOLATED,
    },
    unknown="the provider's SDK makes a secret of every password, known or not",
)
def passwords() -> None:
    made = random.RandomPassword("made", length=20)
    _user("good-user-of-iam", type="CLOUD_IAM_SERVICE_ACCOUNT")
    _user("good-write-only", password_wo="x", password_wo_version=1)
    instance("good-write-only-root", root_password_wo="x")
    _user("bad-in-the-program", password="x")
    _user("bad-made-up-by-pulumi", password=made.result)
    instance("bad-root", root_password="x")
    _user("absent")
    instance("absent-on-instance")
    _user("secret-which-all-of-them-are", password=pulumi.Output.secret("x"))


STRICT = {
    "enable_password_policy": True,
    "min_length": 16,
    "complexity": "COMPLEXITY_DEFAULT",
    "disallow_username_substring": True,
}


def _policed(name: str, **other: Any) -> None:
    instance(name, {"password_validation_policy": {**STRICT, **other}})


@judged(
    password_policy,
    {
        "good-strict": PASSED,
        "good-replica-takes-its-primarys": PASSED,
        "good-sqlserver-has-windows-rules": PASSED,
        "bad-off": VIOLATED,
        "bad-short": VIOLATED,
        "bad-simple": VIOLATED,
        "bad-with-the-users-name": VIOLATED,
        "bad-simple-beside-an-unknown-length": VIOLATED,
        "absent-policy": VIOLATED,
        "absent-settings": VIOLATED,
        "unknown-length": NOT_EVALUATED,
        "secret-complexity": NOT_EVALUATED,
    },
)
def policed() -> None:
    _policed("good-strict")
    replica("good-replica-takes-its-primarys", "good-strict")
    instance("good-sqlserver-has-windows-rules", {}, version="SQLSERVER_2022_STANDARD")
    _policed("bad-off", enable_password_policy=False)
    _policed("bad-short", min_length=8)
    _policed("bad-simple", complexity="COMPLEXITY_UNSPECIFIED")
    _policed("bad-with-the-users-name", disallow_username_substring=None)
    _policed("bad-simple-beside-an-unknown-length", min_length=unknown("a").apply(len), complexity=None)
    instance("absent-policy", {})
    instance("absent-settings")
    _policed("unknown-length", min_length=unknown("b").apply(len))
    _policed("secret-complexity", complexity=pulumi.Output.secret("COMPLEXITY_DEFAULT"))


KEY = "projects/p/locations/europe-west1/keyRings/r/cryptoKeys/k"


@judged(
    own_key,
    {
        "good-by-name": PASSED,
        "good-key-of-this-stack": PASSED,
        "good-replica-takes-its-primarys": PASSED,
        "good-replica-elsewhere-with-a-key": PASSED,
        "good-only-stands-for-a-database-elsewhere": PASSED,
        "bad-empty": VIOLATED,
        "bad-replica-in-another-region": VIOLATED,
        "absent": VIOLATED,
        "unknown": NOT_EVALUATED,
        "unknown-primary": NOT_EVALUATED,
        "secret": NOT_EVALUATED,
    },
)
def keys() -> None:
    key = gcp.kms.CryptoKey("key", name="k", key_ring="r")
    instance("good-by-name", encryption_key_name=KEY)
    primary = instance("good-key-of-this-stack", encryption_key_name=key.id)
    replica("good-replica-takes-its-primarys", primary.name)
    replica("good-replica-elsewhere-with-a-key", "good-by-name", region="us-east1", encryption_key_name=KEY)
    instance("good-only-stands-for-a-database-elsewhere", instance_type="ON_PREMISES_INSTANCE")
    instance("bad-empty", encryption_key_name="")
    replica("bad-replica-in-another-region", "good-by-name", region="us-east1")
    instance("absent")
    instance("unknown", encryption_key_name=unknown("other"))
    replica("unknown-primary", "another-stacks")
    instance("secret", encryption_key_name=pulumi.Output.secret(KEY))


@judged(own_key, {"good-without": PASSED})
def good_disposable() -> None:
    disposable()
    instance("good-without")
