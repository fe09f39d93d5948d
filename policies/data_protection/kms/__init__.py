"""Encryption keys in Cloud KMS."""

from policies.data_protection.kms.algorithm import algorithm
from policies.data_protection.kms.destruction import destroy_delay, key_is_protected
from policies.data_protection.kms.location import ring_in_region
from policies.data_protection.kms.rotation import rotates
from policies.data_protection.kms.separation import keys_separate_duties

POLICIES = (rotates, key_is_protected, destroy_delay, ring_in_region, keys_separate_duties, algorithm)
