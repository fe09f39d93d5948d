"""Cloud SQL's flags, ranges and versions against brute force, and what the settings of its policies do."""

from __future__ import annotations

from datetime import date, timedelta
from ipaddress import IPv4Network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.stores.cloud_sql import INSTANCE, USER
from plan.plan import Plan, Resource
from plan.sentinels import UNKNOWN
from policies.data_protection.cloud_sql.audit_flags import DEMANDS, audit_flags
from policies.data_protection.cloud_sql.authentication import password_policy, passwords_write_only, users_of_iam
from policies.data_protection.cloud_sql.logged_values import logged_values
from policies.engine.configuration import Configuration
from policies.engine.policy import Policy
from policies.engine.run import Evaluation, evaluate
from policies.private_network.cloud_sql.authorized_networks import authorized_networks
from policies.private_network.cloud_sql.encryption_in_transit import tls
from policies.reliability.cloud_sql.supported_version import ENDS, supported_version
from tests.policies.surroundings import TODAY

AUDITED = {
    "log_connections": "on",
    "log_disconnections": "on",
    "log_statement": "ddl",
    "log_error_verbosity": "default",
    "cloudsql.enable_pgaudit": "on",
    "pgaudit.log": "ddl,role",
}
BROKEN = "nonsense"


def looked_at(
    policy: Policy, inputs: dict[str, Any], *, type_: str = INSTANCE, today: date = TODAY, **settings: Any
) -> Evaluation:
    one = Resource(
        urn=f"urn:pulumi:s::p::{type_}::one", type=type_, name="one", custom=True, parent=None, inputs=inputs
    )
    plan = Plan.of([one], project="p", stack="s", system="demo", outputs={})
    return evaluate(plan, [policy], Configuration.of_json({policy.id: settings}, [policy]), today=today)


def instance(settings: dict[str, Any], version: str = "POSTGRES_17") -> dict[str, Any]:
    return {"databaseVersion": version, "settings": settings}


def test_every_demanded_flag_is_audited_here() -> None:
    assert {one.flag for one in DEMANDS} == AUDITED.keys()


@given(
    broken=st.sets(st.sampled_from(sorted(AUDITED))),
    unknown=st.sets(st.sampled_from(sorted(AUDITED))),
    wanted=st.sets(st.sampled_from(sorted(AUDITED)), min_size=1),
)
def test_a_flag_is_judged_by_itself(broken: set[str], unknown: set[str], wanted: set[str]) -> None:
    values = {
        name: UNKNOWN if name in unknown else BROKEN if name in broken else value
        for name, value in AUDITED.items()
    }
    listed = [{"name": name, "value": value} for name, value in values.items()]
    found = looked_at(audit_flags, instance({"databaseFlags": listed}), flags=sorted(wanted))
    told = {name for name in AUDITED for one in found.findings if f"the flag {name} in" in one.message}
    assert told == (broken - unknown) & wanted
    assert len(found.findings) == len(told)
    assert len(found.not_evaluated) == len(unknown & wanted)


BLOCK = IPv4Network("198.51.0.0/16")
blocks = st.builds(
    lambda offset, prefix: IPv4Network((int(BLOCK.network_address) + offset, prefix), strict=False),
    st.integers(0, 2**16 - 1),
    st.integers(18, 32),
)


@given(ranges=st.lists(blocks, max_size=6), widest=st.integers(17, 32))
def test_ranges_are_added_up_address_by_address(ranges: list[IPv4Network], widest: int) -> None:
    addresses = {address for one in ranges for address in range(int(one[0]), int(one[-1]) + 1)}
    listed = [{"value": str(one)} for one in ranges]
    inputs = instance({"ipConfiguration": {"ipv4Enabled": True, "authorizedNetworks": listed}})
    found = looked_at(authorized_networks, inputs, widestIpv4=widest)
    assert bool(found.findings) == (len(addresses) > 2 ** (32 - widest))


@given(
    version=st.sampled_from(sorted(ENDS)),
    on=st.dates(date(2020, 1, 1), date(2040, 1, 1)),
    before=st.integers(0, 400),
)
def test_a_version_is_told_from_its_end_on(version: str, on: date, before: int) -> None:
    # SQL Server's editions stand behind its version.
    named = f"{version}_STANDARD" if version.startswith("SQLSERVER") else version
    found = looked_at(supported_version, instance({}, named), today=on, daysBefore=before)
    assert bool(found.findings) == (on + timedelta(days=before) >= ENDS[version])


def test_the_end_of_no_version_is_before_that_of_an_older_one() -> None:
    for engine in ("POSTGRES", "MYSQL", "SQLSERVER"):
        ends = [end for version, end in ENDS.items() if version.startswith(engine)]
        assert ends == sorted(ends)


@pytest.mark.parametrize(
    ("mode", "version", "refused"),
    [
        ("ENCRYPTED_ONLY", "POSTGRES_17", True),
        ("TRUSTED_CLIENT_CERTIFICATE_REQUIRED", "POSTGRES_17", False),
        ("ENCRYPTED_ONLY", "SQLSERVER_2022_STANDARD", False),
        ("ALLOW_UNENCRYPTED_AND_ENCRYPTED", "SQLSERVER_2022_STANDARD", True),
    ],
)
def test_client_certificates_may_be_asked_for_where_the_engine_has_them(
    mode: str, version: str, refused: bool
) -> None:
    inputs = instance({"ipConfiguration": {"sslMode": mode}}, version)
    found = looked_at(tls, inputs, least="TRUSTED_CLIENT_CERTIFICATE_REQUIRED")
    assert bool(found.findings) == refused


def test_a_tools_user_may_have_a_password_where_it_is_named() -> None:
    user = {"name": "looker", "type": "BUILT_IN", "passwordWo": "x"}
    assert looked_at(users_of_iam, user, type_=USER).findings
    assert not looked_at(users_of_iam, user, type_=USER, builtIn=["looker"]).findings


def test_both_levels_of_debug_are_one_finding() -> None:
    levels = ("log_min_messages", "log_min_error_statement")
    inputs = instance({"databaseFlags": [{"name": one, "value": "debug5"} for one in levels]})
    (found,) = looked_at(logged_values, inputs).findings
    assert all(one in found.message for one in levels), found.message


def test_auditors_may_ask_for_what_else_is_a_leak() -> None:
    inputs = instance({"databaseFlags": [{"name": "log_statement", "value": "mod"}]})
    assert looked_at(logged_values, inputs).findings
    assert not looked_at(logged_values, inputs, flags=["log_min_duration_statement"]).findings


def test_longer_passwords_may_be_asked_for() -> None:
    policy = {
        "enablePasswordPolicy": True,
        "minLength": 16,
        "complexity": "COMPLEXITY_DEFAULT",
        "disallowUsernameSubstring": True,
    }
    inputs = instance({"passwordValidationPolicy": policy})
    assert not looked_at(password_policy, inputs).findings
    assert looked_at(password_policy, inputs, characters=20).findings


def test_no_password_is_ever_told() -> None:
    user = {"name": "u", "type": "BUILT_IN", "password": "hunter2"}
    for policy in (users_of_iam, passwords_write_only):
        (finding,) = looked_at(policy, user, type_=USER).findings
        assert "hunter2" not in finding.message
