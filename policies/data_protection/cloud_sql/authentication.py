"""Who logs in to Cloud SQL does so as an identity of IAM; passwords, if there are any, are strong and kept in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pydantic import Field

from analysis.stack import Stack
from analysis.stores.cloud_sql import INSTANCE, USER, Engine, engine_of, hosted, primaries
from analysis.value import NotKnown, Value
from policies.data_protection.cloud_sql.demands import Demand, is_on, unmet
from policies.engine.policy import Result, Settings, Severity, each, resource_policy
from policies.engine.settings_kinds import WordSet

_BY_PASSWORD: Final = "whoever connects needs a password that does not end"  # noqa: S105 - a sentence
# https://cloud.google.com/sql/docs/postgres/flags and https://cloud.google.com/sql/docs/mysql/flags; SQL Server
# has none. Replicas do not take it over: https://cloud.google.com/sql/docs/postgres/iam-authentication
_IAM: Final = {
    Engine.POSTGRES: Demand("cloudsql.iam_authentication", is_on, "off", _BY_PASSWORD),
    Engine.MYSQL: Demand("cloudsql_iam_authentication", is_on, "off", _BY_PASSWORD),
}


@resource_policy(
    id="sql-iam-authentication",
    title="A Cloud SQL instance takes IAM identities as database users",
    severity=Severity.MEDIUM,
    why="""Without it every workload needs a password: it lasts until somebody changes it, it works for whoever
    has it, and taking a role away in IAM closes nothing.""",
    fix="Use the `Postgres` component, which takes no argument for it.",
    fix_raw="""Set the flag `cloudsql.iam_authentication` (MySQL: `cloudsql_iam_authentication`) to `on` in
    `settings.databaseFlags`, on read replicas too.""",
    rows=(53,),
    cis_5=("6.6",),
    types=[INSTANCE],
    elements=hosted,
)
def iam_authentication(instance: Value, stack: Stack, settings: Settings) -> Iterator[Result]:
    demand = _IAM.get(engine_of(instance))
    if demand is not None:
        yield from unmet(instance, (demand,), (demand.flag,))


class UserSettings(Settings):
    """Who may have a password all the same."""

    built_in: WordSet = frozenset()
    """Names of database users for tools that cannot log in with IAM."""


@resource_policy(
    id="sql-users-of-iam",
    title="Database users are identities of IAM",
    severity=Severity.MEDIUM,
    why="""A user with a password is shared, is not taken away when somebody leaves, and its password is one
    more secret to keep and to change. A MySQL user without even that lets everybody in.""",
    fix="Link the workload to the database: `uses=[postgres.connect(...)]` makes its IAM user.",
    fix_raw="Set `type` to CLOUD_IAM_SERVICE_ACCOUNT (or _USER, _GROUP) and leave the password out.",
    rows=(54,),
    cis_4=("6.1.1",),
    cis_5=("6.1.1",),
    settings=UserSettings,
    types=[USER],
)
def users_of_iam(user: Value, stack: Stack, settings: UserSettings) -> Iterator[str]:
    # A built-in user by default: https://www.pulumi.com/registry/packages/gcp/api-docs/sql/user/
    kind = user["type"]
    said = kind.text()
    if said is not None and said.startswith(("CLOUD_IAM_", "ENTRAID_")):
        return
    engine = _engine_behind(user, stack)
    if engine is Engine.MYSQL and not any(user[key].present for key in ("password", "passwordWo")):
        yield f"{kind.path} is BUILT_IN and no password is set: MySQL lets in whoever says this name"
    # SQL Server has no users of IAM: https://cloud.google.com/sql/docs/sqlserver/users
    elif engine is not Engine.SQLSERVER and not (settings.built_in and user["name"].text() in settings.built_in):
        told = "is left out, which means BUILT_IN" if said is None else f"is {said[:40]}"
        yield f"{kind.path} {told}: the user logs in with a password"


def _engine_behind(user: Value, stack: Stack) -> Engine | None:
    """The engine of the instance that the user is of, None for one that the plan does not have or say."""
    for instance in stack.referred(user["instance"], INSTANCE):
        try:
            return engine_of(Value.of(instance))
        except NotKnown:
            return None
    return None


_PASSWORDS: Final = {USER: "password", INSTANCE: "rootPassword"}


@resource_policy(
    id="sql-passwords-write-only",
    title="A database password is write-only, if there is one at all",
    severity=Severity.MEDIUM,
    why="""A password that is no write-only input is also one of the resource's outputs: whatever reads those
    has it, and the state keeps it twice. A write-only one stays among the inputs, encrypted. An IAM user has
    none.""",
    fix="Link the workload to the database: `uses=[postgres.connect(...)]` makes an IAM user without a password.",
    fix_raw="""Make the user an IAM one, or set the write-only input (`passwordWo`, `rootPasswordWo`) and its
    version.""",
    rows=(54,),
    types=_PASSWORDS,
)
def passwords_write_only(one: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    password = one[_PASSWORDS[one.resource.type]]
    # Never its value: that one is there is enough, and a secret one is.
    if password.present:
        yield f"{password.path} is set: the password is an output too, which {password.path}Wo would not be"


class PasswordPolicySettings(Settings):
    """What a password must have at least."""

    characters: int = Field(default=12, ge=1, le=128)
    """The least that `minLength` may be."""


@resource_policy(
    id="sql-password-policy",
    title="A Cloud SQL instance refuses weak passwords",
    severity=Severity.MEDIUM,
    why="""Where all users are IAM identities, the built-in `postgres` user is still there, and somebody in
    trouble at night gives it a password by hand. The policy decides whether that may be `postgres1`.""",
    fix="Use the `Postgres` component, which takes no argument for it.",
    fix_raw="""Set `settings.passwordValidationPolicy` with `enablePasswordPolicy`, `minLength`, `complexity` and
    `disallowUsernameSubstring`.""",
    rows=(59,),
    settings=PasswordPolicySettings,
    types=[INSTANCE],
    elements=primaries,
)
def password_policy(instance: Value, stack: Stack, settings: PasswordPolicySettings) -> Iterator[Result | str]:
    if engine_of(instance) is Engine.SQLSERVER:
        return
    # Nothing of it is on by default: https://cloud.google.com/sql/docs/postgres/built-in-authentication
    policy = instance.at("settings.passwordValidationPolicy")
    enabled = policy["enablePasswordPolicy"]
    if not enabled.flag(False):
        yield f"{enabled.path} is not true: any password will do"
        return

    def weak(part: Value) -> Iterator[str]:
        match part.path.rpartition(".")[2]:
            case "minLength" if part.number(0) < settings.characters:
                yield f"{part.path} is less than {settings.characters}: a short password will do"
            case "complexity" if part.text() != "COMPLEXITY_DEFAULT":
                yield f"{part.path} is not COMPLEXITY_DEFAULT: a word will do as a password"
            case "disallowUsernameSubstring" if not part.flag(False):
                yield f"{part.path} is not true: a password may be the user's name"

    yield from each((policy[key] for key in ("minLength", "complexity", "disallowUsernameSubstring")), weak)
