"""Virtual machines: as whom they run, and who gets into them."""

from policies.least_privilege.virtual_machines.account import own_account
from policies.least_privilege.virtual_machines.entry import no_project_keys, no_serial_port, os_login

POLICIES = (own_account, os_login, no_project_keys, no_serial_port)
