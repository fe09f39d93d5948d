"""Where data lies: databases, caches, buckets, topics, secrets, registries, and the keys they name."""
