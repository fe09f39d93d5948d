"""Where a key of Cloud KMS is kept, and where the data of each type must be for it.

Google's services take a key only from where their data is; what they call that place differs from one to the next.
Not in the table: what takes keys from anywhere (a Pub/Sub topic), and disks and images, which take several.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from analysis.stack import Stack
from analysis.stores.encryption import KEYS
from analysis.value import NotKnown, Value
from plan.sentinels import UNKNOWN

_RING: Final = "gcp:kms/keyRing:KeyRing"
_DATASET: Final = "gcp:bigquery/dataset:Dataset"
_PLACE: Final = re.compile(r"(?:^|/)locations/([a-z0-9-]+)(?:/|$)", re.IGNORECASE)
_HOLDERS: Final = {
    "gcp:kms/cryptoKeyVersion:CryptoKeyVersion": ("cryptoKey", "gcp:kms/cryptoKey:CryptoKey"),
    "gcp:kms/cryptoKey:CryptoKey": ("keyRing", _RING),
}
_REGIONS: Final[Mapping[str, tuple[str, ...]]] = {"eu": ("europe",)}


@dataclass(frozen=True, slots=True)
class Keyed:
    """A type whose key must be where its data is: the input with the key, that with the place, and the page.

    `elsewhere`: by a place of the data, in small letters, the places of keys that go with it where these have
    other names. `default`: where the data is if nothing says it; the provider's region without it.
    """

    key: str
    place: str
    page: str
    elsewhere: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    default: str = ""
    each: str = ""
    """The list whose elements have key and place, where it is not the resource itself."""


_SECRET_PAGE: Final = "https://cloud.google.com/secret-manager/docs/cmek"  # noqa: S105 - a page
_RUN_PAGE: Final = "https://cloud.google.com/run/docs/securing/using-cmek"
_REDIS_PAGE: Final = "https://cloud.google.com/memorystore/docs/redis/cmek"
_FUNCTION_PAGE: Final = "https://cloud.google.com/functions/docs/securing/cmek"
KEYED: Final[Mapping[str, tuple[Keyed, ...]]] = {
    "gcp:artifactregistry/repository:Repository": (
        Keyed("kmsKeyName", "location", "https://cloud.google.com/artifact-registry/docs/cmek"),
    ),
    _DATASET: (
        Keyed(
            "defaultEncryptionConfiguration.kmsKeyName",
            "location",
            "https://cloud.google.com/bigquery/docs/customer-managed-encryption",
            _REGIONS,
            default="us",
        ),
    ),
    "gcp:cloudfunctions/function:Function": (Keyed("kmsKeyName", "region", _FUNCTION_PAGE),),
    "gcp:cloudfunctionsv2/function:Function": (Keyed("kmsKeyName", "location", _FUNCTION_PAGE),),
    "gcp:cloudrunv2/job:Job": (Keyed("template.template.encryptionKey", "location", _RUN_PAGE),),
    "gcp:cloudrunv2/service:Service": (Keyed("template.encryptionKey", "location", _RUN_PAGE),),
    "gcp:cloudrunv2/workerPool:WorkerPool": (Keyed("template.encryptionKey", "location", _RUN_PAGE),),
    "gcp:firestore/database:Database": (
        Keyed(
            "cmekConfig.kmsKeyName",
            "locationId",
            "https://cloud.google.com/firestore/docs/use-cmek",
            {"eur3": ("europe",), "nam5": ("us",), "nam7": ("us", "nam7")},
        ),
    ),
    "gcp:memorystore/instance:Instance": (
        Keyed("kmsKey", "location", "https://cloud.google.com/memorystore/docs/valkey/cmek"),
    ),
    "gcp:redis/cluster:Cluster": (Keyed("kmsKey", "region", _REDIS_PAGE),),
    "gcp:redis/instance:Instance": (Keyed("customerManagedKey", "region", _REDIS_PAGE),),
    "gcp:secretmanager/regionalSecret:RegionalSecret": (
        Keyed("customerManagedEncryption.kmsKeyName", "location", _SECRET_PAGE),
    ),
    "gcp:secretmanager/secret:Secret": (
        Keyed("replication.auto.customerManagedEncryption.kmsKeyName", "", _SECRET_PAGE, default="global"),
        Keyed(
            "customerManagedEncryption.kmsKeyName",
            "location",
            _SECRET_PAGE,
            each="replication.userManaged.replicas",
        ),
    ),
    "gcp:sql/databaseInstance:DatabaseInstance": (
        Keyed("encryptionKeyName", "region", "https://cloud.google.com/sql/docs/postgres/cmek"),
    ),
    "gcp:storage/bucket:Bucket": (
        Keyed(
            "encryption.defaultKmsKeyName",
            "location",
            "https://cloud.google.com/storage/docs/encryption/customer-managed-keys",
            # A pair of regions of one's own choice has the continent as its location; the pairs with names of
            # their own (ASIA1, EUR4, NAM4) have keys under the same name.
            {**_REGIONS, **{pair: (pair, "europe") for pair in ("eur5", "eur7", "eur8")}},
        ),
    ),
}


def elements(one: Value, keyed: Keyed) -> Iterator[Value]:
    """What has a key and a place: the resource, or each element of its list."""
    if keyed.each:
        yield from one.at(keyed.each).items()
    else:
        yield one


def places_for(stack: Stack, one: Value, keyed: Keyed) -> tuple[str, tuple[str, ...]]:
    """Where the data is, and where its key may be; NotKnown where nothing tells."""
    place = (one.at(keyed.place).text("") if keyed.place else "") or keyed.default or _of_provider(stack, one)
    if not place:
        raise NotKnown(one.at(keyed.place).path, "is left out, and the provider says no region either")
    return place, keyed.elsewhere.get(place.lower(), (place.lower(),))


def key_places(stack: Stack, name: Value) -> set[str]:
    """Where the key that an input names is kept; several where it may be one of several keys of the stack."""
    told = _PLACE.search(name.raw) if isinstance(name.raw, str) else None
    if told is not None:
        return {told[1].lower()}
    found = stack.referred(name, *KEYS)
    if not found:
        text = name.text("")
        raise NotKnown(name.path, "is no whole name of a key" if text else "names no key")
    return {_kept(stack, Value.of(key)) for key in found}


def _kept(stack: Stack, one: Value) -> str:
    if one.resource.type in _HOLDERS:
        input_, type_ = _HOLDERS[one.resource.type]
        value = one[input_]
        told = _PLACE.search(value.raw) if isinstance(value.raw, str) and value.raw != UNKNOWN else None
        if told is not None:
            return told[1].lower()
        holders = stack.referred(value, type_)
        if len(holders) == 1:
            return _kept(stack, Value.of(holders[0]))
        raise NotKnown(value.path, f"of the key '{one.resource.name}' does not say where it is kept")
    return one["location"].text("").lower()


def _of_provider(stack: Stack, one: Value) -> str:
    provider = stack.plan.by_urn.get(one.resource.provider or "")
    return "" if provider is None else Value.of(provider)["region"].text("")
