"""Passwords: argon2id by OWASP's smallest advised cost, and bcrypt hashes of earlier systems, which are renewed.

A hash takes a core for some 30 ms and 19 MiB: there is at most one at a time per core, in threads (both libraries
let others run meanwhile), and who comes when too many wait is sent away.
"""

from __future__ import annotations

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor

import bcrypt
from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from app.ports import Unavailable

# https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
BCRYPT = ("$2a$", "$2b$", "$2y$")
BCRYPT_BYTES = 72
"""bcrypt never looked at more, and its library now refuses more."""
MOST_WAITING = 32


class Passwords:
    """Hashes and verifies."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(os.cpu_count() or 1, "passwords")
        self._waiting = 0
        self._nobody = HASHER.hash("nobody's")

    async def hash(self, password: str) -> str:
        """A new hash; Unavailable if too many wait."""
        return str(await self._run(HASHER.hash, password))

    async def verify(self, password: str, known: str | None) -> bool:
        """Whether the hash is this password's; takes as long where there is no hash. Unavailable as above."""
        return bool(await self._run(_verify, password, known or self._nobody)) and known is not None

    def outdated(self, known: str) -> bool:
        """Whether the hash should be made anew."""
        return known.startswith(BCRYPT) or HASHER.check_needs_rehash(known)

    async def _run(self, function: object, *values: str) -> object:
        if self._waiting >= MOST_WAITING:
            raise Unavailable("passwords: too many wait")
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, function, *values)  # type: ignore[arg-type]
        finally:
            self._waiting -= 1


def _verify(password: str, known: str) -> bool:
    try:
        if known.startswith(BCRYPT):
            return bcrypt.checkpw(password.encode()[:BCRYPT_BYTES], known.encode())
        return HASHER.verify(known, password)
    except (VerificationError, ValueError):  # ValueError: what is stored is no hash
        return False
