"""The worker: does jobs, however their messages come."""
