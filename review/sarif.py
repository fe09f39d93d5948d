"""What a check found as SARIF 2.1.0, which code scanning services read.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html. A finding stands at the line that makes its
resource; one that no line makes (an absence, a plan without sources) at the project's file.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from importlib.metadata import version
from typing import Any, Final
from urllib.parse import quote

from plan.plan import Resource
from policies.engine.policy import Enforcement, Policy, Severity
from policies.engine.report import Checked
from policies.engine.run import Finding, NotEvaluated
from policies.engine.waivers import Waived

_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS: Final = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
}
# What GitHub sorts by: critical from 9.0, high from 7.0, medium from 4.0.
# https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
_SCORES: Final = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.0",
    Severity.LOW: "2.0",
}
_NO_LINE: Final = "Pulumi.yaml"
_SOURCE: Final = re.compile(r"(?P<file>[^/].*):(?P<line>[0-9]{1,7})", re.DOTALL)
"""A file below the root, and a line: a plan from elsewhere may name anything."""


def as_sarif(
    checked: Iterable[Checked], policies: Iterable[Policy], *, disabled: AbstractSet[str] = frozenset()
) -> dict[str, Any]:
    """The checks as one SARIF run: what is waived as suppressed, the policies in `disabled` as not enabled."""
    every = list(checked)
    rules = sorted({policy.id: policy for policy in policies}.values(), key=lambda policy: policy.id)
    places = {policy.id: position for position, policy in enumerate(rules)}
    results = [_result(finding, places) for one in every for finding in one.findings]
    results += [_suppressed(waived, places) for one in every for waived in one.waived]
    results += [_open(unseen, places) for one in every for unseen in one.not_evaluated]
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "voicestack",
                        "semanticVersion": version("voicestack"),
                        "rules": [_rule(policy, enabled=policy.id not in disabled) for policy in rules],
                    }
                },
                "results": results,
            }
        ],
    }


def _rule(policy: Policy, *, enabled: bool) -> dict[str, Any]:
    return {
        "id": policy.id,
        "shortDescription": {"text": policy.title},
        "fullDescription": {"text": policy.why},
        "help": {"text": f"{policy.fix}\nWithout these components: {policy.fix_raw}"},
        "defaultConfiguration": {"enabled": enabled, "level": _LEVELS[policy.severity]},
        "properties": {"security-severity": _SCORES[policy.severity], "tags": ["security", "infrastructure"]},
    }


def _result(finding: Finding, places: dict[str, int]) -> dict[str, Any]:
    identity = f"{finding.policy.id}\n{finding.resource.urn}\n{finding.message}"
    return {
        "ruleId": finding.policy.id,
        "ruleIndex": places[finding.policy.id],
        "level": _level(finding),
        "message": {"text": f"{finding.message}\nFix: {finding.fix}"},
        "locations": _locations(finding.resource),
        # All results of a run have them or none has (§3.27.23): empty says that no waiver excuses it.
        "suppressions": [],
        # Keeps a finding the same one when lines move.
        "partialFingerprints": {
            "policyAndUrn/v1": hashlib.sha256(identity.encode(errors="backslashreplace")).hexdigest()
        },
    }


def _locations(resource: Resource) -> list[dict[str, Any]]:
    file, line = _place(resource)
    return [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": file, "uriBaseId": "%SRCROOT%"},
                "region": {"startLine": line},
            },
            "logicalLocations": [{"fullyQualifiedName": resource.urn, "kind": "resource"}],
        }
    ]


def _suppressed(waived: Waived, places: dict[str, int]) -> dict[str, Any]:
    waiver = waived.waiver
    said = f"{waiver.reason} ({waiver.owner}, {waiver.ticket}, until {waiver.expires})"
    return {
        **_result(waived.finding, places),
        "suppressions": [{"kind": "external", "status": "accepted", "justification": said}],
    }


def _level(finding: Finding) -> str:
    """What is only advisory stops nobody."""
    level = _LEVELS[finding.policy.severity]
    return "warning" if level == "error" and finding.enforcement is Enforcement.ADVISORY else level


def _open(unseen: NotEvaluated, places: dict[str, int]) -> dict[str, Any]:
    """What could not be evaluated: neither passed nor failed (`open`, §3.27.9 of the standard)."""
    return {
        "ruleId": unseen.policy.id,
        "ruleIndex": places[unseen.policy.id],
        "kind": "open",
        "level": "none",
        "message": {"text": f"Not evaluated: {unseen.why}"},
        "locations": _locations(unseen.resource),
        "suppressions": [],
    }


def _place(resource: Resource) -> tuple[str, int]:
    """The file, as a reference relative to the root (§3.4.4), and the line."""
    match = _SOURCE.fullmatch(resource.source[0]) if resource.source else None
    if match is None or ".." in match["file"].split("/"):
        return _NO_LINE, 1
    return quote(match["file"], errors="backslashreplace"), max(1, int(match["line"]))
