"""Canary, smoke test and rollback; none yet."""
