"""Google's APIs are on before what needs them is made, where the stack turns APIs on itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from analysis.stack import Stack
from analysis.value import NotKnown
from plan.plan import Resource
from policies.engine.policy import Looked, Problem, Result, Settings, Severity, Unseen, stack_policy

API: Final = "gcp:projects/service:Service"
_BY_MODULE: Final[Mapping[str, str]] = {
    # https://cloud.google.com/apis/docs/overview names each product's service. Those that a new project has on
    # (https://cloud.google.com/service-usage/docs/enabled-service#default) are not among them.
    "alloydb": "alloydb",
    "apigateway": "apigateway",
    "artifactregistry": "artifactregistry",
    "billing": "billingbudgets",
    "binaryauthorization": "binaryauthorization",
    "certificatemanager": "certificatemanager",
    "cloudfunctionsv2": "cloudfunctions",
    "cloudrun": "run",
    "cloudrunv2": "run",
    "cloudscheduler": "cloudscheduler",
    "cloudtasks": "cloudtasks",
    "compute": "compute",
    "dns": "dns",
    "eventarc": "eventarc",
    "firestore": "firestore",
    "iap": "iap",
    "kms": "cloudkms",
    "memorystore": "memorystore",
    "networkconnectivity": "networkconnectivity",
    "pubsub": "pubsub",
    "redis": "redis",
    "secretmanager": "secretmanager",
    "serviceaccount": "iam",
    "servicenetworking": "servicenetworking",
    "spanner": "spanner",
    "sql": "sqladmin",
    "vertex": "aiplatform",
    "vpcaccess": "vpcaccess",
    "workflows": "workflows",
}
_BY_TYPE: Final = {
    # Of modules whose other types need nothing of the kind.
    "gcp:bigquery/dataTransferConfig:DataTransferConfig": "bigquerydatatransfer",
    "gcp:billing/accountIamMember:AccountIamMember": "cloudbilling",
}


@stack_policy(
    id="api-on-first",
    title="The API of every resource is turned on by the stack, and before the resource",
    severity=Severity.MEDIUM,
    why="""In a new project nearly every API is off. Where one is missing, or nothing waits for it, the first `up`
    fails with 403 (SERVICE_DISABLED), in another place each time.""",
    fix="""Add the API in `ProjectBaseline` (`apis`), and pass `env.apis` on as `depends_on`, as all components
    do.""",
    fix_raw="Add a `gcp.projects.Service` for the API, and `dependsOn` it in what needs it.",
)
def api_on_first(stack: Stack, settings: Settings) -> Iterator[Result]:
    on: dict[str, dict[str, str]] = {}
    incomplete: set[str] = set()
    for one in stack.of_type(API):
        project = _project(one.resource)
        try:
            on.setdefault(project, {})[one["service"].text("")] = one.resource.urn
        except NotKnown as reason:
            # It may be any API of the project.
            incomplete.add(project)
            yield Unseen(one.resource, str(reason))
    if not on:
        # Somebody else turns them on, as in many an organisation.
        return
    named = on.keys() - {""}
    if len(named) <= 1:
        # What names no project is in the provider's, and that is the one that is named elsewhere.
        together = {api: urn for apis in on.values() for api, urn in apis.items()}
        on = dict.fromkeys((*named, ""), together)
        incomplete = {*named, ""} if incomplete else incomplete
    waited = _Waited(stack, {urn for apis in on.values() for urn in apis.values()})
    for type_ in stack.types:
        api = api_of(type_)
        told: set[str] = set()
        for one in stack.of_type(type_) if api else ():
            yield Looked(one.resource)
            project = _project(one.resource)
            apis = on.get(project, {})
            urn = apis.get(f"{api}.googleapis.com")
            if urn is not None and not waited.has(one.resource, urn):
                message = f"the resource does not wait for the API {api}.googleapis.com, which the stack turns on"
                yield Problem(one.resource, message, key="order")
            elif urn is None and apis and (project or len(named) <= 1) and project not in incomplete | told:
                told.add(project)
                message = f"the stack turns on {len(apis)} APIs, and {api}.googleapis.com is not one of them"
                yield Problem(one.resource, message, key="missing")


def api_of(type_: str) -> str:
    """The API that resources of a type need, without its domain; '' where a new project has it on, or none is."""
    module = type_.removeprefix("gcp:").partition("/")[0] if type_.startswith("gcp:") else ""
    return _BY_TYPE.get(type_) or _BY_MODULE.get(module, "")


def _project(resource: Resource) -> str:
    project = resource.inputs.get("project")
    return project if isinstance(project, str) else ""


class _Waited:
    """Which of some resources exist before another one is made."""

    def __init__(self, stack: Stack, wanted: set[str]) -> None:
        self._by_urn = stack.plan.by_urn
        # A set of the wanted ones is a number with a bit for each: they are joined for every resource.
        self._bits = {urn: 1 << place for place, urn in enumerate(wanted)}
        self._found: dict[str, int] = {}

    def has(self, resource: Resource, urn: str) -> bool:
        """Whether `resource` waits for `urn`, directly as a rule, or by what it waits for."""
        return urn in resource.dependencies or bool(self._before(resource.urn) & self._bits[urn])

    def _before(self, start: str) -> int:
        """The wanted ones before a resource; each resource is looked at once, however often this is asked."""
        found, bits, left = self._found, self._bits, [start]
        while left:
            urn = left[-1]
            before = [one for one in self._by_urn[urn].dependencies if one in self._by_urn]
            if urn not in found:
                # A plan has no circles; one that somebody made up ends here all the same.
                found[urn] = 0
                open_ = [one for one in before if one not in found]
                if open_:
                    left += open_
                    continue
            left.pop()
            waited = 0
            for one in before:
                waited |= found[one] | bits.get(one, 0)
            found[urn] = waited
        return found[start]
