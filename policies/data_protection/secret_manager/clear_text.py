"""No value of a secret stands in the plan in clear.

Whether it does is told by Pulumi's mark of a secret, which previews, states and this project's own policy packs
keep. (Packs that run on pulumi-policy see every value in clear, marked or not: pulumi-policy issue 241.) The SDKs
mark the inputs of `SecretVersion` by themselves; programs in YAML, older SDKs and other engines may not.
"""

from __future__ import annotations

from collections.abc import Iterator

from analysis.stack import Stack
from analysis.stores.secrets import VERSIONS
from analysis.value import Value
from policies.engine.policy import Settings, Severity, resource_policy


@resource_policy(
    id="secret-value-not-in-clear",
    title="The value of a secret is marked as one",
    severity=Severity.CRITICAL,
    why="""A value that is not marked as secret is written into the state and every preview in clear, where whoever
    may deploy or read a build's log finds it.""",
    fix="""Let the `Secret` component make the value (`source=Generated()`), or add the version by hand
    (`source=Supplied(...)`): no value passes through the program.""",
    fix_raw="Set `secretDataWo` from a secret output, `pulumi.Output.secret(...)`, and change the value.",
    rows=(118,),
    types=VERSIONS,
    elements=lambda version: (version["secretData"], version["secretDataWo"]),
)
def secret_value_not_in_clear(value: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    # What is unknown may get its mark with its value: a preview drops the mark of an unknown secret.
    if not value.is_secret and value.text(""):
        yield f"{value.path} stands in the plan in clear: the state and every preview hold it so"
