"""Virtual machines by their addresses and by whose packets they pass on."""

import pulumi

from policies.private_network.virtual_machines.addresses import no_public_address
from policies.private_network.virtual_machines.forwarding import forwards_nothing
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.machines import from_template, machine, region_template, template
from tests.policies.unknowns import unknown


@judged(
    no_public_address,
    {
        "good-private": PASSED,
        "good-no-addresses-listed": PASSED,
        "good-from-template": PASSED,
        "bad-address-of-googles-choice": VIOLATED,
        "bad-address-of-its-own": VIOLATED,
        "bad-second-interface": VIOLATED,
        "bad-ipv6": VIOLATED,
        "bad-template": VIOLATED,
        "bad-region-template": VIOLATED,
        "bad-from-template": VIOLATED,
        "absent-interfaces-of-a-template": PASSED,
        "unknown-addresses": NOT_EVALUATED,
        "unknown-template-elsewhere": NOT_EVALUATED,
        "secret-interfaces": NOT_EVALUATED,
    },
)
def addresses() -> None:
    public = [{"subnetwork": "apps", "access_configs": [{}]}]
    machine("good-private")
    machine("good-no-addresses-listed", network_interfaces=[{"subnetwork": "apps", "access_configs": []}])
    machine("bad-address-of-googles-choice", network_interfaces=public)
    machine("bad-address-of-its-own", network_interfaces=[{"access_configs": [{"nat_ip": "203.0.113.7"}]}])
    machine("bad-second-interface", network_interfaces=[{"subnetwork": "apps"}, *public])
    machine(
        "bad-ipv6",
        network_interfaces=[{"subnetwork": "apps", "ipv6_access_configs": [{"network_tier": "PREMIUM"}]}],
    )
    template("bad-template", network_interfaces=public)
    region_template("bad-region-template", network_interfaces=public)
    bare = template("absent-interfaces-of-a-template", network_interfaces=None)
    from_template("good-from-template", bare.id)
    from_template("bad-from-template", bare.id, network_interfaces=public)
    from_template("unknown-template-elsewhere", "projects/shared/global/instanceTemplates/sip")
    later = unknown("a").apply(lambda one: [{"nat_ip": one}])
    machine("unknown-addresses", network_interfaces=[{"subnetwork": "apps", "access_configs": later}])
    machine("secret-interfaces", network_interfaces=pulumi.Output.secret([{"subnetwork": "apps"}]))


@judged(
    forwards_nothing,
    {
        "good-off": PASSED,
        "good-from-template": PASSED,
        "bad-on": VIOLATED,
        "bad-template": VIOLATED,
        "absent-flag": PASSED,
        "unknown-flag": NOT_EVALUATED,
        "secret-flag": NOT_EVALUATED,
    },
)
def gateways() -> None:
    machine("good-off", can_ip_forward=False)
    machine("bad-on", can_ip_forward=True)
    from_template("good-from-template", template("bad-template", can_ip_forward=True).id)
    machine("absent-flag")
    machine("unknown-flag", can_ip_forward=unknown("f").apply(bool))
    machine("secret-flag", can_ip_forward=pulumi.Output.secret(False))
