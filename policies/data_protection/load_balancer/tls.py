"""Which TLS the public is answered with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.stack import Stack
from analysis.value import Value
from policies.engine.policy import Settings, Severity, resource_policy

POLICIES: Final = ("gcp:compute/sSLPolicy:SSLPolicy", "gcp:compute/regionSslPolicy:RegionSslPolicy")
_MODERN: Final = ("TLS_1_2", "TLS_1_3")
# Static RSA key exchange: without forward secrecy, who gets the key later reads what was recorded before.
# https://cloud.google.com/load-balancing/docs/ssl-policies-concepts#features
_WEAK: Final = frozenset(
    {
        "TLS_RSA_WITH_AES_128_GCM_SHA256",
        "TLS_RSA_WITH_AES_256_GCM_SHA384",
        "TLS_RSA_WITH_AES_128_CBC_SHA",
        "TLS_RSA_WITH_AES_256_CBC_SHA",
        "TLS_RSA_WITH_3DES_EDE_CBC_SHA",
    }
)


@resource_policy(
    id="lb-tls-policy-set",
    title="Every HTTPS and SSL proxy has an SSL policy",
    severity=Severity.MEDIUM,
    why="""A proxy without an SSL policy takes Google's default, which answers TLS 1.0 and ciphers without forward
    secrecy.""",
    fix="Use the `Edge` component: its `Listener` sets a policy of TLS 1.2 and up.",
    fix_raw="Set `sslPolicy` to an SSL policy with `minTlsVersion: TLS_1_2` and the profile MODERN or RESTRICTED.",
    rows=(126,),
    cis_4=("3.9",),
    cis_5=("3.11",),
    types=[
        "gcp:compute/targetHttpsProxy:TargetHttpsProxy",
        "gcp:compute/regionTargetHttpsProxy:RegionTargetHttpsProxy",
        "gcp:compute/targetSSLProxy:TargetSSLProxy",
    ],
)
def tls_policy_set(proxy: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    # https://www.pulumi.com/registry/packages/gcp/api-docs/compute/targethttpsproxy/ ("not set: no SSL policy")
    if not stack.is_given(proxy["sslPolicy"], *POLICIES):
        yield "sslPolicy is left out: Google's default answers TLS 1.0 and weak ciphers"


@resource_policy(
    id="tls-policy-modern",
    title="An SSL policy takes TLS 1.2 and up, without weak ciphers",
    severity=Severity.HIGH,
    why="""TLS 1.0 and 1.1 are broken, and ciphers with static RSA keys have no forward secrecy: who gets the key
    later reads what was recorded before. Both are in what a policy allows by default.""",
    fix="Use the `Edge` component: the policy of its `Listener` is RESTRICTED, from TLS 1.2.",
    fix_raw="Set `minTlsVersion` to TLS_1_2 or TLS_1_3 and `profile` to MODERN or RESTRICTED.",
    rows=(127,),
    cis_4=("3.9",),
    cis_5=("3.11",),
    types=POLICIES,
)
def tls_policy_modern(policy: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    # Both defaults: https://www.pulumi.com/registry/packages/gcp/api-docs/compute/sslpolicy/
    profile = policy["profile"].text("COMPATIBLE")
    if profile == "RESTRICTED":
        # All its ciphers are of TLS 1.2 and up, whatever the minimum says.
        # https://cloud.google.com/load-balancing/docs/ssl-policies-concepts#defining_an_ssl_policy
        return
    if profile == "COMPATIBLE":
        yield f"profile {_said(policy['profile'], 'COMPATIBLE')}: ciphers without forward secrecy are taken"
    if profile == "CUSTOM" and (weak := sorted(_WEAK.intersection(policy["customFeatures"].texts()))):
        yield f"customFeatures hold {', '.join(weak)}: no forward secrecy"
    least = policy["minTlsVersion"]
    if least.text("TLS_1_0") not in _MODERN:
        yield f"minTlsVersion {_said(least, 'TLS_1_0')}: broken versions of TLS are answered"


def _said(value: Value, default: str) -> str:
    return f"is {value.text()}" if value.present else f"is left out, which means {default}"
