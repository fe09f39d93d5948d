"""What a database does when it cannot be asked: it says so, by its name and the kind of error, and recovers."""

from __future__ import annotations

import asyncio
import socket
import threading
from pathlib import Path
from typing import Any, Self

import asyncpg  # type: ignore[import-untyped]
import pytest

from app.ports import Conflict, Unavailable
from app.settings import Local, Migrate
from app.stores import postgres
from app.stores.database import Database, database_of
from app.stores.postgres import Postgres
from tests.app.api.surroundings import with_schema
from tests.app.patience import FOR_EVER_S, PATIENCE_S, until
from tests.app.servers.postgres import Server
from tests.app.stores.surroundings import over_each_database, person

SECRET = "what the user said"


@over_each_database
async def test_an_error_tells_its_kind_and_nothing_of_the_data(database: Database) -> None:
    name = type(database).__name__
    name = "SQLite" if name == "Sqlite" else name
    with pytest.raises(Unavailable, match=rf"^{name}: [A-Za-z]+$"):
        await database.fetch(f"SELECT * FROM nowhere WHERE text = '{SECRET}'")  # noqa: S608  # a constant
    owner = await person(database)
    twice = """
        INSERT INTO users (id, email, name, role, password_hash, created_at)
        SELECT $1, $2, '', '', '', created_at FROM users
    """
    with pytest.raises(Conflict, match=rf"^{name}: [A-Za-z]+$"):
        await database.fetch(twice, owner, SECRET)
    await database.check()


@over_each_database
async def test_many_at_once_wait_for_each_other(database: Database) -> None:
    rows = await asyncio.gather(*(database.fetchrow("SELECT 1 AS one") for _ in range(200)))
    assert all(row and row["one"] == 1 for row in rows)


@over_each_database
async def test_who_was_cancelled_harms_nobody_else(database: Database) -> None:
    for wait in (0, 0.001, 0.002):
        tasks = [asyncio.create_task(database.fetchrow("SELECT count(*) AS n FROM users")) for _ in range(20)]
        await asyncio.sleep(wait)
        for task in tasks[::2]:
            task.cancel()
        found = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(isinstance(one, asyncio.CancelledError) or one["n"] == 0 for one in found)  # type: ignore[index]
    await database.check()


def test_a_file_that_is_no_database_leaves_no_thread_behind(tmp_path: Path) -> None:
    (tmp_path / "voicestack.sqlite3").write_bytes(b"no database" * 1000)

    async def told() -> None:
        with pytest.raises(Unavailable, match=r"^SQLite: DatabaseError$"):
            async with database_of(Local.model_validate({"DATA_DIR": str(tmp_path)})):
                pass

    before = threading.active_count()
    asyncio.run(told())
    asyncio.run(until(lambda: threading.active_count() <= before))  # else the process could not end


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    async def told() -> None:
        with pytest.raises(Unavailable, match=r"^SQLite: "):
            async with database_of(Local.model_validate({"DATA_DIR": str(tmp_path / "file" / "data")})):
                pass

    asyncio.run(told())


def test_postgres_may_come_later_go_and_come_back(server: Server) -> None:
    variables = with_schema({"DATABASE_URL": server.fresh("outage")})

    async def told() -> None:
        async with database_of(Local.model_validate(variables)) as database:
            for _ in range(2):
                await asyncio.to_thread(server.stop)
                with pytest.raises(Unavailable, match=r"^Postgres: "):
                    await database.check()
                await asyncio.to_thread(server.start)
                await asyncio.gather(*(database.check() for _ in range(20)))

    asyncio.run(told())


def test_a_postgres_that_says_nothing_is_given_up_and_holds_nobody_for_ever(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    variables = with_schema({"DATABASE_URL": server.fresh("silent"), "DATABASE_POOL": "2"})

    async def told() -> None:
        async with database_of(Local.model_validate(variables)) as database:
            with monkeypatch.context() as patch:
                patch.setattr(postgres, "ANSWER_S", 0.3)
                asked = (database.fetch(f"SELECT pg_sleep({FOR_EVER_S})") for _ in range(6))
                async with asyncio.timeout(PATIENCE_S):
                    found = await asyncio.gather(*asked, return_exceptions=True)
            assert [str(one) for one in found] == ["Postgres: TimeoutError"] * 6
            await database.check()
        monkeypatch.setattr(postgres, "CONNECT_S", 0.3)
        with socket.create_server(("127.0.0.1", 0)) as deaf:
            url = f"postgresql://voice@127.0.0.1:{deaf.getsockname()[1]}/voice"
            async with database_of(Local.model_validate({"DATABASE_URL": url})) as database:
                async with asyncio.timeout(PATIENCE_S / 2):  # asyncpg by itself waits for a minute
                    with pytest.raises(Unavailable, match=r"^Postgres: TimeoutError$"):
                        await database.check()

    asyncio.run(told())


class Connector:
    """Stands in for Cloud SQL's."""

    error: Exception | None = None
    asked: dict[str, Any]

    def __init__(self, **_: object) -> None: ...

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None: ...

    async def connect_async(self, instance: str, driver: str, **options: Any) -> Any:
        if self.error:
            raise self.error
        type(self).asked = {"instance": instance, "driver": driver, **options}
        return await asyncpg.connect(self.url, command_timeout=options["command_timeout"])

    url = ""


@pytest.mark.parametrize(
    "error", [RuntimeError("a token"), ValueError("a token"), ConnectionRefusedError("a token")]
)
def test_whatever_cloud_sql_s_connector_raises_is_told_as_unavailable(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    monkeypatch.setattr("google.cloud.sql.connector.Connector", Connector)
    monkeypatch.setattr(Connector, "error", error)

    async def told() -> None:
        async with Postgres(Migrate.model_construct(instance="acme:europe-west1:voice")) as database:
            with pytest.raises(Unavailable, match=rf"^Cloud SQL: {type(error).__name__}$"):
                await database.check()
            with pytest.raises(Unavailable):
                async with database.listening("jobs"):
                    pass

    asyncio.run(told())


def test_a_cloud_sql_instance_is_reached_privately_in_the_identity_s_name(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("google.cloud.sql.connector.Connector", Connector)
    monkeypatch.setattr(Connector, "url", with_schema({"DATABASE_URL": server.fresh("cloud")})["DATABASE_URL"])
    named: Any = {"instance": "acme:europe-west1:voice", "database": "voice", "user": "api@acme.iam"}

    async def asked() -> None:
        async with Postgres(Migrate.model_construct(**named)) as database:
            await database.check()

    asyncio.run(asked())
    expected = {"instance": named["instance"], "driver": "asyncpg", "user": named["user"], "db": "voice"}
    expected |= {"enable_iam_auth": True, "ip_type": "private"}
    assert Connector.asked.items() >= expected.items()
