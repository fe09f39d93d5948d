"""What Google's own agents may not be given."""

from policies.least_privilege.service_agents.nothing_wider import agent_nothing_wider

POLICIES = (agent_nothing_wider,)
