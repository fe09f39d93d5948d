"""Nothing that was accepted is lost, whatever goes wrong: small here, large in `make bench`."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from app import __main__ as serving
from app import telemetry
from app.queues import encode, in_process, pull
from app.worker import push as pushed
from tests.app.api.surroundings import with_schema
from tests.app.faults.deliveries import delivered_often, found, push, stored
from tests.app.faults.killed import STEPS, killed_at
from tests.app.faults.outages import (
    cache_gone,
    database_gone,
    disk_full,
    filled,
    killed_twice,
    limited,
    small_disk,
)
from tests.app.faults.surroundings import Process, asker, losses, process, settled, slow_model, submit
from tests.app.patience import FOR_EVER_S, PATIENCE_S, until
from tests.app.queues.harness import line, sent
from tests.app.servers import pubsub, redis
from tests.app.servers.postgres import Server
from tests.needed import Needed

STOP_S = 10.0
"""Cloud Run's (https://cloud.google.com/run/docs/container-contract#instance-shutdown)."""
SHORT_S = 0.5
UNHURRIED = {"ASSISTANT_TIMEOUT_S": "500", "LOG_LEVEL": "INFO"}
"""For a process that gives no answer up before it stops, and says that it stops."""


@pytest.mark.parametrize("step", STEPS)
def test_a_worker_killed_at_any_step_loses_nothing(step: str, variables: dict[str, str]) -> None:
    assert killed_at(step, variables, jobs=3) == []


def test_a_local_process_killed_twice_loses_nothing(tmp_path: Path) -> None:
    variables = with_schema({"DATA_DIR": str(tmp_path)})
    assert killed_twice(variables, tmp_path, jobs=1000) == []


def test_a_database_that_is_gone_for_a_while_loses_nothing(server: Server, tmp_path: Path) -> None:
    variables = with_schema({"DATA_DIR": str(tmp_path), "DATABASE_URL": server.fresh(uuid4().hex)})
    assert database_gone(server, variables, tmp_path, jobs=400, seconds=2, patience_s=0) == []


def test_a_cache_that_is_gone_for_a_while_loses_nothing(tmp_path: Path) -> None:
    variables = with_schema({"DATA_DIR": str(tmp_path)})
    with redis.running() as cache:
        assert cache_gone(cache, variables, tmp_path, jobs=600) == []


def test_duplicates_and_reordered_deliveries_lose_nothing_and_double_nothing(
    variables: dict[str, str], tmp_path: Path
) -> None:
    assert delivered_often(variables, tmp_path, jobs=60, times=5, at_once=12) == []


def test_a_full_disk_refuses_what_it_cannot_keep_and_loses_nothing(tmp_path: Path) -> None:
    if os.geteuid():
        Needed.ROOT.skip()
    disk = tmp_path / "disk"
    with small_disk(disk):
        variables = with_schema({"DATA_DIR": str(disk)})
        assert disk_full(variables, tmp_path, filled(disk), jobs=20) == []


def test_files_that_may_not_grow_refuse_what_they_cannot_keep_and_lose_nothing(tmp_path: Path) -> None:
    variables = with_schema({"DATA_DIR": str(tmp_path)})
    assert disk_full(variables, tmp_path, limited, jobs=20) == []


def test_an_answer_that_comes_too_late_is_asked_for_again(variables: dict[str, str], tmp_path: Path) -> None:
    async def told() -> None:
        [job_id] = await stored(variables, 1)
        async with httpx.AsyncClient() as client:
            assert await push(client, worker.address, job_id) == 503
            job = await found(variables, job_id)
            assert (job.status, job.attempts) == ("queued", 1)
            model.free.set()
            attempts = 2
            while await push(client, worker.address, job_id) != 204:  # it was too late again
                attempts += 1
        assert (await found(variables, job_id)).attempts == attempts
        assert await losses(variables, [job_id]) == []

    told_to = {"WORKER_AUTH": "off", "ASSISTANT_TIMEOUT_S": "1"}
    with slow_model() as model, process("worker", tmp_path, **told_to, **model.variables, **variables) as worker:
        asyncio.run(told())


def test_what_a_stop_waits_for_fits_into_what_cloud_run_gives_it() -> None:
    """That it waits for nothing else show the tests of stops, where these are much shorter or much longer."""
    for waits in (
        (serving.DRAIN_S, pushed.GIVE_BACK_S),
        (pull.DRAIN_S, pull.GIVE_BACK_S),
        (in_process.DRAIN_S, in_process.GIVE_BACK_S),
    ):
        assert sum(waits) + telemetry.STOP_S < STOP_S


