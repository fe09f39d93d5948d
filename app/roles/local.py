"""The local role: schema, api, jobs and page in one process, by the embedded twins or what the settings name."""

from __future__ import annotations

from fastapi import FastAPI

from app.adapters import Stores, limiter_of
from app.queues.in_process import InProcessQueue
from app.roles.api import include_routes
from app.roles.parts import Parts
from app.roles.worker import handler_of
from app.settings import Local
from app.worker.sweep import Sweep

SWEEP_S = 2.0
LOST_S = 30.0
"""Sooner than where messages come again by themselves: this queue keeps none that could not be handled."""


def serve_local(app: FastAPI, settings: Local) -> Parts:
    """Adds the routes; what they use."""
    stores = Stores.of(settings, permission="storage.objects.create", hear=True, lost_s=LOST_S)
    limiter = limiter_of(settings)
    handler = handler_of(settings, stores, activity=None)
    queue = InProcessQueue(handler)
    include_routes(app, settings, stores, limiter, queue)
    return Parts(
        needs=[stores.database, stores.files, stores.transcripts, handler.assistant, queue],
        likes=[limiter],
        background=[stores.updates, Sweep(stores.jobs, queue, stores.updates, every_s=SWEEP_S, recover=True)],
    )
