"""Firewall rules of VPCs: what they may and may not let in from the internet, and what they must say."""

from typing import Any

import pulumi
from pulumi_gcp import compute

from policies.private_network.firewall.from_internet import no_ingress, no_management
from policies.private_network.firewall.narrowness import egress_by_identity, ingress_names_targets, names_ports
from policies.private_network.firewall.sources import public_sources
from policies.private_network.firewall.told import described, logs
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.unknowns import unknown

SSH = [{"protocol": "tcp", "ports": ["22"]}]
HTTPS = [{"protocol": "tcp", "ports": ["443"]}]
HTTP = [{"protocol": "tcp", "ports": ["80"]}]
INTERNET = ["0.0.0.0/0"]
ACCOUNTS = ["worker@demo.iam.gserviceaccount.com"]


def _rule(name: str, *, network: str | None = None, **changes: Any) -> None:
    """A rule in a network of its own, so that rules add up only where a fixture means them to."""
    compute.Firewall(name, **{"name": name, "network": network or f"net-{name}", "allows": SSH, **changes})


def _unknown_ranges(name: str) -> pulumi.Output[list[str]]:
    return unknown(name).apply(lambda text: [text])


@judged(
    no_management,
    {
        "good-iap": PASSED,
        "good-health-check": PASSED,
        "good-private": PASSED,
        "good-shared-range": PASSED,
        "good-disabled": PASSED,
        "good-egress": PASSED,
        "good-deny": PASSED,
        "good-another-port": PASSED,
        "good-source-tags-only": PASSED,
        "good-shadowed-allow": PASSED,
        "good-shadow": PASSED,
        "good-shadowed-by-same-priority": PASSED,
        "good-shadow-of-same-priority": PASSED,
        "good-one-partner": PASSED,
        "bad-ssh": VIOLATED,
        "bad-inside-a-range": VIOLATED,
        "bad-ipv6": VIOLATED,
        "bad-ipv4-mapped": VIOLATED,
        "bad-no-ports": VIOLATED,
        "bad-all-protocols": VIOLATED,
        "bad-protocol-by-number": VIOLATED,
        "bad-protocol-in-capitals": VIOLATED,
        "bad-halves": VIOLATED,
        "bad-first-half": VIOLATED,
        "bad-second-half": VIOLATED,
        "bad-everything-but-private": VIOLATED,
        "bad-many-ranges": VIOLATED,
        "bad-postgres": VIOLATED,
        "bad-memcached-by-udp": VIOLATED,
        "bad-ftp": VIOLATED,
        "bad-rdp": VIOLATED,
        "bad-with-target-tags": VIOLATED,
        "bad-with-target-accounts": VIOLATED,
        "bad-tags-besides-ranges": VIOLATED,
        "bad-deny-comes-later": VIOLATED,
        "good-later-deny": PASSED,
        "bad-deny-is-for-others": VIOLATED,
        "good-deny-for-others": PASSED,
        "bad-deny-is-disabled": VIOLATED,
        "good-disabled-deny": PASSED,
    },
)
def management() -> None:
    _rule("good-iap", source_ranges=["35.235.240.0/20"])
    _rule("good-health-check", source_ranges=["35.191.0.0/16", "130.211.0.0/22"], allows=[{"protocol": "tcp"}])
    _rule("good-private", source_ranges=["10.0.0.0/8", "192.168.0.0/16"], allows=[{"protocol": "all"}])
    _rule("good-shared-range", source_ranges=["100.64.0.0/10"])
    _rule("good-disabled", source_ranges=INTERNET, disabled=True)
    _rule("good-egress", direction="EGRESS", destination_ranges=INTERNET)
    _rule("good-deny", source_ranges=INTERNET, allows=None, denies=SSH)
    _rule("good-another-port", source_ranges=INTERNET, allows=HTTPS)
    _rule("good-source-tags-only", source_tags=["bastion"])
    _rule("good-shadow", network="shadowed", source_ranges=INTERNET, allows=None, denies=SSH, priority=900)
    _rule("good-shadowed-allow", network="shadowed", source_ranges=INTERNET)
    same: dict[str, Any] = {"network": "same", "source_ranges": INTERNET, "priority": 900}
    _rule("good-shadow-of-same-priority", allows=None, denies=[{"protocol": "all"}], **same)
    _rule("good-shadowed-by-same-priority", **same)
    _rule("good-one-partner", source_ranges=["203.0.113.0/24"])
    _rule("bad-ssh", source_ranges=INTERNET)
    _rule("bad-inside-a-range", source_ranges=INTERNET, allows=[{"protocol": "tcp", "ports": ["15-30"]}])
    _rule("bad-ipv6", source_ranges=["::/0"])
    _rule("bad-ipv4-mapped", source_ranges=["::ffff:0:0/96"])
    _rule("bad-no-ports", source_ranges=INTERNET, allows=[{"protocol": "tcp"}])
    _rule("bad-all-protocols", source_ranges=INTERNET, allows=[{"protocol": "all"}])
    _rule("bad-protocol-by-number", source_ranges=INTERNET, allows=[{"protocol": "6", "ports": ["22"]}])
    _rule("bad-protocol-in-capitals", source_ranges=INTERNET, allows=[{"protocol": "TCP", "ports": ["22"]}])
    _rule("bad-halves", source_ranges=["0.0.0.0/1", "128.0.0.0/1"])
    _rule("bad-first-half", network="halves", source_ranges=["1.0.0.0/11", "10.0.0.0/8"])
    _rule("bad-second-half", network="halves", source_ranges=["64.0.0.0/11"], allows=[*HTTPS, *SSH])
    _rule("bad-everything-but-private", source_ranges=["11.0.0.0/8", "12.0.0.0/6", "16.0.0.0/4", "32.0.0.0/3"])
    _rule("bad-many-ranges", source_ranges=[f"64.{number}.0.0/16" for number in range(64)])
    _rule("bad-postgres", source_ranges=INTERNET, allows=[{"protocol": "tcp", "ports": ["5432"]}])
    _rule("bad-memcached-by-udp", source_ranges=INTERNET, allows=[{"protocol": "udp", "ports": ["11211"]}])
    _rule("bad-ftp", source_ranges=INTERNET, allows=[{"protocol": "tcp", "ports": ["20", "21"]}])
    _rule("bad-rdp", source_ranges=INTERNET, allows=[{"protocol": "tcp", "ports": ["3389"]}])
    _rule("bad-with-target-tags", source_ranges=INTERNET, target_tags=["bastion"])
    _rule("bad-with-target-accounts", source_ranges=INTERNET, target_service_accounts=ACCOUNTS)
    _rule("bad-tags-besides-ranges", source_ranges=INTERNET, source_tags=["bastion"])
    _rule("bad-deny-comes-later", network="later", source_ranges=INTERNET)
    _rule("good-later-deny", network="later", source_ranges=INTERNET, allows=None, denies=SSH, priority=1001)
    _rule("bad-deny-is-for-others", network="others", source_ranges=INTERNET)
    _rule(
        "good-deny-for-others",
        network="others",
        source_ranges=INTERNET,
        allows=None,
        denies=SSH,
        priority=1,
        target_tags=["web"],
    )
    _rule("bad-deny-is-disabled", network="off", source_ranges=INTERNET)
    off: dict[str, Any] = {"allows": None, "denies": SSH, "priority": 1, "disabled": True}
    _rule("good-disabled-deny", network="off", source_ranges=INTERNET, **off)


