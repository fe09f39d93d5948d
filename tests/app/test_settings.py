"""A missing or malformed variable stops a role at start, with one line that names it."""

from __future__ import annotations

import pytest

from app.settings import TOGGLES, Api, Local, Migrate, SettingsError, Worker, read, variables
from tests.app.harness import finished

PUSH = {"SERVICE_AUDIENCE": "voice-worker", "PUSH_IDENTITY": "push@p.iam.gserviceaccount.com"}
INSTANCE = {"DATABASE_INSTANCE": "acme:europe-west1:main", "DATABASE_NAME": "voice", "DATABASE_USER": "m@p.iam"}
TOPIC = {"TOPIC_JOBS": "projects/acme/topics/voice-jobs"}
STORES = {
    **INSTANCE,
    "BUCKET_RECORDINGS": "acme-recordings",
    "FIRESTORE_DATABASE": "documents",
    "FIRESTORE_PROJECT": "acme-voice",
}
API = {**STORES, **TOPIC, "K_SERVICE": "api", "CACHE_HOST": "10.0.0.3", "JWT_SIGNING_KEY": "k" * 32}
VERTEX = {"ASSISTANT_MODEL": "gemini", "ASSISTANT_LOCATION": "europe-west1", "GOOGLE_CLOUD_PROJECT": "acme-voice"}
WORKER = {**STORES, **PUSH, **VERTEX, "K_SERVICE": "worker"}


@pytest.mark.parametrize(
    ("role", "given", "named"),
    [
        ("local", {"PORT": "0"}, "PORT"),
        ("local", {"PORT": "http"}, "PORT"),
        ("local", {**API, **VERTEX}, "K_SERVICE"),
        ("local", {"JWT_SIGNING_KEY": "secret"}, "JWT_SIGNING_KEY"),
        ("local", {"CACHE_TLS_CA": "secret"}, "CACHE_TLS_CA"),
        ("local", {"RATE_LIMIT_ENABLED": "perhaps"}, "RATE_LIMIT_ENABLED"),
        ("local", {"USE_FIRESTORE": "perhaps"}, "USE_FIRESTORE"),
        ("local", {"LOG_LEVEL": "LOUD"}, "LOG_LEVEL"),
        ("local", {"TELEMETRY": "google"}, "GOOGLE_CLOUD_PROJECT"),
        ("local", {"FIRESTORE_DATABASE": "documents"}, "FIRESTORE_PROJECT"),
        ("local", {"ASSISTANT": "openai", "OPENAI_API_KEY": "secret"}, "OPENAI_MODEL"),
        ("local", {"ASSISTANT": "vertex"}, "ASSISTANT_MODEL"),
        ("local", {"DATABASE_URL": "mysql://u:secret@h/d"}, "DATABASE_URL"),
        ("local", {"DATABASE_URL": "postgresql://u:secret@h:port/d"}, "DATABASE_URL"),
        ("local", {"DATABASE_URL": "postgresql://u:secret@h:0/d"}, "DATABASE_URL"),
        ("local", {"DATABASE_URL": "postgresql://u:secret@[::1/d"}, "DATABASE_URL"),
        ("local", {"DATABASE_URL": "postgresql://"}, "DATABASE_URL"),
        ("frontend", {"OTEL_EXPORTER_OTLP_ENDPOINT": "collector:4318"}, "OTEL_EXPORTER_OTLP_ENDPOINT"),
        ("local", {"PUBSUB_EMULATOR_HOST": "http://localhost:8085"}, "PUBSUB_EMULATOR_HOST"),
        ("local", {"FIRESTORE_EMULATOR_HOST": "localhost"}, "FIRESTORE_EMULATOR_HOST"),
        ("local", {"STORAGE_EMULATOR_HOST": "localhost:9000"}, "STORAGE_EMULATOR_HOST"),
        ("local", {"CORS_ORIGINS": "a.example.com"}, "CORS_ORIGINS"),
        ("local", {"CORS_ORIGINS": "https://a.example.com, https://b.example.com/"}, "CORS_ORIGINS"),
        ("local", {"CORS_ORIGINS": "https://A.example.com"}, "CORS_ORIGINS"),
        ("local", {"CORS_ORIGINS": "https://*.example.com"}, "CORS_ORIGINS"),
        ("frontend", {"PORT": "65536"}, "PORT"),
        ("api", {}, "TOPIC_JOBS"),
        ("api", {"TOPIC_JOBS": "jobs"}, "TOPIC_JOBS"),
        ("api", {"TOPIC_JOBS": "projects/p/topics/a"}, "TOPIC_JOBS"),
        ("worker", {}, "SERVICE_AUDIENCE"),
        ("worker", {**PUSH, "PUSH_IDENTITY": ""}, "PUSH_IDENTITY"),
        ("worker", {**PUSH, "PUSH_IDENTITY": "push"}, "PUSH_IDENTITY"),
        ("worker", {**PUSH, "PUSH_IDENTITY": "somebody@example.com"}, "PUSH_IDENTITY"),
        ("worker", {"WORKER_AUTH": "no"}, "WORKER_AUTH"),
        ("worker", {**PUSH, "WORKER_AUTH": "cloud-run"}, "WORKER_AUTH"),
        ("worker", {**WORKER, "WORKER_AUTH": "off"}, "WORKER_AUTH"),
        ("worker", {**WORKER, "WORKER_AUTH": "cloud-run", "SERVICE_AUDIENCE": ""}, "SERVICE_AUDIENCE"),
        ("migrate", {"DATABASE_RIGHTS": "{"}, "DATABASE_RIGHTS"),
        ("migrate", {"DATABASE_RIGHTS": '{"api@p.iam": "own"}'}, "DATABASE_RIGHTS"),
        ("migrate", {"DATABASE_URL": "postgresql://u:secret@h/d"}, "DATABASE_RIGHTS"),
        ("migrate", {**INSTANCE, "DATABASE_URL": "postgresql://h/d", "DATABASE_RIGHTS": "{}"}, "DATABASE_URL"),
        ("migrate", {**INSTANCE, "DATABASE_USER": "", "DATABASE_RIGHTS": "{}"}, "DATABASE_USER"),
        ("migrate", {**INSTANCE, "DATABASE_INSTANCE": "main", "DATABASE_RIGHTS": "{}"}, "DATABASE_INSTANCE"),
    ],
)
def test_a_bad_value_is_one_line_that_names_its_variable(role: str, given: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError) as raised:
        read(role, given)
    line = str(raised.value)
    assert named in line
    assert "\n" not in line
    assert "secret" not in line, "a value may be a secret: the message must not show it"


