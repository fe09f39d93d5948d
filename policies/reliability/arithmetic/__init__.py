"""Numbers that must go together: what may be asked for at most, against what there is."""

from policies.reliability.arithmetic.alerts import alert_can_be_raised
from policies.reliability.arithmetic.connections import sql_connections_fit
from policies.reliability.arithmetic.handlers import call_outlasts_handler, queue_within_capacity
from policies.reliability.arithmetic.retention import dead_letters_await_somebody
from policies.reliability.arithmetic.vpc import nat_ports_fit, subnet_addresses_fit

POLICIES = (
    alert_can_be_raised,
    call_outlasts_handler,
    dead_letters_await_somebody,
    nat_ports_fit,
    queue_within_capacity,
    sql_connections_fit,
    subnet_addresses_fit,
)
