"""Members of grants are told apart however they are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.access.members import Kind, kind_of

POOL = "iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p"
WORKFORCE = "iam.googleapis.com/locations/global/workforcePools/w"


@pytest.mark.parametrize(
    ("member", "kind"),
    [
        ("allUsers", Kind.PUBLIC),
        ("allAuthenticatedUsers", Kind.PUBLIC),
        ("ALLUSERS", Kind.PUBLIC),
        (" allUsers ", Kind.PUBLIC),
        ("principalSet://goog/public:all", Kind.PUBLIC),
        ("user:ada@acme.example", Kind.PERSON),
        ("group:voice@acme.example", Kind.GROUP),
        ("domain:acme.example", Kind.DOMAIN),
        ("projectEditor:acme", Kind.BASIC),
        ("deleted:user:ada@acme.example?uid=1", Kind.DELETED),
        ("deleted:serviceAccount:1-compute@developer.gserviceaccount.com?uid=1", Kind.DELETED),
        ("serviceAccount:api@acme.iam.gserviceaccount.com", Kind.ACCOUNT),
        ("serviceAccount:acme.svc.id.goog[voice/api]", Kind.ACCOUNT),
        ("serviceAccount:123-compute@developer.gserviceaccount.com", Kind.DEFAULT),
        ("serviceAccount:acme@appspot.gserviceaccount.com", Kind.DEFAULT),
        ("serviceAccount:123@cloudbuild.gserviceaccount.com", Kind.DEFAULT),
        ("serviceAccount:123@cloudservices.gserviceaccount.com", Kind.AGENT),
        ("serviceAccount:service-123@gcp-sa-pubsub.iam.gserviceaccount.com", Kind.AGENT),
        ("serviceAccount:service-123@serverless-robot-prod.iam.gserviceaccount.com", Kind.AGENT),
        ("serviceAccount:bq-123@bigquery-encryption.iam.gserviceaccount.com", Kind.AGENT),
        ("serviceAccount:service-123@dlp-api.iam.gserviceaccount.com", Kind.AGENT),
        ("serviceAccount:service-123@gcp-gae-service.iam.gserviceaccount.com", Kind.AGENT),
        ("serviceAccount:service-123@gcp-ri-aiplatform.iam.gserviceaccount.com", Kind.AGENT),
        ("serviceAccount:project-123@storage-transfer-service.iam.gserviceaccount.com", Kind.AGENT),
        ("serviceAccount:cloud-logs@system.gserviceaccount.com", Kind.AGENT),
        ("serviceAccount:service-123@acme.iam.gserviceaccount.com", Kind.ACCOUNT),
        ("serviceAccount:x@serverless-robot-prod.iam.gserviceaccount.com.evil.example", Kind.ACCOUNT),
        (f"principal://{POOL}/subject/s", Kind.FEDERATED),
        (f"principalSet://{POOL}/attribute.repository/acme/voice", Kind.FEDERATED),
        (f"principalSet://{POOL}/group/g", Kind.FEDERATED),
        (f"principalSet://{POOL}/*", Kind.CROWD),
        (f"principalSet://{POOL}/attribute.repository/*", Kind.CROWD),
        (f"principal://{WORKFORCE}/subject/ada", Kind.PERSON),
        (f"principalSet://{WORKFORCE}/group/voice", Kind.GROUP),
        (f"principalSet://{WORKFORCE}/*", Kind.CROWD),
        ("principalSet://cloudresourcemanager.googleapis.com/projects/1/type/ServiceAccount", Kind.CROWD),
        ("principal://iam.example/x", Kind.OTHER),
        ("", Kind.OTHER),
    ],
)
def test_a_member_is_told_by_its_form(member: str, kind: Kind) -> None:
    assert kind_of(member) is kind


@given(st.text(max_size=60))
def test_any_text_is_some_member(text: str) -> None:
    assert kind_of(text) in Kind
