"""The schema and the rights of database users, made in a real Postgres where its binaries are, and in SQLite."""

from __future__ import annotations

import asyncio
import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg  # type: ignore[import-untyped]
import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.ext.asyncio import create_async_engine

from app import migrate as role
from app.migrate import apply, apply_to_sqlite, promote, revision, statements
from app.ports import Unavailable
from app.settings import Local, Migrate
from app.stores.accounts import Accounts
from app.stores.budget import SqlBudget
from app.stores.database import Database, database_of
from app.stores.jobs import Jobs
from app.stores.notify import PostgresUpdates
from app.stores.postgres import Postgres
from app.stores.sqlite import file_of
from tests.app.harness import finished
from tests.app.patience import PATIENCE_S
from tests.app.servers.postgres import OWNER, Server, running

API, WORKER = "api@acme.iam", 'odd"worker@acme.iam'
TABLES = {"alembic_version", "users", "sessions", "api_keys", "jobs", "tokens_used"}
SPEND = "INSERT INTO tokens_used VALUES (clock_timestamp(), 0, 1)"
AT_ONCE = 4


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running() as server:
        for user in (API, WORKER):
            server.query(f"CREATE ROLE {quoted(user)} LOGIN", user="postgres", database="postgres")
        yield server


@pytest.fixture
def database(server: Server) -> str:
    """The name of an empty database that OWNER owns."""
    name = uuid4().hex
    server.fresh(name)
    return name


def quoted(user: str) -> str:
    return '"' + user.replace('"', '""') + '"'


def may(server: Server, database: str, user: str, sql: str) -> bool:
    try:
        server.query(sql, user=user, database=database)
    except asyncpg.InsufficientPrivilegeError:
        return False
    return True


def migrate(server: Server, database: str, rights: str) -> tuple[int, str, str]:
    return finished("migrate", DATABASE_URL=server.url(database=database), DATABASE_RIGHTS=rights)


def settings_of(url: str, *, instance: str = "") -> Migrate:
    """`instance`: as if the server were that one on Cloud SQL."""
    return Migrate.model_construct(url=url, instance=instance)


def applied(server: Server, database: str, rights: dict[str, str], *, instance: str = "") -> None:
    """What the role does, inside this process."""
    asyncio.run(apply(settings_of(server.url(database=database), instance=instance), rights))


def test_rights_are_what_the_links_say_and_go_with_them(server: Server, database: str) -> None:
    both = '{"api@acme.iam": "read", "odd\\"worker@acme.iam": "write"}'
    for _ in range(2):
        code, out, err = migrate(server, database, both)
        assert (code, err) == (0, ""), out
    assert may(server, database, API, "SELECT * FROM jobs")
    assert not may(server, database, API, SPEND)
    assert may(server, database, WORKER, SPEND)
    assert may(server, database, WORKER, "DELETE FROM jobs")
    assert not may(server, database, WORKER, "TRUNCATE jobs")
    assert not may(server, database, WORKER, "CREATE TABLE mine (id int)"), "only the owner makes the schema"

    server.query("CREATE TABLE later (id bigserial, text text)", database=database)
    assert may(server, database, API, "SELECT * FROM later"), "a later table carries the same rights"
    assert not may(server, database, API, "DELETE FROM later")
    assert may(server, database, WORKER, "INSERT INTO later (text) VALUES ('a')")

    applied(server, database, {WORKER: "read"})
    assert not may(server, database, API, "SELECT * FROM jobs"), "a removed use loses its rights"
    assert not may(server, database, API, "SELECT * FROM later")
    assert may(server, database, WORKER, "SELECT * FROM later")
    assert not may(server, database, WORKER, "DELETE FROM later"), "write became read"
    server.query("CREATE TABLE last (id int)", database=database)
    assert not may(server, database, API, "SELECT * FROM last")


