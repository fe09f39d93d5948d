"""Settings: all that a role reads from its environment, checked before anything starts.

A field's alias is its variable; a role reads no other. What a variable is for and who sets it: app/variables.py.
A role's settings are put together from those of the dependencies it uses, and an adapter takes only its own part.
On Cloud Run a dependency's embedded twin would lose data with the instance: there its absence stops the start.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Json,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)

EMAIL = r"^[^@\s]+@[^@\s]+\.gserviceaccount\.com$"
PROJECT = r"^[a-z][a-z0-9:.-]+$"
TOPIC = r"^projects/[a-z][a-z0-9:.-]+/topics/[A-Za-z][A-Za-z0-9_.~+%-]{2,254}$"
SUBSCRIPTION = TOPIC.replace("topics", "subscriptions")
ORIGIN = r"^(\*|https?://([a-z0-9.-]+|\[[0-9a-f:]+\])(:\d{1,5})?)$"
"""As browsers send it: small letters, and no slash at the end (RFC 6454, section 6.2); or all, by an asterisk."""
INSTANCE = r"^[a-z][a-z0-9:.-]+:[a-z0-9-]+:[a-z][a-z0-9-]+$"
URL = r"^https?://[^\s/]+(/\S*)?$"
PLACE = r"^([\w.-]+|\[[0-9a-f:]+\]):\d{1,5}$"
SHORTEST_KEY = 32
"""Bytes of the key that signs access tokens (RFC 7518, section 3.2: as long as the hash)."""

Origins = Annotated[
    tuple[Annotated[str, StringConstraints(pattern=ORIGIN)], ...],
    BeforeValidator(lambda text: tuple(str(text).replace(",", " ").split())),
]


class SettingsError(Exception):
    """One line: the variable, and what is wrong with it or missing. No value: it may be a secret."""


class Part(BaseModel):
    """What all settings have in common: they never change."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    cloud: str | None = Field(None, alias="K_SERVICE")
    """Cloud Run's own variable: the service's name."""

    def _needed_on_cloud_run(self, variable: str, value: object, instead: str) -> None:
        if self.cloud and not value:
            raise ValueError(f"{variable} is missing: {instead}")


class Data(Part):
    """The folder of the embedded twins."""

    data: Path = Field(Path(".voicestack"), alias="DATA_DIR")


class Telemetry(Part):
    """What is told about the process, and to whom."""

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", alias="LOG_LEVEL")
    project: str = Field("", alias="GOOGLE_CLOUD_PROJECT", pattern=PROJECT)
    telemetry: Literal["google", "otlp", "off", ""] = Field("", alias="TELEMETRY")
    traced: float = Field(0.05, alias="TRACED_SHARE", ge=0, le=1)
    service: str = Field("", alias="OTEL_SERVICE_NAME")
    otlp: str = Field("", alias="OTEL_EXPORTER_OTLP_ENDPOINT", pattern=URL)
    """The SDK reads it itself, and says nothing of one that it cannot use."""
    revision: str = Field("", alias="K_REVISION")
    """Cloud Run's own variable: which version of the service this is."""

    @model_validator(mode="after")
    def _named(self) -> Self:
        if self.telemetry == "google" and not self.project:
            raise ValueError("GOOGLE_CLOUD_PROJECT is missing: TELEMETRY=google needs it")
        return self

    @property
    def exporter(self) -> Literal["google", "otlp", "off"]:
        """Where traces and metrics go; by default to Google on Cloud Run, and nowhere else."""
        return self.telemetry or ("google" if self.cloud and self.project else "off")


