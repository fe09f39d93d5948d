"""Reusable Pulumi components for voice AI on Google Cloud: one folder a family, one file an entity."""
