"""Load balancers by their TLS, their logs, their cache and their certificates."""

from __future__ import annotations

from typing import Any

import pulumi
from pulumi_gcp import certificatemanager, compute

from policies.data_protection.load_balancer.caching import never_forces_caching
from policies.data_protection.load_balancer.certificates import renews_itself
from policies.data_protection.load_balancer.request_logs import requests_logged
from policies.data_protection.load_balancer.tls import tls_policy_modern, tls_policy_set
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.unknowns import unknown


@judged(
    tls_policy_set,
    {
        "good-policy": PASSED,
        "good-elsewhere": PASSED,
        "good-regional": PASSED,
        "bad-empty": VIOLATED,
        "absent-policy": VIOLATED,
        "absent-policy-of-ssl-proxy": VIOLATED,
        "absent-policy-of-region": VIOLATED,
        "unknown-policy": NOT_EVALUATED,
        "secret-policy": NOT_EVALUATED,
    },
)
def proxies() -> None:
    def proxy(name: str, policy: Any) -> None:
        compute.TargetHttpsProxy(name, name=name, url_map="m", ssl_policy=policy)

    modern = compute.SSLPolicy("modern", name="modern", profile="RESTRICTED")
    proxy("good-policy", modern.id)
    proxy("good-elsewhere", "projects/p/global/sslPolicies/shared")
    compute.RegionTargetHttpsProxy("good-regional", name="r", url_map="m", ssl_policy="shared")
    proxy("bad-empty", "")
    proxy("absent-policy", None)
    compute.TargetSSLProxy("absent-policy-of-ssl-proxy", name="s", backend_service="b")
    compute.RegionTargetHttpsProxy("absent-policy-of-region", name="ar", url_map="m")
    proxy("unknown-policy", unknown())
    proxy("secret-policy", pulumi.Output.secret("shared"))


