"""The roles: each puts its adapters and routes together."""
