"""The pieces of a dashboard: charts by PromQL and panels of log entries, as Cloud Monitoring's JSON wants them.

https://cloud.google.com/monitoring/api/ref_v3/rest/v1/projects.dashboards#Widget. Nothing here knows what it
shows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict

Widget = dict[str, object]


class _DataSet(TypedDict, total=False):
    timeSeriesQuery: dict[str, str]
    plotType: str
    targetAxis: str
    legendTemplate: str


def chart(
    title: str,
    query: str | Mapping[str, str],
    *,
    unit: str = "1",
    stacked: bool = False,
    limits: Mapping[str, float] | None = None,
) -> Widget:
    """Lines (or stacked areas) over time.

    `query` is one whose series name themselves by their labels, or several by legend. `unit` is UCUM (`ms`,
    `1/s`; `10^2.%` is a share). `limits`: horizontal lines by label, such as an alert's threshold.
    """
    queries = {"": query} if isinstance(query, str) else query
    sets: list[_DataSet] = []
    for legend, promql in queries.items():
        one: _DataSet = {
            "timeSeriesQuery": {"prometheusQuery": promql, "unitOverride": unit},
            "plotType": "STACKED_AREA" if stacked else "LINE",
            "targetAxis": "Y1",
        }
        if legend:
            one["legendTemplate"] = legend
        sets.append(one)
    return {
        "title": title,
        "xyChart": {
            "dataSets": sets,
            "thresholds": [
                {"label": label, "value": value, "targetAxis": "Y1"} for label, value in (limits or {}).items()
            ],
            "yAxis": {"scale": "LINEAR"},
            "chartOptions": {"mode": "COLOR"},
        },
    }


def logs(title: str, filter_: str, *, project: str) -> Widget:
    """The entries that match `filter_`, newest first."""
    return {"title": title, "logsPanel": {"filter": filter_, "resourceNames": [f"projects/{project}"]}}


def mosaic(widgets: Sequence[Widget]) -> dict[str, object]:
    """Two widgets a row; panels of log entries take the whole width."""
    tiles: list[dict[str, object]] = []
    x = y = 0
    for widget in widgets:
        width = COLUMNS if "logsPanel" in widget else COLUMNS // 2
        if x + width > COLUMNS:
            x, y = 0, y + HEIGHT
        tiles.append({"xPos": x, "yPos": y, "width": width, "height": HEIGHT, "widget": widget})
        x += width
    return {"columns": COLUMNS, "tiles": tiles}


COLUMNS = 48
HEIGHT = 16
"""Grid units; 48 columns are the whole width."""
