"""Where a Cloud Run service is called inside Google, and who may call it.

The address is the deterministic form (https://cloud.google.com/run/docs/triggering/https-request#deterministic),
known before the service exists, so two services may call each other. The service's own name is its token
audience, so a caller needs no URL to make a token.
"""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_gcp import cloudrunv2

from components.component import Environment, urn_of
from components.errors import NamingError
from components.links import Grant, variable_name
from components.naming import Kind
from components.security.identity import Identity

LONGEST_LABEL = 63
"""Characters of a DNS label: Google gives no deterministic URL to a longer one."""
LONGEST_TAG = 10
"""Characters kept free for a revision tag and its `---`."""


@dataclass(frozen=True, kw_only=True)
class ServiceEndpoint:
    """A Cloud Run service's purpose (logical name), physical name, address and audience."""

    purpose: str
    name: str
    project: str
    location: str
    uri: str
    audience: str

    @classmethod
    def of(cls, purpose: str, *, env: Environment) -> ServiceEndpoint:
        """The endpoint of the system's service `purpose`; NamingError if Google would give it no URL."""
        name = env.naming.name(Kind.CLOUD_RUN, purpose)
        label = f"{name}-{env.project_number}"
        if len(label) + LONGEST_TAG > LONGEST_LABEL:
            raise NamingError(
                f"the service name '{name}' is too long for a URL",
                why=f"'{label}' and a revision tag of {LONGEST_TAG} must fit in {LONGEST_LABEL} characters",
                fix="shorten the system's, the environment's or the service's name",
            )
        return cls(
            purpose=purpose,
            name=name,
            project=env.project,
            location=env.region,
            uri=f"https://{label}.{env.region}.run.app",
            audience=name,
        )

    @property
    def urn(self) -> str:
        """The URN of the service, which the program makes at its top level."""
        return urn_of("voicestack:service:Service", self.purpose)

    @property
    def variables(self) -> dict[str, str]:
        """What a caller's environment says of it."""
        return {
            variable_name("service", self.purpose, "url"): self.uri,
            variable_name("service", self.purpose, "audience"): self.audience,
        }

    def invoker_grant(self, service: pulumi.Input[str] | None = None) -> Grant:
        """`roles/run.invoker` on this one service.

        `service` is the created service's name, so that the grant follows it; without it the grant relies on
        the caller to order it.
        """

        def make(name: str, identity: Identity, opts: pulumi.ResourceOptions) -> pulumi.Resource:
            return cloudrunv2.ServiceIamMember(
                name,
                project=self.project,
                location=self.location,
                name=service if service is not None else self.name,
                role="roles/run.invoker",
                member=identity.member,
                opts=opts,
            )

        return Grant(key=f"{self.purpose}-invoke", role="roles/run.invoker", make=make, wait=False)
