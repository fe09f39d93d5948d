"""What no plan can do without: imports, and the SDK's classes that a plan's resources need.

Run as `python -m tests.benchmark.bare PLAN.json`; the floor that a whole `voicestack plan` is held against.
"""

from __future__ import annotations

import importlib
import json
import sys

if __name__ == "__main__":
    import pulumi
    import pulumi_random
    import pydantic

    del pulumi, pulumi_random, pydantic
    for path in json.loads(sys.argv[1]):
        package, module, name = path.split(":")
        touched = importlib.import_module(package)
        for part in (module, name):
            touched = getattr(touched, part) if part else touched
