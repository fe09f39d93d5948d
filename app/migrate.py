"""The migrate role: brings the schema up to date and makes each database user's rights what its link says.

The identity that runs it owns the schema `public`. Steps and rights are one transaction: a user that no longer
stands in DATABASE_RIGHTS loses what an earlier run gave, one that may only read can no longer write. Tables made
later by the same identity carry the same rights. It may run twice, or twice at once.

Where the server offers pgAudit, it also makes the extension, without which the server's audit flags log nothing.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from collections.abc import Iterable, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import URL, Connection, create_engine, text
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from app.ports import Unavailable
from app.settings import Database, Migrate
from app.stores.database import database_of
from app.stores.sqlite import file_of
from app.telemetry.logs import log

RIGHTS = {
    "read": {"TABLES": "SELECT"},
    "write": {"TABLES": "SELECT, INSERT, UPDATE, DELETE", "SEQUENCES": "USAGE, SELECT"},
}
LOCK = 0x766F696365
"""Any number, but always the same: two runs at once wait for each other."""
WAIT_S = 30
STEPS = Path(__file__).parent / "migrations"
AUDIT = "pgaudit"
"""The extension; its flags are the instance's (https://cloud.google.com/sql/docs/postgres/pg-audit)."""
OFFERED = "SELECT 1 FROM pg_available_extensions WHERE name = $1 AND installed_version IS NULL"
EARLIER = """
    SELECT DISTINCT pg_get_userbyid(entry.grantee) FROM pg_default_acl, aclexplode(defaclacl) AS entry
    WHERE pg_get_userbyid(defaclrole) = current_user AND defaclnamespace = 'public'::regnamespace
      AND entry.grantee NOT IN (0, defaclrole)
"""
"""The users that an earlier run gave rights: they stand in this identity's default privileges."""


def statements(rights: Mapping[str, str], earlier: Iterable[str] = ()) -> list[str]:
    """What gives the users of `rights` theirs, and those of `earlier` none, in order."""
    made = []
    for user in sorted({*rights, *earlier}):
        name = '"' + user.replace('"', '""') + '"'
        default = "ALTER DEFAULT PRIVILEGES IN SCHEMA public"
        made.append(f"REVOKE ALL ON SCHEMA public FROM {name}")
        for kind in ("TABLES", "SEQUENCES"):
            made.append(f"REVOKE ALL ON ALL {kind} IN SCHEMA public FROM {name}")
            made.append(f"{default} REVOKE ALL ON {kind} FROM {name}")
        if user in rights:
            made.append(f"GRANT USAGE ON SCHEMA public TO {name}")
            for kind, verbs in RIGHTS[rights[user]].items():
                made.append(f"GRANT {verbs} ON ALL {kind} IN SCHEMA public TO {name}")
                made.append(f"{default} GRANT {verbs} ON {kind} TO {name}")
            made.append(f"REVOKE INSERT, UPDATE, DELETE ON public.alembic_version FROM {name}")
    return made


def upgrade(connection: Connection) -> None:
    """Applies the steps that the database lacks, within the connection's transaction."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(STEPS))
    command.upgrade(config, "head")


def revision() -> str | None:
    """The last step's."""
    return ScriptDirectory(STEPS).get_current_head()


def apply_to_sqlite(settings: Database) -> None:
    """Makes or updates the embedded database; a second run waits for the first. Unavailable if its file cannot
    be used."""
    try:
        _to_sqlite(settings)
    except (OSError, DatabaseError, CommandError) as error:
        # The driver's own words tell of the file; those around it would also quote a statement.
        reason = error.orig if isinstance(error, DatabaseError) else getattr(error, "strerror", None) or error
        raise Unavailable(f"DATA_DIR: {file_of(settings)} cannot be used: {reason}") from error
    log(logging.INFO, "schema is up to date", revision=revision())


