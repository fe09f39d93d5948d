"""The public load balancer: what it answers, what it filters, whom it lets through."""

from policies.private_network.load_balancer.armor import (
    limits_or_refuses,
    no_rule_in_preview,
    refuses_known_attacks,
)
from policies.private_network.load_balancer.armor_attached import backend_behind_armor
from policies.private_network.load_balancer.people import internal_backend_guarded
from policies.private_network.load_balancer.plain_http import http_only_redirects
from policies.private_network.load_balancer.ports import few_ports

POLICIES = (
    http_only_redirects,
    backend_behind_armor,
    refuses_known_attacks,
    limits_or_refuses,
    no_rule_in_preview,
    internal_backend_guarded,
    few_ports,
)