@judged(
    no_management,
    {
        "bad-one-range-unknown": VIOLATED,
        "bad-one-port-unknown": VIOLATED,
        "bad-one-allow-unknown": VIOLATED,
        "absent-sources": VIOLATED,
        "absent-sources-empty": VIOLATED,
        "unknown-sources": NOT_EVALUATED,
        "unknown-source": NOT_EVALUATED,
        "unknown-ports": NOT_EVALUATED,
        "unknown-allows": NOT_EVALUATED,
        "unknown-tags": NOT_EVALUATED,
        "unknown-disabled": NOT_EVALUATED,
        "unknown-sources-of-https": PASSED,
        "unknown-ports-for-private-sources": PASSED,
        "no-range": NOT_EVALUATED,
        "secret-sources": NOT_EVALUATED,
        "secret-source": NOT_EVALUATED,
    },
)
def management_in_doubt() -> None:
    _rule("bad-one-range-unknown", source_ranges=[unknown("u1"), "0.0.0.0/0"])
    _rule(
        "bad-one-port-unknown",
        source_ranges=INTERNET,
        allows=[{"protocol": "tcp", "ports": [unknown("u2"), "22"]}],
    )
    _rule("bad-one-allow-unknown", source_ranges=INTERNET, allows=[{"protocol": unknown("u3")}, *SSH])
    _rule("absent-sources")
    _rule("absent-sources-empty", source_ranges=[])
    _rule("unknown-sources", source_ranges=_unknown_ranges("ranges-1"))
    _rule("unknown-source", source_ranges=["10.0.0.0/8", unknown("u4")])
    ports = unknown("u5").apply(lambda port: [port])
    _rule("unknown-ports", source_ranges=INTERNET, allows=[{"protocol": "tcp", "ports": ports}])
    _rule("unknown-allows", source_ranges=INTERNET, allows=unknown("u6").apply(lambda _: SSH))
    _rule("unknown-tags", source_tags=unknown("u7").apply(lambda tag: [tag]))
    _rule("unknown-disabled", source_ranges=INTERNET, disabled=unknown("u8").apply(bool))
    _rule("unknown-sources-of-https", source_ranges=_unknown_ranges("ranges-2"), allows=HTTPS)
    private = ["10.0.0.0/8"]
    _rule("unknown-ports-for-private-sources", source_ranges=private, allows=[{"protocol": "tcp", "ports": ports}])
    _rule("no-range", source_ranges=["everywhere"])
    _rule("secret-sources", source_ranges=pulumi.Output.secret(["0.0.0.0/0"]))
    _rule("secret-source", source_ranges=["10.0.0.0/8", pulumi.Output.secret("0.0.0.0/0")])


