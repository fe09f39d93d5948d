"""`voicestack access` as its users run it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from analysis.access.who_can import word_of, words_of
from plan.plan import Plan
from review.command import main
from tests.policies.mutants.grantees import ON_SECRET, member, on_account, on_project
from tests.policies.mutation import Draft
from tests.review.access_runs import of, plan_file, run_json, run_text
from tests.stacks.planned import ROOT, planned


@pytest.fixture
def prod(tmp_path: Path) -> Path:
    """The planned reference stack in a file."""
    return plan_file(tmp_path, planned("prod"))


def test_every_stack_of_the_project_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    told = run_json(capsys, "--root", str(ROOT))
    assert [one["stack"] for one in told["stacks"]] == ["prod", "staging"]
    for stack in told["stacks"]:
        names = [one["name"] for one in stack["identities"]]
        assert {"api", "worker", "frontend", "migrate", "github-deployer"} <= set(names)
        assert stack["unknown"] == []


def test_an_identity_is_told_with_what_it_may_do_on_what(prod: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = run_text(capsys, "--plan", str(prod), "--identity", "api")
    for part in (
        "voicestack · prod: who can do what (1 identity, 11 grants)",
        "api: a service account, runs the service 'api', which takes requests from the internet",
        "serviceAccount:voicestack-api@acme-voice-prod.iam.gserviceaccount.com",
        "write pubsub/topic 'jobs' (roles/pubsub.publisher: 1 permission)",
        "read secretmanager/secret 'jwt-signing-key' (roles/secretmanager.secretAccessor: 3 permissions)",
        "connect project acme-voice-prod, only instances/voicestack-prod-postgres and "
        "instances/voicestack-prod-postgres-read-1 (roles/cloudsql.client: 2 permissions)",
        "can become webhooks-invoker (runs code as it: iam.serviceAccounts.actAs and cloudtasks.tasks.create)",
        "can be become by github-deployer → api (runs code as it",
        "blast radius 8:",
    ):
        assert part in text, part
    assert "worker:" not in text


@pytest.mark.parametrize(
    "name",
    [
        "api",
        "voicestack-api",
        "voicestack-api@acme-voice-prod.iam.gserviceaccount.com",
        "serviceAccount:voicestack-api@acme-voice-prod.iam.gserviceaccount.com",
    ],
)
def test_an_identity_is_found_by_any_of_its_names(
    name: str, prod: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = run_json(capsys, "--plan", str(prod), "--identity", name)
    assert [one["name"] for one in told["stacks"][0]["identities"]] == ["api"]


def test_every_permission_is_listed_where_that_is_asked_for(
    prod: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    short = run_text(capsys, "--plan", str(prod), "--identity", "worker")
    every = run_text(capsys, "--plan", str(prod), "--identity", "worker", "--all")
    assert "storage.objects.delete" not in short
    for permission in ("storage.objects.delete", "pubsub.topics.publish", "aiplatform.endpoints.predict"):
        assert permission in every


def test_json_has_the_grant_its_permissions_and_its_line(prod: Path, capsys: pytest.CaptureFixture[str]) -> None:
    [grant] = [
        one
        for one in of(run_json(capsys, "--plan", str(prod)), "worker")["access"]
        if one["on"] == "storage/bucket 'recordings'"
    ]
    assert grant["role"] == "roles/storage.objectViewer"
    assert grant["scope"] == "entity"
    assert grant["can"] == ["read"]
    assert {"storage.objects.get", "storage.objects.list"} <= set(grant["permissions"])
    assert grant["by"].endswith("::worker-recordings-read")
    assert grant["source"].startswith("components/database/bucket.py:")
    assert grant["doubt"] is None


def test_the_shortest_way_is_told_from_both_ends(prod: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = run_json(capsys, "--plan", str(prod))
    pool = next(one for one in told["stacks"][0]["identities"] if one["kind"] == "federated")
    ways = {one["name"]: [step["to"] for step in one["way"]] for one in pool["becomes"]}
    assert ways == {
        "github-deployer": ["github-deployer"],
        "api": ["github-deployer", "api"],
        "frontend": ["github-deployer", "frontend"],
        "worker": ["github-deployer", "worker"],
        "webhooks-invoker": ["github-deployer", "api", "webhooks-invoker"],
    }
    back = {one["name"]: [step["to"] for step in one["way"]] for one in of(told, "webhooks-invoker")["becomeBy"]}
    assert back == {
        "api": ["webhooks-invoker"],
        "github-deployer": ["api", "webhooks-invoker"],
        pool["name"]: ["github-deployer", "api", "webhooks-invoker"],
    }
    for one in pool["becomes"]:
        assert all(step["by"] for step in one["way"]), "each step is by a grant"


def test_numbers_are_there_for_each_identity_and_each_secret(
    prod: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = run_json(capsys, "--plan", str(prod))
    assert of(told, "frontend")["blastRadius"]["altogether"] == 0
    assert of(told, "worker")["blastRadius"]["itself"] == 8
    assert of(told, "github-deployer")["blastRadius"] | {"entities": []} == {
        "itself": 0,
        "altogether": 12,
        "entities": [],
        "everywhere": [],
    }
    secrets = {one["name"]: one for one in told["stacks"][0]["secrets"]}
    assert secrets["jwt-signing-key"]["blastRadius"] == 3
    assert secrets["jwt-signing-key"]["readers"] == ["api"]
    text = run_text(capsys, "--plan", str(prod))
    assert "jwt-signing-key: 3 (api; as one of them github-deployer," in text


def test_what_is_taken_what_is_all_over_and_what_nobody_knows_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draft = Draft(planned("prod"))
    on_project(draft, "worker", "roles/resourcemanager.projectIamAdmin", name="admin")
    on_project(draft, "frontend", "roles/storage.objectViewer", name="wide")
    on_project(draft, "migrate", "roles/nobody.knowsThis", name="new")
    on_account(draft, "worker", "user:ann@acme.example", "roles/iam.serviceAccountTokenCreator")
    secret = draft.inputs(ON_SECRET, "api-jwt-signing-key-read")["secretId"]
    draft.grant(ON_SECRET, "domain", "roles/secretmanager.secretAccessor", "domain:acme.example", secretId=secret)
    unknown = draft.find(ON_SECRET, "worker-openai-api-key-read")
    unknown.inputs["member"] = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
    unknown.propertyDependencies.pop("member", None)
    file = str(plan_file(tmp_path, draft.done()))
    text = run_text(capsys, "--plan", file)
    for part in (
        "control of project acme-voice-prod (grants itself any role: resourcemanager.projects.setIamPolicy)",
        "every storage.Bucket of the project",
        "not known: role roles/nobody.knowsThis is not in the bundled table",
        "at least 0 permissions",
        "user:ann@acme.example → worker (makes access tokens of it: iam.serviceAccounts.getAccessToken)",
        "jwt-signing-key: everybody (api, domain:acme.example",
        "granted to somebody whom only creation tells roles/secretmanager.secretAccessor on",
    ):
        assert part in text, part
    told = run_json(capsys, "--plan", file)
    assert of(told, "frontend")["blastRadius"]["everywhere"] == ["gcp:storage/bucket:Bucket"]
    assert {one["name"] for one in of(told, "worker")["becomes"]} >= {"control of project acme-voice-prod", "api"}
    [secret] = [one for one in told["stacks"][0]["secrets"] if one["name"] == "jwt-signing-key"]
    assert secret["unlimited"] is True
    assert secret["blastRadius"] is None
    assert [one["urn"].rpartition("::")[2] for one in told["stacks"][0]["unknown"]] == [
        "worker-openai-api-key-read"
    ]


def test_many_ways_are_cut_unless_all_are_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    draft = Draft(planned("prod"))
    on_project(draft, "worker", "roles/iam.serviceAccountTokenCreator")
    file = str(plan_file(tmp_path, draft.done()))
    assert "and 2 more: --all" in run_text(capsys, "--plan", file, "--identity", "worker")
    assert "more: --all" not in run_text(capsys, "--plan", file, "--identity", "worker", "--all")


def _preview(plan: Plan) -> dict[str, Any]:
    return {"steps": [{"op": "create", "newState": one.as_json()} for one in plan]}


def _state(plan: Plan) -> dict[str, Any]:
    return {"version": 3, "deployment": {"resources": [one.as_json() for one in plan]}}


@pytest.mark.parametrize("shape", [_preview, _state])
def test_a_preview_and_a_state_tell_the_same(
    shape: Any, prod: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other.json"
    other.write_text(json.dumps(shape(Plan.read(prod))))
    ours, theirs = run_json(capsys, "--plan", str(prod)), run_json(capsys, "--plan", str(other))

    def told(of: Any) -> Any:
        return [
            (one["name"], one["blastRadius"], one["becomes"], [grant["permissions"] for grant in one["access"]])
            for one in of["stacks"][0]["identities"]
        ]

    assert told(ours) == told(theirs)


def test_a_plan_without_identities_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = plan_file(tmp_path, Plan.of([], project="p", stack="s", system="p", outputs={}))
    assert run_text(capsys, "--plan", str(file)) == "p · s: who can do what (0 identities, 0 grants)"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--identity", "nobody"], "nobody is called 'nobody'"),
        (["--plan", "x.json", "--stack", "prod"], "--plan stands alone"),
        (["--plan", "nowhere.json"], "nowhere.json cannot be read"),
        (["--stack", "nowhere"], "nowhere"),
    ],
)
def test_wrong_options_are_one_error_and_exit_code_2(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["access", "--root", str(ROOT), *arguments]) == 2
    printed = capsys.readouterr()
    assert said in printed.err
    assert printed.out == ""


@pytest.mark.parametrize(
    ("permission", "word"),
    [
        ("storage.objects.get", "read"),
        ("secretmanager.versions.access", "read"),
        ("storage.objects.create", "write"),
        ("datastore.entities.delete", "delete"),
        ("run.routes.invoke", "call"),
        ("run.jobs.run", "call"),
        ("cloudsql.instances.connect", "connect"),
        ("cloudkms.cryptoKeyVersions.useToDecrypt", "use"),
        ("cloudtasks.tasks.create", "write"),
        ("iam.serviceAccounts.actAs", "act as"),
        ("run.services.update", "run code"),
        ("storage.buckets.setIamPolicy", "administer"),
        ("", "write"),
    ],
)
def test_a_permission_in_one_word(permission: str, word: str) -> None:
    assert word_of(permission) == word


def test_only_what_matters_of_a_role_is_put_in_words() -> None:
    assert words_of(["pubsub.topics.get", "pubsub.topics.publish"]) == ["write"]
    assert words_of(["pubsub.topics.get"]) == ["read"]
    assert words_of([]) == []


def test_members_are_told_as_iam_has_them(prod: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = run_json(capsys, "--plan", str(prod))
    assert of(told, "api")["member"] == member(Draft(planned("prod")), "api")
