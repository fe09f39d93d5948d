"""The migrate role: makes each database user's rights what its link says, and nothing else.

The identity that runs it owns the schema `public`. Rights are taken away and given in one transaction: a user
that no longer stands in DATABASE_RIGHTS loses what an earlier run gave, one that may only read can no longer
write. Tables made later by the same identity carry the same rights. It may run twice, or twice at once.

Where the server offers pgAudit, it also makes the extension, without which the server's audit flags log nothing.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Iterable, Mapping
from contextlib import AsyncExitStack

from app.logs import log
from app.settings import Migrate

RIGHTS = {
    "read": {"TABLES": "SELECT"},
    "write": {"TABLES": "SELECT, INSERT, UPDATE, DELETE", "SEQUENCES": "USAGE, SELECT"},
}
LOCK = 0x766F696365
"""Any number, but always the same: two runs at once wait for each other."""
CONNECT_S = 30
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
    return made


async def apply(settings: Migrate, rights: Mapping[str, str]) -> None:
    """Connects (on Cloud SQL: privately, by IAM) and makes the rights so; LookupError if users are missing."""
    import asyncpg  # type: ignore[import-untyped]  # noqa: PLC0415  # printing needs no driver

    async with AsyncExitStack() as stack:
        if settings.url:
            connection = await asyncpg.connect(settings.url, timeout=CONNECT_S)
        else:
            from google.cloud.sql.connector import Connector  # noqa: PLC0415

            connector = Connector(loop=asyncio.get_running_loop(), refresh_strategy="lazy", timeout=CONNECT_S)
            connection = await (await stack.enter_async_context(connector)).connect_async(
                settings.instance,
                "asyncpg",
                user=settings.user,
                db=settings.database,
                enable_iam_auth=True,
                ip_type="private",
            )
        stack.push_async_callback(connection.close)
        await stack.enter_async_context(connection.transaction())
        await connection.execute("SELECT pg_advisory_xact_lock($1)", LOCK)
        missing = set(rights) - {row[0] for row in await connection.fetch("SELECT rolname FROM pg_roles")}
        if missing:
            raise LookupError(f"the database has no such users: {', '.join(sorted(missing))}")
        if await connection.fetch(OFFERED, AUDIT):
            try:
                async with connection.transaction():  # refused, it takes only itself back
                    await connection.execute(f"CREATE EXTENSION IF NOT EXISTS {AUDIT}")
            except asyncpg.PostgresError as error:
                # Cloud SQL lets the owner make it; another server only its superuser, if it has loaded it.
                if settings.instance:
                    raise
                log(logging.WARNING, f"nothing is audited: {type(error).__name__}")
        earlier = {row[0] for row in await connection.fetch(EARLIER)}
        for statement in statements(rights, earlier):
            await connection.execute(statement)
    log(logging.INFO, "rights applied", users=len(rights), removed=len(earlier - set(rights)))


def run(settings: Migrate) -> int:
    """Applies the rights, or without a database prints what it would do; the exit code."""
    rights = settings.rights or {}
    if not (settings.instance or settings.url):
        sys.stdout.write("-- No DATABASE_INSTANCE: nothing is applied. It would be:\n")
        sys.stdout.writelines(f"{statement};\n" for statement in statements(rights))
        return 0
    try:
        asyncio.run(apply(settings, rights))
    except Exception as error:  # noqa: BLE001, RUF100  # drivers raise many kinds; all mean: nothing changed
        reason = str(error) if type(error) is LookupError else type(error).__name__
        log(logging.ERROR, f"no right was changed: {reason}", error=error)
        return 1
    return 0
