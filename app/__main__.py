"""`python -m app ROLE`: reads the role's settings, then serves (or, for migrate and promote, runs to the end)."""

from __future__ import annotations

import argparse
import errno
import os
import signal
import socket
import sys
from contextlib import suppress

from app import telemetry
from app.ports import Unavailable
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
    try:
        # Before anything else: another process on this port may be at work with the same data.
        listener = bound(settings)
        if isinstance(settings, Local) and not settings.postgres:
            from app.migrate import apply_to_sqlite  # noqa: PLC0415

            apply_to_sqlite(settings)
    except Unavailable as error:
        sys.stderr.write(f"app {given.role}: {error}\n")
        return 1
    if isinstance(settings, Local):
        sys.stderr.write(f"Voicestack on http://{settings.host}:{settings.port} (Ctrl+C stops it)\n")
    return serve(settings, listener)


def bound(settings: Frontend) -> socket.socket:
    """A socket that has HOST and PORT, and does not listen yet; Unavailable if they cannot be had."""
    listener = socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET)
    try:
        # As a server that listens by itself has it: connections of the last process may still be closing.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        taken = "; PORT=… names another" if error.errno == errno.EADDRINUSE else ""
        raise Unavailable(f"HOST, PORT: {settings.host}:{settings.port}: {error.strerror}{taken}") from error
    return listener


def serve(settings: Frontend, listener: socket.socket) -> int:
    """Serves until a signal says stop."""
    import uvicorn  # noqa: PLC0415

    from app.roles.serving import create_app  # noqa: PLC0415

    config = uvicorn.Config(
        create_app(settings),
        log_config=None,
        access_log=False,
        server_header=False,
        # app/frame.py decides whose X-Forwarded-For counts; uvicorn would believe whoever calls from loopback.
        proxy_headers=False,
        timeout_graceful_shutdown=DRAIN_S,
        # An answer to a message is never long; a client that sends more has other plans.
        ws_max_size=16 * 1024,
    )
    server = uvicorn.Server(config)
    with suppress(KeyboardInterrupt):  # raised again once all has stopped
        server.run(sockets=[listener])
    return 0 if server.started else 1


if __name__ == "__main__":
    sys.exit(main())
