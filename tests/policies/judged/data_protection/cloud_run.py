"""What workloads run, which secrets they are given, and how both are kept."""

from typing import Any

import pulumi
import pulumi_gcp as gcp

from policies.data_protection.cloud_run.binary_authorization import binary_authorization, image_policy_not_open
from policies.data_protection.cloud_run.encryption_key import own_encryption_key
from policies.data_protection.cloud_run.image import image_pinned
from policies.data_protection.cloud_run.plain_secrets import no_plain_secrets
from policies.data_protection.cloud_run.secret_version import secret_version_pinned
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.unknowns import unknown
from tests.policies.workloads import (
    IMAGE,
    PLACE,
    REPOSITORY,
    container,
    function,
    function_v1,
    job,
    pool,
    service,
    service_v1,
)

DIGEST = IMAGE.partition("@")[2]


def _runs(**given: Any) -> dict[str, Any]:
    """A template with one container."""
    return {"containers": [container(**given)]}


def _with(name: str, value: Any) -> dict[str, Any]:
    """A template with one variable."""
    return _runs(envs=[{"name": name, "value": value}])


PASSWORD = "hunter2"


@judged(
    no_plain_secrets,
    {
        "good-from-secret-manager": PASSED,
        "good-name-of-a-secret": PASSED,
        "good-id-of-a-secret-of-this-stack": PASSED,
        "good-path-of-a-secret": PASSED,
        "good-plain": PASSED,
        "good-certificate": PASSED,
        "good-public-key": PASSED,
        "good-lifetime": PASSED,
        "good-list-of-secrets": PASSED,
        "good-address-without-a-password": PASSED,
        "good-digest": PASSED,
        "good-arguments": PASSED,
        "bad-password": VIOLATED,
        "bad-job-password": VIOLATED,
        "bad-pool-password": VIOLATED,
        "bad-v1-password": VIOLATED,
        "bad-function-password": VIOLATED,
        "bad-function-build-variable": VIOLATED,
        "bad-old-function-password": VIOLATED,
        "bad-sandbox-password": VIOLATED,
        "bad-second-container": VIOLATED,
        "bad-connection-string": VIOLATED,
        "bad-known-form-under-a-harmless-name": VIOLATED,
        "bad-random-under-a-harmless-name": VIOLATED,
        "bad-argument": VIOLATED,
        "bad-argument-after-its-flag": VIOLATED,
        "bad-command": VIOLATED,
        "bad-beside-an-unknown": VIOLATED,
        "bad-argument-beside-an-unknown": VIOLATED,
        "absent-variables": PASSED,
        "absent-value": PASSED,
        "unknown-value": NOT_EVALUATED,
        "unknown-variables": NOT_EVALUATED,
        "unknown-argument": NOT_EVALUATED,
    },
)
def variables_and_arguments() -> None:
    gcp.secretmanager.Secret("kept", secret_id="webhook-signing-key", replication={"auto": {}})
    source = {"secret_key_ref": {"secret": "database-password", "version": "3"}}
    service("good-from-secret-manager", _runs(envs=[{"name": "DB_PASSWORD", "value_source": source}]))
    service("good-name-of-a-secret", _with("DB_PASSWORD_SECRET_NAME", "database-password"))
    service("good-id-of-a-secret-of-this-stack", _with("WEBHOOK_SECRET", "webhook-signing-key"))
    service("good-path-of-a-secret", _with("DB_PASSWORD_SECRET", "projects/acme/secrets/database-password"))
    service("good-plain", _with("LOG_LEVEL", "info"))
    certificate = (
        "-----BEGIN CERTIFICATE-----\nMIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBa\n-----END CERTIFICATE-----"
    )
    service("good-certificate", _with("DATABASE_CA", certificate))
    service("good-public-key", _with("JWT_PUBLIC_KEY", certificate.replace("CERTIFICATE", "PUBLIC KEY")))
    service("good-lifetime", _with("ACCESS_TOKEN_LIFETIME", "15m"))
    job("good-list-of-secrets", _with("SECRET_MANAGER_SECRETS", "api-keys,database-url"))
    service("good-address-without-a-password", _with("DATABASE_URL", "postgresql://api@10.0.0.3/voice"))
    service("good-digest", _with("APP_DIGEST", DIGEST))
    service("good-arguments", _runs(args=["serve", "--token-ttl=900", "--port", "8080"]))
    service("bad-password", _with("DB_PASSWORD", PASSWORD))
    job("bad-job-password", _with("DB_PASSWORD", PASSWORD))
    pool("bad-pool-password", _with("DB_PASSWORD", PASSWORD))
    service_v1("bad-v1-password", _with("DB_PASSWORD", PASSWORD))
    function("bad-function-password", {"environment_variables": {"DB_PASSWORD": PASSWORD}})
    build = {"runtime": "python312", "environment_variables": {"NPM_TOKEN": "npm_" + "a1" * 18}}
    function("bad-function-build-variable", build_config=build)
    function_v1("bad-old-function-password", environment_variables={"dbPassword": PASSWORD})
    sandbox = {"name": "s", "image": IMAGE, "envs": [{"name": "DB_PASSWORD", "value": PASSWORD}]}
    service("bad-sandbox-password", {"sandboxes": {"templates": [sandbox]}})
    beside = container(name="proxy", envs=[{"name": "API_KEY", "value": "abc-def"}])
    service("bad-second-container", {"containers": [container(name="app"), beside]})
    service("bad-connection-string", _with("DATABASE_URL", f"postgresql://api:{PASSWORD}@10.0.0.3/voice"))
    service("bad-known-form-under-a-harmless-name", _with("GREETING", "ghp_" + "a1B2" * 9))
    service("bad-random-under-a-harmless-name", _with("GREETING", "q7Zr2KxV9mTn4WbYc6LdPf8s"))
    service("bad-argument", _runs(args=["serve", f"--db-password={PASSWORD}"]))
    service("bad-argument-after-its-flag", _runs(args=["serve", "--db-password", PASSWORD]))
    job("bad-command", _runs(commands=["sh", "-c", f"PGPASSWORD={PASSWORD} psql -h 10.0.0.3"]))
    service(
        "bad-beside-an-unknown",
        _runs(envs=[{"name": "HOST", "value": unknown("a")}, {"name": "DB_PASSWORD", "value": PASSWORD}]),
    )
    service("bad-argument-beside-an-unknown", _runs(args=[unknown("b"), f"--db-password={PASSWORD}"]))
    service("absent-variables")
    service("absent-value", _runs(envs=[{"name": "DB_PASSWORD"}]))
    service("unknown-value", _with("DB_PASSWORD", unknown("c")))
    hidden = unknown("d").apply(lambda value: [{"name": "DB_PASSWORD", "value": value}])
    service("unknown-variables", _runs(envs=hidden))
    service("unknown-argument", _runs(args=["serve", unknown("e")]))


