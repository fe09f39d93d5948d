"""Cloud Armor's log holds verdicts, not what people sent."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.stack import Stack
from analysis.value import Value
from policies.engine.policy import Enforcement, Settings, Severity, resource_policy


@resource_policy(
    id="armor-logs-no-content",
    title="Cloud Armor does not log parts of the requests",
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    why="""With verbose logging each match is logged with the part of the request that matched: passwords, tokens
    and sentences of transcripts, readable for whoever may read logs. It is for hours of looking for a false
    alarm.""",
    fix="Make the policy with `ArmorPolicy`, whose level is NORMAL.",
    fix_raw="Leave `advancedOptionsConfig.logLevel` out or set it to NORMAL.",
    types=[
        "gcp:compute/securityPolicy:SecurityPolicy",
        "gcp:compute/regionSecurityPolicy:RegionSecurityPolicy",
    ],
)
def no_content(policy: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    # https://cloud.google.com/armor/docs/verbose-logging ("may contain sensitive data"); absent is NORMAL:
    # https://www.pulumi.com/registry/packages/gcp/api-docs/compute/securitypolicy/
    level = policy.at("advancedOptionsConfig.logLevel")
    if level.text("NORMAL") == "VERBOSE":
        yield f"{level.path} is VERBOSE: what Cloud Armor matches of requests is written to the log"
