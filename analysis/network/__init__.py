"""Addresses and ways: sets of them, from the internet inwards, and the calls of Google's services."""
