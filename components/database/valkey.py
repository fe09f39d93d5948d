"""Valkey: one Memorystore for Valkey instance, for caches, sessions and rate limits.

Reached by Private Service Connect only, by TLS only, and with an IAM token, which lasts an hour: clients
authenticate again. It is no store of record: it has no backups, and what it persists is a choice.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar

import pulumi
from pulumi_gcp import memorystore

from components.component import Component, Environment
from components.database.maintenance import EARLY_SUNDAY, MaintenanceWindow
from components.errors import ComponentError
from components.links import Access
from components.naming import Kind
from components.network.destination import VALKEY
from components.observability.alert import AlertRouting, Urgency, alert, any_of
from components.security.keys import EncryptionKey, key_or_error
from components.security.project_roles import project_grant

if TYPE_CHECKING:
    from components.network.network import Network

# https://cloud.google.com/memorystore/docs/valkey/create-instances and
# https://cloud.google.com/memorystore/docs/valkey/product-overview#shards
MOST_REPLICAS = 5
MOST_SHARDS = 250
BUSY = 0.8
"""https://cloud.google.com/memorystore/docs/valkey/general-best-practices (memory and CPU: below 80 %)."""
METRIC = "memorystore_googleapis_com:instance"


class NodeType(Enum):
    """Nodes by memory (GB): https://cloud.google.com/memorystore/docs/valkey/instance-node-specification."""

    SHARED_CORE_NANO = "SHARED_CORE_NANO"
    STANDARD_SMALL = "STANDARD_SMALL"
    HIGHMEM_MEDIUM = "HIGHMEM_MEDIUM"
    HIGHMEM_XLARGE = "HIGHMEM_XLARGE"


class ValkeyVersion(Enum):
    """https://cloud.google.com/memorystore/docs/valkey/supported-versions; there is no way back."""

    V7_2 = "VALKEY_7_2"
    V8_0 = "VALKEY_8_0"
    V9_0 = "VALKEY_9_0"
    V9_1 = "VALKEY_9_1"


class Persistence(Enum):
    """What outlives a restart of all nodes: nothing, a snapshot a day, or all but the last second's writes."""

    NONE = "DISABLED"
    SNAPSHOT = "RDB"
    LOG = "AOF"


class Eviction(Enum):
    """What goes when memory is full: the keys with an expiry that were not used longest, any such key, or none
    (writes fail)."""

    EXPIRING = "volatile-lru"
    ANY = "allkeys-lru"
    NONE = "noeviction"


