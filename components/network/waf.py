"""What Cloud Armor looks for in requests: attack classes, how each is tuned, how many requests a client may send.

The classes are Google's preconfigured rules from the OWASP Core Rule Set 4.22
(https://cloud.google.com/armor/docs/waf-rules). Every policy has all of them; what varies is how strict one is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, IntEnum

from components.errors import ComponentError


class Attack(Enum):
    """A class of attacks; the value is Google's name of its rule."""

    SQL_INJECTION = "sqli-v422-stable"
    CROSS_SITE_SCRIPTING = "xss-v422-stable"
    LOCAL_FILE_INCLUSION = "lfi-v422-stable"
    REMOTE_CODE_EXECUTION = "rce-v422-stable"
    PROTOCOL = "protocolattack-v422-stable"
    SCANNER = "scannerdetection-v422-stable"
    # Log4j and what comes next, outside the core rule set: https://cloud.google.com/armor/docs/waf-rules#cves
    KNOWN_VULNERABILITY = "cve-canary"


class Mode(Enum):
    """What happens to a request that matches."""

    ENFORCE = "refused"
    PREVIEW = "only logged: for the days in which a rule is tuned"


class Sensitivity(IntEnum):
    """The core rule set's paranoia level: more signatures, more false alarms."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3
    PARANOID = 4


MOST_PATHS = 4
"""With the rule itself the five subexpressions that one rule takes (https://cloud.google.com/armor/quotas)."""


@dataclass(frozen=True, kw_only=True)
class Tuning:
    """How one class is looked for. `without`: signatures that refuse honest requests, by their IDs in the logs.
    `not_on`: exact paths on which it is not looked for, because what people write there may look like anything.

    Raises ComponentError for what is no signature, no plain path, or more than MOST_PATHS of them.
    """

    mode: Mode = Mode.ENFORCE
    sensitivity: Sensitivity = Sensitivity.LOW
    without: tuple[str, ...] = ()
    not_on: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self.not_on) > MOST_PATHS or not all(re.fullmatch(r"(/[\w.-]+)+", path) for path in self.not_on):
            raise ComponentError(
                f"a class of attacks is not looked for on {', '.join(self.not_on)}",
                why=f"a rule of Cloud Armor takes {MOST_PATHS} paths, each compared as it stands",
                fix="name few paths, whole and without pattern or query, e.g. /api/questions",
            )
        for signature in self.without:
            if not re.fullmatch(r"(owasp-crs-v\d{6}|google-mrs-v\d{6})-id\d+-[a-z]+", signature):
                raise ComponentError(
                    f"'{signature}' is not a signature of Cloud Armor",
                    why="leaving out an unknown one would be refused, or leave nothing out",
                    fix="copy `preconfiguredExprIds` from the request's log, e.g. owasp-crs-v042200-id942350-sqli",
                )

    def expression(self, attack: Attack) -> str:
        """The rule's match in Armor's language.

        https://cloud.google.com/armor/docs/rule-tuning,
        https://cloud.google.com/armor/docs/rules-language-reference
        """
        options = f"'sensitivity': {int(self.sensitivity)}"
        if self.without:
            options += f", 'opt_out_rule_ids': [{', '.join(repr(signature) for signature in self.without)}]"
        paths = "".join(f" && request.path != '{path}'" for path in self.not_on)
        return f"evaluatePreconfiguredWaf('{attack.value}', {{{options}}}){paths}"


INTERVALS_S = (60, 120, 180, 240, 300, 600, 900, 1200, 1800, 2700, 3600)
BAN_THRESHOLD_MOST = 10_000
SHORTEST_BAN_S, LONGEST_BAN_S = 60, 86_400


@dataclass(frozen=True, kw_only=True)
class RateLimit:
    """How many requests one address may send to one backend in `per_seconds`, and when it is banned.

    Above `requests` it gets 429; if the excess alone comes to `ban_requests`, it is banned for `ban_seconds`.
    Counted apart in each region of Google's edge (https://cloud.google.com/armor/docs/rate-limiting-overview).
    """

    requests: int = 600
    per_seconds: int = 60
    ban_requests: int = 1200
    ban_seconds: int = 600

    def __post_init__(self) -> None:
        if self.per_seconds not in INTERVALS_S:
            raise ComponentError(
                f"a rate limit over {self.per_seconds} s",
                why=f"Cloud Armor bans over {', '.join(map(str, INTERVALS_S))} s only",
                fix="choose one of them",
            )
        for what, value in (("requests", self.requests), ("ban_requests", self.ban_requests)):
            if not 1 <= value <= BAN_THRESHOLD_MOST:
                raise ComponentError(
                    f"a rate limit with {what}={value}",
                    why=f"a rule that bans counts from 1 to {BAN_THRESHOLD_MOST}",
                    fix="choose a count in that range, or a longer interval",
                )
        if not SHORTEST_BAN_S <= self.ban_seconds <= LONGEST_BAN_S:
            raise ComponentError(
                f"a ban of {self.ban_seconds} s",
                why="a shorter one is over before the client notices, a longer one locks out a shared address",
                fix=f"choose {SHORTEST_BAN_S} to {LONGEST_BAN_S} seconds",
            )

    @property
    def per_second(self) -> float:
        """Requests a second that one address may send."""
        return self.requests / self.per_seconds
