"""How workloads start, stay alive, and are not lost."""

from policies.reliability.cloud_run.deletion import deletion_protected
from policies.reliability.cloud_run.generation import second_generation
from policies.reliability.cloud_run.limits import within_limits
from policies.reliability.cloud_run.probes import health_checked, liveness_probe, startup_probe
from policies.reliability.cloud_run.reserved_path import no_reserved_path

POLICIES = (
    deletion_protected,
    startup_probe,
    liveness_probe,
    health_checked,
    no_reserved_path,
    within_limits,
    second_generation,
)
