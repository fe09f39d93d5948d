"""Tests of the security family."""
