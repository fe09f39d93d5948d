"""A process that pulls until SIGTERM: `python -m tests.app.queues.pulling SUBSCRIPTION SECONDS AT_ONCE`, where a
job takes SECONDS. Prints what it begins and what it has done.
"""

from __future__ import annotations

import asyncio
import signal
import sys

from app.queues import pull


async def main(subscription: str, seconds: float, at_once: int) -> None:
    """Pulls."""

    async def handle(job_id: str) -> bool:
        print("began", job_id, flush=True)
        await asyncio.sleep(seconds)
        print("done", job_id, flush=True)
        return True

    pull.EXTENSION_S = 10
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with pull.Puller(subscription, handle, at_once):
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], float(sys.argv[2]), int(sys.argv[3])))
