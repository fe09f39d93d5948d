"""Limiters: requests counted in fixed windows, in Valkey for all instances together or in one process's memory."""
