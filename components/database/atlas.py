"""AtlasCluster: a MongoDB Atlas project and replica set, reached through a VPC peering only.

Workloads log in as their Google service accounts (Atlas' workload identity federation): there is no password. The
organisation's identity provider for it is made once, by hand, in Atlas (issuer https://accounts.google.com, user
claim `sub`, https://www.mongodb.com/docs/atlas/workload-oidc/). Needs the `atlas` extra of this package and a
`pulumi_mongodbatlas.Provider` among the environment's providers.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Network
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import quote

import pulumi
import pulumi_mongodbatlas as mongodbatlas
from pulumi_gcp import compute

from components.component import Component, Environment
from components.database.postgres_rights import DeclaredRights, Right
from components.errors import ComponentError
from components.links import Access, Grant
from components.naming import Kind
from components.network.destination import Destination
from components.security.identity import Identity

if TYPE_CHECKING:
    from components.network.network import Network

# https://www.mongodb.com/docs/atlas/reference/google-gcp/
REGIONS = {
    "asia-northeast1": "NORTHEASTERN_ASIA_PACIFIC",
    "asia-south1": "ASIA_SOUTH_1",
    "asia-southeast1": "SOUTHEASTERN_ASIA_PACIFIC",
    "australia-southeast1": "AUSTRALIA_SOUTHEAST_1",
    "europe-north1": "EUROPE_NORTH_1",
    "europe-west1": "WESTERN_EUROPE",
    "europe-west2": "EUROPE_WEST_2",
    "europe-west3": "EUROPE_WEST_3",
    "europe-west4": "EUROPE_WEST_4",
    "us-central1": "CENTRAL_US",
    "us-east1": "EASTERN_US",
    "us-east4": "US_EAST_4",
    "us-west1": "WESTERN_US",
}
# https://www.mongodb.com/docs/atlas/security-vpc-peering/ (Google Cloud: /18 or larger)
SMALLEST_RANGE = 18
ROLES = {Right.READ: "read", Right.WRITE: "readWrite"}


class AtlasCluster(Component):
    """A three-node replica set in the environment's region.

    `cidr` is what Atlas takes for itself, `app_range` what may connect: the workloads' subnet; they must not
    overlap. `size` is M10 or larger. `identity_provider` and `audience` are those of the organisation's workload
    identity provider. Raises ComponentError for arguments that contradict each other.
    """

    family: ClassVar[str] = "database"

    project: mongodbatlas.Project
    cluster: mongodbatlas.AdvancedCluster
    peering: compute.NetworkPeering
    database_name: str

    def __init__(
        self,
        name: str,
        *,
        env: Environment,
        network: Network,
        organisation: str,
        identity_provider: str,
        audience: str,
        cidr: str,
        app_range: str,
        size: str = "M10",
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        _check(name, region=env.region, cidr=cidr, app_range=app_range, size=size)
        # https://www.mongodb.com/docs/atlas/reference/faq/networking/ (the ports of a cluster's nodes)
        destination = Destination.peered(name, cidr, ports=("27015-27017",))
        super().__init__(name, env=env, opts=opts)
        self._destination = destination
        self.database_name = env.naming.name(Kind.SQL_DATABASE)
        self._identity_provider = identity_provider
        self._audience = audience
        self._rights = DeclaredRights(name)
        self._cluster_name = env.naming.name(Kind.ATLAS, name)
        self.project = mongodbatlas.Project(
            name,
            name=env.naming.name(Kind.ATLAS),
            org_id=organisation,
            with_default_alerts_settings=True,
            tags=self.labels(),
            opts=self.guarded(),
        )
        container = mongodbatlas.NetworkContainer(
            name,
            project_id=self.project.id,
            provider_name="GCP",
            atlas_cidr_block=cidr,
            opts=self.child(),
        )
        theirs = mongodbatlas.NetworkPeering(
            name,
            project_id=self.project.id,
            container_id=container.container_id,
            provider_name="GCP",
            gcp_project_id=env.project,
            network_name=network.vpc.name,
            opts=self.child(),
        )
        self.peering = compute.NetworkPeering(
            name,
            name=env.naming.name(Kind.COMPUTE, name),
            network=network.vpc.self_link,
            peer_network=pulumi.Output.concat(
                "https://www.googleapis.com/compute/v1/projects/",
                theirs.atlas_gcp_project_id,
                "/global/networks/",
                theirs.atlas_vpc_name,
            ),
            opts=self.child(),
        )
        mongodbatlas.ProjectIpAccessList(
            name,
            project_id=self.project.id,
            cidr_block=app_range,
            comment="The workloads' subnet, through the peering.",
            opts=self.child(),
        )
        self.cluster = mongodbatlas.AdvancedCluster(
            name,
            project_id=self.project.id,
            name=self._cluster_name,
            cluster_type="REPLICASET",
            mongo_db_major_version="8.0",
            replication_specs=[
                mongodbatlas.AdvancedClusterReplicationSpecArgs(
                    region_configs=[
                        mongodbatlas.AdvancedClusterReplicationSpecRegionConfigArgs(
                            provider_name="GCP",
                            region_name=REGIONS[env.region],
                            priority=7,
                            electable_specs=(
                                mongodbatlas.AdvancedClusterReplicationSpecRegionConfigElectableSpecsArgs(
                                    instance_size=size, node_count=3
                                )
                            ),
                            auto_scaling=mongodbatlas.AdvancedClusterReplicationSpecRegionConfigAutoScalingArgs(
                                disk_gb_enabled=True
                            ),
                        )
                    ]
                )
            ],
            advanced_configuration=mongodbatlas.AdvancedClusterAdvancedConfigurationArgs(
                minimum_enabled_tls_protocol="TLS1_2", javascript_enabled=False
            ),
            backup_enabled=True,
            pit_enabled=True,
            retain_backups_enabled=not env.disposable,
            termination_protection_enabled=env.protect,
            redact_client_log_data=True,
            tags=self.labels(),
            # Atlas puts the cluster into the container's network only if that is there first.
            opts=self.guarded(depends_on=[container]),
        )
        self.register_outputs({"cluster": self.cluster.name})

    def connect(self, right: Right) -> Access:
        """Using the cluster with `right`, as the workload's own service account.

        Sets MONGODB_URI (without a secret: the driver asks Google for a token) and MONGODB_DATABASE. Raises
        LinkError where one workload asks for two rights.
        """

        def make(name: str, identity: Identity, opts: pulumi.ResourceOptions) -> pulumi.Resource:
            self._rights.declare(identity.account_id, right)
            return mongodbatlas.DatabaseUser(
                name,
                project_id=self.project.id,
                # The provider and the token's `sub`, which is the account's number.
                username=pulumi.Output.concat(self._identity_provider, "/", identity.account.unique_id),
                auth_database_name="$external",
                oidc_auth_type="USER",
                roles=[
                    mongodbatlas.DatabaseUserRoleArgs(role_name=ROLES[right], database_name=self.database_name)
                ],
                scopes=[mongodbatlas.DatabaseUserScopeArgs(name=self.cluster.name, type="CLUSTER")],
                opts=opts,
            )

        return Access(
            verb=f"connect-{right.value}",
            target=self,
            grants=(Grant(key=f"{self.name}-user-{right.value}", role=None, make=make),),
            variables={"MONGODB_URI": self._uri(), "MONGODB_DATABASE": self.database_name},
            network=True,
            needs=self._destination,
        )

    def _uri(self) -> pulumi.Output[str]:
        # https://www.mongodb.com/docs/languages/python/pymongo-driver/current/security/authentication/oidc/
        properties = quote(f"ENVIRONMENT:gcp,TOKEN_RESOURCE:{self._audience}", safe=":,")
        login = f"/?authSource=%24external&authMechanism=MONGODB-OIDC&authMechanismProperties={properties}"
        return self.cluster.connection_strings.apply(
            lambda strings: f"{(strings.private_srv if strings else None) or ''}{login}"
        )


def _check(name: str, *, region: str, cidr: str, app_range: str, size: str) -> None:
    if region not in REGIONS:
        raise ComponentError(
            f"'{name}' would be in {region}",
            why="this component does not know the Atlas region there",
            fix=f"use one of: {', '.join(REGIONS)}",
        )
    if not re.fullmatch(r"M(10|20|30|40|50|60|80)", size):
        raise ComponentError(
            f"'{name}' has the size '{size}'",
            why="peering and federation need a dedicated cluster",
            fix="use M10, M20, M30, M40, M50, M60 or M80",
        )
    try:
        theirs, ours = IPv4Network(cidr), IPv4Network(app_range)
    except ValueError as error:
        raise ComponentError(
            f"'{name}' has the ranges '{cidr}' and '{app_range}'",
            why=str(error),
            fix="write them like 192.168.0.0/18",
        ) from None
    if theirs.prefixlen > SMALLEST_RANGE or not theirs.is_private or theirs.overlaps(ours):
        raise ComponentError(
            f"'{name}' gives Atlas the range {cidr}, and {app_range} connects",
            why=f"Atlas needs a private range of /{SMALLEST_RANGE} or larger that overlaps nothing of yours",
            fix="choose such a range for `cidr`",
        )
