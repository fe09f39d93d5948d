"""What an organisation may choose about members, issuers and keys is obeyed."""

from __future__ import annotations

from typing import Any

import pytest

from plan.plan import Options, Plan, Resource
from policies.data_protection.kms.algorithm import algorithm
from policies.data_protection.kms.destruction import destroy_delay
from policies.data_protection.kms.rotation import rotates
from policies.engine.configuration import Configuration
from policies.engine.policy import Policy
from policies.engine.run import evaluate
from policies.least_privilege.federation.issuer import issuer_is_chosen
from policies.least_privilege.iam.members import known_members

KEY = "gcp:kms/cryptoKey:CryptoKey"
PROVIDER = "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider"
MEMBER = "gcp:projects/iAMMember:IAMMember"
DOMAINS = {"domains": ["acme.example"]}


def violated(policy: Policy, type_: str, inputs: dict[str, Any], chosen: dict[str, Any]) -> bool:
    one = Resource(
        urn=f"urn:pulumi:s::p::{type_}::one",
        type=type_,
        name="one",
        custom=True,
        parent=None,
        inputs=inputs,
        options=Options(protect=True),
    )
    plan = Plan.of([one], project="p", stack="s", system="p", outputs={})
    configuration = Configuration.of_json({policy.id: chosen}, [policy])
    return bool(evaluate(plan, [policy], configuration).findings)


@pytest.mark.parametrize(
    ("policy", "type_", "inputs", "chosen", "answer"),
    [
        (known_members, MEMBER, {"role": "roles/browser", "member": "group:a@acme.example"}, DOMAINS, False),
        (known_members, MEMBER, {"role": "roles/browser", "member": "user:a@ACME.example"}, DOMAINS, False),
        (known_members, MEMBER, {"role": "roles/browser", "member": "group:a@other.example"}, DOMAINS, True),
        (known_members, MEMBER, {"role": "roles/browser", "member": "group:a@other.example"}, {}, False),
        (issuer_is_chosen, PROVIDER, {"oidc": {"issuerUri": "https://gitlab.com"}}, {"issuers": []}, True),
        (
            issuer_is_chosen,
            PROVIDER,
            {"oidc": {"issuerUri": "https://gitlab.com/"}},
            {"issuers": ["https://GitLab.com"]},
            False,
        ),
        (issuer_is_chosen, PROVIDER, {"aws": {"accountId": "1"}}, {"awsAccounts": ["1"]}, False),
        (issuer_is_chosen, PROVIDER, {"aws": {"accountId": "2"}}, {"awsAccounts": ["1"]}, True),
        (issuer_is_chosen, PROVIDER, {"saml": {"idpMetadataXml": "<x/>"}}, {"saml": True}, False),
        (rotates, KEY, {"rotationPeriod": "7776000s"}, {"longestDays": 30}, True),
        (rotates, KEY, {"rotationPeriod": "31536000s"}, {"longestDays": 365}, False),
        (destroy_delay, KEY, {"destroyScheduledDuration": "604800s"}, {"leastDays": 7}, False),
        (destroy_delay, KEY, {}, {"leastDays": 60}, True),
        (algorithm, KEY, {}, {"protectionLevels": ["HSM"]}, True),
        (algorithm, KEY, {"versionTemplate": {"protectionLevel": "HSM"}}, {"protectionLevels": ["HSM"]}, False),
    ],
)
def test_a_choice_is_obeyed(
    policy: Policy, type_: str, inputs: dict[str, Any], chosen: dict[str, Any], answer: bool
) -> None:
    assert violated(policy, type_, inputs, chosen) is answer
