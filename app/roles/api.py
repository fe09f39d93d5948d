"""The api role: the public API, whose jobs go to a topic."""

from __future__ import annotations

import secrets

from fastapi import FastAPI

from app.adapters import Stores, limiter_of
from app.api.access import Access
from app.api.auth import auth_router
from app.api.keys import keys_router
from app.api.live import live_router
from app.api.openapi import describe
from app.api.passwords import Passwords
from app.api.tokens import Tokens
from app.api.uploads import uploads_router
from app.api.users import users_router
from app.api.voice import voice_router
from app.files.folder import FolderFiles
from app.ports import Limiter, Queue
from app.roles.parts import Parts
from app.settings import Api, Public
from app.stores.accounts import Accounts
from app.worker.sweep import Sweep

SWEEP_S = 30.0


def serve_api(app: FastAPI, settings: Api) -> Parts:
    """Adds the routes; what they use."""
    from app.queues.pubsub import TopicQueue  # noqa: PLC0415  # the local role also comes here, without Pub/Sub

    stores = Stores.of(settings, permission="storage.objects.create", hear=True)
    limiter = limiter_of(settings)
    queue = TopicQueue(settings.topic)
    include_routes(app, settings, stores, limiter, queue)
    return Parts(
        needs=[stores.database, queue, stores.files, stores.transcripts],
        likes=[limiter],
        background=[stores.updates, Sweep(stores.jobs, queue, stores.updates, every_s=SWEEP_S, recover=False)],
    )


def include_routes(app: FastAPI, settings: Public, stores: Stores, limiter: Limiter, queue: Queue) -> None:
    """Adds the routes of the public API."""
    accounts = Accounts(stores.database)
    # On a laptop the key is as short-lived as the process: sessions outlast it by their refresh tokens.
    tokens = Tokens(settings.signing_key or secrets.token_urlsafe(48))
    passwords = Passwords()
    access = app.state.access = Access(accounts, tokens, limiter, settings)
    # Routes are tried in order: what is asked for most comes first. They become the app's own: in an included
    # router a route is looked up twice, which would cost every request a tenth of its time.
    for router in (
        voice_router(stores.jobs, queue, stores.files, stores.transcripts),
        auth_router(accounts, access, tokens, passwords, settings),
        users_router(accounts, access, passwords),
        keys_router(accounts, access),
        live_router(stores.jobs, stores.updates, access, settings),
    ):
        app.router.routes.extend(router.routes)
    if isinstance(stores.files, FolderFiles):
        app.include_router(uploads_router(stores.files))
    describe(app)
