"""DNS: queries on record, public zones signed."""

from typing import Any

import pulumi
from pulumi_gcp import compute, dns

from policies.private_network.cloud_dns.dnssec import no_sha1, signed
from policies.private_network.cloud_dns.queries import queries_logged
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.unknowns import unknown


def _network(name: str) -> compute.Network:
    return compute.Network(name, name=name, auto_create_subnetworks=False)


def _policy(name: str, *networks: Any, logging: Any = None) -> None:
    dns.Policy(name, name=name, enable_logging=logging, networks=[{"network_url": one} for one in networks])


@judged(
    queries_logged,
    {
        "good-logged": PASSED,
        "good-by-name": PASSED,
        "good-beside-another": PASSED,
        "good-of-the-bad-policy": PASSED,
        "good": PASSED,
        "bad-policy": VIOLATED,
        "absent-flag": VIOLATED,
        "absent-policy": VIOLATED,
        "unknown-flag": NOT_EVALUATED,
        "secret-flag": NOT_EVALUATED,
    },
)
def logged() -> None:
    _policy("good", _network("good-logged").id, _network("good-beside-another").id, logging=True)
    _network("good-by-name")
    _policy("by-name", "projects/p/global/networks/good-by-name", logging=True)
    # The policy is to blame, once.
    _policy("bad-policy", _network("good-of-the-bad-policy").id, logging=False)
    _policy("absent-flag", "another")
    _network("absent-policy")
    _policy("unknown-flag", "one", logging=unknown("u1").apply(bool))
    _policy("secret-flag", "two", logging=pulumi.Output.secret(True))


@judged(queries_logged, {"unknown-whether-named": NOT_EVALUATED, "good-named": PASSED})
def a_network_in_doubt() -> None:
    _network("unknown-whether-named")
    _network("good-named")
    _policy("policy", "good-named", logging=True)
    _policy("doubtful", unknown("u2"), logging=True)


def _zone(name: str, **more: Any) -> None:
    dns.ManagedZone(name, name=name, dns_name="example.com.", **more)


@judged(
    signed,
    {
        "good-signed": PASSED,
        "good-private": PASSED,
        "bad-off": VIOLATED,
        "bad-transfer": VIOLATED,
        "bad-public-said": VIOLATED,
        "absent-block": VIOLATED,
        "absent-state": VIOLATED,
        "unknown-state": NOT_EVALUATED,
        "unknown-visibility": NOT_EVALUATED,
        "secret-state": NOT_EVALUATED,
    },
)
def zones() -> None:
    _zone("good-signed", dnssec_config={"state": "on"})
    _zone("good-private", visibility="private")
    _zone("bad-off", dnssec_config={"state": "off"})
    _zone("bad-transfer", dnssec_config={"state": "transfer"})
    _zone("bad-public-said", visibility="public")
    _zone("absent-block")
    _zone("absent-state", dnssec_config={"non_existence": "nsec3"})
    _zone("unknown-state", dnssec_config={"state": unknown("u3")})
    _zone("unknown-visibility", visibility=unknown("u4"))
    _zone("secret-state", dnssec_config={"state": pulumi.Output.secret("on")})


def _keys(name: str, *algorithms: Any, **more: Any) -> None:
    specs = [
        {"algorithm": one, "key_type": kind}
        for one, kind in zip(algorithms, ("keySigning", "zoneSigning"), strict=True)
    ]
    _zone(name, dnssec_config={"state": "on", "default_key_specs": specs}, **more)


@judged(
    no_sha1,
    {
        "good-keys": PASSED,
        "good-private": PASSED,
        "bad-key-signing": VIOLATED,
        "bad-zone-signing": VIOLATED,
        "bad-beside-unknown": VIOLATED,
        "absent-specifications": PASSED,
        "unknown-algorithm": NOT_EVALUATED,
        "secret-algorithm": NOT_EVALUATED,
    },
)
def keys() -> None:
    _keys("good-keys", "ecdsap256sha256", "rsasha256")
    _keys("good-private", "rsasha1", "rsasha1", visibility="private")
    _keys("bad-key-signing", "rsasha1", "rsasha256")
    _keys("bad-zone-signing", "rsasha256", "rsasha1")
    _keys("bad-beside-unknown", unknown("u5"), "rsasha1")
    # Google's own choice is RSASHA256.
    _zone("absent-specifications", dnssec_config={"state": "on"})
    _keys("unknown-algorithm", unknown("u6"), "rsasha256")
    _keys("secret-algorithm", pulumi.Output.secret("rsasha1"), "rsasha256")
