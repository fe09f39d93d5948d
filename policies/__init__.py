"""Policy packs; none yet."""
