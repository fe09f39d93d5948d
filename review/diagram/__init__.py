"""The picture of a stack's architecture: what is in it, where it stands, and how it is written down."""
