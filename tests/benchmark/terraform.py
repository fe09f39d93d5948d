"""The cloud resources of a plan in Terraform's language, for tools that read only that.

Good enough to be parsed and judged: the same types, names, values and references. Not to be deployed: a few of the
provider's names for repeated blocks are Pulumi's plurals.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

from plan.plan import Plan, Resource
from plan.sentinels import UNKNOWN, is_secret

# Where Terraform's name does not follow from Pulumi's token by its words alone.
_MODULES: Final = {
    "artifactregistry": "artifact_registry",
    "binaryauthorization": "binary_authorization",
    "certificatemanager": "certificate_manager",
    "cloudrunv2": "cloud_run_v2",
    "cloudtasks": "cloud_tasks",
    "essentialcontacts": "essential_contacts",
    "networkconnectivity": "network_connectivity",
    "projects": "project",
    "secretmanager": "secret_manager",
    "serviceaccount": "service_account",
    "servicenetworking": "service_networking",
}
_NAMES: Final = {
    "gcp:bigquery/iamMember:IamMember": "google_bigquery_table_iam_member",
    "gcp:serviceaccount/account:Account": "google_service_account",
}
_ABBREVIATIONS: Final = (("IAM", "Iam"), ("SSL", "Ssl"), ("URL", "Url"))
_WORD: Final = re.compile(r"(?<!^)(?=[A-Z])")
_KEY: Final = re.compile(r"[A-Za-z]\w*")


def is_translated(resource: Resource) -> bool:
    """Whether `terraform` has a block for it."""
    return resource.is_cloud and resource.type.startswith("gcp:")


def terraform(plan: Plan) -> str:
    """The text, references between resources included."""
    return "".join(_Block(plan, one).text for one in plan if is_translated(one))


def type_name(token: str) -> str:
    """Terraform's name of a type: `gcp:cloudrunv2/service:Service` is `google_cloud_run_v2_service`."""
    if token in _NAMES:
        return _NAMES[token]
    _, path, kind = token.split(":")
    module = path.partition("/")[0]
    for capitals, word in _ABBREVIATIONS:
        kind = kind.replace(capitals, word)
    return f"google_{_MODULES.get(module, module)}_{_snake(kind)}"


class _Block:
    """One resource."""

    def __init__(self, plan: Plan, one: Resource) -> None:
        self._plan = plan
        self._one = one
        body = "".join(self._entry(key, value, key, "  ") for key, value in one.inputs.items())
        self.text = f'resource "{type_name(one.type)}" "{_name(one)}" {{\n{body}}}\n'

    def _entry(self, key: str, value: Any, top: str, indent: str) -> str:
        blocks = value if isinstance(value, list) else [value]
        if not blocks or not all(_is_block(one) for one in blocks) or key in ("labels", "userLabels"):
            return f"{indent}{_snake(key)} = {self._scalar(value, top)}\n"
        return "".join(
            f"{indent}{_snake(key)} {{\n"
            + "".join(self._entry(below, item, top, indent + "  ") for below, item in block.items())
            + f"{indent}}}\n"
            for block in blocks
        )

    def _scalar(self, value: Any, top: str) -> str:
        if value == UNKNOWN:
            for urn in self._one.propertyDependencies.get(top, ()):
                source = self._plan.by_urn.get(urn)
                if source is not None and is_translated(source):
                    return f"{type_name(source.type)}.{_name(source)}.id"
        return json.dumps("hidden" if is_secret(value) else value).replace("${", "$${").replace("%{", "%%{")


def _is_block(value: Any) -> bool:
    """Whether a mapping has the provider's keys; one with keys of its own is a value."""
    return isinstance(value, dict) and not is_secret(value) and all(_KEY.fullmatch(key) for key in value)


def _snake(name: str) -> str:
    return _WORD.sub("_", name).lower()


def _name(one: Resource) -> str:
    return re.sub(r"\W", "_", one.name)
