"""The calls that Google's services make for a stack: Pub/Sub's pushes, tasks, jobs of Cloud Scheduler."""

from policies.private_network.calls.audience import call_audience_fits, call_audience_named
from policies.private_network.calls.credentials import (
    call_access_token_to_google_only,
    call_authenticated,
    call_without_written_credentials,
)
from policies.private_network.calls.target import call_encrypted, queue_fixes_its_target

POLICIES = (
    call_encrypted,
    call_authenticated,
    call_access_token_to_google_only,
    call_audience_named,
    call_audience_fits,
    call_without_written_credentials,
    queue_fixes_its_target,
)
