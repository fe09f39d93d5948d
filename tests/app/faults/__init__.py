"""Faults, and the count of what was lost. Each is a function, small in tests and large in benchmarks."""