@judged(
    no_ingress,
    {
        "good-private": PASSED,
        "good-only-ssh": PASSED,
        "good-shadowed": PASSED,
        "good-deny-all": PASSED,
        "bad-http": VIOLATED,
        "bad-ping": VIOLATED,
        "bad-all": VIOLATED,
        "bad-ipv6-https": VIOLATED,
        "bad-quarter-one": VIOLATED,
        "bad-quarter-two": VIOLATED,
        "absent-sources": VIOLATED,
        "unknown-sources": NOT_EVALUATED,
        "secret-sources": NOT_EVALUATED,
    },
)
def anything() -> None:
    _rule("good-private", source_ranges=["10.0.0.0/8"], allows=HTTP)
    # SSH from anywhere is the other policy's, which says so with more force.
    _rule("good-only-ssh", source_ranges=INTERNET)
    _rule("good-deny-all", network="closed", source_ranges=INTERNET, allows=None, denies=[{"protocol": "all"}])
    _rule("good-shadowed", network="closed", source_ranges=INTERNET, allows=HTTP, priority=65535)
    _rule("bad-http", source_ranges=INTERNET, allows=HTTP)
    _rule("bad-ping", source_ranges=INTERNET, allows=[{"protocol": "icmp"}])
    _rule("bad-all", source_ranges=INTERNET, allows=[{"protocol": "all"}])
    _rule("bad-ipv6-https", source_ranges=["::/0"], allows=HTTPS)
    # Neither is a thousandth of the internet; both together are, where their ports meet.
    _rule("bad-quarter-one", network="quarters", source_ranges=["64.0.0.0/11"], allows=HTTP)
    both = [{"protocol": "tcp", "ports": ["79-81"]}]
    _rule("bad-quarter-two", network="quarters", source_ranges=["64.32.0.0/11"], allows=both)
    _rule("absent-sources", allows=HTTP)
    _rule("unknown-sources", source_ranges=_unknown_ranges("ranges-3"), allows=HTTP)
    _rule("secret-sources", source_ranges=pulumi.Output.secret(["10.0.0.0/8"]), allows=HTTP)


@judged(
    public_sources,
    {
        "good-private": PASSED,
        "good-google": PASSED,
        "good-tags": PASSED,
        "good-egress": PASSED,
        "good-deny": PASSED,
        "good-disabled": PASSED,
        "good-internet-is-told-elsewhere": PASSED,
        "bad-one-address": VIOLATED,
        "bad-partner": VIOLATED,
        "bad-ipv6-partner": VIOLATED,
        "bad-beside-unknown": VIOLATED,
        "absent-sources": PASSED,
        "unknown-source": NOT_EVALUATED,
        "secret-source": NOT_EVALUATED,
    },
)
def sources() -> None:
    _rule("good-private", source_ranges=["10.1.0.0/16", "fd20::/20"])
    _rule("good-google", source_ranges=["35.235.240.0/20", "35.191.0.0/16", "130.211.0.0/22"])
    _rule("good-tags", source_tags=["web"])
    _rule("good-egress", direction="EGRESS", destination_ranges=["203.0.113.0/24"])
    _rule("good-deny", source_ranges=["203.0.113.0/24"], allows=None, denies=SSH)
    _rule("good-disabled", source_ranges=["203.0.113.0/24"], disabled=True)
    _rule("good-internet-is-told-elsewhere", source_ranges=INTERNET)
    _rule("bad-one-address", source_ranges=["203.0.113.7"])
    _rule("bad-partner", source_ranges=["10.0.0.0/8", "198.51.100.0/24"], target_tags=["sip"])
    _rule("bad-ipv6-partner", source_ranges=["2001:4860::/32"])
    _rule("bad-beside-unknown", source_ranges=["203.0.113.0/24", unknown("u9")])
    _rule("absent-sources")
    _rule("unknown-source", source_ranges=[unknown("u10")])
    _rule("secret-source", source_ranges=pulumi.Output.secret(["203.0.113.0/24"]))


