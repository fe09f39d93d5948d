"""What names a network looks up is on record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.stack import Stack
from analysis.value import Value
from policies.engine.policy import Looked, Problem, Result, Settings, Severity, Unseen, each, stack_policy
from policies.private_network.networks import NETWORK, networks_in

_POLICY: Final = "gcp:dns/policy:Policy"


@stack_policy(
    id="dns-queries-logged",
    title="A network logs the names that it looks up",
    severity=Severity.MEDIUM,
    why="""A name that is looked up is often the first trace of stolen data going out, or of a machine that takes
    orders from outside; DNS passes every firewall rule. Nothing is logged unless a DNS policy of the network
    says so.""",
    fix="Use the `Network` component: it makes the DNS policy that logs.",
    fix_raw="Make a `gcp.dns.Policy` with `enableLogging` true that names the network.",
    rows=(29,),
    cis_4=("2.12",),
    cis_5=("2.13",),
)
def queries_logged(stack: Stack, settings: Settings) -> Iterator[Result]:
    policies = stack.of_type(_POLICY)
    yield from each(policies, _logs)
    named: set[str] = set()
    unknown = ""
    for policy in policies:
        found, reason = networks_in(policy["networks"], stack)
        named |= found
        if reason is not None:
            unknown = f"{reason} in '{policy.resource.name}'"
    for value in stack.of_type(NETWORK):
        network = value.resource
        yield Looked(network)
        if network.urn in named:
            continue
        if unknown:
            yield Unseen(network, unknown)
        else:
            yield Problem(network, "no DNS policy names the network: what it looks up is not logged")


def _logs(policy: Value) -> Iterator[str]:
    # Off by default: https://www.pulumi.com/registry/packages/gcp/api-docs/dns/policy/
    logging = policy["enableLogging"]
    if not logging.flag(False):
        said = "is false" if logging.present else "is left out, which means false"
        yield f"{logging.path} {said}: the queries of its networks are not logged"
