"""Agents of Dialogflow CX by what they log."""

from typing import Any

import pulumi
from pulumi_gcp import diagflow

from policies.data_protection.dialogflow.agents import agent_logged
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.unknowns import unknown


@judged(
    agent_logged,
    {
        "good-logged": PASSED,
        "good-logged-by-the-older-flag": PASSED,
        "bad-off": VIOLATED,
        "bad-interactions-only": VIOLATED,
        "absent-settings": VIOLATED,
        "unknown-flag": NOT_EVALUATED,
        "secret-settings": NOT_EVALUATED,
    },
)
def agents() -> None:
    def agent(name: str, logs: Any = None, **more: Any) -> None:
        advanced: Any = {"logging_settings": logs} if logs is not None else None
        diagflow.CxAgent(
            name,
            display_name=name,
            location="europe-west1",
            default_language_code="en",
            time_zone="Europe/Paris",
            advanced_settings=advanced,
            **more,
        )

    agent("good-logged", {"enable_stackdriver_logging": True})
    agent("good-logged-by-the-older-flag", enable_stackdriver_logging=True)
    agent("bad-off", {"enable_stackdriver_logging": False})
    agent("bad-interactions-only", {"enable_interaction_logging": True})
    agent("absent-settings")
    agent("unknown-flag", {"enable_stackdriver_logging": unknown("f").apply(bool)})
    agent("secret-settings", pulumi.Output.secret({"enable_stackdriver_logging": True}))
