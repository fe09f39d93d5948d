"""The rights of database users, made in a real Postgres that the test starts where its binaries are."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import migrate as role
from app.migrate import statements
from app.settings import Migrate
from tests.app.harness import finished

INSTALLED = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres")) + [
    Path(found) for found in [shutil.which("postgres")] if found
]
OWNER, API, WORKER = "migrate@acme.iam", "api@acme.iam", 'odd"worker@acme.iam'


def as_postgres() -> dict[str, object]:
    """Postgres does not run as root: there, its own user or nobody runs it."""
    return {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Host and port of a server with a database `voice` that OWNER owns, and the users."""
    pytest.importorskip("asyncpg", reason="asyncpg is not installed: it comes with the extra `app`")
    if not INSTALLED:
        pytest.skip("no Postgres here: Debian's package postgresql has it")
    binaries = INSTALLED[-1].resolve().parent
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)  # for nobody; the folder is thrown away
        data = Path(folder) / "data"
        setup = [binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync"]
        subprocess.run(setup, check=True, capture_output=True, cwd=folder, **as_postgres())  # type: ignore[call-overload]
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        listen = ["-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={folder}", "-c", "fsync=off"]
        server = subprocess.Popen(  # type: ignore[call-overload]
            [binaries / "postgres", "-D", data, "-p", str(port), *listen],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **as_postgres(),
        )
        try:
            where = f"127.0.0.1:{port}"
            asyncio.run(prepared(where))
            yield where
        finally:
            server.terminate()
            server.wait(timeout=20)


async def prepared(where: str) -> None:
    for _ in range(200):
        try:
            await run_sql(where, "postgres", "SELECT 1", database="postgres")
            break
        except Exception as error:  # starting: refused, or "starting up"
            last = error
            await asyncio.sleep(0.1)
    else:
        raise AssertionError(f"Postgres did not start: {last}")
    for user in (OWNER, API, WORKER):
        await run_sql(where, "postgres", f"CREATE ROLE {quoted(user)} LOGIN", database="postgres")
    await run_sql(where, "postgres", f"CREATE DATABASE voice OWNER {quoted(OWNER)}", database="postgres")
    await run_sql(where, OWNER, "CREATE TABLE jobs (id bigserial PRIMARY KEY, text text)")


def quoted(user: str) -> str:
    return '"' + user.replace('"', '""') + '"'


async def run_sql(where: str, user: str, sql: str, *, database: str = "voice") -> None:
    import asyncpg  # type: ignore[import-untyped]  # noqa: PLC0415  # absent where tests are skipped

    host, port = where.split(":")
    connection = await asyncpg.connect(host=host, port=int(port), user=user, database=database, timeout=5)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


def may(where: str, user: str, sql: str) -> bool:
    import asyncpg  # noqa: PLC0415  # absent where this module's tests are skipped

    try:
        asyncio.run(run_sql(where, user, sql))
    except asyncpg.InsufficientPrivilegeError:
        return False
    return True


def migrate(where: str, rights: str) -> tuple[int, str, str]:
    url = f"postgresql://{OWNER.replace('@', '%40')}@{where}/voice"
    return finished("migrate", DATABASE_URL=url, DATABASE_RIGHTS=rights)


def test_rights_are_what_the_links_say_and_go_with_them(address: str) -> None:
    both = '{"api@acme.iam": "read", "odd\\"worker@acme.iam": "write"}'
    for _ in range(2):
        code, out, err = migrate(address, both)
        assert (code, err) == (0, ""), out
    assert may(address, API, "SELECT * FROM jobs")
    assert not may(address, API, "INSERT INTO jobs (text) VALUES ('a')")
    assert may(address, WORKER, "INSERT INTO jobs (text) VALUES ('a')")
    assert may(address, WORKER, "DELETE FROM jobs")
    assert not may(address, WORKER, "TRUNCATE jobs")
    assert not may(address, WORKER, "CREATE TABLE mine (id int)"), "only the owner makes the schema"

    asyncio.run(run_sql(address, OWNER, "CREATE TABLE later (id bigserial, text text)"))
    assert may(address, API, "SELECT * FROM later"), "a later table carries the same rights"
    assert not may(address, API, "DELETE FROM later")
    assert may(address, WORKER, "INSERT INTO later (text) VALUES ('a')")

    assert migrate(address, '{"odd\\"worker@acme.iam": "read"}')[0] == 0
    assert not may(address, API, "SELECT * FROM jobs"), "a removed use loses its rights"
    assert not may(address, API, "SELECT * FROM later")
    assert may(address, WORKER, "SELECT * FROM later")
    assert not may(address, WORKER, "DELETE FROM later"), "write became read"
    asyncio.run(run_sql(address, OWNER, "CREATE TABLE last (id int)"))
    assert not may(address, API, "SELECT * FROM last")


def test_a_user_that_the_database_lacks_changes_nothing(address: str) -> None:
    assert migrate(address, '{"api@acme.iam": "read"}')[0] == 0
    code, out, err = migrate(address, '{"api@acme.iam": "write", "ghost@acme.iam": "read"}')
    assert (code, err) == (1, "")
    assert "ghost@acme.iam" in out
    assert may(address, API, "SELECT * FROM jobs")
    assert not may(address, API, "DELETE FROM jobs")


def extensions(where: str) -> set[str]:
    import asyncpg  # noqa: PLC0415  # absent where this module's tests are skipped

    async def asked() -> set[str]:
        host, port = where.split(":")
        connection = await asyncpg.connect(host=host, port=int(port), user=OWNER, database="voice", timeout=5)
        try:
            return {row[0] for row in await connection.fetch("SELECT extname FROM pg_extension")}
        finally:
            await connection.close()

    return asyncio.run(asked())


def applied(where: str, *, instance: str = "") -> None:
    """What the role does, inside this process; `instance`: as if the server were that one on Cloud SQL."""
    url = f"postgresql://{OWNER.replace('@', '%40')}@{where}/voice"
    asyncio.run(role.apply(Migrate.model_construct(url=url, instance=instance), {API: "read"}))


def test_the_audit_extension_is_made_where_the_server_offers_it(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert role.AUDIT == "pgaudit", "the instance's flags configure this one"
    # Debian's server has no pgAudit: an extension that an owner may make, as on Cloud SQL, stands for it.
    monkeypatch.setattr(role, "AUDIT", "pgcrypto")
    assert "pgcrypto" not in extensions(address)
    for _ in range(2):
        applied(address)
    assert "pgcrypto" in extensions(address)


@pytest.mark.parametrize("name", ["no_such_extension", "pageinspect"])
def test_a_postgres_that_offers_or_allows_no_audit_gets_its_rights_all_the_same(
    address: str, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    assert migrate(address, "{}")[0] == 0
    assert not may(address, API, "SELECT * FROM jobs")
    monkeypatch.setattr(role, "AUDIT", name)
    applied(address)
    assert name not in extensions(address), "only a superuser may make it"
    assert may(address, API, "SELECT * FROM jobs")


def test_on_cloud_sql_an_audit_that_cannot_be_made_changes_nothing(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import asyncpg  # noqa: PLC0415  # absent where this module's tests are skipped

    assert migrate(address, "{}")[0] == 0
    monkeypatch.setattr(role, "AUDIT", "pageinspect")
    with pytest.raises(asyncpg.PostgresError):
        applied(address, instance="acme:europe-west1:voice")
    assert not may(address, API, "SELECT * FROM jobs")


def test_two_runs_at_once_both_succeed(address: str) -> None:
    async def both() -> list[tuple[int, str, str]]:
        runs = [asyncio.to_thread(migrate, address, '{"api@acme.iam": "read"}') for _ in range(4)]
        return await asyncio.gather(*runs)

    assert [code for code, _, _ in asyncio.run(both())] == [0, 0, 0, 0]


def test_a_database_that_is_not_there_is_one_line_and_exit_1() -> None:
    pytest.importorskip("asyncpg", reason="asyncpg is not installed: it comes with the extra `app`")
    code, out, err = migrate("127.0.0.1:1", "{}")
    assert (code, err) == (1, "")
    assert "no right was changed: ConnectionRefusedError" in out
    assert out.count("\n") == 1


def test_a_user_s_name_cannot_break_out_of_its_quotes() -> None:
    assert all('"a""; DROP TABLE jobs; --"' in line for line in statements({'a"; DROP TABLE jobs; --': "read"}))