def _to_sqlite(settings: Database) -> None:
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)  # nobody else's, on a machine of several
    url = URL.create("sqlite", database=str(file_of(settings)))
    # Python's driver begins no transaction before a CREATE TABLE: without one, half a schema could stay.
    engine = create_engine(url, poolclass=NullPool, connect_args={"isolation_level": None, "timeout": WAIT_S})
    with engine.begin() as connection:
        _write_ahead(connection)
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        upgrade(connection)


def _write_ahead(connection: Connection) -> None:
    """Gives the file its write-ahead log before anybody uses it: while others write, SQLite refuses that at once
    instead of waiting."""
    until = time.monotonic() + WAIT_S
    while True:
        try:
            connection.exec_driver_sql("PRAGMA journal_mode=WAL")
            return
        except OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


async def apply(settings: Migrate, rights: Mapping[str, str]) -> None:
    """Connects to Postgres (on Cloud SQL: privately, by IAM), applies the steps and makes the rights so;
    LookupError if users are missing."""
    from app.stores.postgres import connect  # noqa: PLC0415  # SQLite and printing need no driver

    async with AsyncExitStack() as stack:
        creator = await connect(stack, settings)
        engine = create_async_engine("postgresql+asyncpg://", async_creator=creator, poolclass=NullPool)
        connection = await stack.enter_async_context(engine.begin())
        await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        await connection.run_sync(upgrade)
        driver = (await connection.get_raw_connection()).driver_connection
        removed = await grant(driver, rights, cloud_sql=bool(settings.instance))
    log(logging.INFO, "schema and rights applied", revision=revision(), users=len(rights), removed=removed)


async def grant(connection: Any, rights: Mapping[str, str], *, cloud_sql: bool) -> int:
    """Makes the rights so, in the open transaction; how many users lost theirs."""
    import asyncpg  # type: ignore[import-untyped]  # noqa: PLC0415

    missing = set(rights) - {row[0] for row in await connection.fetch("SELECT rolname FROM pg_roles")}
    if missing:
        raise LookupError(f"the database has no such users: {', '.join(sorted(missing))}")
    if await connection.fetch(OFFERED, AUDIT):
        try:
            async with connection.transaction():  # refused, it takes only itself back
                await connection.execute(f"CREATE EXTENSION IF NOT EXISTS {AUDIT}")
        except asyncpg.PostgresError as error:
            # Cloud SQL lets the owner make it; another server only its superuser, if it has loaded it.
            if cloud_sql:
                raise
            log(logging.WARNING, f"nothing is audited: {type(error).__name__}")
    earlier = {row[0] for row in await connection.fetch(EARLIER)}
    for statement in statements(rights, earlier):
        await connection.execute(statement)
    return len(earlier - set(rights))


def run(settings: Migrate, *, show: bool = False) -> int:
    """Applies steps and rights; with `show` only prints the rights' statements. The exit code."""
    rights = settings.rights or {}
    if show:
        sys.stdout.writelines(f"{statement};\n" for statement in statements(rights))
        return 0
    try:
        if settings.postgres:
            asyncio.run(apply(settings, rights))
        else:
            apply_to_sqlite(settings)
    except Exception as error:  # noqa: BLE001, RUF100  # drivers raise many kinds; all mean: nothing changed
        reason = str(error) if type(error) in (LookupError, Unavailable) else type(error).__name__
        log(logging.ERROR, f"nothing was changed: {reason}", error=error)
        return 1
    return 0


PROMOTE = "UPDATE users SET role = 'admin' WHERE email = $1 RETURNING id"


def promote(settings: Migrate, email: str) -> int:
    """Makes a registered user an admin: the first one cannot be made by another. The exit code."""

    async def promoted() -> bool:
        async with database_of(settings) as database:
            return await database.fetchrow(PROMOTE, email.strip().lower()) is not None

    try:
        found = asyncio.run(promoted())
    except Unavailable as error:
        log(logging.ERROR, f"nobody was promoted: {error}")
        return 1
    log(
        logging.INFO if found else logging.ERROR, "promoted" if found else "nobody has that e-mail; register first"
    )
    return 0 if found else 1
