"""What is logged of who does what."""

from policies.data_protection.audit.data_access import all_services, exempts_nobody

POLICIES = (all_services, exempts_nobody)
