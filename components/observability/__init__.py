"""Component family: observability."""
