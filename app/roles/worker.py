"""The worker role: jobs come by push, or by pull where a subscription is set."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from app.adapters import Stores, activity_of
from app.assistants import assistant_of
from app.ports import Activity, Adapter
from app.roles.parts import Parts
from app.settings import Assistants, Worker
from app.stores.budget import SqlBudget
from app.worker.handler import Handler


def serve_worker(app: FastAPI, settings: Worker) -> Parts:
    """Adds the push route, or the pull loop; what they use."""
    stores = Stores.of(settings, permission="storage.objects.get", hear=False)
    activity = activity_of(settings.activity_topic)
    handler = handler_of(settings, stores, activity=activity)
    needs: list[Adapter] = [stores.database, stores.files, stores.transcripts, handler.assistant]
    needs += [activity] if activity else []
    background: list[Any] = [stores.updates]
    if settings.subscription:
        from app.queues.pull import Puller  # noqa: PLC0415  # only one of the two is used

        needs.append(Puller(settings.subscription, handler, settings.at_once))
    else:
        from app.worker.push import InHand, guard_of, push_router  # noqa: PLC0415

        guard, in_hand = guard_of(settings), InHand(handler)
        app.include_router(push_router(in_hand, guard))
        needs += [guard] if guard else []
        background.append(in_hand)
    return Parts(needs=needs, background=background)


def handler_of(settings: Assistants, stores: Stores, *, activity: Activity | None) -> Handler:
    """What does a job, with the assistant that the settings choose."""
    return Handler(
        jobs=stores.jobs,
        assistant=assistant_of(settings, SqlBudget(stores.database, settings.budget)),
        files=stores.files,
        transcripts=stores.transcripts,
        activity=activity,
        updates=stores.updates,
        answer_s=settings.answer_s,
    )
