"""The reference system."""
