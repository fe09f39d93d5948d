"""Component family: security."""
