"""What was cut off is told with what it needs; nothing that holds data is lost on the way."""

from __future__ import annotations

import json
import shlex
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.recovery.id_table import id_table
from analysis.recovery.needs import Create, Need
from analysis.recovery.pending import read_state
from plan.errors import PlanFileError
from review.recovery_text import as_json, as_text, end_command, import_command, import_file
from tests.analysis.recovery.states import PROVIDER, recovery, resource, state

ACCOUNT = resource("gcp:serviceaccount/account:Account", {"accountId": "api"})
ALERT = resource("gcp:monitoring/alertPolicy:AlertPolicy", {"displayName": 'a "name"'})
VERSION = resource("gcp:secretmanager/secretVersion:SecretVersion", {"secret": "projects/acme/secrets/key"})
STRANGER = resource("aws:s3/bucket:Bucket", {"bucket": "b"})
RANDOM = resource("random:index/randomBytes:RandomBytes", {"length": 32})
AGAIN = "pulumi stack export --stack staging | voicestack recover --stack staging --state -"


def only(raw: Any, *absent: str) -> Create:
    [one] = recovery(raw, *absent).creates
    return one


def commands(text: str) -> list[list[str]]:
    """Every command line in the steps, as a shell takes it apart."""
    return [shlex.split(line) for line in text.split("\n") if line.startswith("    ") and line[4] != " "]


def test_an_id_that_follows_from_the_inputs_is_taken_in_with_the_providers_project() -> None:
    one = only(state(ACCOUNT))
    assert (one.need, one.id) == (Need.IMPORT, "projects/acme/serviceAccounts/api@acme.iam.gserviceaccount.com")
    told = as_text(recovery(state(ACCOUNT)), again=AGAIN)
    assert f"--import-pending-creates={ACCOUNT['urn']} --import-pending-creates={one.id}" in told
    assert "--clear-pending-creates" not in told


def test_what_google_names_is_looked_for_and_what_the_state_holds_is_not_it() -> None:
    twin = resource(ALERT["type"], {"displayName": "x"}, name="other", id_="projects/acme/alertPolicies/7")
    one = only(state(ALERT, held=[twin]))
    assert one.need is Need.FIND
    assert '--filter=displayName="a \\"name\\""' in one.find
    assert one.held == ("projects/acme/alertPolicies/7",)


def test_a_type_that_is_not_known_is_told_aloud() -> None:
    assert only(state(STRANGER)).need is Need.UNKNOWN
    told = as_text(recovery(state(STRANGER)), again=AGAIN)
    assert "NOT KNOWN" in told
    assert "aws:s3/bucket:Bucket" in told
    assert only(state(STRANGER)).data, "what is not known may hold data"


@pytest.mark.parametrize("open_", [ACCOUNT, ALERT, VERSION, STRANGER], ids=lambda one: one["type"])
def test_creates_are_cleared_only_once_each_is_settled(open_: dict[str, Any]) -> None:
    held = {**open_, "id": "there"}
    for raw, absent, settled in (
        (state(open_, RANDOM), (), False),
        (state(open_, RANDOM, held=[held]), (), True),
        (state(open_, RANDOM), (open_["urn"],), True),
    ):
        found = recovery(raw, *absent)
        assert found.settled is settled
        assert ("--clear-pending-creates" in as_text(found, again=AGAIN)) is settled


def test_an_old_resource_that_waits_for_its_deletion_settles_nothing() -> None:
    raw = state(ACCOUNT, held=[{**ACCOUNT, "id": "old", "delete": True}])
    assert only(raw).need is Need.IMPORT


def test_only_what_was_cut_off_can_be_told_to_be_absent() -> None:
    with pytest.raises(PlanFileError, match="no create that was cut off"):
        recovery(state(ACCOUNT), ALERT["urn"])


@pytest.mark.parametrize("operation", ["updating", "deleting", "reading", "importing"])
def test_an_operation_that_makes_nothing_is_settled_by_a_refresh(operation: str) -> None:
    bucket = resource("gcp:storage/bucket:Bucket", {"name": "b"}, id_="b")
    told = as_text(recovery(state(held=[bucket], others=[(operation, bucket)])), again=AGAIN)
    assert ["pulumi", "refresh", "--stack", "staging"] in commands(told)
    assert ("put it back into the program" in told) is (operation == "deleting")
    assert "--clear-pending-creates" not in told


def test_a_create_that_was_cut_off_twice_is_told_once() -> None:
    assert len(recovery(state(ACCOUNT, ACCOUNT)).creates) == 1


def test_others_of_what_holds_data_stay_where_they_are() -> None:
    told = as_text(recovery(state(VERSION)), again=AGAIN)
    assert "leave the others where they are" in told
    assert "remove" not in told


anybody = st.text(
    st.characters(blacklist_categories=("Cc", "Cf", "Cs")) | st.sampled_from("'\" \n\t$`\\=|;"), min_size=1
)
types = st.sampled_from([*sorted(id_table().types), "aws:s3/bucket:Bucket"])
inputs = st.dictionaries(
    st.sampled_from(
        [
            "name",
            "project",
            "region",
            "location",
            "accountId",
            "displayName",
            "role",
            "member",
            "topic",
            "bucket",
            "secret",
            "secretId",
            "service",
            "instance",
            "network",
            "datasetId",
            "tableId",
            "retention",
            "database",
            "email",
            "parent",
            "billingAccount",
        ]
    ),
    anybody,
)


