"""What a protected stack cannot lose, and the one setting that lets it go."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from analysis.grant_rows import is_grant
from components.naming import stable_suffix
from plan.engine.run import plan_stack
from plan.plan import Plan, Resource
from stacks.profiles import PROFILES
from tests.stacks.planned import ROOT, STACKS, planned

GUARDS = {
    "deleteContentsOnDestroy": False,
    "deleteProtectionState": "DELETE_PROTECTION_ENABLED",
    "deletionPolicy": "PREVENT",
    "deletionProtection": True,
    "deletionProtectionEnabled": True,
    "forceDestroy": False,
    "terminationProtectionEnabled": True,
}
"""The inputs that guard against deletion, with the value that does."""
NO_GUARDS = {
    "destroyScheduledDuration": "how long a destroyed key can be restored, fixed when the key is made",
    "adaptiveProtectionConfig": "against attacks",
    "deleteDefaultRoutesOnCreate": "once, when the network is made",
    "disableOnDestroy": "an API stays on in any case",
    "disableDependentServices": "the same",
    "retainBackupsOnDelete": "backups that outlast the instance, which is what they are for",
    "softDeletePolicy": "how long deleted objects can be restored",
    "versionDestroyTtl": "how long a destroyed version can be restored",
}
"""Inputs whose names sound like it."""
EXPENDABLE = {
    "gcp:billing/budget:Budget",
    "gcp:dns/policy:Policy",
    "gcp:essentialcontacts/contact:Contact",
    "gcp:logging/metric:Metric",
    "gcp:logging/projectBucketConfig:ProjectBucketConfig",
    "gcp:monitoring/alertPolicy:AlertPolicy",
    "gcp:monitoring/dashboard:Dashboard",
    "gcp:monitoring/genericService:GenericService",
    "gcp:monitoring/notificationChannel:NotificationChannel",
    "gcp:monitoring/slo:Slo",
    "gcp:monitoring/uptimeCheckConfig:UptimeCheckConfig",
    "gcp:projects/service:Service",
    "gcp:projects/serviceIdentity:ServiceIdentity",
}
"""What watches, and what stays on in Google whatever happens: nobody is served by it, and `up` makes it again."""
EXPENDABLE_OF = {"GithubFederation"}
"""The components of which the rest serves nobody either: the identity that releases, and what it may do."""
REPLACED_IN_ORDINARY_LIFE = (
    "gcp:certificatemanager/certificate:Certificate",
    "gcp:certificatemanager/certificateMapEntry:CertificateMapEntry",
    "gcp:certificatemanager/dnsAuthorization:DnsAuthorization",
    "gcp:compute/regionNetworkEndpointGroup:RegionNetworkEndpointGroup",
)
WIDE = (
    ("canaryPeople", '["group:staff@example.com"]'),
    ("canaryRanges", '["203.0.113.0/24"]'),
    ("dnsZone", "example"),
)


def systems() -> Iterator[tuple[str | None, str]]:
    """Every stack of every system: (system, stack); None is the root's."""
    for path in sorted(ROOT.glob("Pulumi.*.yaml")):
        yield None, path.name.split(".")[1]
    for path in sorted(ROOT.glob("stacks/*/Pulumi.*.yaml")):
        yield path.parent.name, path.name.split(".")[1]


def with_settings(system: str | None, stack: str, **config: str) -> Plan:
    given = {"githubEnvironment": "production", **config}
    return plan_stack(ROOT, stack, system=system, config=given)


