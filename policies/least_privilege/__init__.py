"""Nobody has more rights than what the stack declares to use."""