class Database(Data):
    """Postgres, by Cloud SQL instance or by URL; neither: SQLite in DATA_DIR."""

    instance: str = Field("", alias="DATABASE_INSTANCE", pattern=INSTANCE)
    database: str = Field("", alias="DATABASE_NAME")
    user: str = Field("", alias="DATABASE_USER")
    url: str = Field("", alias="DATABASE_URL", repr=False, pattern=r"^postgres(ql)?://")
    pool: int = Field(4, alias="DATABASE_POOL", ge=1, le=100)

    @field_validator("url")
    @classmethod
    def _address(cls, url: str) -> str:
        try:
            whole = not url or bool(urlsplit(url).hostname and urlsplit(url).port != 0)
        except ValueError:
            whole = False
        if not whole:
            raise ValueError("this names no host, or a port that is no number")
        return url

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.instance and self.url:
            raise ValueError("DATABASE_INSTANCE and DATABASE_URL are both set: remove one")
        if self.instance and not (self.database and self.user):
            raise ValueError("DATABASE_NAME or DATABASE_USER is missing: DATABASE_INSTANCE needs both")
        self._needed_on_cloud_run("DATABASE_INSTANCE", self.postgres, "SQLite would vanish with the instance")
        return self

    @property
    def postgres(self) -> bool:
        """A server; not SQLite."""
        return bool(self.instance or self.url)


class Cache(Part):
    """Valkey; without a host each process counts for itself. A certificate authority means Memorystore, which
    takes IAM tokens."""

    cache_host: str = Field("", alias="CACHE_HOST")
    cache_port: int = Field(6379, alias="CACHE_PORT", ge=1, le=65535)
    cache_ca: str = Field("", alias="CACHE_TLS_CA", repr=False)
    cache_cluster: bool = Field(False, alias="CACHE_CLUSTER")
    limited: bool = Field(True, alias="RATE_LIMIT_ENABLED")
    per_user: int = Field(600, alias="RATE_LIMIT_USER", ge=1)
    """Requests a minute of one user or API key."""
    per_address: int = Field(1200, alias="RATE_LIMIT_ADDRESS", ge=1)
    """Requests a minute of one address, which may be a whole office."""
    sign_ins: int = Field(10, alias="RATE_LIMIT_SIGN_IN", ge=1)
    """Logins and registrations a minute of one address or e-mail: each costs a core 30 ms."""

    @field_validator("cache_ca")
    @classmethod
    def _certificates(cls, pem: str) -> str:
        try:
            ssl.create_default_context(cadata=pem or None)
        except ssl.SSLError:
            raise ValueError("these are no certificates in PEM form") from None
        return pem

    @model_validator(mode="after")
    def _shared(self) -> Self:
        if self.limited:
            needed = "or RATE_LIMIT_ENABLED=false; counted in each instance, limits mean nothing"
            self._needed_on_cloud_run("CACHE_HOST", self.cache_host, needed)
        return self


class Recordings(Data):
    """Audio: a bucket, or a folder in DATA_DIR."""

    bucket: str = Field("", alias="BUCKET_RECORDINGS", pattern=r"^[a-z0-9][a-z0-9_.-]+$")

    @model_validator(mode="after")
    def _kept(self) -> Self:
        self._needed_on_cloud_run("BUCKET_RECORDINGS", self.bucket, "files would vanish with the instance")
        return self


class Documents(Data):
    """Transcripts: Firestore, or a folder in DATA_DIR."""

    documents: str = Field("", alias="FIRESTORE_DATABASE")
    documents_project: str = Field("", alias="FIRESTORE_PROJECT", pattern=PROJECT)

    @model_validator(mode="after")
    def _held(self) -> Self:
        if bool(self.documents) != bool(self.documents_project):
            raise ValueError("FIRESTORE_DATABASE and FIRESTORE_PROJECT belong together: one is missing")
        self._needed_on_cloud_run("FIRESTORE_DATABASE", self.documents, "files would vanish with the instance")
        return self


