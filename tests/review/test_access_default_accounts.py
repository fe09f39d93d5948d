"""`voicestack access` about what runs as an account that the plan does not make."""

from __future__ import annotations

from pathlib import Path

import pytest

from plan.sentinels import UNKNOWN
from tests.policies.mutants.grantees import ON_SECRET
from tests.policies.mutation import Draft
from tests.review.access_runs import of, plan_file, run_json, run_text
from tests.stacks.planned import planned

SERVICE = "cloudrunv2/service:Service"
DEFAULT = "PROJECT_NUMBER-compute@developer.gserviceaccount.com"


def test_a_service_that_names_no_account_is_told_under_the_default_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draft = Draft(planned("prod"))
    del draft.inputs(SERVICE, "api")["template"]["serviceAccount"]
    file = str(plan_file(tmp_path, draft.done()))
    text = run_text(capsys, "--plan", file, "--identity", DEFAULT)
    for part in (
        f"{DEFAULT}: a default service account, runs the service 'api', which takes requests from the internet",
        "is granted nothing by the plan",
        "blast radius 0 by what the plan grants",
        "not known: Google makes it an editor of its project unless the organisation policy "
        "iam.automaticIamGrantsForDefaultServiceAccounts forbids that",
    ):
        assert part in text, part
    assert "can do nothing" not in text
    told = run_json(capsys, "--plan", file)
    assert [one["kind"] for one in of(told, DEFAULT)["runs"]] == ["service"]
    assert of(told, DEFAULT)["notTold"]
    assert of(told, "api")["notTold"] is None


def test_what_a_default_account_is_granted_is_told_beside_what_is_not_known(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draft = Draft(planned("prod"))
    del draft.inputs(SERVICE, "api")["template"]["serviceAccount"]
    secret = draft.inputs(ON_SECRET, "api-jwt-signing-key-read")["secretId"]
    member = "serviceAccount:123-compute@developer.gserviceaccount.com"
    draft.grant(ON_SECRET, "g", "roles/secretmanager.secretAccessor", member, secretId=secret)
    text = run_text(capsys, "--plan", str(plan_file(tmp_path, draft.done())))
    assert DEFAULT not in text, "its number is known"
    start = text.index("123-compute@developer.gserviceaccount.com: a default service account, runs the service")
    assert "read secretmanager/secret 'jwt-signing-key'" in text[start : start + 500]
    assert "not known: Google makes it an editor" in text[start : start + 700]


def test_what_runs_as_somebody_whom_only_creation_tells_is_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draft = Draft(planned("prod"))
    service = draft.find(SERVICE, "api")
    service.inputs["template"]["serviceAccount"] = UNKNOWN
    service.propertyDependencies.pop("template", None)
    text = run_text(capsys, "--plan", str(plan_file(tmp_path, draft.done())))
    assert (
        "runs as somebody whom only creation tells the service 'api': template.serviceAccount is known only"
        in text
    )
