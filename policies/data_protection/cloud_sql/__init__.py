"""How Cloud SQL keeps its data: who logs in, with which key, and what goes into the log."""

from policies.data_protection.cloud_sql.audit_flags import audit_flags
from policies.data_protection.cloud_sql.authentication import (
    iam_authentication,
    password_policy,
    passwords_write_only,
    users_of_iam,
)
from policies.data_protection.cloud_sql.diagnostic_flags import diagnostic_flags
from policies.data_protection.cloud_sql.logged_values import logged_values
from policies.data_protection.cloud_sql.other_engines import other_engines
from policies.data_protection.cloud_sql.own_key import own_key

POLICIES = (
    iam_authentication,
    users_of_iam,
    passwords_write_only,
    password_policy,
    own_key,
    audit_flags,
    logged_values,
    diagnostic_flags,
    other_engines,
)
