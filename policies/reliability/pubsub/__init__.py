"""What becomes of messages that nobody could handle, or that nobody asked for in a while."""

from policies.reliability.pubsub.dead_letters import dead_letters_kept, subscription_dead_letters
from policies.reliability.pubsub.delivery import (
    subscription_backs_off,
    subscription_never_expires,
    subscription_schema_exists,
)

POLICIES = (
    subscription_dead_letters,
    dead_letters_kept,
    subscription_backs_off,
    subscription_never_expires,
    subscription_schema_exists,
)
