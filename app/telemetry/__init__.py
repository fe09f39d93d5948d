"""What the process tells about itself: logs, traces and metrics. Ids and numbers only, never what users wrote."""

from __future__ import annotations

import asyncio
from threading import Thread

from app.settings import Telemetry
from app.telemetry import logs, metrics, traces

STOP_S = 1.5
"""Of Cloud Run's ten seconds after SIGTERM, also if the receiver hangs; the SDK would wait half a minute."""


def configure(settings: Telemetry) -> None:
    """Starts all three; SettingsError if TELEMETRY asks for what cannot be had here."""
    for part in (logs, traces, metrics):
        part.configure(settings)


async def shutdown() -> None:
    """Sends what is left, within STOP_S; logs go on."""
    threads = [Thread(target=stop, daemon=True) for stop in (traces.stop, metrics.stop)]
    for thread in threads:
        thread.start()
    await asyncio.gather(*(asyncio.to_thread(thread.join, STOP_S) for thread in threads))
