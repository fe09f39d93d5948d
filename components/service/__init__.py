"""Component family: service."""
