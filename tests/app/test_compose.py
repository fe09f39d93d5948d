"""The local stack: its file against the app's settings, and its services at work against real servers."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import yaml
from websockets.sync.client import connect

from app.settings import Api, Frontend, Local, Migrate, Worker, read, variables
from tests.app.harness import finished, serving
from tests.app.patience import PATIENCE_S, until
from tests.app.servers import firestore, postgres, pubsub, redis
from tests.needed import Needed

ROOT = Path(__file__).parents[2]
APP = ROOT / "app"
FILE = APP / "compose.yaml"
OURS = "voicestack:local"
ROLES = ("api", "worker", "frontend", "migrate")
OF_THE_IMAGE = {"HOST": "0.0.0.0", "DATA_DIR": "/data"}  # noqa: S104  # app/Dockerfile

STACK: dict[str, Any] = yaml.safe_load(
    re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", FILE.read_text())  # as where the shell sets none of them
)
SERVICES: dict[str, dict[str, Any]] = STACK["services"]


def environment(service: str) -> dict[str, str]:
    """What the service is given; a variable without a value is the shell's, here not set."""
    given = SERVICES[service].get("environment", {})
    return {name: value for name, value in given.items() if value is not None}


@pytest.mark.parametrize("role", ROLES)
def test_each_role_starts_with_what_the_file_gives_it(role: str) -> None:
    assert SERVICES[role]["command"] == [role]
    assert all(isinstance(value, str) for value in environment(role).values()), "quote numbers"
    settings = read(role, {**OF_THE_IMAGE, **environment(role)})
    assert set(SERVICES[role]["environment"]) <= variables(role), "nobody reads these"
    if isinstance(settings, (Api, Worker, Migrate)):
        assert settings.postgres
    if isinstance(settings, Api):
        assert settings.cache_host in SERVICES
    if isinstance(settings, Frontend):
        assert not isinstance(settings, Local)
        assert settings.exporter == "otlp"


def test_the_file_says_what_the_image_sets() -> None:
    text = (APP / "Dockerfile").read_text()
    for name, value in OF_THE_IMAGE.items():
        assert re.search(rf"^ENV .*\b{name}={value}\b", text, re.MULTILINE), name


