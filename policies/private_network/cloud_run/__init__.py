"""How Cloud Run and functions are reached, and which way their traffic leaves."""

from policies.private_network.cloud_run.default_url import default_url_off
from policies.private_network.cloud_run.egress import egress_through_network
from policies.private_network.cloud_run.ingress import no_public_ingress
from policies.private_network.cloud_run.invoker_check import invoker_check_on
from policies.private_network.cloud_run.ssh import ssh_off
from policies.private_network.cloud_run.staff import staff_behind_iap

POLICIES = (
    no_public_ingress,
    default_url_off,
    invoker_check_on,
    egress_through_network,
    ssh_off,
    staff_behind_iap,
)
