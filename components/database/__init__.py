"""Component family: database."""