FORWARD_SECRET = ["TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]


@judged(
    tls_policy_modern,
    {
        "good-modern": PASSED,
        # Google: RESTRICTED takes TLS 1.2 and up whatever the minimum.
        "good-restricted-alone": PASSED,
        "good-1-3": PASSED,
        "good-fips": PASSED,
        "good-custom": PASSED,
        "good-regional": PASSED,
        "bad-compatible": VIOLATED,
        "bad-modern-1-1": VIOLATED,
        "bad-custom-without-forward-secrecy": VIOLATED,
        "bad-custom-1-0": VIOLATED,
        "bad-regional": VIOLATED,
        "absent-everything": VIOLATED,
        "absent-minimum": VIOLATED,
        "absent-profile": VIOLATED,
        "unknown-profile": NOT_EVALUATED,
        "unknown-minimum": NOT_EVALUATED,
        "secret-profile": NOT_EVALUATED,
    },
)
def tls_policies() -> None:
    def policy(name: str, profile: Any = None, least: Any = None, features: Any = None) -> None:
        compute.SSLPolicy(name, name=name, profile=profile, min_tls_version=least, custom_features=features)

    policy("good-modern", "MODERN", "TLS_1_2")
    policy("good-restricted-alone", "RESTRICTED")
    policy("good-1-3", "RESTRICTED", "TLS_1_3")
    policy("good-fips", "FIPS_202205", "TLS_1_2")
    policy("good-custom", "CUSTOM", "TLS_1_2", FORWARD_SECRET)
    compute.RegionSslPolicy("good-regional", name="r", profile="MODERN", min_tls_version="TLS_1_2")
    policy("bad-compatible", "COMPATIBLE", "TLS_1_2")
    policy("bad-modern-1-1", "MODERN", "TLS_1_1")
    policy("bad-custom-without-forward-secrecy", "CUSTOM", "TLS_1_2", ["TLS_RSA_WITH_AES_128_GCM_SHA256"])
    policy("bad-custom-1-0", "CUSTOM", "TLS_1_0", FORWARD_SECRET)
    compute.RegionSslPolicy("bad-regional", name="br", profile="COMPATIBLE")
    policy("absent-everything")
    policy("absent-minimum", "MODERN")
    policy("absent-profile", None, "TLS_1_2")
    policy("unknown-profile", unknown("profile"), "TLS_1_2")
    policy("unknown-minimum", "MODERN", unknown("least"))
    policy("secret-profile", pulumi.Output.secret("MODERN"), "TLS_1_2")


def _logs(enable: Any, rate: Any = None) -> compute.BackendServiceLogConfigArgs:
    return compute.BackendServiceLogConfigArgs(enable=enable, sample_rate=rate)


@judged(
    requests_logged,
    {
        "good-all": PASSED,
        "good-some": PASSED,
        "good-rate-by-default": PASSED,
        "good-internal-passthrough": PASSED,
        "good-tcp": PASSED,
        "bad-off": VIOLATED,
        "bad-none-of-them": VIOLATED,
        "bad-internal-application": VIOLATED,
        "bad-regional": VIOLATED,
        "absent-block": VIOLATED,
        "absent-protocol": VIOLATED,
        "unknown-flag": NOT_EVALUATED,
        "unknown-rate": NOT_EVALUATED,
        "secret-flag": NOT_EVALUATED,
    },
)
def logged() -> None:
    def backend(name: str, **more: Any) -> None:
        compute.BackendService(name, name=name, **{"protocol": "HTTPS", **more})

    backend("good-all", log_config=_logs(True, 1.0))
    backend("good-some", log_config=_logs(True, 0.1))
    backend("good-rate-by-default", log_config=_logs(True))
    compute.RegionBackendService("good-internal-passthrough", name="i", protocol="TCP")
    backend("good-tcp", protocol="TCP")
    backend("bad-off", log_config=_logs(False))
    backend("bad-none-of-them", log_config=_logs(True, 0.0))
    backend("bad-internal-application", load_balancing_scheme="INTERNAL_MANAGED")
    compute.RegionBackendService(
        "bad-regional", name="r", load_balancing_scheme="EXTERNAL_MANAGED", protocol="HTTP"
    )
    backend("absent-block")
    compute.BackendService("absent-protocol", name="p")
    backend("unknown-flag", log_config=_logs(unknown("flag").apply(bool)))
    backend("unknown-rate", log_config=_logs(True, unknown("rate").apply(float)))
    backend("secret-flag", log_config=_logs(pulumi.Output.secret(True)))


def _cdn(mode: Any) -> compute.BackendServiceCdnPolicyArgs:
    return compute.BackendServiceCdnPolicyArgs(cache_mode=mode, signed_url_cache_max_age_sec=3600)


@judged(
    never_forces_caching,
    {
        "good-static": PASSED,
        "good-origin": PASSED,
        "good-not-cached": PASSED,
        "good-signed": PASSED,
        "bad-forced": VIOLATED,
        "absent-mode": PASSED,
        "absent-policy": PASSED,
        "unknown-mode": NOT_EVALUATED,
        "secret-mode": NOT_EVALUATED,
    },
)
def cached() -> None:
    def backend(name: str, policy: Any, cached: bool = True) -> compute.BackendService:
        return compute.BackendService(name, name=name, enable_cdn=cached, cdn_policy=policy)

    backend("good-static", _cdn("CACHE_ALL_STATIC"))
    backend("good-origin", _cdn("USE_ORIGIN_HEADERS"))
    backend("good-not-cached", _cdn("FORCE_CACHE_ALL"), cached=False)
    signed = backend("good-signed", _cdn("FORCE_CACHE_ALL"))
    compute.BackendServiceSignedUrlKey("key", name="key", backend_service=signed.name, key_value="c2VjcmV0")
    backend("bad-forced", _cdn("FORCE_CACHE_ALL"))
    backend("absent-mode", _cdn(None))
    backend("absent-policy", None)
    backend("unknown-mode", _cdn(unknown()))
    backend("secret-mode", _cdn(pulumi.Output.secret("CACHE_ALL_STATIC")))


@judged(
    renews_itself,
    {
        "good-managed": PASSED,
        "good-of-the-load-balancer-itself": PASSED,
        "good-older-managed": PASSED,
        "bad-uploaded": VIOLATED,
        "bad-uploaded-to-a-region": VIOLATED,
        "bad-self-managed": VIOLATED,
        "absent-both": VIOLATED,
        "unknown-scope": NOT_EVALUATED,
        "secret-managed": PASSED,
        "secret-scope": NOT_EVALUATED,
    },
)
def certificates() -> None:
    managed = certificatemanager.CertificateManagedArgs(domains=["voice.example.com"])
    own = certificatemanager.CertificateSelfManagedArgs(pem_certificate="…", pem_private_key="…")

    def certificate(name: str, **more: Any) -> None:
        certificatemanager.Certificate(name, name=name, **more)

    certificate("good-managed", managed=managed)
    certificate("good-of-the-load-balancer-itself", self_managed=own, scope="CLIENT_AUTH")
    compute.ManagedSslCertificate(
        "good-older-managed", name="m", managed=compute.ManagedSslCertificateManagedArgs(domains=["a.example.com"])
    )
    compute.SSLCertificate("bad-uploaded", name="u", certificate="…", private_key="…")
    compute.RegionSslCertificate("bad-uploaded-to-a-region", name="ur", certificate="…", private_key="…")
    certificate("bad-self-managed", self_managed=own)
    certificate("absent-both")
    certificate("unknown-scope", managed=managed, scope=unknown())
    # Which domains it is for is nobody's business here.
    certificate("secret-managed", managed=pulumi.Output.secret(managed))
    certificate("secret-scope", managed=managed, scope=pulumi.Output.secret("DEFAULT"))
