"""API keys with and without limits."""

from __future__ import annotations

from typing import Any

import pulumi
from pulumi_gcp import projects

from policies.data_protection.api_keys.restrictions import names_its_apis, names_its_callers
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.unknowns import unknown

Restrictions = projects.ApiKeyRestrictionsArgs
Browser = projects.ApiKeyRestrictionsBrowserKeyRestrictionsArgs
Server = projects.ApiKeyRestrictionsServerKeyRestrictionsArgs


def _key(name: str, restrictions: Any) -> None:
    projects.ApiKey(name, name=name, restrictions=restrictions)


def _target(service: Any) -> projects.ApiKeyRestrictionsApiTargetArgs:
    return projects.ApiKeyRestrictionsApiTargetArgs(service=service)


@judged(
    names_its_apis,
    {
        "good-one": PASSED,
        "bad-all": VIOLATED,
        "bad-one-of-two": VIOLATED,
        "absent-targets": VIOLATED,
        "absent-restrictions": VIOLATED,
        "unknown-targets": NOT_EVALUATED,
        "secret-service": NOT_EVALUATED,
    },
)
def by_api() -> None:
    _key("good-one", Restrictions(api_targets=[_target("translate.googleapis.com")]))
    _key("bad-all", Restrictions(api_targets=[_target("cloudapis.googleapis.com")]))
    _key("bad-one-of-two", Restrictions(api_targets=[_target("translate.googleapis.com"), _target("")]))
    _key("absent-targets", Restrictions(server_key_restrictions=Server(allowed_ips=["192.0.2.1"])))
    _key("absent-restrictions", None)
    _key("unknown-targets", Restrictions(api_targets=unknown().apply(lambda one: [_target(one)])))
    _key("secret-service", Restrictions(api_targets=[_target(pulumi.Output.secret("x"))]))


@judged(
    names_its_callers,
    {
        "good-site": PASSED,
        "good-subdomains": PASSED,
        "good-server": PASSED,
        "good-app": PASSED,
        "good-ios": PASSED,
        "bad-any-site": VIOLATED,
        "bad-any-com": VIOLATED,
        "bad-any-address": VIOLATED,
        "bad-any-address-in-halves": VIOLATED,
        "bad-empty-list": VIOLATED,
        "absent-restrictions": VIOLATED,
        "absent-callers": VIOLATED,
        "unknown-addresses": NOT_EVALUATED,
        "unknown-site": NOT_EVALUATED,
        "secret-site": NOT_EVALUATED,
    },
)
def by_caller() -> None:
    def site(name: str, *patterns: Any) -> None:
        _key(name, Restrictions(browser_key_restrictions=Browser(allowed_referrers=list(patterns))))

    def server(name: str, *ranges: Any) -> None:
        _key(name, Restrictions(server_key_restrictions=Server(allowed_ips=list(ranges))))

    site("good-site", "https://voice.example.com/*")
    site("good-subdomains", "*.example.com/*")
    server("good-server", "192.0.2.1", "198.51.100.0/24", "2001:db8::1")
    app = projects.ApiKeyRestrictionsAndroidKeyRestrictionsAllowedApplicationArgs(
        package_name="com.example.voice", sha1_fingerprint="00"
    )
    android = projects.ApiKeyRestrictionsAndroidKeyRestrictionsArgs(allowed_applications=[app])
    _key("good-app", Restrictions(android_key_restrictions=android))
    ios = projects.ApiKeyRestrictionsIosKeyRestrictionsArgs(allowed_bundle_ids=["com.example.voice"])
    _key("good-ios", Restrictions(ios_key_restrictions=ios))
    site("bad-any-site", "https://voice.example.com/*", "*")
    site("bad-any-com", "https://*.com/*")
    server("bad-any-address", "0.0.0.0/0")
    server("bad-any-address-in-halves", "0.0.0.0/1", "128.0.0.0/1")
    site("bad-empty-list")
    _key("absent-restrictions", None)
    _key("absent-callers", Restrictions(api_targets=[_target("translate.googleapis.com")]))
    server("unknown-addresses", unknown("address"))
    site("unknown-site", unknown("site"))
    site("secret-site", pulumi.Output.secret("https://voice.example.com/*"))
