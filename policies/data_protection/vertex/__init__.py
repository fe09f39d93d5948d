"""Vertex AI: its keys, its notebooks, and what stands before its models."""

from policies.data_protection.vertex.model_armor import filters_on, logs_no_speech
from policies.data_protection.vertex.notebooks import no_root, own_account, shielded
from policies.data_protection.vertex.own_key import own_key

POLICIES = (own_key, shielded, no_root, own_account, filters_on, logs_no_speech)
