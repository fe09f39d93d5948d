"""The SDK run in process as anybody would: its own mock monitor, its own event loop, nothing made cheaper.

The measure that the embedded engine is held against; run as `python -m tests.benchmark.naive RESOURCES`.
"""

from __future__ import annotations

import asyncio
import os
import runpy
import sys
import time
from typing import Any

from pulumi.runtime import mocks, settings
from pulumi.runtime.config import set_all_config
from pulumi.runtime.stack import run_in_stack

from tests.benchmark.measures import PROGRAM, report


class Echo(mocks.Mocks):
    """Every resource's outputs are its inputs."""

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[Any, Any], None]:
        """No function is called."""
        return {}, None

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        """The inputs come back."""
        return f"{args.name}-id", dict(args.inputs)


class Counting(mocks.MockMonitor):
    """Counts registrations."""

    count = 0

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the wire's name
        """Counts one."""
        self.count += 1
        return super().RegisterResource(request)  # type: ignore[no-untyped-call]


def run(resources: int) -> int:
    """Runs the program once; the number of resources it registered."""
    monitor = Counting(Echo())
    set_all_config(
        {
            "benchmark:resources": str(resources),
            "benchmark:gcpProject": "benchmark-project",
            "benchmark:region": "europe-west1",
        }
    )
    settings.configure(
        settings.Settings(
            project="benchmark", stack="bench", monitor=monitor, engine=mocks.MockEngine(None), dry_run=True
        )
    )
    settings.ROOT.set(None)

    def program() -> None:
        runpy.run_path(str(PROGRAM), run_name="__main__")

    asyncio.run(run_in_stack(program))
    return monitor.count


if __name__ == "__main__":
    os.environ.pop("PULUMI_CONFIG", None)
    run(60)
    start = time.perf_counter()
    made = run(int(sys.argv[1]))
    report(time.perf_counter() - start, made)