@given(anybody, inputs)
def test_every_command_reads_back_as_the_very_urn_and_id(name: str, given_: dict[str, str]) -> None:
    creates = [resource(type_, given_, name=name) for type_ in sorted(id_table().types)]
    found = recovery(state(*creates))
    for one in [*found.of(Need.IMPORT), *found.of(Need.FIND)]:
        assert shlex.split(end_command(found, [one]))[-2:] == [
            f"--import-pending-creates={one.urn}",
            f"--import-pending-creates={one.id}",
        ]
        words = shlex.split(import_command(found, one))
        assert words[-4:] == ["--", one.type, one.name, one.id]
        assert words[words.index("--provider") + 1] == f"provider={PROVIDER}"
        assert one.urn.endswith(f"::{name}")
    file = json.loads(import_file(found))
    wanted = found.of(Need.IMPORT)
    assert [(one["type"], one["logicalName"], one["id"]) for one in file["resources"]] == [
        (one.type, one.name, one.id) for one in wanted
    ]
    assert all(file["nameTable"][one["provider"]] == PROVIDER for one in file["resources"])


@given(
    st.lists(st.tuples(types, anybody, inputs), max_size=5), st.sampled_from(["creating", "deleting", "updating"])
)
def test_nothing_that_holds_data_is_ever_to_be_removed(
    made: list[tuple[str, str, dict[str, str]]], operation: str
) -> None:
    listed = [resource(type_, given_, name=name) for type_, name, given_ in made]
    found = recovery(state(others=[(operation, one) for one in listed]))
    told = as_text(found, again=AGAIN)
    if all(one.data for one in found.creates):
        assert "remove the others" not in told
    for one in found.creates:
        words = [*shlex.split(import_command(found, one)), *one.find]
        assert not {"delete", "destroy", "rm", "--force", "--target"} & (set(words) - {one.name, one.id, one.type})
    as_json(found)


@given(st.sampled_from("\x1b\x07\x00\u202e\u200b"))
def test_a_name_that_steers_a_terminal_is_in_no_command(sign: str) -> None:
    found = recovery(state(resource(ACCOUNT["type"], {"accountId": "api"}, name=f"a{sign}b")))
    assert found.creates[0].need is Need.UNKNOWN
    assert sign not in as_text(found, again=AGAIN)


def test_a_secret_of_the_state_is_never_told() -> None:
    sealed = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "plaintext": '"hush"'}
    one = resource("gcp:storage/bucket:Bucket", {"name": sealed, "labels": {"a": sealed}})
    found = recovery(state(one, held=[resource("gcp:sql/user:User", {"password": sealed}, id_="u")]))
    assert found.creates[0].need is Need.UNKNOWN
    assert "hush" not in as_text(found, again=AGAIN) + as_json(found) + import_file(found)


def test_a_checkpoint_of_the_file_backend_reads_as_the_export_does() -> None:
    raw = state(ACCOUNT)
    checkpoint = {
        "version": 3,
        "checkpoint": {"stack": "organization/voicestack/staging", "latest": raw["deployment"]},
    }
    assert recovery(checkpoint) == recovery(raw)
    assert recovery({"version": 3, "checkpoint": {"stack": "organization/voicestack/staging"}}).creates == ()


@pytest.mark.parametrize(
    "raw",
    [
        [],
        {},
        {"version": 3},
        {"version": 2, "deployment": {}},
        {"version": True, "deployment": {}},
        {"version": 3, "deployment": []},
        {"version": 3, "checkpoint": {"latest": []}},
        {"version": 3, "checkpoint": {"stack": "organization/voicestack/prod"}},
        {"version": 3, "checkpoint": {"stack": "organization/leadgen/staging"}},
        {"version": 3, "deployment": {"pending_operations": ""}},
        {"version": 3, "deployment": {"resources": {"a": 1}}},
        {"version": 3, "deployment": {"pending_operations": {"a": 1}}},
        {"version": 3, "deployment": {"pending_operations": [7]}},
        {"version": 3, "deployment": {"pending_operations": [{"type": "creating"}]}},
        {"version": 3, "deployment": {"pending_operations": [{"type": "eating", "resource": ACCOUNT}]}},
        {"version": 3, "deployment": {"pending_operations": [{"type": ["creating"], "resource": ACCOUNT}]}},
        {"version": 3, "deployment": {"resources": [{**ACCOUNT, "id": 7}]}},
    ],
)
def test_what_is_no_state_is_refused(raw: Any) -> None:
    with pytest.raises(PlanFileError, match="is not the state of staging of voicestack"):
        recovery(raw)


@pytest.mark.parametrize(("stack", "project"), [("prod", "voicestack"), ("staging", "leadgen")])
def test_the_state_of_another_stack_is_refused(stack: str, project: str) -> None:
    with pytest.raises(PlanFileError, match="belongs to staging of voicestack"):
        read_state(state(ACCOUNT), origin="a test", stack=stack, project=project)
