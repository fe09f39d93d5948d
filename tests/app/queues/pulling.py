"""A process that pulls until SIGTERM: `python -m tests.app.queues.pulling SUBSCRIPTION SECONDS AT_ONCE DRAIN_S`.
Its jobs take SECONDS more from then on. Prints what it begins and what it has done.
"""

from __future__ import annotations

import asyncio
import signal
import sys

from app.queues import pull


async def main(subscription: str, seconds: float, at_once: int, drain_s: float) -> None:
    """Pulls."""
    stop = asyncio.Event()

    async def handle(job_id: str) -> bool:
        print("began", job_id, flush=True)
        await stop.wait()
        await asyncio.sleep(seconds)
        print("done", job_id, flush=True)
        return True

    pull.EXTENSION_S, pull.DRAIN_S = 10, drain_s
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with pull.Puller(subscription, handle, at_once):
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])))
