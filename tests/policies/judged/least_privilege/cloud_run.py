"""Workloads and the service accounts that they run as."""

from typing import Any

import pulumi
import pulumi_gcp as gcp

from policies.least_privilege.cloud_run.own_account import own_service_account
from policies.least_privilege.cloud_run.shared_account import account_not_shared
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.unknowns import unknown
from tests.policies.workloads import PLACE, function, function_v1, job, pool, service, service_v1

DEFAULT = "123456789012-compute@developer.gserviceaccount.com"
DEFAULT_OF_APP_ENGINE = "acme@appspot.gserviceaccount.com"


def _email(name: str) -> str:
    return f"{name}@acme.iam.gserviceaccount.com"


@judged(
    own_service_account,
    {
        "good-own": PASSED,
        "good-whole-name": PASSED,
        "good-made-here": PASSED,
        "good-made-here-by-a-name-of-which-creation-tells": PASSED,
        "good-job": PASSED,
        "good-pool": PASSED,
        "good-v1": PASSED,
        "good-function": PASSED,
        "good-name-like-the-default-one": PASSED,
        "bad-default": VIOLATED,
        "bad-default-in-capitals": VIOLATED,
        "bad-default-by-its-whole-name": VIOLATED,
        "bad-app-engine": VIOLATED,
        "bad-job-default": VIOLATED,
        "bad-pool-default": VIOLATED,
        "bad-v1-default": VIOLATED,
        "bad-function-default": VIOLATED,
        "absent-account": VIOLATED,
        "absent-empty-account": VIOLATED,
        "absent-job-account": VIOLATED,
        "absent-pool-account": VIOLATED,
        "absent-v1-account": VIOLATED,
        "absent-function-account": VIOLATED,
        "absent-old-function-account": VIOLATED,
        "good-built-and-called": PASSED,
        "good-service-that-google-builds": PASSED,
        "bad-built-as-the-default": VIOLATED,
        "bad-built-beside-an-unknown": VIOLATED,
        "absent-build-account": VIOLATED,
        "absent-service-build-account": VIOLATED,
        "absent-trigger-account": VIOLATED,
        "unknown-account": NOT_EVALUATED,
        "secret-account": NOT_EVALUATED,
    },
)
def accounts() -> None:
    service("good-own", {"service_account": _email("api")})
    service("good-whole-name", {"service_account": f"projects/acme/serviceAccounts/{_email('web')}"})
    made = gcp.serviceaccount.Account("made", account_id="made-here", project="acme")
    service("good-made-here", {"service_account": made.email})
    later = gcp.serviceaccount.Account("later", account_id=unknown("id"), project="acme")
    service("good-made-here-by-a-name-of-which-creation-tells", {"service_account": later.email})
    job("good-job", {"service_account": _email("job")})
    pool("good-pool", {"service_account": _email("pool")})
    service_v1("good-v1", {"service_account_name": _email("v1")})
    function("good-function", {"service_account_email": _email("function")})
    service("good-name-like-the-default-one", {"service_account": _email("123-compute")})
    service("bad-default", {"service_account": DEFAULT})
    service("bad-default-in-capitals", {"service_account": DEFAULT.upper()})
    service("bad-default-by-its-whole-name", {"service_account": f"projects/-/serviceAccounts/{DEFAULT}"})
    service("bad-app-engine", {"service_account": DEFAULT_OF_APP_ENGINE})
    job("bad-job-default", {"service_account": DEFAULT})
    pool("bad-pool-default", {"service_account": DEFAULT})
    service_v1("bad-v1-default", {"service_account_name": DEFAULT})
    function("bad-function-default", {"service_account_email": DEFAULT})
    service("absent-account")
    service("absent-empty-account", {"service_account": ""})
    job("absent-job-account")
    pool("absent-pool-account")
    service_v1("absent-v1-account")
    function("absent-function-account", {"available_memory": "256M"})
    function_v1("absent-old-function-account")
    runs = {"service_account_email": _email("function")}
    built = {"runtime": "python312", "service_account": f"projects/acme/serviceAccounts/{_email('builder')}"}
    called = {"event_type": "google.cloud.pubsub.topic.v1.messagePublished", "pubsub_topic": "t"}
    function(
        "good-built-and-called",
        runs,
        build_config=built,
        event_trigger={**called, "service_account_email": _email("events")},
    )
    source = {"source_location": "gs://b/o.zip", "service_account": built["service_account"]}
    service("good-service-that-google-builds", {"service_account": _email("a")}, build_config=source)
    function("bad-built-as-the-default", runs, build_config={**built, "service_account": f"projects/-/{DEFAULT}"})
    function(
        "bad-built-beside-an-unknown",
        {"service_account_email": unknown("a")},
        build_config={**built, "service_account": DEFAULT},
    )
    function("absent-build-account", runs, build_config={"runtime": "python312"})
    service(
        "absent-service-build-account",
        {"service_account": _email("b")},
        build_config={"source_location": "gs://b/o.zip"},
    )
    function("absent-trigger-account", runs, build_config=built, event_trigger=called)
    service("unknown-account", {"service_account": unknown()})
    service("secret-account", {"service_account": pulumi.Output.secret(_email("hidden"))})


