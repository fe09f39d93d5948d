"""Tokens: signed access tokens (JWT, RFC 7519), and the random secrets of refresh tokens and API keys.

An access token lasts minutes and names its session; the session's refresh token is good for one use. Of secrets
only a SHA-256 is kept: they are 256 random bits, which no dictionary holds.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import time
from dataclasses import dataclass

import jwt

ACCESS_S = 15 * 60
SESSION_S = 14 * 24 * 3600
ISSUER = AUDIENCE = "voicestack"
ALGORITHM = "HS256"
SKEW_S = 5
CLAIMS = ["exp", "iat", "sub", "sid"]
KEY_PREFIX = "vsk_"
LONGEST = 2048
"""Characters of anything that claims to be an access token."""
PARTS = re.compile(r"([0-9a-f]{32})\.([A-Za-z0-9_-]{43})")


@dataclass(frozen=True, slots=True)
class AccessToken:
    """What a valid access token says."""

    user_id: str
    session_id: str
    expires: float


class Tokens:
    """Makes and reads access tokens with one key."""

    def __init__(self, key: str) -> None:
        self._key = key

    def access(self, *, user_id: str, session_id: str) -> str:
        """A new access token."""
        now = int(time.time())
        claims = {"iss": ISSUER, "aud": AUDIENCE, "iat": now, "exp": now + ACCESS_S, "sub": user_id}
        return jwt.encode(claims | {"sid": session_id, "jti": secrets.token_hex(8)}, self._key, ALGORITHM)

    def read(self, token: str) -> AccessToken | None:
        """What the token says; None if it is altered, expired, or not ours."""
        if len(token) > LONGEST:
            return None
        options: dict[str, object] = {"require": CLAIMS}
        try:
            claims = jwt.decode(
                token,
                self._key,
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                issuer=ISSUER,
                leeway=SKEW_S,
                options=options,  # type: ignore[arg-type]
            )
        except (jwt.PyJWTError, ValueError):
            return None
        return AccessToken(str(claims["sub"]), str(claims["sid"]), float(claims["exp"]))


def new_secret() -> str:
    """256 random bits."""
    return secrets.token_urlsafe(32)


def hashed(secret: str) -> str:
    """What is stored in a secret's place."""
    return hashlib.sha256(secret.encode()).hexdigest()


def joined(secret_id: str, secret: str) -> str:
    """What the holder gets: the id, to find the hash by, and the secret."""
    return f"{secret_id}.{secret}"


def parted(token: str) -> tuple[str, str]:
    """The id and the secret; both empty if it cannot be one of ours."""
    found = PARTS.fullmatch(token)
    return (found[1], found[2]) if found else ("", "")


def same(one: str, other: str) -> bool:
    """Compares in constant time."""
    return hmac.compare_digest(one, other)
