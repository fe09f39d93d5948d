"""Caches by whom they let in and which key they have."""

import pulumi
import pulumi_gcp as gcp

from policies.data_protection.cache.authentication import cache_authentication, protected_mode
from policies.data_protection.cache.own_key import cache_own_key
from tests.policies.databases import cluster, disposable, redis, valkey
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.unknowns import unknown


@judged(
    cache_authentication,
    {
        "good-redis": PASSED,
        "good-cluster": PASSED,
        "good-valkey": PASSED,
        "bad-redis": VIOLATED,
        "bad-cluster": VIOLATED,
        "bad-valkey": VIOLATED,
        "bad-valkey-with-a-token-that-does-not-end": VIOLATED,
        "absent-redis": VIOLATED,
        "absent-cluster": VIOLATED,
        "absent-valkey": VIOLATED,
        "unknown-redis": NOT_EVALUATED,
        "unknown-valkey": NOT_EVALUATED,
        "secret-cluster": NOT_EVALUATED,
    },
)
def authenticated() -> None:
    redis("good-redis", auth_enabled=True)
    cluster("good-cluster", authorization_mode="AUTH_MODE_IAM_AUTH")
    valkey("good-valkey", authorization_mode="IAM_AUTH")
    redis("bad-redis", auth_enabled=False)
    cluster("bad-cluster", authorization_mode="AUTH_MODE_DISABLED")
    valkey("bad-valkey", authorization_mode="AUTH_DISABLED")
    valkey("bad-valkey-with-a-token-that-does-not-end", authorization_mode="TOKEN_AUTH")
    redis("absent-redis")
    cluster("absent-cluster")
    valkey("absent-valkey")
    redis("unknown-redis", auth_enabled=unknown("a").apply(bool))
    valkey("unknown-valkey", authorization_mode=unknown("b"))
    cluster("secret-cluster", authorization_mode=pulumi.Output.secret("AUTH_MODE_IAM_AUTH"))


@judged(
    protected_mode,
    {
        "good-on": PASSED,
        "good-redis-with-other-settings": PASSED,
        "bad-valkey": VIOLATED,
        "bad-cluster": VIOLATED,
        "absent-setting": PASSED,
        "absent-settings": PASSED,
        "unknown-setting": NOT_EVALUATED,
        "secret-setting": NOT_EVALUATED,
    },
)
def protected() -> None:
    valkey("good-on", engine_configs={"protected-mode": "yes"})
    redis("good-redis-with-other-settings", redis_configs={"maxmemory-policy": "allkeys-lru"})
    valkey("bad-valkey", engine_configs={"protected-mode": "no"})
    cluster("bad-cluster", redis_configs={"protected-mode": "no"})
    valkey("absent-setting", engine_configs={})
    valkey("absent-settings")
    valkey("unknown-setting", engine_configs={"protected-mode": unknown()})
    valkey("secret-setting", engine_configs={"protected-mode": pulumi.Output.secret("yes")})


KEY = "projects/p/locations/europe-west1/keyRings/r/cryptoKeys/k"


@judged(
    cache_own_key,
    {
        "good-redis": PASSED,
        "good-cluster": PASSED,
        "good-valkey-with-a-key-of-this-stack": PASSED,
        "bad-empty": VIOLATED,
        "absent-redis": VIOLATED,
        "absent-cluster": VIOLATED,
        "absent-valkey": VIOLATED,
        "unknown-valkey": NOT_EVALUATED,
        "secret-redis": NOT_EVALUATED,
    },
)
def keys() -> None:
    key = gcp.kms.CryptoKey("key", name="k", key_ring="r")
    redis("good-redis", customer_managed_key=KEY)
    cluster("good-cluster", kms_key=KEY)
    valkey("good-valkey-with-a-key-of-this-stack", kms_key=key.id)
    valkey("bad-empty", kms_key="")
    redis("absent-redis")
    cluster("absent-cluster")
    valkey("absent-valkey")
    valkey("unknown-valkey", kms_key=unknown())
    redis("secret-redis", customer_managed_key=pulumi.Output.secret(KEY))


@judged(cache_own_key, {"good-without": PASSED})
def good_disposable() -> None:
    disposable()
    valkey("good-without")
