"""No access-control list of Cloud Storage names everybody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.grants import PUBLIC
from analysis.stack import Stack
from analysis.value import Value
from policies.engine.policy import Settings, Severity, resource_policy

_ENTRIES: Final = (
    "gcp:storage/bucketAccessControl:BucketAccessControl",
    "gcp:storage/defaultObjectAccessControl:DefaultObjectAccessControl",
    "gcp:storage/objectAccessControl:ObjectAccessControl",
)
ACLS: Final = (
    "gcp:storage/bucketACL:BucketACL",
    "gcp:storage/defaultObjectACL:DefaultObjectACL",
    "gcp:storage/objectACL:ObjectACL",
    *_ENTRIES,
)
_EVERYBODY: Final = frozenset(name.lower() for name in PUBLIC)
# In the JSON API's spelling and the XML API's: https://cloud.google.com/storage/docs/access-control/lists#predefined-acl
_READY_MADE: Final = frozenset({"publicread", "publicreadwrite", "authenticatedread"})


def grantees(acl: Value) -> Iterator[Value]:
    """What names somebody: a ready-made list, a pair of role and entity, an entity."""
    if acl.resource.type in _ENTRIES:
        yield acl["entity"]
        return
    yield acl["predefinedAcl"]
    yield acl["defaultAcl"]
    yield from acl["roleEntities"].items()


@resource_policy(
    id="bucket-acl-not-public",
    title="No access-control list of a bucket or an object names everybody",
    severity=Severity.CRITICAL,
    why="""A list with `allUsers` or `allAuthenticatedUsers` lets anybody fetch the objects by their address. It
    stands beside IAM: the bucket's IAM policy looks private all the while.""",
    fix="Remove it; let a service say what it uses: `bucket.read()`.",
    fix_raw="""Remove the public entry, and set `uniformBucketLevelAccess` and `publicAccessPrevention` on the
    bucket.""",
    rows=(95,),
    cis_4=("5.1",),
    cis_5=("5.1",),
    types=ACLS,
    elements=grantees,
)
def bucket_acl_not_public(grantee: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    text = grantee.text("")
    if grantee.path in ("predefinedAcl", "defaultAcl"):
        public = text.replace("-", "").lower() in _READY_MADE
    else:
        # `READER:allUsers` in a list of pairs, the entity alone elsewhere.
        public = text.rpartition(":")[2].lower() in _EVERYBODY
    if public:
        yield f"{grantee.path} is '{text}': people outside the project can read what it covers"
