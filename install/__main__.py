"""`python3 -m install plan|all`: makes `.venv` whole, and tells why if that is not possible."""

from __future__ import annotations

import argparse
import sys

from install import stamp
from install.errors import SetUpError
from install.virtual_environment import VirtualEnvironment


def main() -> int:
    """Exit code 0: all is there; 1: it cannot be made."""
    parser = argparse.ArgumentParser(prog="python3 -m install", description=__doc__)
    parser.add_argument("packages", choices=stamp.LOCKS)
    packages = parser.parse_args().packages
    try:
        VirtualEnvironment(stamp.ROOT).make(packages)
    except SetUpError as error:
        print(error, file=sys.stderr)
    except OSError as error:
        print(f".venv cannot be made\n  why: {error}\n  fix: mend that, and run make again", file=sys.stderr)
    except KeyboardInterrupt:
        print("Stopped; the next make begins anew", file=sys.stderr)
    else:
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main())
