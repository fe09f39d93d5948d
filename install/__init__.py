"""How the locked packages get onto a machine: `python3 -m install plan|all` makes `.venv`, as `make` does first.

It needs Python's own library only, since it runs before any package is there. It makes no lock and no image.
"""
