"""What a load balancer promises and a service keeps."""

from policies.reliability.load_balancer.answers import leads_to_what_answers

POLICIES = (leads_to_what_answers,)
