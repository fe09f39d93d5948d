"""Component family: messaging."""
