"""The public load balancer: TLS, what it logs, what it keeps."""

from policies.data_protection.load_balancer.armor_logs import no_content
from policies.data_protection.load_balancer.caching import never_forces_caching
from policies.data_protection.load_balancer.certificates import renews_itself
from policies.data_protection.load_balancer.request_logs import requests_logged
from policies.data_protection.load_balancer.tls import tls_policy_modern, tls_policy_set

POLICIES = (
    tls_policy_set,
    tls_policy_modern,
    requests_logged,
    never_forces_caching,
    renews_itself,
    no_content,
)
