"""Projects that are and are not prepared for an incident."""

from __future__ import annotations

from typing import Any

import pulumi
from pulumi_gcp import essentialcontacts, projects, pubsub

from policies.cost_and_operations.project.readiness import asset_inventory_on, security_contact_named
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.unknowns import unknown


def _apis(*names: Any) -> None:
    for number, name in enumerate(names):
        projects.Service(f"api-{number}", project="acme", service=name)


@judged(asset_inventory_on, {"stack": PASSED})
def good_inventory() -> None:
    _apis("run.googleapis.com", "cloudasset.googleapis.com", unknown())


@judged(asset_inventory_on, {"stack": PASSED})
def good_apis_of_somebody_else() -> None:
    pubsub.Topic("another", name="another")


@judged(asset_inventory_on, {"stack": VIOLATED})
def bad_like_named_api() -> None:
    _apis("run.googleapis.com", "cloudassets.googleapis.com")


@judged(asset_inventory_on, {"stack": VIOLATED})
def absent_inventory() -> None:
    _apis("run.googleapis.com")


@judged(asset_inventory_on, {"stack": NOT_EVALUATED})
def unknown_api() -> None:
    _apis("run.googleapis.com", unknown())


@judged(asset_inventory_on, {"stack": NOT_EVALUATED})
def secret_api() -> None:
    _apis(pulumi.Output.secret("cloudasset.googleapis.com"))


def _contact(name: str, categories: Any) -> None:
    essentialcontacts.Contact(
        name,
        parent="projects/acme",
        email=f"{name}@example.com",
        language_tag="en",
        notification_category_subscriptions=categories,
    )


@judged(security_contact_named, {"stack": PASSED})
def good_contact() -> None:
    _contact("money", ["BILLING"])
    _contact("security", ["SECURITY", "SUSPENSION"])
    _contact("law", ["LEGAL"])
    _contact("faults", ["TECHNICAL"])


@judged(security_contact_named, {"stack": PASSED})
def good_contact_for_all() -> None:
    _contact("all", ["ALL"])


@judged(security_contact_named, {"stack": VIOLATED})
def bad_contact_for_bills() -> None:
    _contact("money", ["BILLING"])


@judged(security_contact_named, {"stack": VIOLATED})
def bad_contact_for_security_alone() -> None:
    _contact("security", ["SECURITY"])


@judged(security_contact_named, {"stack": VIOLATED})
def bad_contact_for_incidents_only_of_what_is_technical() -> None:
    _contact("some", ["LEGAL", "SECURITY", "SUSPENSION", "TECHNICAL_INCIDENTS"])


@judged(security_contact_named, {"stack": PASSED})
def good_contact_beside_one_that_is_not_known() -> None:
    _contact("all", ["LEGAL", "SECURITY", "SUSPENSION", "TECHNICAL"])
    _contact("some", unknown().apply(lambda one: [one]))


@judged(security_contact_named, {"stack": VIOLATED})
def absent_contact() -> None:
    pubsub.Topic("another", name="another")


@judged(security_contact_named, {"stack": NOT_EVALUATED})
def unknown_categories() -> None:
    _contact("some", unknown().apply(lambda one: [one]))


@judged(security_contact_named, {"stack": NOT_EVALUATED})
def secret_categories() -> None:
    _contact("some", pulumi.Output.secret(["SECURITY"]))
