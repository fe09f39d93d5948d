"""What Google's own agents must be allowed for the stack to work."""

from policies.reliability.service_agents.allowed import agent_may_do_its_part
from policies.reliability.service_agents.calls import caller_is_admitted

POLICIES = (agent_may_do_its_part, caller_is_admitted)
