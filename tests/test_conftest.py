"""A run ends without words of its own: nothing that failed unseen, and nobody who had to be interrupted."""

from __future__ import annotations

from pathlib import Path

from tests.small_suite import run_of

SUITE = """
import atexit, gc, logging, os, threading

def left(count=gc.get_freeze_count, logger=logging.getLogger("google")):
    os.write(2, b"nothing to look through" if count() else b"all to look through")
    logger.error("a stream has ended")

def test_ends():
    atexit.register(left)

def test_fails_in_a_thread():
    thread = threading.Thread(target=lambda: 1 / 0)
    thread.start()
    thread.join()
"""


def test_a_process_of_the_tests_ends_at_once_and_a_thread_that_fails_fails_its_test(tmp_path: Path) -> None:
    done = run_of(SUITE, tmp_path, processes=1)
    assert "nothing to look through" in done.stderr, done.stderr
    assert "a stream has ended" not in done.stderr, "nobody can read any more which test that was"
    assert "1 failed, 1 passed" in done.stdout, done.stdout
    assert "ZeroDivisionError" in done.stdout
