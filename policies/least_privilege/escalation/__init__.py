"""Who can become whom, at any distance."""

from policies.least_privilege.escalation.becoming_others import becoming_others
from policies.least_privilege.escalation.project_control import project_control

POLICIES = (becoming_others, project_control)
