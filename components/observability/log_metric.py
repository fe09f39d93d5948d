"""One log-based metric of the archive's bucket, and how PromQL reads it.

Scoped to the bucket rather than to the project: its series then have one monitored resource (`logging_bucket`)
whatever wrote the entries, and PromQL needs to be told which
(https://cloud.google.com/logging/docs/logs-based-metrics/bucket-lbm,
https://cloud.google.com/monitoring/promql/promql-mapping). It makes no alert.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pulumi_gcp import logging

from components.component import Component
from components.naming import Kind
from components.observability.log_archive import LogArchive


@dataclass(frozen=True, kw_only=True)
class LogMetric:
    """A metric and its PromQL selector: entries counted, or values summed."""

    resource: logging.Metric
    series: str

    def increase(self, window: str, *by: str) -> str:
        """How much was added within `window` (`10m`), per value of the labels `by`."""
        grouped = f" by ({', '.join(by)})" if by else ""
        return f"sum{grouped} (increase({self.series}[{window}]))"


def log_metric(
    name: str,
    *,
    owner: Component,
    archive: LogArchive,
    filter_: str,
    description: str,
    labels: Mapping[str, str] | None = None,
    value: str | None = None,
) -> LogMetric:
    """Counts the entries that match `filter_`, or sums the field `value` of them.

    `labels`: label to field of the entry. Each pair of values is a series, so no field with many values.
    """
    env = owner.env
    physical = env.naming.name(Kind.LOGGING, name)
    fields = dict(labels or {})
    metric = logging.Metric(
        name,
        project=env.project,
        name=physical,
        description=description,
        bucket_name=archive.bucket_path,
        filter=filter_,
        metric_descriptor=logging.MetricMetricDescriptorArgs(
            metric_kind="DELTA",
            value_type="DISTRIBUTION" if value else "INT64",
            unit="1",
            display_name=description,
            labels=[logging.MetricMetricDescriptorLabelArgs(key=label, value_type="STRING") for label in fields],
        ),
        label_extractors={label: f"EXTRACT({field})" for label, field in fields.items()} or None,
        value_extractor=f"EXTRACT({value})" if value else None,
        # Powers of two up to a million: only the sum is read, the API wants buckets all the same.
        bucket_options=(
            logging.MetricBucketOptionsArgs(
                exponential_buckets=logging.MetricBucketOptionsExponentialBucketsArgs(
                    growth_factor=2, num_finite_buckets=20, scale=1
                )
            )
            if value
            else None
        ),
        opts=owner.child(depends_on=[archive.bucket]),
    )
    promql = f"logging_googleapis_com:user_{re.sub(r'[^A-Za-z0-9]', '_', physical)}{'_sum' if value else ''}"
    return LogMetric(resource=metric, series=f'{promql}{{monitored_resource="logging_bucket"}}')