def _machine(name: str, email: Any) -> None:
    gcp.compute.Instance(
        name,
        name=name,
        zone=f"{PLACE}-b",
        machine_type="e2-small",
        boot_disk={"source": "disk"},
        network_interfaces=[{"network": "n"}],
        service_account={"email": email, "scopes": ["cloud-platform"]},
    )


@judged(
    account_not_shared,
    {
        "good-alone": PASSED,
        "good-in-one-region": PASSED,
        "good-in-another": PASSED,
        "good-same-name-in-another-project": PASSED,
        "bad-api": VIOLATED,
        "bad-worker-by-reference": VIOLATED,
        "bad-job": VIOLATED,
        "bad-pool": VIOLATED,
        "bad-old-service": VIOLATED,
        "bad-function": VIOLATED,
        "bad-machine": VIOLATED,
        "bad-whole-name": VIOLATED,
        "bad-capitals": VIOLATED,
        "absent-one": PASSED,
        "absent-another-which-the-default-account-is-told-of-elsewhere": PASSED,
        "good-default-is-told-of-elsewhere": PASSED,
        "unknown-account": NOT_EVALUATED,
        "secret-account": NOT_EVALUATED,
    },
)
def sharing() -> None:
    service("good-alone", {"service_account": _email("alone")})
    # One service in two regions is one workload.
    for name, region in (("good-in-one-region", PLACE), ("good-in-another", "us-central1")):
        service(name, {"service_account": _email("everywhere")}, name="everywhere", location=region)
    service("good-same-name-in-another-project", {"service_account": "shared@other.iam.gserviceaccount.com"})
    shared = gcp.serviceaccount.Account("shared", account_id="shared", project="acme")
    service("bad-api", {"service_account": _email("shared")})
    service("bad-worker-by-reference", {"service_account": shared.email})
    job("bad-job", {"service_account": shared.email})
    pool("bad-pool", {"service_account": shared.email})
    service_v1("bad-old-service", {"service_account_name": shared.email})
    function("bad-function", {"service_account_email": shared.email})
    _machine("bad-machine", shared.email)
    service("bad-whole-name", {"service_account": f"projects/acme/serviceAccounts/{_email('pair')}"})
    service("bad-capitals", {"service_account": _email("Pair")})
    service("absent-one")
    service("absent-another-which-the-default-account-is-told-of-elsewhere")
    service("good-default-is-told-of-elsewhere", {"service_account": DEFAULT})
    service("unknown-account", {"service_account": unknown()})
    service("secret-account", {"service_account": pulumi.Output.secret(_email("shared"))})


@judged(account_not_shared, {"bad-one": VIOLATED, "bad-another": VIOLATED, "unknown-third": NOT_EVALUATED})
def sharing_an_account_whose_email_only_creation_tells() -> None:
    # Without a project the plan does not tell the e-mail, but which account yields it.
    account = gcp.serviceaccount.Account("account", account_id=unknown("name"))
    other = gcp.serviceaccount.Account("other", account_id=unknown("other-name"))
    service("bad-one", {"service_account": account.email})
    service("bad-another", {"service_account": account.email})
    service(
        "unknown-third",
        {
            "service_account": account.email,
            "containers": [{"image": "i", "envs": [{"name": "OTHER", "value": other.email}]}],
        },
    )
