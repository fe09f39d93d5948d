"""Whether a text is a secret: by its form, by the name it goes by, or because it reads as random as a key.

`why_secret` says what speaks for it, in words that never repeat the text. It is made to be right rather than
complete: a name that only refers to a secret (`DB_PASSWORD_SECRET_NAME`), a path, a duration, a public key or a
digest is not one. Every pattern runs in linear time, whatever text it meets.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise
from typing import Final

from analysis.workloads.secret_words import (
    ABOUT,
    KEYS_OF,
    NOT_RANDOM,
    OTHER_KEYS,
    PASSWORDS,
    SECRETS,
    SHOWN_TO_CLIENTS,
)

IsName = Callable[[str], bool]
_AI: Final = "it has the form of an AI provider's API key"
_FORMS: Final = tuple(
    (re.compile(pattern), said)
    for pattern, said in (
        (r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY", "it is a private key"),
        (r"\bya29\.[\w-]{20,}", "it has the form of a Google access token"),
        (r"\bGOCSPX-[\w-]{20,}", "it has the form of a Google OAuth client secret"),
        (r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b", "it has the form of an AWS access key"),
        (r"\bgh[pousr]_[A-Za-z0-9]{30,}|\bgithub_pat_\w{22,}", "it has the form of a GitHub token"),
        (r"\bglpat-[\w-]{20,}", "it has the form of a GitLab token"),
        (r"\bxox[abeoprs]-[\w-]{10,}", "it has the form of a Slack token"),
        (r"hooks\.slack\.com/services/T\w+/B\w+/\w+", "it is a Slack webhook, whose address is its password"),
        (r"\b[sr]k_(?:live|test)_[A-Za-z0-9]{16,}", "it has the form of a Stripe key"),
        (r"\bwhsec_[A-Za-z0-9+/=]{20,}", "it has the form of a webhook's signing secret"),
        (r"\bsk-(?=[\w-]*\d)[\w-]{20,}", _AI),
        (r"\bgsk_[A-Za-z0-9]{32,}|\bsk_[0-9a-f]{40,}|\bhf_[A-Za-z0-9]{30,}", _AI),
        (r"\bSG\.[\w-]{16,}\.[\w-]{16,}", "it has the form of a SendGrid key"),
        (r"\bSK[0-9a-f]{32}\b", "it has the form of a Twilio key"),
        (r"\bnpm_[A-Za-z0-9]{36}\b|\bpypi-AgEI[\w-]{20,}", "it has the form of a package registry's token"),
        (r"\b\d{8,10}:AA[\w-]{33}\b", "it has the form of a Telegram token"),
        (r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{16,}", "it has the form of a signed token (JWT)"),
        (r"\b(?i:bearer|basic)\s+(?=\S*\d)(?=\S*[A-Z])[\w.~+/-]{16,}=*$", "it is an authorisation header"),
    )
)
_SHORTEST_FORM: Final = 15
"""Characters of the shortest text that has any of the forms."""
_GOOGLE_API_KEY: Final = re.compile(r"\bAIza[\w-]{35}\b")
_STAND_IN: Final = (
    r"(?:\$\{[\w.:-]*\}|\$\([\w.:-]*\)|\{\{? ?[\w.-]+ ?\}?\}|<[\w .-]*>|\*+|[xX]{3,}|%s|\$[A-Za-z_]\w*)"
)
_URL_PASSWORD: Final = re.compile(rf"://[^\s/?#@:]*:(?!{_STAND_IN}@)[^\s/?#]+@")
_PAIR_PASSWORD: Final = re.compile(
    # host=… password=…, Server=…;Pwd=…, jdbc:…?user=…&password=…
    r"(?i)(?:^|[\s;?&])(?:password|passwd|pwd|accountkey|sharedaccesskey|secretkey)\s*=\s*"
    rf"(?!{_STAND_IN}(?:$|[\s;&]))[^\s;&]+"
)
_JSON_PASSWORD: Final = re.compile(
    r'(?i)"(?:[a-z]+_)?(?:password|passwd|secret_?key|api_?key|client_secret|private_key)"\s*:\s*'
    rf'"(?!{_STAND_IN}")[^"\s]+'
)
_URL_TOKEN: Final = re.compile(
    r"(?i)[?&](?:access_token|api[_-]?key|apikey|token|sig|signature|x-goog-signature|client_secret)=([\w~%+/-]{16,})"
)

_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_NOTHING: Final = re.compile(
    rf"(?i)^(?:|true|false|yes|no|on|off|none|null|nil|undefined|enabled|disabled|required|optional|{_STAND_IN})$"
)
_REFERENCE: Final = re.compile(
    r"(?i)^(?:projects/[^/\s]+/\S+"  # a name of Google's
    r"|(?:sm|gcp-sm|gsm|secret|secretmanager|secretsmanager|vault|op|file|env|ref|kms)(?:\+\w+)?:\S+"
    r"|[a-z][a-z0-9+.-]*://[^\s@]+"  # an address without a password
    r"|[^\s@/:]+@[\w-]+(?:\.[\w-]+)+"  # an e-mail
    r"|\.{0,2}/[\w.@/-]+)$"  # a file
)
_MEASURE: Final = re.compile(r"(?i)^[\d.,_]+ ?(?:[smhdwbk]|ms|secs?|seconds|min|minutes|hours|days|[km]i?b)?$")
_LONGEST_MEASURE: Final = 20
_NAME: Final = re.compile(r"^[A-Za-z][\w.-]*$")
_UUID: Final = re.compile(r"(?i)^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")


def _never(_text: str) -> bool:
    return False


def why_secret(name: str, text: str, *, is_name: IsName = _never) -> str | None:
    """What speaks for `text`, known by `name`, being a secret; None where nothing does.

    `is_name`: whether a text is the name of a secret or of a key, which is itself none.
    """
    text, words = text.strip(), words_of(name)
    said = _by_form(words, text) or _by_name(words, text, is_name) or _by_randomness(words, text)
    return None if said is None or _NOTHING.match(text) or is_name(text) else said


@lru_cache(maxsize=4096)
def words_of(name: str) -> tuple[str, ...]:
    """The words of a variable's name, in capitals: `dbPassword`, `DB_PASSWORD` and `db-password` alike."""
    return tuple(word.upper() for word in _WORD.findall(name))