def test_who_may_write_can_do_all_that_the_app_asks_and_change_no_schema(server: Server, database: str) -> None:
    applied(server, database, {WORKER: "write"})

    async def asked() -> None:
        settings = settings_of(server.url(WORKER, database))
        async with Postgres(settings) as store:
            await store.check()
            accounts, jobs, budget = Accounts(store), Jobs(store), SqlBudget(store, 10)
            user = await accounts.register(email="ann@example.com", name="", password_hash="h")
            assert user
            await accounts.change(user.id, name="Ann")
            await accounts.rehash(user.id, old="h", new="i")
            await accounts.open_session("s" * 32, user_id=user.id, token_hash="", expires_at=datetime.now(UTC))
            await accounts.rotate("s" * 32, old="", new="")
            await accounts.session("s" * 32)
            await accounts.end_session("s" * 32)
            await accounts.end_sessions(user.id)
            key = await accounts.make_key(owner_id=user.id, name="", secret_hash="", scopes=(), expires_at=None)
            assert await accounts.key(key.id)
            await accounts.revoke_key(key.id, owner_id=user.id)
            for _ in range(2):
                job, _ = await jobs.submit(owner_id=user.id, text="", audio=None, key="k", request_hash="")
            await jobs.history(user.id, limit=1)
            await jobs.hurry(job.id, seconds=1)
            await jobs.claim(job.id, lease="a", seconds=9)
            await jobs.release(job.id, lease="a", seconds=9)
            await jobs.undone()
            await jobs.overdue(1)
            await jobs.given_up()
            await jobs.claim(job.id, lease="a", seconds=9)
            await jobs.fail(job.id, lease="a", failure="no")
            await jobs.complete(job.id, lease="a", answer="", model="", tokens=1)
            await jobs.settle(job.id)
            await budget.spend(1)
            assert await budget.left() == 9
            async with PostgresUpdates(store, hear=True) as updates:
                await updates.changed(job.id)
            assert await accounts.delete(user.id)

    asyncio.run(asked())
    for sql in (
        "UPDATE alembic_version SET version_num = '0000'",
        "DELETE FROM alembic_version",
        "INSERT INTO alembic_version VALUES ('0000')",
        "ALTER TABLE jobs ADD COLUMN mine int",
        "DROP TABLE jobs",
        "CREATE INDEX mine ON jobs (text)",
        "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        f"GRANT SELECT ON jobs TO {quoted(API)}",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO PUBLIC",
        f"SET ROLE {quoted(OWNER)}",
    ):
        try:
            done = may(server, database, WORKER, sql)
        except asyncpg.PostgresError:
            done = False
        # Granting what one may not grant is a warning; default privileges are one's own tables'.
        assert not done or sql.startswith(("GRANT", "ALTER DEFAULT")), sql
    assert not may(server, database, API, "SELECT * FROM jobs")
    assert server.query("SELECT version_num FROM alembic_version", database=database)[0][0] == revision()


def test_a_user_that_the_database_lacks_changes_nothing(server: Server, database: str) -> None:
    applied(server, database, {API: "read"})
    code, out, err = migrate(server, database, '{"api@acme.iam": "write", "ghost@acme.iam": "read"}')
    assert (code, err) == (1, "")
    assert "ghost@acme.iam" in out
    assert may(server, database, API, "SELECT * FROM jobs")
    assert not may(server, database, API, "DELETE FROM jobs")


def extensions(server: Server, database: str) -> set[str]:
    return {row[0] for row in server.query("SELECT extname FROM pg_extension", database=database)}


