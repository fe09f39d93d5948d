"""Secrets that a mistake could end."""

import pulumi

from policies.reliability.secret_manager.deletion import secret_deletion_protected, secret_versions_restorable
from tests.policies.databases import disposable
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.unknowns import unknown
from tests.policies.vault import regional, secret


@judged(
    secret_versions_restorable,
    {
        "good-week": PASSED,
        "good-regional": PASSED,
        "bad-an-hour": VIOLATED,
        "bad-regional": VIOLATED,
        "absent-delay": VIOLATED,
        "unknown-delay": NOT_EVALUATED,
        "secret-delay": NOT_EVALUATED,
    },
)
def restorable() -> None:
    secret("good-week", version_destroy_ttl="604800s")
    regional("good-regional", version_destroy_ttl="86400s")
    secret("bad-an-hour", version_destroy_ttl="3600s")
    regional("bad-regional")
    secret("absent-delay")
    secret("unknown-delay", version_destroy_ttl=unknown())
    secret("secret-delay", version_destroy_ttl=pulumi.Output.secret("604800s"))


@judged(secret_versions_restorable, {"absent-but-disposable": PASSED})
def restorable_for_a_while() -> None:
    disposable()
    secret("absent-but-disposable")


@judged(
    secret_deletion_protected,
    {
        "good-guarded": PASSED,
        "good-by-the-other-guard": PASSED,
        "good-regional": PASSED,
        "bad-open": VIOLATED,
        "bad-regional": VIOLATED,
        "absent-flag": VIOLATED,
        "unknown-flag": NOT_EVALUATED,
        "secret-flag": NOT_EVALUATED,
    },
)
def guarded() -> None:
    secret("good-guarded", deletion_protection=True)
    secret("good-by-the-other-guard", deletion_policy="PREVENT")
    regional("good-regional", deletion_protection=True)
    secret("bad-open", deletion_protection=False, deletion_policy="ABANDON")
    regional("bad-regional", deletion_protection=False)
    secret("absent-flag")
    secret("unknown-flag", deletion_protection=unknown().apply(bool))
    secret("secret-flag", deletion_protection=pulumi.Output.secret(True))


@judged(secret_deletion_protected, {"absent-but-disposable": PASSED})
def guarded_for_a_while() -> None:
    disposable()
    secret("absent-but-disposable")
