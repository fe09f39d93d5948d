"""`make try-locks`: installs every lock with the oldest pip that is supported and with the newest, and checks it.

A newer package on the index and an older pip than ours once stopped every set-up. Nothing of that kind shows in a
test that needs no network, so this is a job of its own. A Python too new for the oldest pip begins with the
one that it brings.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from install import installers, stamp
from install.progress import Failed, run

OLDEST, LAST_PYTHON_OF_OLDEST = "23.0", (3, 11)
"""Debian 12 has this pip. It wants pkgutil.ImpImporter, which went with Python 3.12."""

APP = "app/requirements.lock"


def main() -> int:
    """Exit code 0: every lock installs; 1: some do not, and it was said which."""
    oldest = [f"pip=={OLDEST}"] if sys.version_info[:2] <= LAST_PYTHON_OF_OLDEST else []
    failed = [
        lock
        for asked in (oldest, ["--upgrade", "pip"])
        for lock in (*stamp.LOCKS.values(), APP)
        if not installs(stamp.ROOT / lock, asked)
    ]
    return 1 if failed else 0


def installs(lock: Path, asked: list[str]) -> bool:
    """Whether `lock` installs into an empty environment whose pip is the one `asked` for; tells how that went."""
    with tempfile.TemporaryDirectory() as folder:
        python = Path(folder) / "bin" / "python"
        started = time.monotonic()
        try:
            run([sys.executable, "-m", "venv", folder])
            if asked:
                run([*installers.pip(python), "install", *asked])
            run(installers.of_lock(python, lock)["pip"])
            run([*installers.pip(python), "check"])
        except Failed as failed:
            outcome = f"FAILED\n{failed}"
        else:
            outcome = f"fine, {time.monotonic() - started:.0f} s"
        pip = subprocess.run(  # noqa: S603 - the environment's own Python
            [*installers.pip(python), "--version"], capture_output=True, text=True, check=False
        ).stdout.split(" from ")[0]
        print(f"{lock.relative_to(stamp.ROOT)}, {pip}, Python {sys.version.split()[0]}: {outcome}", flush=True)
        return not outcome.startswith("FAILED")


if __name__ == "__main__":
    sys.exit(main())
