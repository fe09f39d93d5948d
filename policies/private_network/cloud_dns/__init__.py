"""DNS: what is asked is logged, what is answered is signed."""

from policies.private_network.cloud_dns.dnssec import no_sha1, signed
from policies.private_network.cloud_dns.queries import queries_logged

POLICIES = (queries_logged, signed, no_sha1)
