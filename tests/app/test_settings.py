"""A missing or malformed variable stops a role at start, with one line that names it."""

from __future__ import annotations

import pytest

from app.settings import Api, Migrate, SettingsError, Worker, read
from tests.app.harness import finished

PUSH = {"SERVICE_AUDIENCE": "voice-worker", "PUSH_IDENTITY": "push@p.iam.gserviceaccount.com"}
INSTANCE = {"DATABASE_INSTANCE": "acme:europe-west1:main", "DATABASE_NAME": "voice", "DATABASE_USER": "m@p.iam"}


@pytest.mark.parametrize(
    ("role", "variables", "named"),
    [
        ("api", {"PORT": "0"}, "PORT"),
        ("api", {"PORT": "http"}, "PORT"),
        ("frontend", {"PORT": "65536"}, "PORT"),
        ("api", {"TOPIC_JOBS": "jobs"}, "TOPIC_JOBS"),
        ("api", {"TOPIC_JOBS": "projects/p/topics/a"}, "TOPIC_JOBS"),
        ("api", {"K_SERVICE": "api"}, "TOPIC_JOBS"),
        ("worker", {}, "SERVICE_AUDIENCE"),
        ("worker", {**PUSH, "PUSH_IDENTITY": ""}, "PUSH_IDENTITY"),
        ("worker", {**PUSH, "PUSH_IDENTITY": "push"}, "PUSH_IDENTITY"),
        ("worker", {**PUSH, "PUSH_IDENTITY": "somebody@example.com"}, "PUSH_IDENTITY"),
        ("worker", {"WORKER_AUTH": "no"}, "WORKER_AUTH"),
        ("worker", {**PUSH, "WORKER_AUTH": "cloud-run"}, "WORKER_AUTH"),
        ("worker", {"WORKER_AUTH": "cloud-run", "K_SERVICE": "worker"}, "SERVICE_AUDIENCE"),
        ("worker", {"WORKER_AUTH": "off", "K_SERVICE": "worker"}, "WORKER_AUTH"),
        ("migrate", {"DATABASE_RIGHTS": "{"}, "DATABASE_RIGHTS"),
        ("migrate", {"DATABASE_RIGHTS": '{"api@p.iam": "own"}'}, "DATABASE_RIGHTS"),
        ("migrate", {"DATABASE_URL": "postgresql://u:secret@h/d"}, "DATABASE_RIGHTS"),
        ("migrate", {**INSTANCE, "DATABASE_URL": "postgresql://h/d", "DATABASE_RIGHTS": "{}"}, "DATABASE_URL"),
        ("migrate", {**INSTANCE, "DATABASE_USER": "", "DATABASE_RIGHTS": "{}"}, "DATABASE_USER"),
        ("migrate", {**INSTANCE, "DATABASE_INSTANCE": "main", "DATABASE_RIGHTS": "{}"}, "DATABASE_INSTANCE"),
    ],
)
def test_a_bad_value_is_one_line_that_names_its_variable(role: str, variables: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError) as raised:
        read(role, variables)
    line = str(raised.value)
    assert named in line
    assert "\n" not in line
    assert "secret" not in line, "a value may be a secret: the message must not show it"


def test_the_process_ends_with_that_line_and_no_traceback() -> None:
    code, out, err = finished("worker")
    assert (code, out) == (2, "")
    assert err.startswith("app worker: SERVICE_AUDIENCE")
    assert err.count("\n") == 1


def test_a_role_reads_only_its_own_variables() -> None:
    settings = read("api", {**PUSH, **INSTANCE, "TOPIC_JOBS": "projects/acme/topics/voice-jobs"})
    assert isinstance(settings, Api)
    assert settings.topic == "projects/acme/topics/voice-jobs"
    assert not settings.in_process
    assert set(type(settings).model_fields) == {"role", "host", "port", "cloud", "topic"}


def test_the_app_listens_on_loopback_unless_told() -> None:
    assert read("frontend", {}).model_dump()["host"] == "127.0.0.1"
    assert read("frontend", {"HOST": "0.0.0.0"}).model_dump()["host"] == "0.0.0.0"  # noqa: S104


def test_the_cloud_s_settings_are_taken() -> None:
    worker = read("worker", {**PUSH, "K_SERVICE": "worker", "PORT": "9000"})
    assert isinstance(worker, Worker)
    assert (worker.auth, worker.audience, worker.port) == ("oidc", "voice-worker", 9000)
    migrate = read("migrate", {**INSTANCE, "DATABASE_RIGHTS": '{"api@p.iam": "write"}'})
    assert isinstance(migrate, Migrate)
    assert migrate.rights == {"api@p.iam": "write"}
    api = read("api", {"K_SERVICE": "api", "TOPIC_JOBS": "in-process"})
    assert isinstance(api, Api)
    assert api.in_process, "on Cloud Run, jobs in memory must be asked for by name"
