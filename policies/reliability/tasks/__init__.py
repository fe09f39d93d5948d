"""How fast queues work, how often they and schedules try, and what they tell."""

from policies.reliability.tasks.queues import queue_limits_set, queue_logged
from policies.reliability.tasks.schedules import schedule_retried

POLICIES = (queue_limits_set, queue_logged, schedule_retried)