class Assistants(Telemetry):
    """Who answers: Gemini on Vertex, an OpenAI-compatible endpoint, or the embedded one."""

    assistant: Literal["vertex", "openai", "embedded", ""] = Field("", alias="ASSISTANT")
    model: str = Field("", alias="ASSISTANT_MODEL")
    location: str = Field("", alias="ASSISTANT_LOCATION")
    openai_key: str = Field("", alias="OPENAI_API_KEY", repr=False)
    openai_url: str = Field("https://api.openai.com/v1", alias="OPENAI_BASE_URL", pattern=r"^https?://")
    openai_model: str = Field("", alias="OPENAI_MODEL")
    answer_s: float = Field(60, alias="ASSISTANT_TIMEOUT_S", gt=0, le=500)
    """For one job's answer, retries included."""
    budget: int = Field(1_000_000, alias="TOKENS_PER_HOUR", ge=1)
    """Of all instances together; the reference stack's alert stands at the same number."""

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        self._needed_on_cloud_run("ASSISTANT_MODEL", self.assistant or self.model, "or ASSISTANT=embedded")
        if self.chosen == "vertex" and not (self.model and self.location and self.project):
            raise ValueError(
                "ASSISTANT_MODEL, ASSISTANT_LOCATION or GOOGLE_CLOUD_PROJECT is missing: Vertex needs all three"
            )
        if self.chosen == "openai" and not (self.openai_key and self.openai_model):
            raise ValueError("OPENAI_API_KEY or OPENAI_MODEL is missing: ASSISTANT=openai needs both")
        return self

    @property
    def chosen(self) -> Literal["vertex", "openai", "embedded"]:
        """Without ASSISTANT: Vertex where a model is given."""
        return self.assistant or ("vertex" if self.model else "embedded")


class Frontend(Telemetry):
    """The page; also what every serving role reads."""

    role: Literal["frontend", "api", "worker", "local"] = "frontend"
    host: str = Field("127.0.0.1", alias="HOST")
    port: int = Field(8080, alias="PORT", ge=1, le=65535)


class Emulators(Part):
    """Stand-ins on a laptop. Google's libraries read these themselves, whatever is in them."""

    documents_emulator: str = Field("", alias="FIRESTORE_EMULATOR_HOST", pattern=PLACE)
    queue_emulator: str = Field("", alias="PUBSUB_EMULATOR_HOST", pattern=PLACE)
    files_emulator: str = Field("", alias="STORAGE_EMULATOR_HOST", pattern=URL)


class Stores(Database, Recordings, Documents, Emulators):
    """Everything that what users said is kept in."""


class Public(Frontend, Stores, Cache):
    """The public API, whoever does its jobs."""

    role: Literal["api", "local"]
    signing_key: str = Field("", alias="JWT_SIGNING_KEY", repr=False)
    origins: Origins = Field((), alias="CORS_ORIGINS")
    proxies: int | None = Field(None, alias="TRUSTED_PROXIES", ge=0, le=5)
    """How many proxies stand before the process; by default on Cloud Run the load balancer's, elsewhere none."""

    @model_validator(mode="after")
    def _signed(self) -> Self:
        self._needed_on_cloud_run("JWT_SIGNING_KEY", self.signing_key, "instances must agree on it")
        if self.signing_key and len(self.signing_key.encode()) < SHORTEST_KEY:
            raise ValueError(f"JWT_SIGNING_KEY has fewer than {SHORTEST_KEY} bytes: it could be guessed")
        return self


class Api(Public):
    """The API of a deployed system: jobs go to a topic."""

    role: Literal["api"] = "api"
    topic: str = Field("", alias="TOPIC_JOBS", pattern=TOPIC)

    @model_validator(mode="after")
    def _queued(self) -> Self:
        if not self.topic:
            raise ValueError("TOPIC_JOBS is missing: nobody would do the jobs (on a laptop: python -m app local)")
        return self


