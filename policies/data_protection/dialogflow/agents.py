"""What an agent of Dialogflow CX does can be looked up."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.stack import Stack
from analysis.value import Value
from policies.engine.policy import Enforcement, Settings, Severity, resource_policy


@resource_policy(
    id="dialogflow-agent-logged",
    title="An agent of Dialogflow CX logs what it does",
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    why="""Without a log nobody can tell what an agent answered, why a call went wrong, or that somebody talked it
    into something. The log holds what callers say: let `securitySettings` redact it.""",
    fix="Nothing here makes an agent; set it as below.",
    fix_raw="Set `advancedSettings.loggingSettings.enableStackdriverLogging` to true.",
    types=["gcp:diagflow/cxAgent:CxAgent"],
)
def agent_logged(agent: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    # The older flag still counts: https://www.pulumi.com/registry/packages/gcp/api-docs/diagflow/cxagent/
    flag = agent["advancedSettings"]["loggingSettings"]["enableStackdriverLogging"]
    if not flag.flag(False) and not agent["enableStackdriverLogging"].flag(False):
        yield f"{flag.path} is not true: what the agent did leaves no trace"
