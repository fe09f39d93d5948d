"""How the tests run: Hypothesis holds no example to a time, since a machine that does other things may pause for
seconds in any of them; and one process more than there are cores, since a fifth of the time goes into waiting. At
the end it is told what was not tried."""

from __future__ import annotations

import gc
import logging
import os
from collections import Counter

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "untimed",
    settings.get_profile(settings.get_current_profile_name()),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("untimed")


def pytest_xdist_auto_num_workers() -> int:
    """How many processes `-n auto` means."""
    return (os.cpu_count() or 1) + 1


def pytest_unconfigure(config: pytest.Config) -> None:
    """A process of xdist's that takes five seconds to end is interrupted, and prints that: there pytest looks for
    garbage five times, through all that the tests have planned."""
    if hasattr(config, "workerinput"):
        gc.freeze()
    # Google's clients may still be closing in threads, and log how their streams end when nobody reads that.
    logging.getLogger().addHandler(logging.NullHandler())


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What was skipped, by what would have run it; also where pytest itself is told to be quiet."""
    skipped = Counter(
        str(report.longrepr[-1]).removeprefix("Skipped: ")
        for report in terminalreporter.stats.get("skipped", [])
        if isinstance(report.longrepr, tuple | list)
    )
    if skipped:
        terminalreporter.section("skipped for want of")
        for reason, number in sorted(skipped.items()):
            terminalreporter.line(f"{number:4}  {reason}")
