"""Secrets come from Secret Manager, never as plain values of variables or arguments.

No value is ever repeated in a message; names are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Final

from analysis.stack import Stack
from analysis.value import NotKnown, Value
from analysis.workloads.containers import containers, holds_variables, name_of_variable, plain_value, variables
from analysis.workloads.secret_text import IsName, why_secret
from analysis.workloads.templates import WORKLOADS
from policies.engine.doubts import Doubts
from policies.engine.policy import Settings, Severity, resource_policy
from policies.engine.settings_kinds import Words

_TEXTS: Final = ("args", "commands")
_NAMED: Final = (
    "gcp:secretmanager/secret:Secret",
    "gcp:secretmanager/regionalSecret:RegionalSecret",
    "gcp:kms/cryptoKey:CryptoKey",
)
_ASSIGNED: Final = (
    re.compile(r"(?:^|\s)-{0,2}([A-Za-z][\w-]{0,80})=(\S+)"),  # --password=…, PGPASSWORD=… psql
    re.compile(r"(?:^|\s)--?([A-Za-z][\w-]{0,80})\s+([^\s-]\S*)"),  # --password …
)


# The mark of a secret keeps it out of the state in clear, not out of the revision:
# https://cloud.google.com/run/docs/configuring/services/overview-environment-variables#manage_secrets
_SHOWN: Final = (
    "is a secret of the program, and set as a plain value: whoever may view this reads it there. Put it into "
    "Secret Manager"
)


class PlainSecretSettings(Settings):
    """What only looks like a secret."""

    allowed_names: Words = ()
    """Names of variables (* stands for anything) whose value is no secret though it looks like one."""


def _texts(workload: Value) -> Iterator[Value]:
    yield from variables(workload)
    for container in containers(workload):
        for key in _TEXTS:
            try:
                yield container[key]
            except NotKnown:
                # The variables have met the same.
                break


@resource_policy(
    id="run-no-plain-secrets",
    title="No variable or argument of a container holds a secret in plain text",
    severity=Severity.HIGH,
    why="""Everybody who may look at a service reads its variables, and they are copied into every revision, the
    program's state and the logs of each deployment. A secret there cannot be taken back or rotated in one
    place.""",
    fix="""Keep the value in a `Secret` (`stacks/secrets.py`) and let the workload use it:
    `uses=[secrets["name"].read()]`.""",
    fix_raw="""Put the value into Secret Manager and set the variable's `valueSource.secretKeyRef` (for a
    function `secretEnvironmentVariables`) instead of `value`; then rotate it, for it has been seen.""",
    rows=(38, 46),
    cis_4=("1.17",),
    cis_5=("1.18",),
    settings=PlainSecretSettings,
    types=WORKLOADS,
    elements=_texts,
)
def no_plain_secrets(text: Value, stack: Stack, settings: PlainSecretSettings) -> Iterator[str]:

    def is_name(given: str) -> bool:
        return any(stack.named(type_, given) for type_ in _NAMED)

    if text.is_secret and (text.path.rpartition(".")[2] in _TEXTS or holds_variables(text)):
        yield f"{text.path} {_SHOWN}"
        return
    if isinstance(text.raw, list):
        yield from _arguments(text, is_name)
        return
    name, value = name_of_variable(text), plain_value(text)
    place = value.path if value.path.endswith(name) else f"{value.path} ({name})"
    if any(fnmatchcase(name, allowed) for allowed in settings.allowed_names):
        return
    if value.is_secret:
        yield f"{place} {_SHOWN}"
        return
    said = why_secret(name, value.text(""), is_name=is_name)
    if said:
        yield f"{place} is in plain text, and {said}: everybody who may look at it can read it"


def _arguments(texts: Value, is_name: IsName) -> Iterator[str]:
    """Looks at the arguments that are known, then says if there are others."""
    given: list[str] = []
    doubts = Doubts()
    for one in texts.items():
        if one.is_secret:
            yield f"{one.path} {_SHOWN}"
            continue
        with doubts:
            given.append(one.text(""))
    line = " ".join(given)
    pairs = [(match[1], match[2]) for form in _ASSIGNED for match in form.finditer(line)]
    for name, text in [*pairs, *(("", text) for text in given)]:
        said = why_secret(name, text, is_name=is_name)
        if said:
            what = f"gives {name}" if name else "has a secret"
            yield f"{texts.path} {what} in plain text, and {said}: everybody who may look at it can read it"
            break
    doubts.tell()
