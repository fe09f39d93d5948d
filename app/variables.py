"""Variables that no link of the platform sets: each with its owner and what it is for. Of no effect at run time.

`READ` are those that a role reads (app/settings.py); `NOT_READ` are set by links for code
that a team brings. A test holds both lists against the settings and against what the stacks really set.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Owner = Literal["run time", "operator", "laptop"]
"""Who gives it: Cloud Run itself; whoever runs the system, as a toggle in the stack; whoever runs it by hand."""


@dataclass(frozen=True, slots=True)
class Variable:
    """Why a variable exists."""

    owner: Owner
    what: str


READ: Mapping[str, Variable] = {
    "ASSISTANT": Variable("operator", "vertex, openai or embedded; vertex where it is linked, else embedded"),
    "ASSISTANT_TIMEOUT_S": Variable("operator", "seconds for one answer, retries included; 60"),
    "CORS_ORIGINS": Variable(
        "operator",
        "other origins whose pages may call the API, like https://app.example.com, with commas; or *; none",
    ),
    "DATABASE_POOL": Variable(
        "operator", "connections of one process; 4. Times instances it must fit the server's"
    ),
    "DATABASE_URL": Variable("laptop", "a Postgres without Cloud SQL"),
    "DATA_DIR": Variable("laptop", "the folder of SQLite and files; .voicestack"),
    "FIRESTORE_EMULATOR_HOST": Variable("laptop", "the emulator's address"),
    "HOST": Variable("run time", "the address to listen on; loopback, and in the image all"),
    "JOBS_AT_ONCE": Variable("operator", "jobs that a pulling worker does at the same time; 8"),
    "K_REVISION": Variable("run time", "Cloud Run's revision, told with errors and traces"),
    "K_SERVICE": Variable("run time", "Cloud Run's service: there, embedded twins are refused"),
    "LOG_LEVEL": Variable("operator", "DEBUG, INFO, WARNING or ERROR; INFO"),
    "OPENAI_BASE_URL": Variable("operator", "an OpenAI-compatible endpoint, such as Groq's; OpenAI's own"),
    "OPENAI_MODEL": Variable("operator", "its model; needed where it is chosen"),
    "OTEL_EXPORTER_OTLP_ENDPOINT": Variable("laptop", "where TELEMETRY=otlp sends"),
    "OTEL_SERVICE_NAME": Variable("operator", "the name in traces and metrics; by default Cloud Run's service"),
    "PORT": Variable("run time", "the port to listen on; 8080"),
    "PUBSUB_EMULATOR_HOST": Variable("laptop", "the emulator's address"),
    "RATE_LIMIT_ADDRESS": Variable("operator", "requests a minute of one address; 1200"),
    "RATE_LIMIT_ENABLED": Variable("operator", "false: nothing is limited"),
    "RATE_LIMIT_SIGN_IN": Variable("operator", "logins and registrations a minute, by address and by e-mail; 10"),
    "RATE_LIMIT_USER": Variable("operator", "requests a minute of one user or API key; 600"),
    "STORAGE_EMULATOR_HOST": Variable("laptop", "the emulator's address, http://…"),
    "SUBSCRIPTION_JOBS": Variable("operator", "a pull subscription: the worker pulls instead of being pushed to"),
    "TELEMETRY": Variable("operator", "google, otlp or off; google on Cloud Run, elsewhere off"),
    "TOKENS_PER_HOUR": Variable("operator", "the assistant's budget, of all instances together; 1,000,000"),
    "TRACED_SHARE": Variable("operator", "share of requests that are traced, probes never; 0.05"),
    "TRUSTED_PROXIES": Variable("operator", "proxies before the process; on Cloud Run 2, elsewhere none"),
    "USE_CLOUD_MONITORING": Variable("operator", "false: TELEMETRY is left out"),
    "USE_CLOUD_STORAGE": Variable("operator", "false: the bucket is left out"),
    "USE_FIRESTORE": Variable("operator", "false: Firestore is left out"),
    "USE_PUBSUB": Variable("operator", "false: topics and subscriptions are left out"),
}

NOT_READ: Mapping[str, str] = {
    "BUCKET_REPORTS": "reports that a team's worker writes",
    "DATABASE_READ_INSTANCES": "a team's reading services: what the app reads must be what it just wrote",
    "LIVEKIT_API_KEY": "LiveKit rooms",
    "LIVEKIT_URL": "LiveKit rooms",
    "QUEUE_WEBHOOKS": "delivery of webhooks by Cloud Tasks",
    "QUEUE_WEBHOOKS_IDENTITY": "delivery of webhooks by Cloud Tasks",
    "QUEUE_WEBHOOKS_TARGET": "delivery of webhooks by Cloud Tasks",
}
"""Variable: what it is for. Each goes with the module that will read it."""