def test_the_audit_extension_is_made_where_the_server_offers_it(
    server: Server, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert role.AUDIT == "pgaudit", "the instance's flags configure this one"
    # Debian's server has no pgAudit: an extension that an owner may make, as on Cloud SQL, stands for it.
    monkeypatch.setattr(role, "AUDIT", "pgcrypto")
    assert "pgcrypto" not in extensions(server, database)
    for _ in range(2):
        applied(server, database, {API: "read"})
    assert "pgcrypto" in extensions(server, database)


@pytest.mark.parametrize("name", ["no_such_extension", "pageinspect"])
def test_a_postgres_that_offers_or_allows_no_audit_gets_its_rights_all_the_same(
    server: Server, database: str, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(role, "AUDIT", name)
    applied(server, database, {API: "read"})
    assert name not in extensions(server, database), "only a superuser may make it"
    assert may(server, database, API, "SELECT * FROM jobs")


def test_on_cloud_sql_an_audit_that_cannot_be_made_changes_nothing(
    server: Server, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(role, "AUDIT", "pageinspect")
    url = server.url(database=database)

    async def connect(*_: object) -> Any:
        async def made(*_: object, **options: Any) -> Any:
            return await asyncpg.connect(url, **options)

        return made

    monkeypatch.setattr("app.stores.postgres.connect", connect)
    with pytest.raises(asyncpg.PostgresError):
        applied(server, database, {API: "read"}, instance="acme:europe-west1:voice")
    assert tables_of(server, database) == set(), "not even the schema was made"


def tables_of(server: Server, database: str) -> set[str]:
    sql = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    return {row[0] for row in server.query(sql, database=database)}


def at_once(*, times: int = AT_ONCE, **variables: str) -> None:
    """The role in so many processes; fails if one of them does."""
    with ThreadPoolExecutor(times) as threads:
        runs = list(threads.map(lambda _: finished("migrate", **variables), range(times)))
    assert [code for code, _, _ in runs] == [0] * times, runs


def test_many_runs_at_once_all_succeed_on_an_empty_postgres_and_on_one_up_to_date(
    server: Server, database: str
) -> None:
    for rights in ({API: "read"}, {API: "write", WORKER: "read"}):
        at_once(DATABASE_URL=server.url(database=database), DATABASE_RIGHTS=json.dumps(rights))
        assert tables_of(server, database) == TABLES
    assert may(server, database, API, SPEND)
    assert not may(server, database, WORKER, SPEND)


@pytest.mark.parametrize("name", ["data", "a?b=c&d #e%20f:g"])
def test_many_runs_at_once_all_succeed_on_an_empty_sqlite_and_on_one_up_to_date(tmp_path: Path, name: str) -> None:
    for _ in range(2):
        at_once(DATA_DIR=str(tmp_path / name))
    assert [file.name for file in tmp_path.iterdir()] == [name]
    assert set(described(tmp_path / name / "voicestack.sqlite3")) == TABLES


NEXT = '''
"""A step of the test's."""

import os, signal
from alembic import op

revision, down_revision = "9999", "0001"


def upgrade() -> None:
    op.execute("CREATE TABLE half (id int)")
    op.execute("ALTER TABLE jobs ADD COLUMN half int")
    {ends}


def downgrade() -> None: ...
'''
FAILS, DIES = "raise RuntimeError('in the middle')", "os.kill(os.getpid(), signal.SIGKILL)"


def steps_that(ends: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The app's steps and one more, which ends so."""
    steps = folder / "migrations"
    shutil.copytree(role.STEPS, steps)
    (steps / "versions" / "9999.py").write_text(NEXT.format(ends=ends))
    monkeypatch.setattr(role, "STEPS", steps)


@pytest.mark.parametrize("known", [True, False])
def test_a_step_that_fails_in_the_middle_changes_nothing_in_postgres(
    server: Server, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, known: bool
) -> None:
    if known:
        applied(server, database, {API: "read"})
    before = described(server.url(database=database))
    steps_that(FAILS, tmp_path, monkeypatch)
    with pytest.raises(RuntimeError, match="in the middle"):
        applied(server, database, {API: "write"})
    assert described(server.url(database=database)) == before
    assert not known or not may(server, database, API, SPEND)
    monkeypatch.undo()
    applied(server, database, {API: "write"})
    assert tables_of(server, database) == TABLES


@pytest.mark.parametrize("ends", [FAILS, DIES])
@pytest.mark.parametrize("known", [True, False])
def test_a_step_that_fails_or_dies_in_the_middle_changes_nothing_in_sqlite(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ends: str, known: bool
) -> None:
    settings = Local.model_validate({"DATA_DIR": str(tmp_path)})
    if known:
        apply_to_sqlite(settings)
    before = described(file_of(settings))
    steps_that(ends, tmp_path, monkeypatch)
    program = (
        "import sys; from pathlib import Path; from app import migrate; from app.settings import Local; "
        "migrate.STEPS = Path(sys.argv[1]); migrate.apply_to_sqlite(Local(DATA_DIR=sys.argv[2]))"
    )
    run = [sys.executable, "-c", program, str(role.STEPS), str(tmp_path)]
    code = subprocess.run(run, capture_output=True, check=False, timeout=PATIENCE_S).returncode
    assert code == (1 if ends == FAILS else -signal.SIGKILL)
    assert described(file_of(settings)) == before
    monkeypatch.undo()
    apply_to_sqlite(settings)
    assert set(described(file_of(settings))) == TABLES


def described(where: str | Path) -> Any:
    """Each table's columns, keys and indexes, without what the dialects call differently."""

    def inspected(connection: sa.Connection) -> dict[str, Any]:
        inspector = sa.inspect(connection)
        found = {}
        for table in inspector.get_table_names():
            indexes = [one for one in inspector.get_indexes(table) if "duplicates_constraint" not in one]
            found[table] = {
                "columns": {
                    one["name"]: (one["type"].python_type, getattr(one["type"], "length", None), one["nullable"])
                    for one in inspector.get_columns(table)
                },
                "key": inspector.get_pk_constraint(table)["constrained_columns"],
                "unique": sorted(one["column_names"] for one in inspector.get_unique_constraints(table)),
                "indexes": sorted((one["name"], one["column_names"], bool(one["unique"])) for one in indexes),
                "owners": [
                    (one["constrained_columns"], one["referred_table"], one["referred_columns"], one["options"])
                    for one in inspector.get_foreign_keys(table)
                ],
            }
        return found

    return on(where, inspected)


def on(where: str | Path, work: Callable[[sa.Connection], Any]) -> Any:
    """Works over a connection to that Postgres, or to that file of SQLite's."""
    if isinstance(where, Path):
        with sa.create_engine(sa.URL.create("sqlite", database=str(where))).begin() as connection:
            return work(connection)

    async def worked() -> Any:
        engine = create_async_engine(where.replace("postgresql://", "postgresql+asyncpg://"))
        async with engine.begin() as opened:
            found = await opened.run_sync(work)
        await engine.dispose()
        return found

    return asyncio.run(worked())


def test_both_databases_have_the_same_schema(server: Server, database: str, tmp_path: Path) -> None:
    settings = Local.model_validate({"DATA_DIR": str(tmp_path)})
    apply_to_sqlite(settings)
    applied(server, database, {})
    ours, theirs = described(file_of(settings)), described(server.url(database=database))
    assert set(ours) == set(theirs) == TABLES
    for table in TABLES:
        assert ours[table] == theirs[table], table


def test_the_schema_goes_down_and_comes_up_again_as_it_was(server: Server, database: str, tmp_path: Path) -> None:
    settings = Local.model_validate({"DATA_DIR": str(tmp_path)})
    apply_to_sqlite(settings)
    applied(server, database, {})

    def downgrade(connection: sa.Connection) -> None:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(role.STEPS))
        command.downgrade(config, "base")

    for where in (file_of(settings), server.url(database=database)):
        before = described(where)
        on(where, downgrade)
        assert set(described(where)) == {"alembic_version"}
        on(where, role.upgrade)
        assert described(where) == before


def test_without_a_schema_a_role_is_not_ready(server: Server, database: str, tmp_path: Path) -> None:
    async def asked(settings: Migrate | Local) -> str:
        async with database_of(settings) as store:
            with pytest.raises(Unavailable) as raised:
                await store.check()
        return str(raised.value)

    url = server.url(database=database)
    assert asyncio.run(asked(settings_of(url))) == "Postgres: UndefinedTableError"
    here = Local.model_validate({"DATA_DIR": str(tmp_path)})
    assert asyncio.run(asked(here)) == "SQLite: OperationalError"


@pytest.mark.parametrize("url", ["postgresql://voice@127.0.0.1:1/voice"])
def test_a_database_that_is_not_there_is_one_line_and_exit_1(url: str) -> None:
    code, out, err = finished("migrate", DATABASE_URL=url, DATABASE_RIGHTS="{}")
    assert (code, err) == (1, "")
    assert "nothing was changed: ConnectionRefusedError" in out
    assert out.count("\n") == 1


def test_what_gives_the_rights_can_be_read_without_a_database() -> None:
    told = {"DATABASE_URL": "postgresql://voice@127.0.0.1:1/voice", "DATABASE_RIGHTS": '{"api@acme.iam": "read"}'}
    code, out, err = finished("migrate", "--show", **told)
    assert (code, err) == (0, "")
    assert out.splitlines() == [f"{statement};" for statement in statements({"api@acme.iam": "read"})]
    assert 'GRANT SELECT ON ALL TABLES IN SCHEMA public TO "api@acme.iam";' in out


def test_a_user_s_name_cannot_break_out_of_its_quotes() -> None:
    assert all('"a""; DROP TABLE jobs; --"' in line for line in statements({'a"; DROP TABLE jobs; --': "read"}))


def roles_of(settings: Migrate) -> dict[str, str]:
    async def asked(store: Database) -> dict[str, str]:
        return {row["email"]: row["role"] for row in await store.fetch("SELECT email, role FROM users")}

    found: dict[str, str] = with_store(settings, asked)
    return found


def with_store(settings: Migrate, work: Callable[[Database], Coroutine[Any, Any, Any]]) -> Any:
    async def worked() -> Any:
        async with database_of(settings) as store:
            return await work(store)

    return asyncio.run(worked())


@pytest.mark.parametrize("kind", ["SQLite", "Postgres"])
def test_a_registered_user_becomes_an_admin_and_nobody_else(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Migrate.model_validate({"DATA_DIR": str(tmp_path)})
    if kind == "Postgres":
        server, database = request.getfixturevalue("server"), request.getfixturevalue("database")
        settings = settings_of(server.url(database=database))
        applied(server, database, {})
    else:
        apply_to_sqlite(settings)

    async def registered(store: Database) -> None:
        for name in ("ann", "bob"):
            assert await Accounts(store).register(email=f"{name}@example.com", name="", password_hash="")

    with_store(settings, registered)
    for email, code in (("eve@example.com", 1), (" Ann@Example.com ", 0), ("ann@example.com", 0), ("' OR 1=1", 1)):
        assert promote(settings, email) == code
    assert roles_of(settings) == {"ann@example.com": "admin", "bob@example.com": "user"}
    assert "example.com" not in caplog.text, "no e-mail is logged"


def test_nobody_is_promoted_without_the_database_and_one_line_says_so() -> None:
    url = "postgresql://voice@127.0.0.1:1/voice"
    code, out, err = finished("promote", "ann@example.com", DATABASE_URL=url, DATABASE_RIGHTS="{}")
    assert (code, err, out.count("\n")) == (1, "", 1)
    assert "nobody was promoted: Postgres: ConnectionRefusedError" in out
    assert "ann@" not in out
