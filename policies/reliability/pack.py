"""The policies of this pack: a folder each for what they look at."""

from policies.engine.pack import Pack
from policies.reliability import (
    arithmetic,
    artifacts,
    bigquery,
    cache,
    cloud_run,
    cloud_sql,
    databases,
    firestore,
    load_balancer,
    pubsub,
    refused_by_google,
    secret_manager,
    service_agents,
    storage,
    tasks,
)

PACK = Pack(
    name="reliability",
    title="Nothing is lost or unavailable by an accident that the platform could have withstood",
    policies=(
        *arithmetic.POLICIES,
        *artifacts.POLICIES,
        *bigquery.POLICIES,
        *cache.POLICIES,
        *cloud_run.POLICIES,
        *cloud_sql.POLICIES,
        *databases.POLICIES,
        *firestore.POLICIES,
        *load_balancer.POLICIES,
        *pubsub.POLICIES,
        *refused_by_google.POLICIES,
        *secret_manager.POLICIES,
        *service_agents.POLICIES,
        *storage.POLICIES,
        *tasks.POLICIES,
    ),
)
