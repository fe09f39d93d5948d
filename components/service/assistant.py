"""VertexAssistant: Gemini on Vertex AI, for those who may ask it to predict and do nothing else there.

`roles/aiplatform.user` holds hundreds of permissions; a custom role holds the one that calling a model needs
(https://cloud.google.com/vertex-ai/docs/general/access-control). Publisher models have no IAM policy, so the
role is granted on the project.
"""

from __future__ import annotations

import re
from typing import ClassVar

import pulumi
from pulumi_gcp import projects

from components.component import Component, Environment
from components.errors import ComponentError
from components.links import Access, Grant
from components.naming import Kind
from components.security.identity import Identity

PERMISSIONS = ("aiplatform.endpoints.predict",)


class VertexAssistant(Component):
    """A model on Vertex AI; `location` is a region (the environment's by default), or `global`: Google then
    chooses for each call, anywhere on earth.

    Raises ComponentError for a multi-region (`us`, `eu`): its endpoint is not behind the network's private one.
    """

    family: ClassVar[str] = "service"

    role: projects.IAMCustomRole

    def __init__(
        self,
        name: str,
        *,
        env: Environment,
        model: str,
        location: str | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        self.model, self.location = model, location or env.region
        if not re.fullmatch(r"global|[a-z]+-[a-z]+\d+", self.location):
            raise ComponentError(
                f"'{name}' asks its model in {self.location}",
                why="behind the private endpoint of Google's APIs only regions and `global` answer, and the names "
                "of multi-regions (*.rep.googleapis.com) lead there too",
                fix="use a region that serves the model, or global",
            )
        super().__init__(name, env=env, opts=opts)
        self.role = projects.IAMCustomRole(
            name,
            role_id=env.naming.name(Kind.CUSTOM_ROLE, "predictor", kept=True),
            project=env.project,
            title=f"{env.naming.system} {env.naming.environment} predictor",
            description="Calls models on Vertex AI.",
            permissions=list(PERMISSIONS),
            stage="GA",
            opts=self.guarded(depends_on=[*env.apis]),
        )
        self.register_outputs({"role": self.role.name})

    def predict(self) -> Access:
        """Asking the model."""

        def make(name: str, identity: Identity, opts: pulumi.ResourceOptions) -> pulumi.Resource:
            return projects.IAMMember(
                name, project=self.env.project, role=self.role.name, member=identity.member, opts=opts
            )

        role = (
            f"projects/{self.env.project}/roles/{self.env.naming.name(Kind.CUSTOM_ROLE, 'predictor', kept=True)}"
        )
        return Access(
            verb="predict",
            target=self,
            grants=(Grant(key=f"{self.name}-predict", role=role, make=make),),
            variables={"ASSISTANT_MODEL": self.model, "ASSISTANT_LOCATION": self.location},
        )