@judged(
    names_ports,
    {
        "good-port": PASSED,
        "good-range": PASSED,
        "good-memorystore": PASSED,
        "good-ping": PASSED,
        "good-deny-all": PASSED,
        "good-disabled": PASSED,
        "bad-range": VIOLATED,
        "bad-ranges": VIOLATED,
        "bad-all": VIOLATED,
        "bad-all-from-tags": VIOLATED,
        "bad-egress": VIOLATED,
        "bad-beside-unknown": VIOLATED,
        "absent-ports": VIOLATED,
        "unknown-port": NOT_EVALUATED,
        "secret-port": NOT_EVALUATED,
    },
)
def ports() -> None:
    def opened(name: str, *allows: dict[str, Any], **more: Any) -> None:
        _rule(name, source_ranges=["10.0.0.0/8"], allows=list(allows), **more)

    opened("good-port", *SSH)
    opened("good-range", {"protocol": "udp", "ports": ["8000-8999"]})
    opened("good-memorystore", {"protocol": "tcp", "ports": ["6379", "11000-13047"]})
    opened("good-ping", {"protocol": "icmp"}, {"protocol": "esp"})
    _rule("good-deny-all", source_ranges=INTERNET, allows=None, denies=[{"protocol": "all"}])
    opened("good-disabled", {"protocol": "all"}, disabled=True)
    opened("bad-range", {"protocol": "tcp", "ports": ["1024-65535"]})
    opened("bad-ranges", {"protocol": "tcp", "ports": ["1000-1999", "2000-2999"]})
    opened("bad-all", {"protocol": "all"})
    _rule("bad-all-from-tags", source_tags=["web"], allows=[{"protocol": "all"}])
    _rule("bad-egress", direction="EGRESS", destination_ranges=INTERNET, allows=[{"protocol": "all"}])
    opened("bad-beside-unknown", {"protocol": unknown("u11")}, {"protocol": "udp"})
    opened("absent-ports", {"protocol": "17"})
    opened("unknown-port", {"protocol": "tcp", "ports": [unknown("u12")]})
    opened("secret-port", {"protocol": "tcp", "ports": [pulumi.Output.secret("22")]})


@judged(
    ingress_names_targets,
    {
        "good-account": PASSED,
        "good-tag": PASSED,
        "good-destination": PASSED,
        "good-deny": PASSED,
        "good-egress": PASSED,
        "bad-destination-of-everything": VIOLATED,
        "bad-empty": VIOLATED,
        "absent-target": VIOLATED,
        "unknown-account": PASSED,
        "unknown-target": NOT_EVALUATED,
        "secret-target": NOT_EVALUATED,
    },
)
def targets() -> None:
    private = ["10.0.0.0/8"]
    _rule("good-account", source_ranges=private, target_service_accounts=ACCOUNTS)
    _rule("good-tag", source_ranges=private, target_tags=["web"])
    # All that an ingress rule for Direct VPC egress can say.
    _rule("good-destination", source_ranges=private, destination_ranges=["10.0.3.0/24"])
    _rule("good-deny", source_ranges=INTERNET, allows=None, denies=[{"protocol": "all"}])
    _rule("good-egress", direction="EGRESS", destination_ranges=private)
    _rule("bad-destination-of-everything", source_ranges=private, destination_ranges=["0.0.0.0/1", "128.0.0.0/1"])
    _rule("bad-empty", source_ranges=private, target_tags=[])
    _rule("absent-target", source_ranges=private)
    # Which account is not known yet, but that it is for one is.
    _rule("unknown-account", source_ranges=private, target_service_accounts=[unknown("u13")])
    _rule("unknown-target", source_ranges=private, target_tags=unknown("u14").apply(lambda tag: [tag]))
    _rule("secret-target", source_ranges=private, target_tags=pulumi.Output.secret(["web"]))


