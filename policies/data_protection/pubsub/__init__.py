"""Where Pub/Sub keeps messages, and with which keys they are encrypted."""

from policies.data_protection.pubsub.own_key import topic_own_key
from policies.data_protection.pubsub.regions import topic_keeps_to_regions

POLICIES = (topic_keeps_to_regions, topic_own_key)
