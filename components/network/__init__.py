"""Component family: network."""