@judged(
    egress_by_identity,
    {
        "good-account": PASSED,
        "good-tag-inside": PASSED,
        "good-ingress": PASSED,
        "good-deny": PASSED,
        "bad-tag-to-internet": VIOLATED,
        "bad-everybody-to-one-range": VIOLATED,
        "bad-everybody-from-a-subnet": VIOLATED,
        "absent-account": VIOLATED,
        "absent-destination-by-tag": VIOLATED,
        "unknown-account": PASSED,
        "unknown-accounts": NOT_EVALUATED,
        "unknown-destination-by-tag": NOT_EVALUATED,
        "secret-accounts": NOT_EVALUATED,
    },
)
def ways_out() -> None:
    def way(name: str, *ranges: Any, **more: Any) -> None:
        _rule(name, direction="EGRESS", destination_ranges=list(ranges) or None, allows=HTTPS, **more)

    way("good-account", "0.0.0.0/0", target_service_accounts=ACCOUNTS)
    way("good-tag-inside", "10.0.0.0/8", target_tags=["web"])
    _rule("good-ingress", source_ranges=["10.0.0.0/8"])
    _rule("good-deny", direction="EGRESS", allows=None, denies=[{"protocol": "all"}])
    way("bad-tag-to-internet", "0.0.0.0/1", "128.0.0.0/1", target_tags=["web"])
    way("bad-everybody-to-one-range", "10.0.2.0/24")
    way("bad-everybody-from-a-subnet", "10.0.2.0/24", source_ranges=["10.0.1.0/24"])
    way("absent-account", "0.0.0.0/0")
    way("absent-destination-by-tag", target_tags=["web"])
    way("unknown-account", "0.0.0.0/0", target_service_accounts=[unknown("u15")])
    way("unknown-accounts", "0.0.0.0/0", target_service_accounts=unknown("u16").apply(lambda one: [one]))
    way("unknown-destination-by-tag", unknown("u17"), target_tags=["web"])
    way("secret-accounts", "0.0.0.0/0", target_service_accounts=pulumi.Output.secret(ACCOUNTS))


METADATA = {"metadata": "EXCLUDE_ALL_METADATA"}


@judged(
    logs,
    {
        "good-logged": PASSED,
        "good-old-flag": PASSED,
        "good-disabled": PASSED,
        "bad-old-flag": VIOLATED,
        "bad-deny": VIOLATED,
        "absent-block": VIOLATED,
        "unknown-block": NOT_EVALUATED,
        "unknown-flag": NOT_EVALUATED,
        "secret-flag": NOT_EVALUATED,
    },
)
def logging() -> None:
    _rule("good-logged", source_ranges=["10.0.0.0/8"], log_config=METADATA)
    _rule("good-old-flag", source_ranges=["10.0.0.0/8"], enable_logging=True)
    _rule("good-disabled", source_ranges=["10.0.0.0/8"], disabled=True)
    _rule("bad-old-flag", source_ranges=["10.0.0.0/8"], enable_logging=False)
    _rule("bad-deny", source_ranges=INTERNET, allows=None, denies=[{"protocol": "all"}])
    _rule("absent-block", source_ranges=["10.0.0.0/8"])
    _rule("unknown-block", source_ranges=["10.0.0.0/8"], log_config=unknown("u18").apply(lambda _: METADATA))
    _rule("unknown-flag", source_ranges=["10.0.0.0/8"], enable_logging=unknown("u19").apply(bool))
    _rule("secret-flag", source_ranges=["10.0.0.0/8"], enable_logging=pulumi.Output.secret(True))


@judged(
    described,
    {
        "good-said": PASSED,
        "good-disabled": PASSED,
        "good-said-by-what-is-not-made-yet": PASSED,
        "bad-blank": VIOLATED,
        "absent-text": VIOLATED,
        "unknown-text": NOT_EVALUATED,
        "secret-text": NOT_EVALUATED,
    },
)
def descriptions() -> None:
    _rule("good-said", source_ranges=["10.0.0.0/8"], description="The bastion may call the database.")
    _rule("good-disabled", source_ranges=["10.0.0.0/8"], disabled=True)
    address = compute.Address("caller", name="caller", region="europe-west1")
    told = pulumi.Output.concat("Calls from ", address.address)
    _rule("good-said-by-what-is-not-made-yet", source_ranges=["10.0.0.0/8"], description=told)
    _rule("bad-blank", source_ranges=["10.0.0.0/8"], description="  ")
    _rule("absent-text", source_ranges=["10.0.0.0/8"])
    _rule("unknown-text", source_ranges=["10.0.0.0/8"], description=unknown("u20"))
    _rule("secret-text", source_ranges=["10.0.0.0/8"], description=pulumi.Output.secret("said"))
