"""Rows of the comparison that no policy covers, each with the reason. Every other row has a policy (a test)."""

from __future__ import annotations

from typing import Final

_KUBERNETES: Final = "Kubernetes: the five systems run on Cloud Run"
LEFT_OUT: Final[dict[int, str]] = {
    94: "which columns are sensitive is in no plan; CIS 7.4 is manual too",
    72: "log_hostname: a reverse look-up delays each connection, and addresses behind a connector have no names",
    73: "log_duration on: a line for each statement; Query Insights has the durations. The *_stats are looked at",
    191: _KUBERNETES,
    192: _KUBERNETES,
    193: _KUBERNETES,
    194: _KUBERNETES,
}
