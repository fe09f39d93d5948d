"""Where what runs names its service account, besides Cloud Run, functions, machines and builds; default accounts.

A path's `name[]` is each block of a list; without any block there is still one thing, which runs as the default.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from analysis.value import MISSING, Value

COMPUTE: Final = "-compute@developer.gserviceaccount.com"
APP_ENGINE: Final = "@appspot.gserviceaccount.com"
CLOUD_BUILD: Final = "@cloudbuild.gserviceaccount.com"
DEFAULTS: Final = {
    COMPUTE: "PROJECT_NUMBER",
    APP_ENGINE: "PROJECT_ID",
    CLOUD_BUILD: "PROJECT_NUMBER",
}
"""How the e-mails of default accounts end, and what stands before that.
https://cloud.google.com/iam/docs/service-account-types#default"""
_EDITOR: Final = (
    "Google makes it an editor of its project unless the organisation policy "
    "iam.automaticIamGrantsForDefaultServiceAccounts forbids that "
    "(https://cloud.google.com/iam/docs/service-account-types#default)"
)
HELD: Final = {
    COMPUTE: _EDITOR,
    APP_ENGINE: _EDITOR,
    CLOUD_BUILD: "Google grants it roles/cloudbuild.builds.builder, or builds as the compute default account "
    "(https://cloud.google.com/build/docs/cloud-build-service-account-updates)",
}
"""What each of them may hold although no plan grants it."""


@dataclass(frozen=True, slots=True)
class Attached:
    """Where a type names the account that its code runs as."""

    kind: str
    path: str
    default: str = COMPUTE
    unless: str = ""
    """A flag with which nothing runs that way."""
    only: str = ""
    """A flag without which nothing runs that way."""


_CLUSTER: Final = "gcp:container/cluster:Cluster"
ATTACHED: Final[Mapping[str, tuple[Attached, ...]]] = {
    # https://cloud.google.com/kubernetes-engine/docs/how-to/service-accounts
    "gcp:container/nodePool:NodePool": (Attached("node pool", "nodeConfig.serviceAccount"),),
    _CLUSTER: (
        Attached(
            "nodes of cluster",
            "clusterAutoscaling.autoProvisioningDefaults.serviceAccount",
            only="enableAutopilot",
        ),
        Attached("nodes of cluster", "nodePools[].nodeConfig.serviceAccount"),
        Attached("nodes of cluster", "nodeConfig.serviceAccount", unless="removeDefaultNodePool"),
    ),
    # https://cloud.google.com/appengine/docs/standard/configure-service-accounts
    "gcp:appengine/standardAppVersion:StandardAppVersion": (Attached("app", "serviceAccount", APP_ENGINE),),
    "gcp:appengine/flexibleAppVersion:FlexibleAppVersion": (Attached("app", "serviceAccount", APP_ENGINE),),
    # https://cloud.google.com/dataflow/docs/concepts/security-and-permissions
    "gcp:dataflow/job:Job": (Attached("Dataflow job", "serviceAccountEmail"),),
    "gcp:dataflow/flexTemplateJob:FlexTemplateJob": (Attached("Dataflow job", "serviceAccountEmail"),),
    # https://cloud.google.com/vertex-ai/docs/workbench/instances/service-account
    "gcp:workbench/instance:Instance": (Attached("notebook", "gceSetup.serviceAccounts[].email"),),
    # https://cloud.google.com/composer/docs/composer-2/access-control
    "gcp:composer/environment:Environment": (Attached("Airflow environment", "config.nodeConfig.serviceAccount"),),
    # https://cloud.google.com/dataproc/docs/concepts/configuring-clusters/service-accounts
    "gcp:dataproc/cluster:Cluster": (
        Attached("Dataproc cluster", "clusterConfig.gceClusterConfig.serviceAccount"),
    ),
    "gcp:dataproc/batch:Batch": (Attached("Dataproc batch", "environmentConfig.executionConfig.serviceAccount"),),
    # https://cloud.google.com/data-fusion/docs/concepts/service-accounts
    "gcp:datafusion/instance:Instance": (Attached("Data Fusion instance", "dataprocServiceAccount"),),
    # https://cloud.google.com/workflows/docs/authentication
    "gcp:workflows/workflow:Workflow": (Attached("workflow", "serviceAccount"),),
    # https://cloud.google.com/tpu/docs/cloud-tpu-service-account
    "gcp:tpu/v2Vm:V2Vm": (Attached("TPU", "serviceAccount.email"),),
    # https://cloud.google.com/deploy/docs/cloud-deploy-service-account
    "gcp:clouddeploy/target:Target": (Attached("deployment target", "executionConfigs[].serviceAccount"),),
}


def accounts_named(one: Value) -> Iterator[tuple[Attached, Value]]:
    """Each place of a thing that names an account, with what stands there; NotKnown where it cannot be read.

    Autopilot makes the nodes of a cluster itself, whatever else is set.
    """
    for place in ATTACHED[one.resource.type]:
        if place.only and not one[place.only].flag(False):
            continue
        if place.unless and one[place.unless].flag(False):
            continue
        found = list(_at(one, place.path.split(".")))
        if not found and one.resource.type != _CLUSTER:
            found = [Value(one.resource, MISSING, place.path)]
        for value in found:
            yield place, value
        if place.only or (found and one.resource.type == _CLUSTER):
            return


def _at(here: Value, keys: list[str]) -> Iterator[Value]:
    if not keys:
        yield here
        return
    key, *more = keys
    if key.endswith("[]"):
        for item in here[key.removesuffix("[]")].items():
            yield from _at(item, more)
    else:
        yield from _at(here[key], more)
