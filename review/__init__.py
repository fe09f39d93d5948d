"""The Plan, the embedded engine that makes it, and what reads it."""
