"""The policies of this pack: a folder each for what they look at."""

from policies.engine.pack import Pack
from policies.least_privilege import (
    access,
    blast_radius,
    cloud_run,
    data_roles,
    escalation,
    federation,
    iam,
    service_accounts,
    service_agents,
    virtual_machines,
)

PACK = Pack(
    name="least_privilege",
    title="Nobody has more rights than what the stack declares to use",
    policies=(
        *access.POLICIES,
        *blast_radius.POLICIES,
        *cloud_run.POLICIES,
        *data_roles.POLICIES,
        *escalation.POLICIES,
        *federation.POLICIES,
        *iam.POLICIES,
        *service_accounts.POLICIES,
        *service_agents.POLICIES,
        *virtual_machines.POLICIES,
    ),
)
