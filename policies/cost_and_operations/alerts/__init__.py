"""Alerts: that there are some, that they reach somebody, and that what fails unseen has one."""

from policies.cost_and_operations.alerts.certificates import expiry_told
from policies.cost_and_operations.alerts.dead_letters import dead_letters_told
from policies.cost_and_operations.alerts.delivery import (
    alert_tells_somebody,
    alerts_exist,
    channel_key_secret,
    channel_works,
)
from policies.cost_and_operations.alerts.service_errors import errors_told
from policies.cost_and_operations.alerts.uptime import public_host_checked, uptime_check_told

POLICIES = (
    alerts_exist,
    alert_tells_somebody,
    channel_works,
    channel_key_secret,
    errors_told,
    dead_letters_told,
    expiry_told,
    public_host_checked,
    uptime_check_told,
)
