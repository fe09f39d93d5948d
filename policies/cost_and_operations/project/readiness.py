"""Whoever looks into an incident finds what the project held, and Google knows whom to write to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.stack import Stack
from analysis.value import NotKnown
from policies.engine.policy import Enforcement, Looked, Problem, Result, Settings, Severity, Unseen, stack_policy

_SERVICE: Final = "gcp:projects/service:Service"
_INVENTORY: Final = "cloudasset.googleapis.com"
_CONTACT: Final = "gcp:essentialcontacts/contact:Contact"
_ALL: Final = "ALL"
# The categories that CIS names; the incidents of TECHNICAL_INCIDENTS are a part of TECHNICAL.
# https://cloud.google.com/resource-manager/docs/managing-notification-contacts#notification-categories
_CATEGORIES: Final = ("LEGAL", "SECURITY", "SUSPENSION", "TECHNICAL")


@stack_policy(
    id="asset-inventory-on",
    title="Cloud Asset Inventory is on",
    severity=Severity.LOW,
    why="""After an incident the question is what the project held five weeks ago and who could reach it. Cloud
    Asset Inventory keeps that, if its API was on by then.""",
    fix="Make a `ProjectBaseline`, which switches it on.",
    fix_raw="Add a `projects.Service` for `cloudasset.googleapis.com`.",
    rows=(184,),
    cis_4=("2.13",),
    cis_5=("2.14",),
)
def asset_inventory_on(stack: Stack, settings: Settings) -> Iterator[Result]:
    services = stack.of_type(_SERVICE)
    if not services:
        # Somebody else switches the project's APIs on.
        return
    yield Looked(stack.root)
    unread: NotKnown | None = None
    for service in services:
        try:
            if service["service"].text("") == _INVENTORY:
                return
        except NotKnown as reason:
            unread = reason
    if unread is not None:
        yield Unseen(stack.root, f"which APIs are on is not known: {unread}")
    else:
        yield Problem(stack.root, f"{_INVENTORY} is not among the APIs: what the project held cannot be looked up")


@stack_policy(
    id="security-contact-named",
    title="Google knows whom to write to about the project's security, its suspension, law and faults",
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    why="""Google writes when it sees a leaked key, a machine that mines, or a project about to be suspended: to
    the owners, unless contacts are named. Where the owner is an identity that deploys, nobody reads it. Contacts
    of the organisation count too, and are not seen here.""",
    fix="Give the `ProjectBaseline` its `contacts` (`Foundation` gives it `alertEmails`).",
    fix_raw="""Add an `essentialcontacts.Contact` for the project with the categories LEGAL, SECURITY, SUSPENSION
    and TECHNICAL, or one for each.""",
    rows=(184,),
    cis_4=("1.16",),
    cis_5=("1.17",),
)
def security_contact_named(stack: Stack, settings: Settings) -> Iterator[Result]:
    yield Looked(stack.root)
    unread: NotKnown | None = None
    told: set[str] = set()
    for contact in stack.of_type(_CONTACT):
        try:
            told.update(contact["notificationCategorySubscriptions"].texts())
        except NotKnown as reason:
            unread = reason
    missing = [one for one in _CATEGORIES if one not in told]
    if not missing or _ALL in told:
        return
    if unread is not None:
        yield Unseen(stack.root, f"what a contact is written to about is not known: {unread}")
    else:
        named = ", ".join(missing)
        yield Problem(
            stack.root, f"no contact has {named}: what Google writes about that goes to the owners alone"
        )
