"""ScheduledQueries: SQL that BigQuery runs by the clock, with an identity that may touch what the SQL names.

The SQL writes by itself (MERGE) into tables that the warehouse has: it needs no right to make tables.
Whoever deploys must be allowed to act as the identity (`roles/iam.serviceAccountUser` on it).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import pulumi
from pulumi_gcp import bigquery, serviceaccount

from components.component import Component, Environment
from components.database.warehouse import Warehouse
from components.errors import ComponentError
from components.links import Access, grants_of
from components.observability.alert import AlertRouting, Urgency, alert
from components.security.identity import Identity
from components.security.service_agents import Agent

_INSERTS = re.compile(r"(^|;)(\s|--.*\n|#.*\n|/\*.*?\*/)*INSERT\b", re.IGNORECASE | re.DOTALL)
"""A statement that inserts, whatever stands there already; MERGE has its INSERT after THEN."""


@dataclass(frozen=True, kw_only=True)
class ScheduledQuery:
    """One query: `{dataset}` in `sql` stands for the warehouse's path, `@run_time` for when it was due.

    `schedule` in UTC, e.g. `every day 03:00`, `every monday 04:00`, `1 of month 05:00`
    (https://cloud.google.com/appengine/docs/flexible/scheduling-jobs-with-cron-yaml#custom-interval).
    `reads` and `writes` name tables of the warehouse.
    """

    name: str
    sql: str
    schedule: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]

    def __post_init__(self) -> None:
        if _INSERTS.search(self.sql):
            raise ComponentError(
                f"the scheduled query '{self.name}' inserts",
                why="a run may come twice (a retry, a second transfer after a lost answer) and its rows would too",
                fix="write MERGE ... ON what a row is known by ... WHEN NOT MATCHED THEN INSERT",
            )


class ScheduledQueries(Component):
    """Queries on one warehouse, run as one identity. ComponentError for two queries of one name or none at all."""

    family: ClassVar[str] = "database"

    identity: Identity
    transfers: tuple[bigquery.DataTransferConfig, ...]

    def __init__(
        self,
        name: str,
        *,
        env: Environment,
        warehouse: Warehouse,
        queries: Sequence[ScheduledQuery],
        alerts: AlertRouting | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        names = [query.name for query in queries]
        if not names or len(set(names)) < len(names):
            raise ComponentError(
                f"'{name}' has the queries: {', '.join(names) or 'none'}",
                why="each needs a name of its own",
                fix="name each query once, or leave the component out",
            )
        uses: list[Access] = []
        for query in queries:
            uses += [warehouse.read(*query.reads)] if query.reads else []
            uses += [warehouse.append(*query.writes)] if query.writes else []
        # Reads or not, a query is a job of the project.
        uses.append(warehouse.jobs())
        super().__init__(name, env=env, props={"uses": [access.declared() for access in uses]}, opts=opts)
        self.identity = Identity(
            name, env=env, description=f"Runs the scheduled queries of {warehouse.dataset_id}.", opts=self.child()
        )
        ready = runs_as(name, owner=self, identity=self.identity, uses=uses)
        self.transfers = tuple(
            bigquery.DataTransferConfig(
                f"{name}-{query.name}",
                project=env.project,
                location=warehouse.location,
                display_name=f"{env.naming.system} {env.naming.environment} {query.name}",
                data_source_id="scheduled_query",
                schedule=query.schedule,
                service_account_name=self.identity.email,
                params={"query": query.sql.replace("{dataset}", warehouse.path)},
                opts=self.guarded(depends_on=ready),
            )
            for query in queries
        )
        if alerts is not None:
            transfers_alert(
                name,
                owner=self,
                routing=alerts,
                transfers=self.transfers,
                hours=1,
                advice="Scheduled queries, Run history tells the error. Run the query again for the missed time.",
            )
        self.register_outputs({"identity": self.identity.email})


def runs_as(name: str, *, owner: Component, identity: Identity, uses: Sequence[Access]) -> list[pulumi.Resource]:
    """The grants by which BigQuery's transfer service runs as `identity` with what `uses` allow; transfers wait
    for them. The service's agent makes tokens for this one identity
    (https://cloud.google.com/bigquery/docs/enable-transfer-service#service_agent)."""
    token = serviceaccount.IAMMember(
        f"{name}-transfer-agent",
        service_account_id=identity.account_name,
        role="roles/iam.serviceAccountTokenCreator",
        member=Agent.BIGQUERY_TRANSFER.member(owner.env),
        opts=owner.child(depends_on=list(Agent.BIGQUERY_TRANSFER.made(owner.env))),
    )
    made = [grant.make(f"{name}-{grant.key}", identity, owner.child()) for grant in grants_of(uses)]
    return [token, *(one for one in made if one is not None)]


def transfers_alert(
    name: str,
    *,
    owner: Component,
    routing: AlertRouting,
    transfers: Sequence[bigquery.DataTransferConfig],
    hours: int,
    advice: str,
) -> None:
    """Tells of a failed run of one of `transfers` within `hours`."""
    # The metric knows a transfer by the ID that Google gives it: the last part of its name.
    query = pulumi.Output.all(*(transfer.name for transfer in transfers)).apply(
        lambda names: (
            "sum(increase(bigquerydatatransfer_googleapis_com:transfer_config_completed_runs"
            f'{{completion_state="FAILED",config_id=~"{"|".join(one.rsplit("/", 1)[-1] for one in names)}"}}'
            f"[{hours}h])) > 0"
        )
    )
    alert(
        f"{name}-failed",
        owner=owner,
        routing=routing,
        title=f"{name}: a run failed",
        query=query,
        duration_s=0,
        urgency=Urgency.NOTIFY,
        advice=advice,
    )
