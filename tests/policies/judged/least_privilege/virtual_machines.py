"""Virtual machines by as whom they run and by who gets into them."""

from typing import Any

import pulumi
from pulumi_gcp import compute, serviceaccount

from policies.least_privilege.virtual_machines.account import own_account
from policies.least_privilege.virtual_machines.entry import no_project_keys, no_serial_port, os_login
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.machines import ACCOUNT, from_template, machine, template
from tests.policies.unknowns import unknown

DEFAULT = "123456789012-compute@developer.gserviceaccount.com"
ALL = "https://www.googleapis.com/auth/cloud-platform"


@judged(
    own_account,
    {
        "good-own": PASSED,
        "good-own-with-all-scopes": PASSED,
        "good-made-here": PASSED,
        "good-from-template": PASSED,
        "bad-default": VIOLATED,
        "bad-default-with-few-scopes": VIOLATED,
        "bad-template": VIOLATED,
        "absent-account": PASSED,
        "absent-email": VIOLATED,
        "unknown-email": NOT_EVALUATED,
        "secret-account": NOT_EVALUATED,
    },
)
def accounts() -> None:
    def runs(name: str, email: Any, *scopes: str) -> None:
        machine(name, service_account={"email": email, "scopes": list(scopes) or ["cloud-platform"]})

    account = serviceaccount.Account("sip", account_id="acme-sip")
    runs("good-own", ACCOUNT, "logging-write")
    runs("good-own-with-all-scopes", ACCOUNT, ALL)
    runs("good-made-here", account.email)
    runs("bad-default", DEFAULT, ALL)
    runs("bad-default-with-few-scopes", DEFAULT.upper(), "logging-write")
    made = template("bad-template", service_account={"scopes": ["cloud-platform"]})
    from_template("good-from-template", made.id)
    machine("absent-account", service_account=None)
    runs("absent-email", None)
    runs("unknown-email", unknown("e"))
    machine("secret-account", service_account=pulumi.Output.secret({"email": ACCOUNT, "scopes": [ALL]}))


def _says(name: str, **metadata: Any) -> compute.Instance:
    return machine(name, metadata={key.replace("_", "-"): value for key, value in metadata.items()})


@judged(
    os_login,
    {
        "good-on": PASSED,
        "good-in-another-word": PASSED,
        "good-from-template": PASSED,
        "bad-off": VIOLATED,
        "bad-off-for-the-project": VIOLATED,
        "bad-template": VIOLATED,
        "absent-key": VIOLATED,
        "absent-metadata": VIOLATED,
        "unknown-word": NOT_EVALUATED,
        "secret-word": NOT_EVALUATED,
    },
)
def logins() -> None:
    _says("good-on", enable_oslogin="TRUE")
    _says("good-in-another-word", enable_oslogin="y")
    _says("bad-off", enable_oslogin="FALSE")
    compute.ProjectMetadataItem("bad-off-for-the-project", key="enable-oslogin", value="false")
    from_template("good-from-template", template("bad-template", metadata={"enable-oslogin": "0"}).id)
    _says("absent-key", enable_oslogin2fa="TRUE")
    machine("absent-metadata", metadata=None)
    _says("unknown-word", enable_oslogin=unknown("w"))
    _says("secret-word", enable_oslogin=pulumi.Output.secret("TRUE"))


@judged(
    os_login,
    {
        "good-left-to-the-project": PASSED,
        "bad-overrides-the-project": VIOLATED,
        "good-project": PASSED,
    },
)
def logins_by_project() -> None:
    compute.ProjectMetadata("good-project", metadata={"enable-oslogin": "TRUE"})
    machine("good-left-to-the-project", metadata=None)
    _says("bad-overrides-the-project", enable_oslogin="false")


@judged(
    no_project_keys,
    {
        "good-blocked": PASSED,
        "good-from-template": PASSED,
        "bad-not-blocked": VIOLATED,
        "bad-template": VIOLATED,
        "absent-key": VIOLATED,
        "unknown-word": NOT_EVALUATED,
        "secret-metadata": NOT_EVALUATED,
    },
)
def keys() -> None:
    _says("good-blocked", block_project_ssh_keys="TRUE")
    from_template("good-from-template", template("bad-template", metadata={"a": "b"}).id)
    _says("bad-not-blocked", block_project_ssh_keys="FALSE")
    _says("absent-key", block_project_ssh_key="TRUE")
    _says("unknown-word", block_project_ssh_keys=unknown("w"))
    machine("secret-metadata", metadata=pulumi.Output.secret({"block-project-ssh-keys": "TRUE"}))


@judged(
    no_serial_port,
    {
        "good-closed": PASSED,
        "good-from-template": PASSED,
        "bad-open": VIOLATED,
        "bad-open-by-number": VIOLATED,
        "bad-open-for-the-project": VIOLATED,
        "bad-template": VIOLATED,
        "absent-key": PASSED,
        "unknown-word": NOT_EVALUATED,
        "secret-word": NOT_EVALUATED,
    },
)
def consoles() -> None:
    _says("good-closed", serial_port_enable="FALSE")
    from_template("good-from-template", template("bad-template", metadata={"serial-port-enable": "TRUE"}).id)
    _says("bad-open", serial_port_enable="true")
    _says("bad-open-by-number", serial_port_enable="1")
    compute.ProjectMetadata("bad-open-for-the-project", metadata={"serial-port-enable": "TRUE"})
    _says("absent-key", serial_port_logging_enable="TRUE")
    _says("unknown-word", serial_port_enable=unknown("w"))
    _says("secret-word", serial_port_enable=pulumi.Output.secret("FALSE"))