def guards(one: Resource) -> Iterator[tuple[str, Any]]:
    """The guards among its inputs, at any depth."""

    def of(value: Any) -> Iterator[tuple[str, Any]]:
        if isinstance(value, dict):
            for key, inner in value.items():
                if key in GUARDS:
                    yield key, inner
                yield from of(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from of(inner)

    yield from of(one.inputs)


def without_guards(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_guards(inner) for key, inner in value.items() if key not in GUARDS}
    return [without_guards(inner) for inner in value] if isinstance(value, list) else value


def told(one: Resource) -> dict[str, Any]:
    """A resource without protection and guards, as it stands in a plan."""
    plain: dict[str, Any] = deepcopy(one.as_json())
    plain["options"].pop("protect")
    for key in ("inputs", "defaults", "outputs"):
        plain[key] = without_guards(plain[key])
    plain["propertyDependencies"] = without_guards(plain["propertyDependencies"])
    return plain


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize(("system", "stack"), [*systems()])
def test_unlocking_lifts_the_guards_and_changes_nothing_else(system: str | None, stack: str, profile: str) -> None:
    locked, unlocked = (
        with_settings(system, stack, profile=profile, unlocked=value) for value in ("false", "true")
    )
    assert [one.urn for one in locked] == [one.urn for one in unlocked]
    for before, after in zip(locked, unlocked, strict=True):
        assert told(before) == told(after), f"`unlocked` may change guards only: {before.urn}"
        assert not after.options.protect, f"`unlocked` leaves {after.urn} protected: opts=self.guarded()"
        on = [name for name, value in guards(after) if value == GUARDS[name]]
        assert not on, f"`unlocked` leaves {on} of {after.urn} on: let them follow from env.protect"


def test_prod_is_guarded_until_it_is_unlocked() -> None:
    plan = planned("prod")
    assert any(one.options.protect for one in plan)
    assert {name for one in plan for name, _ in guards(one)} >= {"deletionProtection", "deletionPolicy"}


def test_every_input_that_sounds_like_a_guard_is_told_as_one_or_excused() -> None:
    def names(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            for key, inner in value.items():
                yield key
                yield from names(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from names(inner)

    # Labels, variables and the fields of a schema are text of the system's own.
    own = {"labels", "userLabels", "envs", "schema", "filter", "documentation"}
    inputs = [{key: value for key, value in one.inputs.items() if key not in own} for one in planned("prod")]
    sounding = {
        name for name in names(inputs) if re.search("delet|destroy|protection(?!Level)|retainB", name, re.I)
    }
    unknown = sounding - set(GUARDS) - set(NO_GUARDS)
    assert not unknown, "a guard follows from env.protect and stands in GUARDS; what is none, in NO_GUARDS"


def taken_by_a_destroy(plan: Plan) -> list[Resource]:
    """What a destroy without a preview takes: all that no protected resource needs, however far away.

    It goes backwards, leaves what a protected one needs, and does not stop there (seen with engine 3.259).
    """
    safe: set[str] = set()
    left = [one for one in plan if one.options.protect]
    while left:
        one = left.pop()
        if one.urn not in safe:
            safe.add(one.urn)
            left += [plan.by_urn[urn] for urn in (*one.dependencies, one.parent or "") if urn]
    return [one for one in plan if one.is_cloud and one.urn not in safe]


@pytest.mark.parametrize("config", [(), WIDE], ids=["as it stands", "with canary and zone"])
def test_a_destroy_without_preview_takes_nothing_that_a_protected_stack_serves_by(
    config: tuple[tuple[str, str], ...],
) -> None:
    taken = taken_by_a_destroy(planned("prod", *config))
    assert taken
    for one in taken:
        owners = set(re.findall(r"voicestack:\w+:(\w+)", one.urn))
        assert one.type in EXPENDABLE or owners & EXPENDABLE_OF, (
            f"{one.urn} would go: opts=self.guarded(), or make something guarded after it"
        )


@pytest.mark.parametrize("config", [(), WIDE], ids=["as it stands", "with canary and zone"])
def test_a_destroy_leaves_the_whole_way_in(config: tuple[tuple[str, str], ...]) -> None:
    taken = {one.type for one in taken_by_a_destroy(planned("prod", *config))}
    assert not [one for one in taken if re.match("gcp:(compute|certificatemanager|iap|cloudrunv2/service:)", one)]


def test_what_google_keeps_the_name_of_is_protected() -> None:
    """The next `up` could not make it again."""
    again = planned("prod", ("generation", "2"))
    own = [one for one in planned("prod") if one.is_cloud and not is_grant(one) and one.urn in again.by_urn]
    named_anew = [one for one in own if names_of(one) != names_of(again.by_urn[one.urn])]
    assert named_anew
    for one in named_anew:
        assert one.options.protect, f"{one.urn} has a name that Google keeps: opts=self.guarded()"


def names_of(one: Resource) -> list[Any]:
    """What Google knows it by."""
    own = ("name", "roleId", "bucketId", "workloadIdentityPoolId", "workloadIdentityPoolProviderId")
    return [one.inputs.get(key) for key in own]


@pytest.mark.parametrize("config", [(), WIDE], ids=["as it stands", "with canary and zone"])
def test_what_is_replaced_in_ordinary_life_is_not_protected(config: tuple[tuple[str, str], ...]) -> None:
    plan = planned("prod", *config)
    assert plan.of_type(*REPLACED_IN_ORDINARY_LIFE)
    for one in plan.of_type(*REPLACED_IN_ORDINARY_LIFE):
        assert not one.options.protect, f"{one.urn} could not be replaced"
    of_project = stable_suffix("acme-voice-prod")
    for one in plan:
        ending = re.search("-([0-9a-f]{6})$", str(one.inputs.get("name", "")))
        if ending and ending[1] != of_project:
            assert not one.options.protect, f"{one.urn} is named after its content and could not be replaced"


def test_what_comes_with_a_canary_goes_with_it() -> None:
    """Else the window could be opened and not be shut."""
    kept = {one.urn for one in planned("prod")}
    added = [one for one in planned("prod", *WIDE[:2]) if one.urn not in kept]
    assert added
    assert not [one.urn for one in added if one.options.protect]


def test_the_profile_does_not_decide_who_holds_the_keys() -> None:
    """A change of it would replace what they encrypt."""
    keys = "gcp:kms/cryptoKey:CryptoKey"
    for stack in STACKS:
        found = [
            [one.urn for one in with_settings(None, stack, profile=profile).of_type(keys)] for profile in PROFILES
        ]
        assert found[0] == found[1], stack
