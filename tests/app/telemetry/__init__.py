"""Tests of what the process tells about itself."""