class Worker(Frontend, Stores, Assistants):
    """Jobs come by push, or by pull where SUBSCRIPTION_JOBS is set.

    Taken are pushes with tokens for `audience` in the name of `push_identity`. `oidc` verifies Google's signature
    here. `cloud-run` also takes a token whose signature Cloud Run has checked and removed: only for a service that
    callers cannot reach without Cloud Run's own IAM check.
    """

    role: Literal["worker"] = "worker"
    auth: Literal["oidc", "cloud-run", "off"] = Field("oidc", alias="WORKER_AUTH")
    audience: str = Field("", alias="SERVICE_AUDIENCE")
    push_identity: str = Field("", alias="PUSH_IDENTITY", pattern=EMAIL)
    subscription: str = Field("", alias="SUBSCRIPTION_JOBS", pattern=SUBSCRIPTION)
    at_once: int = Field(8, alias="JOBS_AT_ONCE", ge=1, le=100)
    """Jobs that a pulling worker does at the same time."""
    activity_topic: str = Field("", alias="TOPIC_ACTIVITY", pattern=TOPIC)

    @model_validator(mode="after")
    def _guarded(self) -> Self:
        if self.auth == "off" and self.cloud:
            raise ValueError("WORKER_AUTH is off on Cloud Run, so that anybody could push: remove it")
        if self.auth == "cloud-run" and not self.cloud:
            raise ValueError("WORKER_AUTH is cloud-run, but nothing checks signatures here: remove it")
        if self.auth != "off" and not self.subscription and not (self.audience and self.push_identity):
            raise ValueError("SERVICE_AUDIENCE or PUSH_IDENTITY is missing (on a laptop: WORKER_AUTH=off)")
        return self


class Local(Public, Assistants):
    """Everything in one process, for a laptop: schema, api, jobs and page."""

    role: Literal["local"] = "local"

    @model_validator(mode="after")
    def _here(self) -> Self:
        if self.cloud:
            raise ValueError("K_SERVICE is set: on Cloud Run, api and worker are services of their own")
        return self


class Migrate(Telemetry, Database):
    """The database, and each user's right in it."""

    rights: Json[dict[str, Literal["read", "write"]]] | None = Field(None, alias="DATABASE_RIGHTS")

    @model_validator(mode="after")
    def _told(self) -> Self:
        if self.postgres and self.rights is None:
            raise ValueError('DATABASE_RIGHTS is missing: give it like {"api@my-project.iam": "read"}')
        return self


ROLES: Mapping[str, type[Frontend | Migrate]] = {
    "api": Api,
    "worker": Worker,
    "frontend": Frontend,
    "migrate": Migrate,
    "local": Local,
}

TOGGLES: Mapping[str, tuple[str, ...]] = {
    "USE_PUBSUB": ("TOPIC_", "SUBSCRIPTION_"),
    "USE_FIRESTORE": ("FIRESTORE_",),
    "USE_CLOUD_STORAGE": ("BUCKET_",),
    "USE_CLOUD_MONITORING": ("TELEMETRY",),
}
"""`false` leaves out what a link set, so that the embedded twin is used instead."""


def variables(role: str) -> frozenset[str]:
    """The variables that the role reads, toggles included."""
    fields = {str(field.alias) for field in ROLES[role].model_fields.values() if field.alias}
    toggles = {name for name, prefixes in TOGGLES.items() if any(one.startswith(prefixes) for one in fields)}
    return frozenset(fields | toggles)


def read(role: str, environ: Mapping[str, str]) -> Frontend | Migrate:
    """The settings of `role`; SettingsError names the first missing or malformed value. Empty is missing."""
    given = {name: environ[name] for name in sorted(variables(role)) if environ.get(name)}
    for toggle, prefixes in TOGGLES.items():
        if _switched_off(toggle, given.pop(toggle, "true")):
            given = {name: value for name, value in given.items() if not name.startswith(prefixes)}
    try:
        return ROLES[role].model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = f"{first['loc'][0]}: " if first["loc"] else ""
        raise SettingsError(where + first["msg"].removeprefix("Value error, ")) from None


def _switched_off(toggle: str, value: str) -> bool:
    if value.lower() not in ("true", "false"):
        raise SettingsError(f"{toggle}: is either true or false")
    return value.lower() == "false"
