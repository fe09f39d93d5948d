"""The policies of this pack: a folder each for what they look at."""

from policies.data_protection import (
    api_keys,
    artifacts,
    audit,
    bigquery,
    cache,
    cloud_run,
    cloud_sql,
    dialogflow,
    firestore,
    kms,
    load_balancer,
    logs,
    pubsub,
    secret_manager,
    storage,
    vertex,
    virtual_machines,
)
from policies.engine.pack import Pack

PACK = Pack(
    name="data_protection",
    title="Data is encrypted, kept out of strangers' reach and audited, and secrets stay secret",
    policies=(
        *api_keys.POLICIES,
        *artifacts.POLICIES,
        *audit.POLICIES,
        *bigquery.POLICIES,
        *cache.POLICIES,
        *cloud_run.POLICIES,
        *cloud_sql.POLICIES,
        *dialogflow.POLICIES,
        *firestore.POLICIES,
        *kms.POLICIES,
        *load_balancer.POLICIES,
        *logs.POLICIES,
        *pubsub.POLICIES,
        *secret_manager.POLICIES,
        *storage.POLICIES,
        *vertex.POLICIES,
        *virtual_machines.POLICIES,
    ),
)
