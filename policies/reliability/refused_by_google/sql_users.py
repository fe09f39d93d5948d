"""The names of database users that stand for identities are those that Postgres knows them by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.stack import Stack
from analysis.stores.cloud_sql import INSTANCE, USER, Engine, engine_of
from analysis.value import Value
from policies.engine.policy import Result, Settings, Severity, Unseen, resource_policy

_LONGEST: Final = 63
"""Bytes of a role's name: https://www.postgresql.org/docs/current/limits.html"""
_ACCOUNT_TYPE: Final = "CLOUD_IAM_SERVICE_ACCOUNT"
_ENDING: Final = ".gserviceaccount.com"


@resource_policy(
    id="sql-iam-user-name",
    title="A Postgres user of a service account has the account's e-mail without .gserviceaccount.com as its name",
    severity=Severity.MEDIUM,
    why="""Cloud SQL refuses other names during `up`, or makes a user that no token will ever fit: the workload
    starts and cannot log in.""",
    fix="""Link the workload with `postgres.connect(...)`: it makes the user and refuses an account whose name is
    too long.""",
    fix_raw="""Set `name` to `<account>@<project>.iam`, at most 63 characters; where it is longer, shorten the
    account's id. Set no `password`.""",
    types=[USER],
)
def sql_iam_user_name(user: Value, stack: Stack, settings: Settings) -> Iterator[Result | str]:
    if user["type"].text("") != _ACCOUNT_TYPE:
        return
    instances = stack.referred(user["instance"], INSTANCE)
    if not instances:
        yield Unseen(user.resource, "instance is not in this plan, so its engine is not known")
        return
    if engine_of(Value.of(instances[0])) is not Engine.POSTGRES:
        # MySQL cuts the name at the @ itself.
        return
    # https://cloud.google.com/sql/docs/postgres/add-manage-iam-users#creating-a-database-user
    name = user["name"].text("")
    if name.endswith(_ENDING):
        yield f"name ends in {_ENDING}: Postgres users of service accounts have the e-mail without it"
    elif not name.endswith(".iam") or name.count("@") != 1:
        yield "name is not that of a service account, <account>@<project>.iam: no token fits it"
    if len(name.removesuffix(_ENDING).encode()) > _LONGEST:
        yield f"name has {len(name.removesuffix(_ENDING))} characters: Postgres takes {_LONGEST}"
    if user["password"].present:
        yield "password is set on a user of an identity: Cloud SQL refuses it"
