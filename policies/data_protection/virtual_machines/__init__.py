"""Virtual machines: what they start, and with which key their disks are encrypted."""

from policies.data_protection.virtual_machines.disk_keys import disk_keys
from policies.data_protection.virtual_machines.shielded import shielded

POLICIES = (shielded, disk_keys)