@judged(
    no_plain_secrets,
    {
        "secret-set-as-a-plain-value": VIOLATED,
        "secret-that-only-creation-tells": VIOLATED,
        "secret-of-a-function": VIOLATED,
        "secret-variables-of-a-function": VIOLATED,
        "secret-argument": VIOLATED,
        "secret-command": VIOLATED,
        "secret-v1": VIOLATED,
        "secret-containers": NOT_EVALUATED,
        "good-secret-name-of-a-secret": PASSED,
    },
)
def secrets_of_the_program() -> None:
    mark = pulumi.Output.secret
    service("secret-set-as-a-plain-value", _with("DB_PASSWORD", mark(PASSWORD)))
    service("secret-that-only-creation-tells", _with("GREETING", mark(unknown("f"))))
    function("secret-of-a-function", {"environment_variables": {"GREETING": mark(PASSWORD)}})
    function("secret-variables-of-a-function", {"environment_variables": mark({"GREETING": PASSWORD})})
    service("secret-argument", _runs(args=["serve", mark(PASSWORD)]))
    job("secret-command", _runs(commands=mark(["serve", PASSWORD])))
    service_v1("secret-v1", _with("GREETING", mark(PASSWORD)))
    service("secret-containers", {"containers": mark([container()])})
    source = {"secret_key_ref": {"secret": mark("database-password"), "version": "3"}}
    service("good-secret-name-of-a-secret", _runs(envs=[{"name": "DB_PASSWORD", "value_source": source}]))


