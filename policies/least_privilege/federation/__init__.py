"""Who comes in from outside Google without a key."""

from policies.least_privilege.federation.condition import holds_to_owner, pins_numbers
from policies.least_privilege.federation.issuer import issuer_is_chosen
from policies.least_privilege.federation.members import no_whole_pool, one_way_each

POLICIES = (holds_to_owner, pins_numbers, issuer_is_chosen, no_whole_pool, one_way_each)
