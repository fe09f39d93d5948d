"""Virtual machines as policies look at them: what makes one, what a template decides, what metadata says.

Not the nodes of a cluster, which Kubernetes Engine makes.
"""

from __future__ import annotations

from typing import Final

from analysis.stack import Stack
from analysis.value import MISSING, NotKnown, Value

INSTANCE: Final = "gcp:compute/instance:Instance"
FROM_TEMPLATE: Final = "gcp:compute/instanceFromTemplate:InstanceFromTemplate"
TEMPLATES: Final = (
    "gcp:compute/instanceTemplate:InstanceTemplate",
    "gcp:compute/regionInstanceTemplate:RegionInstanceTemplate",
)
MACHINES: Final = (INSTANCE, FROM_TEMPLATE, *TEMPLATES)
PROJECT: Final = "gcp:compute/projectMetadata:ProjectMetadata"
PROJECT_ITEM: Final = "gcp:compute/projectMetadataItem:ProjectMetadataItem"
# In any case: https://cloud.google.com/compute/docs/metadata/setting-custom-metadata#boolean
_TRUE: Final = frozenset({"true", "y", "yes", "1"})


def is_left_to_template(machine: Value, given: Value, stack: Stack) -> bool:
    """Whether a machine takes `given`, which it leaves out, from its template, which is judged by itself.

    NotKnown where that template is not in the plan.
    """
    if machine.resource.type != FROM_TEMPLATE or given.raw is not MISSING:
        return False
    source = machine["sourceInstanceTemplate"]
    if not stack.referred(source, *TEMPLATES):
        raise NotKnown(source.path, "names no template of this plan, whose word counts")
    return True


def metadata_of(holder: Value, key: str) -> Value:
    """What a machine, a template or a project's metadata says under `key`; missing where it says nothing."""
    if holder.resource.type == PROJECT_ITEM:
        return holder["value"] if holder["key"].text("") == key else Value(holder.resource, MISSING, "value")
    return holder["metadata"][key]


def is_switched_on(said: Value) -> bool:
    """Whether a value of metadata means true; one that is left out does not."""
    if isinstance(said.raw, bool):
        return said.raw
    return said.text("").strip().lower() in _TRUE
