"""As whom services, jobs, worker pools and functions run."""

from policies.least_privilege.cloud_run.own_account import own_service_account
from policies.least_privilege.cloud_run.shared_account import account_not_shared

POLICIES = (own_service_account, account_not_shared)
