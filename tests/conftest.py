"""How the tests run: Hypothesis holds no example to a time, since a machine that does other things may pause for
seconds in any of them; and one process more than there are cores, since a fifth of the time goes into waiting."""

from __future__ import annotations

import os

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
