"""Log entries that somebody should be told of."""

from policies.cost_and_operations.logs.admin_changes import admin_changes_told
from policies.cost_and_operations.logs.unused_metric import metric_read

POLICIES = (admin_changes_told, metric_read)