@pytest.mark.parametrize("answered", [True, False], ids=["answered", "never answered"])
def test_a_local_process_told_to_stop_in_the_middle_loses_nothing(answered: bool, tmp_path: Path) -> None:
    variables = with_schema({"DATA_DIR": str(tmp_path)})

    async def told() -> None:
        _, headers = await asker(variables)
        accepted = await submit(local.address, headers, 8, [])
        await until(lambda: model.asked == 8)
        local.terminate()
        if answered:
            await until(lambda: '"stopping"' in local.log.read_text())
            model.free.set()
        await asyncio.to_thread(local.ended)
        model.free.set()
        await asyncio.to_thread(local.start)
        await settled(variables, PATIENCE_S)
        assert await losses(variables, accepted) == []
        assert model.asked == (8 if answered else 16), "what was in hand was finished, or else given back"

    deadlines = {"app.queues.in_process.DRAIN_S": FOR_EVER_S if answered else SHORT_S}
    deadlines |= {"app.queues.in_process.GIVE_BACK_S": FOR_EVER_S}
    with slow_model() as model:
        told_to = UNHURRIED | model.variables | variables
        with process("local", tmp_path, deadlines, **told_to) as local:
            asyncio.run(told())


def test_a_pushed_worker_told_to_stop_in_the_middle_gives_its_job_back(server: Server, tmp_path: Path) -> None:
    variables = with_schema({"DATA_DIR": str(tmp_path), "DATABASE_URL": server.fresh(uuid4().hex)})

    async def told() -> None:
        ids = await stored(variables, 3)
        async with httpx.AsyncClient() as client:
            pushes = [asyncio.create_task(push(client, worker.address, job_id)) for job_id in ids]
            await until(lambda: model.asked == 3)
            worker.terminate()
            await asyncio.to_thread(worker.ended)
            assert {await one for one in pushes} <= {0, 503}, "they are delivered again"
            for job_id in ids:
                job = await found(variables, job_id)
                assert (job.status, job.attempts) == ("queued", 0)
            model.free.set()
            await asyncio.to_thread(worker.start)
            for job_id in ids:
                assert await push(client, worker.address, job_id) == 204
        assert await losses(variables, ids) == []

    deadlines = {"app.__main__.DRAIN_S": SHORT_S, "app.worker.push.GIVE_BACK_S": FOR_EVER_S}
    with slow_model() as model:
        told_to = {"WORKER_AUTH": "off"} | UNHURRIED | model.variables | variables
        with process("worker", tmp_path, deadlines, **told_to) as worker:
            asyncio.run(told())


def test_a_pulling_worker_told_to_stop_in_the_middle_gives_its_jobs_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    variables = with_schema({"DATA_DIR": str(tmp_path)})

    async def told(worker: Process, topic: str) -> None:
        ids = await stored(variables, 3)
        await asyncio.to_thread(sent, topic, *(encode(job_id) for job_id in ids))
        await until(lambda: model.asked == 3)
        worker.terminate()
        await asyncio.to_thread(worker.ended)
        for job_id in ids:
            job = await found(variables, job_id)
            assert (job.status, job.attempts) == ("queued", 0)
        model.free.set()
        await asyncio.to_thread(worker.start)
        # Submitted again as by a sweep, and often: the emulator delivers also to the stream that ended.
        async with asyncio.timeout(PATIENCE_S):
            while (wrong := await losses(variables, ids)) != []:
                await asyncio.to_thread(sent, topic, *(encode(job_id) for job_id in ids))
                await asyncio.sleep(0.2)
        assert wrong == []

    with pubsub.running() as emulator, slow_model() as model:
        monkeypatch.setenv("PUBSUB_EMULATOR_HOST", emulator)
        jobs = line()
        told_to = {"PUBSUB_EMULATOR_HOST": emulator, "SUBSCRIPTION_JOBS": jobs.subscription, "WORKER_AUTH": "off"}
        told_to |= UNHURRIED | model.variables | variables
        deadlines = {"app.queues.pull.DRAIN_S": SHORT_S, "app.queues.pull.GIVE_BACK_S": FOR_EVER_S}
        with process("worker", tmp_path, deadlines, **told_to) as worker:
            asyncio.run(told(worker, jobs.topic))
