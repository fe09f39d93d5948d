"""Topics: where their messages are kept, and with which keys they are encrypted."""

from typing import Any

import pulumi

from policies.data_protection.pubsub.own_key import topic_own_key
from policies.data_protection.pubsub.regions import topic_keeps_to_regions
from tests.policies.databases import disposable
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.keys import key
from tests.policies.messages import topic
from tests.policies.unknowns import unknown

KEY = "projects/p/locations/europe-west1/keyRings/r/cryptoKeys/pubsub"


@judged(
    topic_own_key,
    {
        "good-by-name": PASSED,
        "good-key-of-this-stack": PASSED,
        "bad-empty": VIOLATED,
        "absent-key": VIOLATED,
        "unknown-key": NOT_EVALUATED,
        "secret-key": NOT_EVALUATED,
    },
)
def encrypted() -> None:
    topic("good-by-name", kms_key_name=KEY)
    topic("good-key-of-this-stack", kms_key_name=key("pubsub").id)
    topic("bad-empty", kms_key_name="")
    topic("absent-key")
    topic("unknown-key", kms_key_name=unknown())
    topic("secret-key", kms_key_name=pulumi.Output.secret(KEY))


@judged(topic_own_key, {"absent-but-disposable": PASSED})
def encrypted_for_a_while() -> None:
    disposable()
    topic("absent-but-disposable")


def _kept(name: str, *regions: Any) -> None:
    topic(name, message_storage_policy={"allowed_persistence_regions": list(regions)})


@judged(
    topic_keeps_to_regions,
    {
        "good-one": PASSED,
        "good-two": PASSED,
        "bad-none": VIOLATED,
        "absent-policy": VIOLATED,
        "unknown-region": NOT_EVALUATED,
        "unknown-policy": NOT_EVALUATED,
        "secret-region": NOT_EVALUATED,
    },
)
def kept() -> None:
    _kept("good-one", "europe-west1")
    _kept("good-two", "europe-west1", "europe-west4")
    _kept("bad-none")
    topic("absent-policy")
    _kept("unknown-region", unknown("region"))
    policy = unknown("policy").apply(lambda _: {"allowed_persistence_regions": ["us-east1"]})
    topic("unknown-policy", message_storage_policy=policy)
    _kept("secret-region", pulumi.Output.secret("europe-west1"))
