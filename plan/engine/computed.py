"""What a provider computes at plan time, before anything exists.

Constants and copies of the provider's own settings come from the bundled table; what needs a formula is here.
Everything else of a new resource is unknown until it is created.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from plan.engine.table import facts_of
from plan.sentinels import SECRET_KIND, SIGNATURE, UNKNOWN, holds_secret, holds_unknown, is_secret

Inputs = Mapping[str, Any]
FROM_PROVIDER = "${provider."
"""Marks a value of the table that is the provider's own setting: `${provider.project}`."""
SAME_LABELS = "${labels}"
"""Marks the labels again, which the provider treats as secret."""


def _known(value: Any) -> bool:
    return isinstance(value, str) and bool(value) and not holds_unknown(value) and not is_secret(value)


def _account(inputs: Inputs, provider: Inputs) -> dict[str, Any]:
    account, project = inputs.get("accountId"), inputs.get("project") or provider.get("project")
    if not (_known(account) and _known(project)):
        return {}
    email = f"{account}@{project}.iam.gserviceaccount.com"
    return {"email": email, "member": f"serviceAccount:{email}"}


_FORMULAS: Mapping[str, Callable[[Inputs, Inputs], dict[str, Any]]] = {
    "gcp:serviceaccount/account:Account": _account,
}


def planned(type_: str, inputs: Inputs, provider: Inputs) -> dict[str, Any]:
    """The outputs of a `type_` that its provider (with inputs `provider`) plans, beside its inputs.

    An unknown among them hides an input: the provider adds something unknown to it.
    """
    found: dict[str, Any] = {}
    for path, value in facts_of(type_).planned:
        key = str(path[0])
        if value == UNKNOWN:
            if key in inputs:
                found[key] = UNKNOWN
        elif key not in inputs:
            actual = _actual(value, inputs, provider)
            if actual is not None:
                found[key] = actual
    formula = _FORMULAS.get(type_)
    if formula:
        found.update(formula(inputs, provider))
    return found


def _actual(value: Any, inputs: Inputs, provider: Inputs) -> Any:
    if value == SAME_LABELS:
        labels = inputs.get("labels") or {}
        # Secrets among the inputs are emptied: their copy would be a secret without a value.
        known = not holds_unknown(labels) and not holds_secret(labels)
        return {SIGNATURE: SECRET_KIND, "value": dict(labels) if known else UNKNOWN}
    if isinstance(value, str) and value.startswith(FROM_PROVIDER):
        setting = provider.get(value[len(FROM_PROVIDER) : -1])
        return setting if _known(setting) else None
    return value
