"""Buckets as strangers may reach them, and what is kept of who did."""

from typing import Any

import pulumi
import pulumi_gcp as gcp

from policies.data_protection.storage.acls import bucket_acl_not_public
from policies.data_protection.storage.browsers import bucket_cors_named_origins, bucket_no_website
from policies.data_protection.storage.hmac_keys import storage_no_hmac_keys
from policies.data_protection.storage.own_key import bucket_own_key
from policies.data_protection.storage.public_access import bucket_public_access_prevented
from policies.data_protection.storage.uniform_access import bucket_uniform_access
from tests.policies.databases import disposable
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.keys import key
from tests.policies.stores import bucket
from tests.policies.unknowns import unknown

KEY = "projects/p/locations/europe-west1/keyRings/r/cryptoKeys/storage"


@judged(
    bucket_public_access_prevented,
    {
        "good-enforced": PASSED,
        "bad-inherited": VIOLATED,
        # Nobody is granted anything yet, and checkov passes it; the first grant would publish.
        "bad-private-so-far": VIOLATED,
        "absent-setting": VIOLATED,
        "unknown-setting": NOT_EVALUATED,
        "secret-setting": NOT_EVALUATED,
    },
)
def preventing() -> None:
    bucket("good-enforced", public_access_prevention="enforced")
    bucket("bad-inherited", public_access_prevention="inherited")
    bucket("bad-private-so-far", uniform_bucket_level_access=True)
    bucket("absent-setting")
    bucket("unknown-setting", public_access_prevention=unknown())
    bucket("secret-setting", public_access_prevention=pulumi.Output.secret("enforced"))


@judged(
    bucket_uniform_access,
    {
        "good-uniform": PASSED,
        "bad-fine-grained": VIOLATED,
        "bad-list-of-a-bucket": VIOLATED,
        "bad-list-of-an-object": VIOLATED,
        "bad-default-of-objects": VIOLATED,
        "absent-flag": VIOLATED,
        "unknown-flag": NOT_EVALUATED,
        "secret-flag": NOT_EVALUATED,
    },
)
def uniform() -> None:
    bucket("good-uniform", uniform_bucket_level_access=True)
    bucket("bad-fine-grained", uniform_bucket_level_access=False)
    gcp.storage.BucketACL("bad-list-of-a-bucket", bucket="b", role_entities=["OWNER:user-ann@example.com"])
    gcp.storage.ObjectAccessControl(
        "bad-list-of-an-object", bucket="b", object="o", role="READER", entity="user-ann@example.com"
    )
    gcp.storage.DefaultObjectACL("bad-default-of-objects", bucket="b", role_entities=[])
    bucket("absent-flag")
    bucket("unknown-flag", uniform_bucket_level_access=unknown().apply(bool))
    bucket("secret-flag", uniform_bucket_level_access=pulumi.Output.secret(True))


@judged(
    bucket_acl_not_public,
    {
        "good-canned": PASSED,
        "good-pairs": PASSED,
        "good-entity": PASSED,
        "bad-canned": VIOLATED,
        "bad-canned-for-signed-in": VIOLATED,
        "bad-canned-in-the-other-spelling": VIOLATED,
        "bad-default": VIOLATED,
        "bad-pair-after-an-unknown": VIOLATED,
        "bad-default-objects": VIOLATED,
        "bad-object-canned": VIOLATED,
        "bad-bucket-entity": VIOLATED,
        "bad-object-entity": VIOLATED,
        "bad-default-object-entity": VIOLATED,
        "absent-entries": PASSED,
        "unknown-canned": NOT_EVALUATED,
        "unknown-entity": NOT_EVALUATED,
        "secret-pairs": NOT_EVALUATED,
    },
)
def lists() -> None:
    storage = gcp.storage
    storage.BucketACL("good-canned", bucket="b", predefined_acl="projectPrivate")
    storage.BucketACL("good-pairs", bucket="b", role_entities=["READER:group-staff@example.com"])
    storage.BucketAccessControl("good-entity", bucket="b", role="READER", entity="project-viewers-1")
    storage.BucketACL("bad-canned", bucket="b", predefined_acl="publicRead")
    storage.BucketACL("bad-canned-for-signed-in", bucket="b", predefined_acl="authenticatedRead")
    storage.BucketACL("bad-canned-in-the-other-spelling", bucket="b", predefined_acl="public-read-write")
    storage.BucketACL("bad-default", bucket="b", default_acl="publicRead")
    pairs: Any = [unknown("pair"), "READER:allUsers"]
    storage.BucketACL("bad-pair-after-an-unknown", bucket="b", role_entities=pairs)
    storage.DefaultObjectACL("bad-default-objects", bucket="b", role_entities=["READER:allAuthenticatedUsers"])
    storage.ObjectACL("bad-object-canned", bucket="b", object="o", predefined_acl="publicRead")
    storage.BucketAccessControl("bad-bucket-entity", bucket="b", role="READER", entity="allUsers")
    storage.ObjectAccessControl("bad-object-entity", bucket="b", object="o", role="READER", entity="allUsers")
    storage.DefaultObjectAccessControl(
        "bad-default-object-entity", bucket="b", role="READER", entity="allAuthenticatedUsers"
    )
    storage.DefaultObjectACL("absent-entries", bucket="b")
    storage.BucketACL("unknown-canned", bucket="b", predefined_acl=unknown("canned"))
    storage.BucketAccessControl("unknown-entity", bucket="b", role="READER", entity=unknown("entity"))
    storage.BucketACL("secret-pairs", bucket="b", role_entities=pulumi.Output.secret(["OWNER:user-a@b.c"]))