def _by_form(words: tuple[str, ...], text: str) -> str | None:
    if len(text) >= _SHORTEST_FORM:
        for form, said in _FORMS:
            if form.search(text):
                return said
    if _GOOGLE_API_KEY.search(text) and not SHOWN_TO_CLIENTS.intersection(words):
        return "it has the form of a Google API key"
    if "@" in text and _URL_PASSWORD.search(text):
        return "it is an address with a password in it"
    if ("=" in text and _PAIR_PASSWORD.search(text)) or ('"' in text and _JSON_PASSWORD.search(text)):
        return "there is a password in it"
    found = _URL_TOKEN.search(text) if "=" in text else None
    if found and is_random(found[1]):
        return "it is an address with a token in it"
    return None


def _by_name(words: tuple[str, ...], text: str, is_name: IsName) -> str | None:
    at, word = _secret_word(words)
    if not word or SHOWN_TO_CLIENTS.intersection(words) or ABOUT.intersection(words[at + 1 :]):
        return None
    if word not in PASSWORDS:
        # How long, how many: a password may be a number, but no token or key is so short a one.
        if len(text) <= _LONGEST_MEASURE and _MEASURE.match(text):
            return None
        if at and words[at - 1] in ("MAX", "MIN", "NUM", "PER"):
            return None
    if _REFERENCE.match(text) and not is_random(text.rpartition("/")[2]):
        return None
    if _lists_names(words, at, text, is_name):
        return None
    return f"its name says that it is a {'password' if word in PASSWORDS else 'secret'}"


@lru_cache(maxsize=4096)
def _secret_word(words: tuple[str, ...]) -> tuple[int, str]:
    """The last word that names a secret, and where it stands; '' where none does."""
    for at in range(len(words) - 1, -1, -1):
        word, before = words[at], words[at - 1] if at else ""
        if word in PASSWORDS or word.endswith(PASSWORDS[:3]):
            return at, PASSWORDS[0]
        if word == "PASS" and before and at == len(words) - 1:
            return at, PASSWORDS[0]
        if word in SECRETS or word.endswith(SECRETS[:3]):
            return at, word
        if word in ("KEY", "KEYS") and before in KEYS_OF:
            return at, word
        if word.endswith("KEY") and word.removesuffix("KEY") in KEYS_OF:
            return at, word
    return -1, ""


def _lists_names(words: tuple[str, ...], at: int, text: str, is_name: IsName) -> bool:
    """Whether the text is names of secrets: `SECRETS=api-key,db-url`, `DB_PASSWORD_SECRET=db-password`."""
    parts = [part.strip() for part in text.split(",")]
    if all(map(is_name, parts)):
        return True
    named = words[at] == "SECRETS" or (words[at] == "SECRET" and at > 0 and words[at - 1] in PASSWORDS)
    return named and all(_NAME.match(part) and not is_random(part) for part in parts)


def _by_randomness(words: tuple[str, ...], text: str) -> str | None:
    if NOT_RANDOM.intersection(words):
        return None
    # OPENAI_KEY, FERNET_KEY: a shorter run of random characters is enough.
    named_key = bool(words) and words[-1] == "KEY" and not OTHER_KEYS.intersection(words)
    return "it reads as random as a key" if is_random(text, shortest=16 if named_key else 24) else None


def is_random(text: str, *, shortest: int = 24) -> bool:
    """Whether `text` looks drawn at random: a long run of hexadecimal digits, base36 or base64.

    `shortest`: characters of base64; what has fewer kinds of characters must be longer by a third.
    Identifiers made of words fail it, however long: random text changes between capitals, small letters and digits
    at about every second character, words and names seldom do.
    """
    if len(text) < shortest or _UUID.match(text) or not re.fullmatch(r"[A-Za-z0-9+/_-]+={0,2}", text):
        return False
    # Random base64 seldom has one of its two signs; names are full of them.
    run = max(re.split(r"[+/_=-]", text), key=len)
    if len(run) < min(16, shortest):
        return False
    if {_kind(character) for character in run} == {"A", "a", "0"}:
        return _changes(run) > 0.4 and _entropy(run) > 3.2  # noqa: PLR2004 - of 0.65 and of 4 to 5 expected
    return (
        re.fullmatch(r"[0-9a-z]+|[0-9A-Z]+", run) is not None
        and len(run) >= shortest * 4 // 3
        and _changes(run) > 0.25  # noqa: PLR2004 - of 0.4 to 0.47 expected
        and _entropy(run) > 2.8  # noqa: PLR2004 - of 3.5 to 4.5 expected
    )


def _kind(character: str) -> str:
    if character.isdigit():
        return "0"
    return "A" if character.isupper() else "a"


def _changes(text: str) -> float:
    """How often, a character, its kind differs from the one before."""
    kinds = [_kind(character) for character in text]
    return sum(one != other for one, other in pairwise(kinds)) / max(1, len(text) - 1)


def _entropy(text: str) -> float:
    """Bits a character, by how often each occurs in the text itself."""
    return -sum(n / len(text) * math.log2(n / len(text)) for n in Counter(text).values())
