"""Where spans and metrics are sent, and what they say about who sends them. Imported only where something is.

Google takes both by OTLP (https://cloud.google.com/stackdriver/docs/reference/telemetry/overview), from who holds
`roles/cloudtrace.agent` (which has `telemetry.traces.write`) and `roles/monitoring.metricWriter`, where the API
telemetry.googleapis.com is enabled. A project for the quota is not named: that takes a further role.
"""

from __future__ import annotations

from typing import Any

import google.auth
import requests
from google.auth.exceptions import DefaultCredentialsError
from google.auth.transport.requests import AuthorizedSession
from opentelemetry.sdk.resources import Resource

from app.settings import SettingsError, Telemetry

GOOGLE = "https://telemetry.googleapis.com"
METADATA = "http://metadata.google.internal/computeMetadata/v1/instance/region"
"""https://cloud.google.com/run/docs/container-contract#metadata-server"""


def resource(settings: Telemetry) -> Resource:
    """Who sends. Google needs a place, and an id of the instance, which the SDK makes up:
    https://docs.cloud.google.com/stackdriver/docs/reference/telemetry/v1.metrics"""
    told = {
        "service.name": settings.service or settings.cloud or "voicestack",
        "service.version": settings.revision,
    }
    if settings.exporter == "google":
        told["gcp.project_id"] = settings.project
        if settings.cloud:
            region = requests.get(METADATA, headers={"Metadata-Flavor": "Google"}, timeout=2).text
            told |= {"cloud.platform": "gcp_cloud_run", "cloud.region": region.rpartition("/")[2]}
    return Resource.create({key: value for key, value in told.items() if value})


def destination(settings: Telemetry, signal: str) -> dict[str, Any]:
    """Arguments of an OTLP exporter; `otlp` has none, the SDK reads the standard OTEL_EXPORTER_OTLP_*."""
    if settings.exporter == "otlp":
        return {}
    try:
        credentials, _ = google.auth.default(scopes=["https://www.googleapis.com/auth/cloud-platform"])
    except DefaultCredentialsError:
        raise SettingsError("TELEMETRY: no Google credentials (gcloud auth application-default login)") from None
    session = AuthorizedSession(credentials)  # type: ignore[no-untyped-call]
    return {"endpoint": f"{GOOGLE}/v1/{signal}", "session": session}
