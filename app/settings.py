"""Settings: all that a role reads from its environment, checked before anything starts.

A field's alias is its variable; a role reads no other. Cloud Run itself sets K_SERVICE and PORT.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, Json, ValidationError, model_validator

IN_PROCESS = "in-process"
EMAIL = r"^[^@\s]+@[^@\s]+\.gserviceaccount\.com$"
TOPIC = r"^(in-process|projects/[a-z][a-z0-9:.-]+/topics/[A-Za-z][A-Za-z0-9_.~+%-]{2,254})$"
INSTANCE = r"^[a-z][a-z0-9:.-]+:[a-z0-9-]+:[a-z][a-z0-9-]+$"


class SettingsError(Exception):
    """One line: the variable, and what is wrong with it or missing. No value: it may be a secret."""


class Settings(BaseModel):
    """What every role's settings have in common: they never change."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)


class Frontend(Settings):
    """The page; also what every serving role reads."""

    role: Literal["frontend", "api", "worker"] = "frontend"
    host: str = Field("127.0.0.1", alias="HOST")
    port: int = Field(8080, alias="PORT", ge=1, le=65535)
    cloud: str | None = Field(None, alias="K_SERVICE")


class Api(Frontend):
    """The topic that jobs go to, or `in-process`: jobs are done, and forgotten, by the process itself."""

    role: Literal["api"] = "api"
    topic: str = Field("", alias="TOPIC_JOBS", pattern=TOPIC)

    @model_validator(mode="after")
    def _lost(self) -> Self:
        if self.cloud and not self.topic:
            raise ValueError("TOPIC_JOBS is missing: in memory, jobs would vanish with the instance")
        return self

    @property
    def in_process(self) -> bool:
        """No topic: the default on a laptop."""
        return self.topic in ("", IN_PROCESS)


class Worker(Frontend):
    """Whose pushes are taken: tokens for `audience` in the name of `push_identity`.

    `oidc` verifies Google's signature here. `cloud-run` also takes a token whose signature Cloud Run has checked
    and removed: only for a service that callers cannot reach without Cloud Run's own IAM check.
    """

    role: Literal["worker"] = "worker"
    auth: Literal["oidc", "cloud-run", "off"] = Field("oidc", alias="WORKER_AUTH")
    audience: str = Field("", alias="SERVICE_AUDIENCE")
    push_identity: str = Field("", alias="PUSH_IDENTITY", pattern=EMAIL)

    @model_validator(mode="after")
    def _guarded(self) -> Self:
        if self.auth == "off" and self.cloud:
            raise ValueError("WORKER_AUTH is off on Cloud Run, so that anybody could push: remove it")
        if self.auth == "cloud-run" and not self.cloud:
            raise ValueError("WORKER_AUTH is cloud-run, but nothing checks signatures here: remove it")
        if self.auth != "off" and not (self.audience and self.push_identity):
            raise ValueError("SERVICE_AUDIENCE or PUSH_IDENTITY is missing (on a laptop: WORKER_AUTH=off)")
        return self


class Migrate(Settings):
    """The database, by Cloud SQL instance or by URL, and each user's right in it."""

    instance: str = Field("", alias="DATABASE_INSTANCE", pattern=INSTANCE)
    database: str = Field("", alias="DATABASE_NAME")
    user: str = Field("", alias="DATABASE_USER")
    url: str = Field("", alias="DATABASE_URL", repr=False)
    rights: Json[dict[str, Literal["read", "write"]]] | None = Field(None, alias="DATABASE_RIGHTS")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.instance and self.url:
            raise ValueError("DATABASE_INSTANCE and DATABASE_URL are both set: remove one")
        if self.instance and not (self.database and self.user):
            raise ValueError("DATABASE_NAME or DATABASE_USER is missing: DATABASE_INSTANCE needs both")
        if (self.instance or self.url) and self.rights is None:
            raise ValueError('DATABASE_RIGHTS is missing: give it like {"api@my-project.iam": "read"}')
        return self


ROLES: Mapping[str, type[Frontend | Migrate]] = {
    "api": Api,
    "worker": Worker,
    "frontend": Frontend,
    "migrate": Migrate,
}


def read(role: str, environ: Mapping[str, str]) -> Frontend | Migrate:
    """The settings of `role`; SettingsError names the first missing or malformed value. Empty is missing."""
    variables = {str(field.alias) for field in ROLES[role].model_fields.values() if field.alias}
    try:
        return ROLES[role].model_validate({name: environ[name] for name in variables if environ.get(name)})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = f"{first['loc'][0]}: " if first["loc"] else ""
        raise SettingsError(where + first["msg"].removeprefix("Value error, ")) from None
