"""What Google's APIs refuse although a preview accepts it, and what works on the second try only."""

from policies.reliability.refused_by_google.alert_metrics import alert_metric_may_be_missing
from policies.reliability.refused_by_google.apis import api_on_first
from policies.reliability.refused_by_google.budget_quota import budget_provider_names_quota_project
from policies.reliability.refused_by_google.cache_connection import cache_connection_policy_first
from policies.reliability.refused_by_google.keys import (
    key_grant_to_an_agent_that_is_there,
    key_where_the_data_is,
)
from policies.reliability.refused_by_google.load_balancing import (
    certificate_without_wildcard,
    group_in_region_of_its_service,
    iap_without_cdn,
    schemes_match,
)
from policies.reliability.refused_by_google.messaging import messaging_within_limits
from policies.reliability.refused_by_google.reachable import call_target_has_its_address
from policies.reliability.refused_by_google.run_containers import (
    mount_has_its_volume,
    no_reserved_variable,
    one_port,
    probe_within_its_period,
)
from policies.reliability.refused_by_google.run_revisions import revision_named_after_its_service, traffic_adds_up
from policies.reliability.refused_by_google.run_sizes import run_name_fits_its_address, run_size_accepted
from policies.reliability.refused_by_google.schedules import schedule_readable
from policies.reliability.refused_by_google.secret_order import run_waits_for_secret_version
from policies.reliability.refused_by_google.serverless_backend import serverless_backend_plain
from policies.reliability.refused_by_google.sql_network import sql_private_connection_first
from policies.reliability.refused_by_google.sql_users import sql_iam_user_name

POLICIES = (
    alert_metric_may_be_missing,
    api_on_first,
    budget_provider_names_quota_project,
    cache_connection_policy_first,
    call_target_has_its_address,
    certificate_without_wildcard,
    group_in_region_of_its_service,
    iap_without_cdn,
    key_grant_to_an_agent_that_is_there,
    key_where_the_data_is,
    messaging_within_limits,
    mount_has_its_volume,
    no_reserved_variable,
    one_port,
    probe_within_its_period,
    revision_named_after_its_service,
    run_name_fits_its_address,
    run_size_accepted,
    run_waits_for_secret_version,
    schedule_readable,
    schemes_match,
    serverless_backend_plain,
    sql_iam_user_name,
    sql_private_connection_first,
    traffic_adds_up,
)
