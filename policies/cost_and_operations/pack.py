"""The policies of this pack: a folder each for what they look at."""

from policies.cost_and_operations import alerts, billing, logs, project
from policies.engine.pack import Pack

PACK = Pack(
    name="cost_and_operations",
    title="What is spent and what fails is noticed by somebody",
    policies=(
        *alerts.POLICIES,
        *billing.POLICIES,
        *logs.POLICIES,
        *project.POLICIES,
    ),
)