@judged(
    secret_version_pinned,
    {
        "good-number": PASSED,
        "good-number-of-a-version-made-here": PASSED,
        "good-latest-of-a-secret-whose-rotation-is-announced": PASSED,
        "good-v1-number": PASSED,
        "good-function-number": PASSED,
        "good-plain": PASSED,
        "bad-latest": VIOLATED,
        "bad-latest-of-a-secret-that-nobody-rotates": VIOLATED,
        "bad-alias": VIOLATED,
        "bad-job-latest": VIOLATED,
        "bad-pool-latest": VIOLATED,
        "bad-v1-latest": VIOLATED,
        "bad-function-latest": VIOLATED,
        "absent-version": VIOLATED,
        "unknown-version": NOT_EVALUATED,
        "secret-version": NOT_EVALUATED,
    },
)
def versions_of_secrets() -> None:
    def from_secret(secret: Any, version: Any = None) -> dict[str, Any]:
        source = {"secret_key_ref": {"secret": secret, "version": version}}
        return _runs(envs=[{"name": "SIGNING_KEY", "value_source": source}])

    still = gcp.secretmanager.Secret("still", secret_id="still", replication={"auto": {}})
    gcp.secretmanager.Secret(
        "rotated",
        secret_id="rotated",
        replication={"auto": {}},
        rotation={"rotation_period": "7776000s", "next_rotation_time": "2027-01-01T00:00:00Z"},
        topics=[{"name": "projects/acme/topics/rotations"}],
    )
    version = gcp.secretmanager.SecretVersion("still", secret=still.id, secret_data="x")
    service("good-number", from_secret("still", "3"))
    service("good-number-of-a-version-made-here", from_secret("still", version.version))
    service("good-latest-of-a-secret-whose-rotation-is-announced", from_secret("rotated", "latest"))
    in_v1 = {"name": "KEY", "value_from": {"secret_key_ref": {"name": "still", "key": "2"}}}
    service_v1("good-v1-number", _runs(envs=[in_v1]))
    in_function = {"key": "KEY", "project_id": "acme", "secret": "still", "version": "2"}
    function("good-function-number", {"secret_environment_variables": [in_function]})
    service("good-plain", _with("VERSION", "latest"))
    service("bad-latest", from_secret("elsewhere", "latest"))
    service("bad-latest-of-a-secret-that-nobody-rotates", from_secret("still", "latest"))
    service("bad-alias", from_secret("still", "current"))
    job("bad-job-latest", from_secret("still", "latest"))
    pool("bad-pool-latest", from_secret("still", "latest"))
    in_v1 = {"name": "KEY", "value_from": {"secret_key_ref": {"name": "still", "key": "latest"}}}
    service_v1("bad-v1-latest", _runs(envs=[in_v1]))
    function("bad-function-latest", {"secret_environment_variables": [{**in_function, "version": "latest"}]})
    service("absent-version", from_secret("still"))
    service("unknown-version", from_secret("still", unknown()))
    service("secret-version", from_secret("still", pulumi.Output.secret("3")))


