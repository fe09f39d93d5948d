"""`python -m app ROLE`: reads the role's settings, then serves (or, for migrate and promote, runs to the end)."""

from __future__ import annotations

import argparse
import os
import signal
import sys

from app import telemetry
from app.settings import Frontend, Local, Migrate, SettingsError, read

DRAIN_S = 5
"""For open requests after SIGTERM; with what the adapters take it stays within Cloud Run's ten seconds
(https://cloud.google.com/run/docs/container-contract#instance-shutdown)."""


def main() -> int:
    """Runs one role; exit code 0 fine, 1 failed, 2 wrong command line or settings."""
    parser = argparse.ArgumentParser(prog="python -m app", description="The bundled app: one command a role.")
    roles = parser.add_subparsers(dest="role", required=True, metavar="ROLE")
    roles.add_parser("api", help="the public API; jobs go to TOPIC_JOBS")
    roles.add_parser("worker", help="does jobs, pushed to it or pulled from SUBSCRIPTION_JOBS")
    roles.add_parser("frontend", help="the page")
    roles.add_parser("local", help="everything in one process, nothing to install, data in DATA_DIR")
    migration = roles.add_parser("migrate", help="brings the database's schema and rights up to date")
    migration.add_argument("--show", action="store_true", help="only print the statements that give the rights")
    promote = roles.add_parser("promote", help="makes a registered user an admin (with migrate's settings)")
    promote.add_argument("email")
    given = parser.parse_args()
    try:
        settings = read("migrate" if given.role == "promote" else given.role, os.environ)
    except SettingsError as error:
        sys.stderr.write(f"app {given.role}: {error}\n")
        return 2
    # A stop that was asked for is a success; and process 1 of a container has no default handler.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    telemetry.configure(settings)
    # A role imports only what it uses.
    if isinstance(settings, Migrate):
        from app import migrate  # noqa: PLC0415

        if given.role == "promote":
            return migrate.promote(settings, given.email)
        return migrate.run(settings, show=given.show)
    assert isinstance(settings, Frontend)  # noqa: S101  # every other role serves
    if isinstance(settings, Local) and not settings.postgres:
        from app.migrate import apply_to_sqlite  # noqa: PLC0415

        apply_to_sqlite(settings)
        sys.stderr.write(f"Voicestack on http://{settings.host}:{settings.port} (Ctrl+C stops it)\n")
    return serve(settings)


def serve(settings: Frontend) -> int:
    """Serves until a signal says stop."""
    import uvicorn  # noqa: PLC0415

    from app.roles.serving import create_app  # noqa: PLC0415

    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        # app/frame.py decides whose X-Forwarded-For counts; uvicorn would believe whoever calls from loopback.
        proxy_headers=False,
        timeout_graceful_shutdown=DRAIN_S,
        # An answer to a message is never long; a client that sends more has other plans.
        ws_max_size=16 * 1024,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