@pytest.mark.parametrize(
    ("role", "whole", "lost"),
    [("api", API, name) for name in ("CACHE_HOST", "JWT_SIGNING_KEY", "TOPIC_JOBS")]
    + [("worker", WORKER, name) for name in ("ASSISTANT_MODEL", "BUCKET_RECORDINGS", "FIRESTORE_DATABASE")]
    + [("worker", WORKER, "DATABASE_INSTANCE")],
)
def test_on_cloud_run_no_embedded_twin_takes_the_place_of_a_link(
    role: str, whole: dict[str, str], lost: str
) -> None:
    read(role, whole)
    with pytest.raises(SettingsError, match=lost):
        read(role, {name: value for name, value in whole.items() if name != lost})


def test_the_process_ends_with_that_line_and_no_traceback() -> None:
    code, out, err = finished("worker")
    assert (code, out) == (2, "")
    assert err.startswith("app worker: SERVICE_AUDIENCE")
    assert err.count("\n") == 1


def test_a_role_reads_only_its_own_variables() -> None:
    api = read("api", {**PUSH, **TOPIC, "ASSISTANT_MODEL": "gemini", "DATABASE_RIGHTS": "{}"})
    assert isinstance(api, Api)
    assert not {"ASSISTANT_MODEL", "PUSH_IDENTITY", "DATABASE_RIGHTS", "OPENAI_API_KEY"} & variables("api")
    assert not {"JWT_SIGNING_KEY", "CACHE_HOST", "TOPIC_JOBS"} & variables("worker")
    assert not {"JWT_SIGNING_KEY", "DATABASE_INSTANCE"} & variables("frontend")


def test_no_secret_shows_in_what_is_printed_of_settings() -> None:
    secret = "s3cr3t" * 8
    given = {"JWT_SIGNING_KEY": secret, "OPENAI_API_KEY": secret, "DATABASE_URL": f"postgresql://u:{secret}@h/d"}
    assert secret not in repr(read("local", given))


def test_origins_are_taken_as_browsers_send_them() -> None:
    told = "https://a.example.com,http://localhost:5173 http://[::1]:8080"
    local = read("local", {"CORS_ORIGINS": told})
    assert isinstance(local, Local)
    assert local.origins == ("https://a.example.com", "http://localhost:5173", "http://[::1]:8080")
    assert read("local", {"CORS_ORIGINS": "*"}).model_dump()["origins"] == ("*",)


def test_the_app_listens_on_loopback_unless_told() -> None:
    assert read("frontend", {}).model_dump()["host"] == "127.0.0.1"
    assert read("frontend", {"HOST": "0.0.0.0"}).model_dump()["host"] == "0.0.0.0"  # noqa: S104


def test_the_cloud_s_settings_are_taken() -> None:
    worker = read("worker", {**WORKER, "PORT": "9000"})
    assert isinstance(worker, Worker)
    assert (worker.auth, worker.audience, worker.port) == ("oidc", "voice-worker", 9000)
    assert (worker.chosen, worker.exporter) == ("vertex", "google")
    migrate = read("migrate", {**INSTANCE, "DATABASE_RIGHTS": '{"api@p.iam": "write"}'})
    assert isinstance(migrate, Migrate)
    assert migrate.rights == {"api@p.iam": "write"}


def test_nothing_needs_to_be_set_on_a_laptop() -> None:
    local = read("local", {})
    assert isinstance(local, Local)
    assert (local.postgres, local.cache_host, local.bucket, local.documents) == (False, "", "", "")
    assert (local.chosen, local.exporter) == ("embedded", "off")


@pytest.mark.parametrize("toggle", TOGGLES)
def test_a_toggle_leaves_out_what_a_link_set(toggle: str) -> None:
    linked = {
        **STORES,
        "TOPIC_ACTIVITY": "projects/acme/topics/activity",
        "TELEMETRY": "otlp",
        "WORKER_AUTH": "off",
    }
    before, after = read("worker", linked).model_dump(), read("worker", {**linked, toggle: "false"}).model_dump()
    left_out = {
        "USE_PUBSUB": {"activity_topic"},
        "USE_FIRESTORE": {"documents", "documents_project"},
        "USE_CLOUD_STORAGE": {"bucket"},
        "USE_CLOUD_MONITORING": {"telemetry"},
    }[toggle]
    assert {name for name in before if before[name] != after[name]} == left_out