@judged(
    image_pinned,
    {
        "good-digest": PASSED,
        "good-tag-and-digest": PASSED,
        "good-job": PASSED,
        "good-pool": PASSED,
        "good-v1": PASSED,
        "bad-tag": VIOLATED,
        "bad-latest": VIOLATED,
        "bad-neither": VIOLATED,
        "bad-job-tag": VIOLATED,
        "bad-pool-tag": VIOLATED,
        "bad-v1-tag": VIOLATED,
        "bad-container-registry": VIOLATED,
        "bad-docker-hub": VIOLATED,
        "bad-registry-of-somebody-who-names-it-alike": VIOLATED,
        "bad-port-is-no-tag": VIOLATED,
        "bad-short-digest": VIOLATED,
        "bad-second-container-beside-an-unknown": VIOLATED,
        "bad-sandbox": VIOLATED,
        "unknown-image": NOT_EVALUATED,
        "secret-image": NOT_EVALUATED,
    },
    absent="the provider refuses a container without an image",
)
def images() -> None:
    service("good-digest")
    service("good-tag-and-digest", _runs(image=f"{REPOSITORY}/app:v1@{DIGEST}"))
    job("good-job")
    pool("good-pool")
    service_v1("good-v1")
    service("bad-tag", _runs(image=f"{REPOSITORY}/app:v1"))
    service("bad-latest", _runs(image=f"{REPOSITORY}/app:latest"))
    service("bad-neither", _runs(image=f"{REPOSITORY}/app"))
    job("bad-job-tag", _runs(image=f"{REPOSITORY}/app:v1"))
    pool("bad-pool-tag", _runs(image=f"{REPOSITORY}/app:v1"))
    service_v1("bad-v1-tag", _runs(image=f"{REPOSITORY}/app:v1"))
    service("bad-container-registry", _runs(image=f"gcr.io/acme/app@{DIGEST}"))
    service("bad-docker-hub", _runs(image=f"library/nginx@{DIGEST}"))
    service(
        "bad-registry-of-somebody-who-names-it-alike",
        _runs(image=f"evil.example/europe-west1-docker.pkg.dev/acme/app@{DIGEST}"),
    )
    service("bad-port-is-no-tag", _runs(image="registry.example:5000/app"))
    service("bad-short-digest", _runs(image=f"{REPOSITORY}/app@sha256:abc"))
    service(
        "bad-second-container-beside-an-unknown",
        {"containers": [{"image": unknown("a")}, {"name": "b", "image": f"{REPOSITORY}/app:v1"}]},
    )
    service("bad-sandbox", {"sandboxes": {"templates": [{"name": "s", "image": f"{REPOSITORY}/app:v1"}]}})
    service("unknown-image", _runs(image=unknown("c")))
    service("secret-image", _runs(image=pulumi.Output.secret(IMAGE)))


ADMITTING = "run.googleapis.com/binary-authorization"


@judged(
    binary_authorization,
    {
        "good-project-policy": PASSED,
        "good-named-policy": PASSED,
        "good-job": PASSED,
        "good-pool": PASSED,
        "good-v1": PASSED,
        "good-function": PASSED,
        "bad-off": VIOLATED,
        "bad-broken-glass": VIOLATED,
        "bad-job-off": VIOLATED,
        "bad-pool-off": VIOLATED,
        "bad-v1-broken-glass": VIOLATED,
        "absent-block": VIOLATED,
        "absent-job-block": VIOLATED,
        "absent-pool-block": VIOLATED,
        "absent-v1-annotation": VIOLATED,
        "absent-function-policy": VIOLATED,
        "unknown-flag": NOT_EVALUATED,
        "secret-flag": NOT_EVALUATED,
    },
)
def admission() -> None:
    asks = {"use_default": True}
    service("good-project-policy", binary_authorization=asks)
    service("good-named-policy", binary_authorization={"policy": "projects/acme/platforms/cloudRun/strict"})
    job("good-job", binary_authorization=asks)
    pool("good-pool", binary_authorization=asks)
    service_v1("good-v1", notes={ADMITTING: "default"})
    function("good-function", {"binary_authorization_policy": "projects/acme/platforms/cloudRun/strict"})
    service("bad-off", binary_authorization={"use_default": False})
    service("bad-broken-glass", binary_authorization={**asks, "breakglass_justification": "tonight"})
    job("bad-job-off", binary_authorization={"use_default": False})
    pool("bad-pool-off", binary_authorization={"use_default": False})
    service_v1("bad-v1-broken-glass", notes={ADMITTING: "default", f"{ADMITTING}-breakglass": "tonight"})
    service("absent-block")
    job("absent-job-block")
    pool("absent-pool-block")
    service_v1("absent-v1-annotation")
    function("absent-function-policy", {"available_memory": "256M"})
    service("unknown-flag", binary_authorization={"use_default": unknown().apply(bool)})
    service("secret-flag", binary_authorization={"use_default": pulumi.Output.secret(True)})