def _cors(name: str, *origins: Any) -> None:
    bucket(name, cors=[{"origins": list(origins), "methods": ["PUT"]}])


@judged(
    bucket_cors_named_origins,
    {
        "good-own-pages": PASSED,
        "bad-any": VIOLATED,
        "bad-any-after-an-unknown": VIOLATED,
        "bad-any-in-the-second-rule": VIOLATED,
        "bad-null": VIOLATED,
        "bad-plain-http": VIOLATED,
        "bad-own-machine-where-data-stays": VIOLATED,
        "absent-rules": PASSED,
        "absent-origins": PASSED,
        "unknown-origin": NOT_EVALUATED,
        "unknown-rules": NOT_EVALUATED,
        "secret-origin": NOT_EVALUATED,
    },
)
def browsers() -> None:
    _cors("good-own-pages", "https://app.example.com", "https://staging.example.com:8443")
    _cors("bad-any", "*")
    _cors("bad-any-after-an-unknown", unknown("first"), "*")
    rules = [{"origins": [unknown("one")]}, {"origins": ["https://app.example.com", "*"]}]
    bucket("bad-any-in-the-second-rule", cors=rules)
    _cors("bad-null", "null")
    _cors("bad-plain-http", "http://app.example.com")
    _cors("bad-own-machine-where-data-stays", "http://localhost:3000")
    bucket("absent-rules")
    bucket("absent-origins", cors=[{"methods": ["GET"]}])
    _cors("unknown-origin", unknown("origin"))
    bucket("unknown-rules", cors=unknown("rules").apply(lambda _: [{"origins": ["*"]}]))
    _cors("secret-origin", pulumi.Output.secret("*"))


@judged(bucket_cors_named_origins, {"good-own-machine": PASSED, "bad-plain-http": VIOLATED})
def browsers_of_what_may_be_thrown_away() -> None:
    disposable()
    _cors("good-own-machine", "http://localhost:3000", "http://127.0.0.1:5173")
    _cors("bad-plain-http", "http://app.example.com")


@judged(
    bucket_no_website,
    {
        "good-data": PASSED,
        "good-turned-off-again": PASSED,
        "bad-pages": VIOLATED,
        "bad-only-a-page-for-errors": VIOLATED,
        "bad-page-that-is-not-made-yet": VIOLATED,
        "absent-block": PASSED,
        "unknown-page": NOT_EVALUATED,
        "secret-page": NOT_EVALUATED,
    },
)
def websites() -> None:
    bucket("good-data", public_access_prevention="enforced")
    bucket("good-turned-off-again", website={"main_page_suffix": ""})
    bucket("bad-pages", website={"main_page_suffix": "index.html"})
    page = gcp.storage.BucketObject("page", name="index.html", bucket="good-data", content="x")
    bucket("bad-page-that-is-not-made-yet", website={"main_page_suffix": page.output_name})
    bucket("bad-only-a-page-for-errors", website={"not_found_page": "404.html"})
    bucket("absent-block")
    bucket("unknown-page", website={"main_page_suffix": unknown()})
    bucket("secret-page", website={"main_page_suffix": pulumi.Output.secret("index.html")})


def _hmac(name: str, state: pulumi.Input[str] | None) -> None:
    gcp.storage.HmacKey(name, service_account_email="a@p.iam.gserviceaccount.com", state=state)


@judged(
    storage_no_hmac_keys,
    {
        "good-about-to-be-deleted": PASSED,
        "bad-active": VIOLATED,
        "absent-state": VIOLATED,
        "unknown-state": NOT_EVALUATED,
        "secret-state": NOT_EVALUATED,
    },
)
def hmac_keys() -> None:
    _hmac("good-about-to-be-deleted", "INACTIVE")
    _hmac("bad-active", "ACTIVE")
    _hmac("absent-state", None)
    _hmac("unknown-state", unknown())
    _hmac("secret-state", pulumi.Output.secret("INACTIVE"))


@judged(
    bucket_own_key,
    {
        "good-by-name": PASSED,
        "good-key-of-this-stack": PASSED,
        "bad-empty": VIOLATED,
        "absent-block": VIOLATED,
        "unknown-key": NOT_EVALUATED,
        "secret-key": NOT_EVALUATED,
    },
)
def encrypted() -> None:
    bucket("good-by-name", encryption={"default_kms_key_name": KEY})
    bucket("good-key-of-this-stack", encryption={"default_kms_key_name": key("storage").id})
    bucket("bad-empty", encryption={"default_kms_key_name": ""})
    bucket("absent-block")
    bucket("unknown-key", encryption={"default_kms_key_name": unknown()})
    bucket("secret-key", encryption={"default_kms_key_name": pulumi.Output.secret(KEY)})


@judged(bucket_own_key, {"absent-but-disposable": PASSED})
def encrypted_for_a_while() -> None:
    disposable()
    bucket("absent-but-disposable")
