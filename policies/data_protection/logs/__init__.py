"""The project's logs: that they are kept, whole, and for long enough."""

from policies.data_protection.logs.everything import keeps_everything
from policies.data_protection.logs.retention import keeps_long_enough
from policies.data_protection.logs.writer import may_write, own_writer

POLICIES = (keeps_everything, keeps_long_enough, own_writer, may_write)