class Valkey(Component):
    """A Valkey instance; `replicas` are those of each shard; with `zone` all nodes are in one zone.

    More than one shard needs `cluster=True`, and so a client that speaks the cluster protocol; the mode cannot be
    changed afterwards. Raises ComponentError for arguments that contradict each other.
    """

    family: ClassVar[str] = "database"

    instance: memorystore.Instance
    instance_id: str
    host: pulumi.Output[str]
    """The private address; unknown before the first `up`."""
    certificate_authority: pulumi.Output[str]
    """The PEM certificates that clients trust for this instance."""

    def __init__(
        self,
        name: str,
        *,
        env: Environment,
        network: Network,
        node_type: NodeType,
        shards: int = 1,
        replicas: int = 0,
        cluster: bool = False,
        zone: str | None = None,
        version: ValkeyVersion = ValkeyVersion.V8_0,
        persistence: Persistence = Persistence.NONE,
        eviction: Eviction = Eviction.EXPIRING,
        maintenance: MaintenanceWindow = EARLY_SUNDAY,
        key: EncryptionKey | None = None,
        alerts: AlertRouting | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        _check(name, shards=shards, replicas=replicas, cluster=cluster, zone=zone, region=env.region)
        key = key_or_error(name, env=env, key=key)
        super().__init__(name, env=env, opts=opts)
        self.cluster = cluster
        self.instance_id = env.naming.name(Kind.VALKEY, name)
        self.instance = memorystore.Instance(
            name,
            instance_id=self.instance_id,
            project=env.project,
            location=env.region,
            engine_version=version.value,
            mode="CLUSTER" if cluster else "CLUSTER_DISABLED",
            node_type=node_type.value,
            shard_count=shards,
            replica_count=replicas,
            zone_distribution_config=memorystore.InstanceZoneDistributionConfigArgs(
                mode="SINGLE_ZONE" if zone else "MULTI_ZONE", zone=zone
            ),
            authorization_mode="IAM_AUTH",
            transit_encryption_mode="SERVER_AUTHENTICATION",
            kms_key=key.id if key else None,
            deletion_protection_enabled=env.protect,
            desired_auto_created_endpoints=[
                memorystore.InstanceDesiredAutoCreatedEndpointArgs(network=network.vpc.id, project_id=env.project)
            ],
            engine_configs={"maxmemory-policy": eviction.value},
            persistence_config=_persistence(persistence),
            maintenance_policy=memorystore.InstanceMaintenancePolicyArgs(
                weekly_maintenance_windows=[
                    memorystore.InstanceMaintenancePolicyWeeklyMaintenanceWindowArgs(
                        day=maintenance.day.name,
                        start_time=memorystore.InstanceMaintenancePolicyWeeklyMaintenanceWindowStartTimeArgs(
                            hours=maintenance.hour
                        ),
                    )
                ]
            ),
            labels=self.labels(),
            # Without the policy Google may not make the endpoint in the network.
            opts=self.guarded(depends_on=[network.connection_policy, *(key.ready if key else ()), *env.apis]),
        )
        self.host = self.instance.endpoints.apply(_address)
        self.certificate_authority = self.instance.managed_server_cas.apply(_certificates)
        if alerts is not None:
            self._alerts(alerts, eviction=eviction)
        self.register_outputs({"instance": self.instance.name})

    def connect(self) -> Access:
        """Using the cache, as the workload's own identity with an IAM token for password.

        The role reaches every instance of the project (there is one): Google's pages disagree on conditions for
        it. Sets CACHE_HOST, CACHE_PORT, CACHE_TLS_CA (PEM) and CACHE_CLUSTER (`true` or `false`).
        """
        role = "roles/memorystore.dbConnectionUser"
        return Access(
            verb="connect",
            target=self,
            grants=(project_grant(self.env.project, key=f"{self.name}-connect", role=role),),
            variables={
                "CACHE_HOST": self.host,
                "CACHE_PORT": "6379",
                "CACHE_TLS_CA": self.certificate_authority,
                "CACHE_CLUSTER": str(self.cluster).lower(),
            },
            network=True,
            needs=VALKEY,
        )

    def _alerts(self, routing: AlertRouting, *, eviction: Eviction) -> None:
        # The label is the ID or ends with it.
        only = f'{{instance_id=~"(.*/)?{self.instance_id}"}}'
        alert(
            f"{self.name}-connections",
            owner=self,
            routing=routing,
            title=f"{self.name}: connections are refused",
            query=f"increase({METRIC}_stats_total_rejected_connections_count{only}[5m]) > 0",
            duration_s=0,
            urgency=Urgency.PAGE,
            advice="The limit of clients is reached: look for one that does not reuse its connections.",
        )
        problems = {what: f"{METRIC}_{what}_maximum_utilization{only} > {BUSY}" for what in ("memory", "cpu")}
        # Where nothing may be evicted, full memory shows above; in a plain cache evictions are its work.
        lossy = eviction is Eviction.EXPIRING
        if lossy:
            # A window of twice the five minutes, which a single eviction outlasts.
            problems["evictions"] = f"increase({METRIC}_stats_total_evicted_keys_count{only}[10m]) > 0"
        alert(
            f"{self.name}-strain",
            owner=self,
            routing=routing,
            title=f"{self.name}: memory or CPU over {BUSY:.0%}"
            + (", or keys lost before they expire" if lossy else ""),
            query=any_of(problems),
            duration_s=300,
            urgency=Urgency.NOTIFY,
            advice=(
                f"`{self.instance_id}` is under strain; the label `problem` says which.\n\n"
                "- memory: shorter expiries, or a larger node or more shards.\n"
                "- cpu: look for slow commands (`KEYS`, large `MGET`); or a larger node or more shards."
                + (
                    "\n- evictions: sessions and limits may be lost, memory is full. A larger node or more shards."
                    if lossy
                    else ""
                )
            ),
        )


def _check(name: str, *, shards: int, replicas: int, cluster: bool, zone: str | None, region: str) -> None:
    if not 1 <= shards <= MOST_SHARDS or not 0 <= replicas <= MOST_REPLICAS:
        raise ComponentError(
            f"'{name}' has {shards} shards with {replicas} replicas each",
            why=f"Memorystore allows 1 to {MOST_SHARDS} shards and 0 to {MOST_REPLICAS} replicas",
            fix="set `shards` and `replicas` within it",
        )
    if shards > 1 and not cluster:
        raise ComponentError(
            f"'{name}' has {shards} shards but is no cluster",
            why="only a cluster spreads keys over shards",
            fix="set `cluster=True` (clients must speak the cluster protocol), or one shard",
        )
    if zone and replicas:
        raise ComponentError(
            f"'{name}' has replicas, all in {zone}",
            why="a replica is there to outlive its primary's zone",
            fix="leave `zone` out, or set no replicas",
        )
    if zone and not zone.startswith(f"{region}-"):
        raise ComponentError(
            f"'{name}' is in the zone {zone}",
            why=f"the environment's region is {region}",
            fix=f"choose a zone of {region}, e.g. {region}-b",
        )


def _persistence(persistence: Persistence) -> memorystore.InstancePersistenceConfigArgs:
    snapshot = memorystore.InstancePersistenceConfigRdbConfigArgs(rdb_snapshot_period="TWENTY_FOUR_HOURS")
    log = memorystore.InstancePersistenceConfigAofConfigArgs(append_fsync="EVERY_SEC")
    return memorystore.InstancePersistenceConfigArgs(
        mode=persistence.value,
        rdb_config=snapshot if persistence is Persistence.SNAPSHOT else None,
        aof_config=log if persistence is Persistence.LOG else None,
    )


def _address(endpoints: Sequence[Any] | None) -> str:
    """The address that a client begins with: a cluster's discovery, a single shard's primary."""
    for endpoint in endpoints or []:
        for connection in endpoint.connections or []:
            automatic = connection.psc_auto_connection
            if automatic and automatic.connection_type in {
                "CONNECTION_TYPE_DISCOVERY",
                "CONNECTION_TYPE_PRIMARY",
            }:
                return str(automatic.ip_address)
    return ""


def _certificates(authorities: Sequence[Any] | None) -> str:
    return "\n".join(
        certificate
        for authority in authorities or []
        for chain in authority.ca_certs or []
        for certificate in chain.certificates or []
    )
