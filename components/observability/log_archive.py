"""LogArchive: where the project's logs are kept, for how long, and what of them goes to BigQuery.

A log bucket of its own receives every entry of the project but successful health checks: log-based metrics count
what it receives. A second sink copies what people ask about (requests, application, audit) into a BigQuery
dataset, which belongs to the warehouse. It leaves Google's `_Default` and `_Required` buckets alone
(`ProjectBaseline` owns them).

With a key of one's own (`key`), Google's Error Reporting no longer groups the errors it finds in these logs
(https://cloud.google.com/error-reporting/docs/setup): the application must then report them by API, and the
dashboard "Error Analysis" shows the entries themselves either way.
"""

from __future__ import annotations

from enum import Enum
from typing import ClassVar

import pulumi
from pulumi_gcp import bigquery, logging

from components.component import Component, Environment
from components.errors import ComponentError
from components.naming import Kind
from components.security.keys import EncryptionKey

SHORTEST_DAYS = 30
LONGEST_DAYS = 3650
"""https://cloud.google.com/logging/quotas#logs_retention_periods"""

HEALTH_CHECKS = (
    'resource.type=("cloud_run_revision" OR "http_load_balancer") AND '
    'httpRequest.requestUrl=~"/(health|ready)$" AND httpRequest.status<400'
)
"""Probes that succeeded: some thousand a day that say nothing. Failed ones are kept."""

ASKED_ABOUT = (
    'resource.type=("cloud_run_revision" OR "cloud_run_job" OR "cloud_run_worker_pool" OR "http_load_balancer")'
    ' OR log_id("cloudaudit.googleapis.com/activity") OR log_id("cloudaudit.googleapis.com/policy")'
)
"""What goes to BigQuery: requests with Armor's verdicts, application output, what administrators did and were
denied. Who read which data stays in the bucket alone: it is most of the volume."""


class Lock(Enum):
    """Whether anybody can shorten the retention. LOCKED is for ever: the bucket, and with it the project, can be
    deleted only when it is empty (https://cloud.google.com/logging/docs/buckets#locking-logs-buckets)."""

    LOCKED = True
    OPEN = False


class LogArchive(Component):
    """A log bucket with its sink, and a sink into BigQuery where a dataset is given."""

    family: ClassVar[str] = "observability"

    bucket: logging.ProjectBucketConfig
    bucket_path: str
    """`projects/<p>/locations/<l>/buckets/<b>`, known before the bucket is made."""
    sink: logging.ProjectSink
    warehouse_sink: logging.ProjectSink | None
    warehouse_grant: bigquery.DatasetIamMember | None

    def __init__(
        self,
        name: str,
        *,
        env: Environment,
        retention_days: int,
        lock: Lock,
        dataset_id: pulumi.Input[str] | None = None,
        key: EncryptionKey | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`retention_days`: 30 to 3650. `dataset_id`: a BigQuery dataset of this project and region that takes
        IAM members (no inline access list). `key`: usable by Logging's own account; it cannot be taken away again.

        Raises ComponentError for a retention out of range.
        """
        if not SHORTEST_DAYS <= retention_days <= LONGEST_DAYS:
            raise ComponentError(
                f"'{name}' keeps logs for {retention_days} days",
                why=f"less than {SHORTEST_DAYS} lose the trail, more than {LONGEST_DAYS} Google refuses",
                fix="choose a number in that range",
            )
        super().__init__(name, env=env, opts=opts)
        bucket_id = env.naming.name(Kind.LOGGING, name, kept=True)
        self.bucket_path = f"projects/{env.project}/locations/{env.region}/buckets/{bucket_id}"
        self.bucket = logging.ProjectBucketConfig(
            name,
            project=env.project,
            location=env.region,
            bucket_id=bucket_id,
            description=f"Logs of {env.naming.system} {env.naming.environment}, {retention_days} days.",
            retention_days=retention_days,
            locked=lock.value,
            cmek_settings=(logging.ProjectBucketConfigCmekSettingsArgs(kms_key_name=key.id) if key else None),
            opts=self.guarded(depends_on=[*env.apis, *(key.ready if key else ())]),
        )
        # Into a log bucket of the same project a sink writes without any grant
        # (https://cloud.google.com/logging/docs/export/configure_export_v2#dest-auth).
        self.sink = logging.ProjectSink(
            name,
            project=env.project,
            name=env.naming.name(Kind.LOGGING, name),
            description="Everything but successful health checks, into the log bucket.",
            destination=f"logging.googleapis.com/{self.bucket_path}",
            unique_writer_identity=True,
            exclusions=[_health_checks()],
            opts=self.guarded(depends_on=[self.bucket]),
        )
        self.warehouse_sink = None
        self.warehouse_grant = None
        if dataset_id is not None:
            self.warehouse_sink = logging.ProjectSink(
                f"{name}-warehouse",
                project=env.project,
                name=env.naming.name(Kind.LOGGING, f"{name}-warehouse"),
                description="Requests, application output and audit, into BigQuery.",
                destination=pulumi.Output.concat(
                    "bigquery.googleapis.com/projects/", env.project, "/datasets/", dataset_id
                ),
                filter=ASKED_ABOUT,
                exclusions=[_health_checks()],
                unique_writer_identity=True,
                # One table a log, partitioned by day, instead of one table a log and day.
                bigquery_options=logging.ProjectSinkBigqueryOptionsArgs(use_partitioned_tables=True),
                opts=self.guarded(depends_on=list(env.apis)),
            )
            self.warehouse_grant = bigquery.DatasetIamMember(
                f"{name}-warehouse-writer",
                project=env.project,
                dataset_id=dataset_id,
                # The role Google names for a sink: it makes tables in this dataset and fills them.
                role="roles/bigquery.dataEditor",
                member=self.warehouse_sink.writer_identity,
                opts=self.guarded(),
            )
        self.register_outputs({"bucket": self.bucket.name})


def _health_checks() -> logging.ProjectSinkExclusionArgs:
    return logging.ProjectSinkExclusionArgs(
        name="health-checks", description="Probes that succeeded.", filter=HEALTH_CHECKS
    )
