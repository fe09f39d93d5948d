"""Cloud SQL instances as they may and may not be reached."""

import pulumi
import pulumi_gcp as gcp

from policies.private_network.cloud_sql.authorized_networks import authorized_networks
from policies.private_network.cloud_sql.private_access import no_data_api, private_access
from policies.private_network.cloud_sql.public_address import public_address
from tests.policies.databases import instance, replica
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.unknowns import unknown


def _addressed(name: str, address: pulumi.Input[bool] | None) -> None:
    instance(name, {"ip_configuration": {"ipv4_enabled": address}})


@judged(
    public_address,
    {
        "good-private": PASSED,
        "good-only-stands-for-a-database-elsewhere": PASSED,
        "bad-public": VIOLATED,
        "bad-replica-of-a-private-one": VIOLATED,
        "absent-flag": VIOLATED,
        "absent-block": VIOLATED,
        "unknown-flag": NOT_EVALUATED,
        "unknown-settings-of-a-clone": NOT_EVALUATED,
        "secret-flag": NOT_EVALUATED,
    },
)
def instances() -> None:
    _addressed("good-private", False)
    gcp.sql.DatabaseInstance(
        "good-only-stands-for-a-database-elsewhere",
        name="elsewhere",
        instance_type="ON_PREMISES_INSTANCE",
        database_version="POSTGRES_17",
    )
    _addressed("bad-public", True)
    replica("bad-replica-of-a-private-one", "good-private")
    _addressed("absent-flag", None)
    instance("absent-block")
    _addressed("unknown-flag", unknown().apply(bool))
    instance("unknown-settings-of-a-clone", clone={"source_instance_name": "good-private"})
    _addressed("secret-flag", pulumi.Output.secret(False))


def _networked(name: str, **configuration: object) -> None:
    instance(name, {"ip_configuration": configuration})


@judged(
    private_access,
    {
        "good-by-name": PASSED,
        "good-network-of-this-stack": PASSED,
        "good-private-service-connect": PASSED,
        "good-replica": PASSED,
        "bad-public-only": VIOLATED,
        "bad-connect-switched-off": VIOLATED,
        "absent-configuration": VIOLATED,
        "absent-settings": VIOLATED,
        "unknown-network": NOT_EVALUATED,
        "unknown-connect": NOT_EVALUATED,
        "secret-network": NOT_EVALUATED,
    },
)
def networks() -> None:
    vpc = gcp.compute.Network("vpc", name="vpc", auto_create_subnetworks=False)
    _networked("good-by-name", private_network="projects/p/global/networks/vpc")
    _networked("good-network-of-this-stack", private_network=vpc.id)
    _networked("good-private-service-connect", psc_configs=[{"psc_enabled": True}])
    replica("good-replica", "good-by-name", {"ip_configuration": {"private_network": vpc.id}})
    _networked("bad-public-only", ipv4_enabled=True)
    _networked("bad-connect-switched-off", psc_configs=[{"psc_enabled": False}])
    instance("absent-configuration", {})
    instance("absent-settings")
    _networked("unknown-network", private_network=unknown())
    _networked("unknown-connect", psc_configs=[{"psc_enabled": unknown("other").apply(bool)}])
    _networked("secret-network", private_network=pulumi.Output.secret("projects/p/global/networks/vpc"))


@judged(
    no_data_api,
    {
        "good-disallowed": PASSED,
        "bad-allowed-on-a-private-instance": VIOLATED,
        "bad-allowed-on-a-replica": VIOLATED,
        "absent": PASSED,
        "unknown": NOT_EVALUATED,
        "secret": NOT_EVALUATED,
    },
)
def data_apis() -> None:
    private = {"ipv4_enabled": False, "private_network": "projects/p/global/networks/vpc"}
    instance("good-disallowed", {"data_api_access": "DISALLOW_DATA_API"})
    instance(
        "bad-allowed-on-a-private-instance", {"data_api_access": "ALLOW_DATA_API", "ip_configuration": private}
    )
    replica("bad-allowed-on-a-replica", "good-disallowed", {"data_api_access": "ALLOW_DATA_API"})
    instance("absent", {})
    instance("unknown", {"data_api_access": unknown("other")})
    instance("secret", {"data_api_access": pulumi.Output.secret("DISALLOW_DATA_API")})


def _open(name: str, *ranges: pulumi.Input[str], public: pulumi.Input[bool] = True) -> None:
    listed = [{"value": one} for one in ranges]
    instance(name, {"ip_configuration": {"ipv4_enabled": public, "authorized_networks": listed}})


@judged(
    authorized_networks,
    {
        "good-one-office": PASSED,
        "good-one-address-without-a-mask": PASSED,
        "good-none": PASSED,
        "bad-everybody": VIOLATED,
        "bad-everybody-in-two-halves": VIOLATED,
        "bad-everybody-of-ipv6": VIOLATED,
        "bad-many-that-add-up": VIOLATED,
        "bad-one-unknown-beside-everybody": VIOLATED,
        "bad-office-on-a-private-instance": VIOLATED,
        "bad-replica": VIOLATED,
        "absent-configuration": PASSED,
        "absent-settings": PASSED,
        "unknown-list": NOT_EVALUATED,
        "unknown-range": NOT_EVALUATED,
        "unknown-whether-private": NOT_EVALUATED,
        "unknown-what-the-text-means": NOT_EVALUATED,
        "secret-range": NOT_EVALUATED,
    },
)
def ranges() -> None:
    _open("good-one-office", "198.51.100.0/24", "2001:db8::/64")
    _open("good-one-address-without-a-mask", "198.51.100.7")
    _open("good-none")
    _open("bad-everybody", "0.0.0.0/0")
    _open("bad-everybody-in-two-halves", "0.0.0.0/1", "128.0.0.0/1")
    _open("bad-everybody-of-ipv6", "::/0")
    _open("bad-many-that-add-up", *(f"198.{second}.0.0/17" for second in range(3)))
    _open("bad-one-unknown-beside-everybody", unknown("one"), "0.0.0.0/0")
    _open("bad-office-on-a-private-instance", "198.51.100.0/24", public=False)
    replica(
        "bad-replica",
        "good-none",
        {"ip_configuration": {"ipv4_enabled": True, "authorized_networks": [{"value": "0.0.0.0/0"}]}},
    )
    instance("absent-configuration", {})
    instance("absent-settings")
    instance(
        "unknown-list",
        {"ip_configuration": {"authorized_networks": unknown("list").apply(lambda _: [{"value": "10.0.0.0/8"}])}},
    )
    _open("unknown-range", unknown("range"))
    _open("unknown-whether-private", "198.51.100.0/24", public=unknown("public").apply(bool))
    _open("unknown-what-the-text-means", "an office")
    _open("secret-range", pulumi.Output.secret("0.0.0.0/0"))