@pytest.mark.parametrize("service", SERVICES)
def test_every_container_is_read_only_without_rights_and_reached_from_this_machine_only(service: str) -> None:
    given = SERVICES[service]
    assert given["read_only"] is True
    assert given["cap_drop"] == ["ALL"]
    assert given["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "network_mode", "pid", "ipc"} & set(given)
    for port in given.get("ports", []):
        assert str(port).startswith("127.0.0.1:"), port
    assert given["image"] == OURS or re.search(r":[a-z]*v?\d|:emulators$", given["image"]), (
        "an image without a tag"
    )
    for volume in given.get("volumes", []):
        source, _, rest = volume.partition(":")
        if source.startswith("."):
            assert (APP / source).exists(), source
            assert rest.endswith(":ro"), volume
        else:
            assert source in STACK["volumes"]


def test_what_is_waited_for_can_be_waited_for() -> None:
    for service, given in SERVICES.items():
        needed = given.get("depends_on", {})
        for other, how in needed.items() if isinstance(needed, dict) else ():
            probed = SERVICES[other].get("healthcheck", {})
            match how["condition"]:
                case "service_healthy":
                    assert "test" in probed or SERVICES[other]["image"] == OURS, f"{service} waits for {other}"
                    assert not probed.get("disable")
                case "service_completed_successfully":
                    assert "restart" not in SERVICES[other], f"{other} never ends"


def test_one_service_builds_the_image_and_all_others_wait_for_it() -> None:
    ours = {name for name, given in SERVICES.items() if given["image"] == OURS}
    assert {name for name in ours if "build" in SERVICES[name]} == {"migrate"}
    for name in ours - {"migrate"}:
        assert SERVICES[name]["pull_policy"] == "never"
        assert "migrate" in SERVICES[name]["depends_on"]


def test_no_password_could_be_taken_for_a_real_one() -> None:
    text = FILE.read_text() + (APP / "local" / "users.sql").read_text()
    passwords = re.findall(r"(?:PASSWORD:?|KEY:)[ ']+([\w-]+)|://\w+:([\w-]+)@", text)
    given = ["".join(password) for password in passwords]
    assert len(given) == 8, given
    assert {password.replace("local-only", "").strip("-") for password in given} == {""}


def test_the_database_s_users_are_those_that_the_services_come_as() -> None:
    made = set(re.findall(r"CREATE ROLE (\w+)", (APP / "local" / "users.sql").read_text()))
    settings = read("migrate", environment("migrate"))
    assert isinstance(settings, Migrate)
    assert settings.rights is not None
    assert made == set(settings.rights) == {urlsplit(environment(role)["DATABASE_URL"]).username for role in made}
    assert urlsplit(settings.url).username == environment("postgres")["POSTGRES_USER"]


def test_on_a_read_only_file_system_grafana_keeps_the_plugins_it_has() -> None:
    assert SERVICES["grafana"]["read_only"]
    assert environment("grafana")["GF_PLUGINS_PREINSTALL_DISABLED"] == "true"


def test_prometheus_and_the_gateway_ask_services_that_there_are() -> None:
    scraped = yaml.safe_load((APP / "local" / "prometheus.yml").read_text())["scrape_configs"]
    targets = {target for job in scraped for config in job["static_configs"] for target in config["targets"]}
    targets |= set(re.findall(r"\b[a-z]+:\d+$", (APP / "local" / "Caddyfile").read_text(), re.MULTILINE))
    assert {target.partition(":")[0] for target in targets} <= set(SERVICES)
    assert {"api:8080", "worker:8080", "frontend:8080", "jaeger:4318"} <= targets


def test_compose_itself_takes_the_file() -> None:
    compose = next(
        (
            command
            for command in (["docker", "compose"], ["docker-compose"])
            if shutil.which(command[0])
            and subprocess.run([*command, "version"], capture_output=True, check=False).returncode == 0
        ),
        None,
    )
    if compose is None:
        Needed.COMPOSE.skip()
    done = subprocess.run([*compose, "-f", FILE, "config", "--quiet"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def is_ready(address: str) -> bool:
    """Whether it has all it needs and likes; on a machine that pauses it may have to be asked again."""
    ready = httpx.get(f"{address}/ready", timeout=PATIENCE_S)
    print(ready.text)  # for whoever reads why it never was
    return ready.status_code == 200 and ready.json()["without"] == []


def test_the_services_work_together_as_the_file_puts_them(tmp_path: Path) -> None:
    with ExitStack() as stack:
        database = stack.enter_context(postgres.running())
        cache = stack.enter_context(redis.running())
        hosts = {
            "@postgres/": f"@127.0.0.1:{database.port}/",
            "pubsub:8085": stack.enter_context(pubsub.running()),
            "firestore:8080": stack.enter_context(firestore.running()),
        }
        database.query("CREATE ROLE migrations LOGIN SUPERUSER", user="postgres", database="postgres")
        database.query("CREATE DATABASE voicestack OWNER migrations", user="postgres", database="postgres")
        for statement in re.findall(r"^CREATE [^;]*", (APP / "local" / "users.sql").read_text(), re.MULTILINE):
            database.query(statement, user="migrations", database="voicestack")

        def moved(service: str) -> dict[str, str]:
            """Its environment, with addresses on this machine; nobody takes traces here."""
            given = environment(service) | {"DATA_DIR": str(tmp_path), "TELEMETRY": "off", "HOST": "127.0.0.1"}
            for host, address in hosts.items():
                given = {name: value.replace(host, address) for name, value in given.items()}
            return given

        for _ in range(2):  # as at the second `up`
            code, _, errors = finished("migrate", **moved("migrate"))
            assert code == 0, errors
            made = subprocess.run(
                [sys.executable, APP / "local" / "topics.py"],
                env={"PATH": os.environ["PATH"], **moved("topics")},
                capture_output=True,
                text=True,
                check=False,
                timeout=PATIENCE_S,
            )
            assert made.returncode == 0, made.stderr

        counted = {"CACHE_HOST": cache.host, "CACHE_PORT": str(cache.port)}
        api, _ = stack.enter_context(serving("api", **{**moved("api"), **counted}))
        worker, _ = stack.enter_context(serving("worker", **moved("worker")))
        page, _ = stack.enter_context(serving("frontend", **moved("frontend")))
        for address in (api, worker, page):
            asyncio.run(until(partial(is_ready, address)))
        assert "<h1>Voicestack</h1>" in httpx.get(page, timeout=PATIENCE_S).text

        who = {"email": "ada@example.com", "password": "a password for a test"}
        with httpx.Client(base_url=api, timeout=PATIENCE_S) as client:
            client.post("/api/auth/register", json=who).raise_for_status()
            token = client.post("/api/auth/login", json=who).json()["access_token"]
            client.headers["authorization"] = f"Bearer {token}"
            wanted = {"content_type": "audio/wav", "size": 4}
            upload = client.post("/api/voice/uploads", json=wanted).raise_for_status().json()
            client.put(upload["url"], content=b"RIFF", headers=upload["headers"]).raise_for_status()
            asked = {"text": "Is anybody there?", "audio": upload["id"]}
            job = client.post("/api/voice/process", json=asked).raise_for_status().json()["id"]
            with connect(f"{api.replace('http', 'ws')}/api/voice/live/{job}") as live:
                live.send(json.dumps({"token": token}))
                told = [json.loads(message) for message in live]
            assert "4 bytes of audio/wav" in told[-1]["answer"]
            last = time.monotonic() + PATIENCE_S
            # It is written after the job is done.
            while (transcript := client.get(f"/api/voice/transcript/{job}")).status_code == 404:
                assert time.monotonic() < last, client.get(f"/api/voice/status/{job}").text
                time.sleep(0.05)
            assert transcript.raise_for_status().json()["question"] == "Is anybody there?"
            assert client.get(f"/api/voice/status/{job}").json()["status"] == "done"
