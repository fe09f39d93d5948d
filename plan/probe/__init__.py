"""A program for the real engine that shows which outputs are known at plan time; see `__main__`."""
