"""Identity: one Google service account, for one workload or one caller.

It has no roles of its own and offers no way to get one: roles come from links (components/links.py). It has
no keys: workloads run as it, CI federates into it.
"""

from __future__ import annotations

from typing import ClassVar

import pulumi
from pulumi_gcp import serviceaccount

from components.component import Component, Environment


class Identity(Component):
    """A service account. `account_id` follows from `purpose` (the component's name by default)."""

    family: ClassVar[str] = "security"

    account: serviceaccount.Account
    account_id: str
    """The part of the e-mail before the `@`, known at once."""
    email: pulumi.Output[str]
    member: pulumi.Output[str]
    account_name: pulumi.Output[str]
    """`projects/<project>/serviceAccounts/<e-mail>`, as the service-account IAM resources want it."""

    def __init__(
        self,
        name: str,
        *,
        env: Environment,
        description: str,
        purpose: str | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, env=env, opts=opts)
        self.account_id = env.naming.identity(purpose or name)
        self.account = serviceaccount.Account(
            name,
            account_id=self.account_id,
            project=env.project,
            display_name=f"{env.naming.system} {env.naming.environment} {purpose or name}",
            description=description,
            opts=self.child(depends_on=list(env.apis)),
        )
        self.email = self.account.email
        self.member = self.account.member
        # Not `account.name`, which a preview does not know although it follows from the e-mail.
        self.account_name = pulumi.Output.concat("projects/", env.project, "/serviceAccounts/", self.email)
        self.register_outputs({"email": self.email})
