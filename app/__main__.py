"""`python -m app ROLE`: reads the role's settings, then serves (or, for migrate, runs to the end)."""

from __future__ import annotations

import argparse
import os
import signal
import sys

from app import logs
from app.settings import ROLES, Migrate, SettingsError, read

DRAIN_S = 5
"""For open connections after SIGTERM; with the queue's own time it stays within Cloud Run's ten seconds
(https://cloud.google.com/run/docs/container-contract#instance-shutdown)."""


def main() -> int:
    """Runs one role; exit code 0 fine, 1 failed, 2 wrong command line or settings."""
    parser = argparse.ArgumentParser(prog="python -m app", description="The bundled app: one command a role.")
    parser.add_argument("role", choices=list(ROLES), help="what this process is")
    role = parser.parse_args().role
    try:
        settings = read(role, os.environ)
    except SettingsError as error:
        sys.stderr.write(f"app {role}: {error}\n")
        return 2
    # A stop that was asked for is a success; and process 1 of a container has no default handler.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    logs.configure()
    if isinstance(settings, Migrate):
        from app import migrate  # noqa: PLC0415  # a role imports only what it uses

        return migrate.run(settings)
    import uvicorn  # noqa: PLC0415

    from app.web import create_app  # noqa: PLC0415

    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=DRAIN_S,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