BLOCKS = {"evaluation_mode": "ALWAYS_DENY", "enforcement_mode": "ENFORCED_BLOCK_AND_AUDIT_LOG"}


def _policy(name: str, rule: Any, *patterns: Any) -> None:
    gcp.binaryauthorization.Policy(
        name,
        project=name,
        default_admission_rule=rule,
        admission_whitelist_patterns=[{"name_pattern": pattern} for pattern in patterns] or None,
    )


@judged(
    image_policy_not_open,
    {
        "good-denies": PASSED,
        "good-attested": PASSED,
        "bad-allows": VIOLATED,
        "bad-only-logs": VIOLATED,
        "bad-admits-every-project": VIOLATED,
        "bad-admits-everything": VIOLATED,
        "bad-beside-an-unknown": VIOLATED,
        "unknown-mode": NOT_EVALUATED,
        "unknown-pattern": NOT_EVALUATED,
        "secret-rule": NOT_EVALUATED,
        "stack": PASSED,
    },
)
def project_policies() -> None:
    service("asking", binary_authorization={"use_default": True})
    _policy("good-denies", BLOCKS, f"{REPOSITORY}/**")
    attested = {**BLOCKS, "evaluation_mode": "REQUIRE_ATTESTATION", "require_attestations_bies": ["a"]}
    _policy("good-attested", attested)
    _policy("bad-allows", {**BLOCKS, "evaluation_mode": "ALWAYS_ALLOW"})
    _policy("bad-only-logs", {**BLOCKS, "enforcement_mode": "DRYRUN_AUDIT_LOG_ONLY"})
    _policy("bad-admits-every-project", BLOCKS, f"{REPOSITORY}/**", "europe-west1-docker.pkg.dev/**")
    _policy("bad-admits-everything", BLOCKS, "*")
    _policy("bad-beside-an-unknown", BLOCKS, unknown("a"), "gcr.io/*")
    _policy("unknown-mode", {**BLOCKS, "evaluation_mode": unknown("b")})
    _policy("unknown-pattern", BLOCKS, unknown("c"))
    _policy("secret-rule", pulumi.Output.secret(BLOCKS))


@judged(image_policy_not_open, {"stack": VIOLATED})
def absent_project_policy() -> None:
    service("asking", binary_authorization={"use_default": True})


@judged(image_policy_not_open, {"stack": PASSED})
def good_nothing_runs() -> None:
    gcp.pubsub.Topic("jobs", name="jobs")


KEY = "projects/acme/locations/europe-west1/keyRings/r/cryptoKeys/run"


@judged(
    own_encryption_key,
    {
        "good-key": PASSED,
        "good-key-made-here": PASSED,
        "good-job": PASSED,
        "good-pool": PASSED,
        "good-v1": PASSED,
        "good-function": PASSED,
        "bad-empty": VIOLATED,
        "absent-key": VIOLATED,
        "absent-job-key": VIOLATED,
        "absent-pool-key": VIOLATED,
        "absent-v1-key": VIOLATED,
        "absent-function-key": VIOLATED,
        "unknown-key": NOT_EVALUATED,
        "secret-key": NOT_EVALUATED,
    },
)
def encryption() -> None:
    ring = gcp.kms.KeyRing("ring", name="ring", location=PLACE)
    made = gcp.kms.CryptoKey("run", name="run", key_ring=ring.id)
    service("good-key", {"encryption_key": KEY})
    service("good-key-made-here", {"encryption_key": made.id})
    job("good-job", {"encryption_key": KEY})
    pool("good-pool", {"encryption_key": KEY})
    service_v1("good-v1", revision_notes={"run.googleapis.com/encryption-key": KEY})
    function("good-function", kms_key_name=KEY)
    service("bad-empty", {"encryption_key": ""})
    service("absent-key")
    job("absent-job-key")
    pool("absent-pool-key")
    service_v1("absent-v1-key")
    function("absent-function-key")
    service("unknown-key", {"encryption_key": unknown()})
    service("secret-key", {"encryption_key": pulumi.Output.secret(KEY)})
