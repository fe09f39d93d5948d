"""ProjectBaseline: what exists once in a Google project, before anything else of the system.

The APIs, Google's service agents, whom Google writes to, who is audited, how long logs stay, which images may
run. Its audit configuration is the only authoritative IAM resource of the system. It makes no alert
(`AuditAlerts` does) and no database: the stack gives the default Firestore database the environment that comes
from here.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection, Sequence
from typing import ClassVar

import pulumi
from pulumi_gcp import binaryauthorization, essentialcontacts, logging, projects

from components.component import Component, Environment
from components.errors import ComponentError
from components.security.service_agents import Agent

LAST_API = "serviceusage.googleapis.com"
"""The API that enables the others. It is on before any of this can run, so nothing is lost by registering it last:
who waits for it waits for all of them, by one edge instead of thirty."""
OWN_APIS = frozenset(
    {
        LAST_API,
        "binaryauthorization.googleapis.com",
        # What the project holds and held, for whoever looks into an incident; CIS 2.13.
        "cloudasset.googleapis.com",
        "cloudresourcemanager.googleapis.com",
        # Scans what is pushed: https://cloud.google.com/artifact-analysis/docs/enable-automatic-scanning
        "containerscanning.googleapis.com",
        "essentialcontacts.googleapis.com",
        "iam.googleapis.com",
        "logging.googleapis.com",
    }
)
LONGEST_LOG_DAYS = 3650


class ProjectBaseline(Component):
    """The project's own resources. Later components take `environment`, which knows the APIs and the agents."""

    family: ClassVar[str] = "security"

    environment: Environment
    policy: binaryauthorization.Policy
    asked_for_by: tuple[str, ...]
    """Commands to run once in the project, before the first `up`: they make the agents that Google makes only when
    asked for by their own service."""

    def __init__(
        self,
        name: str,
        *,
        env: Environment,
        apis: Collection[str],
        agents: Collection[Agent],
        images: str,
        contacts: Sequence[str] = (),
        attestor: pulumi.Input[str] | None = None,
        log_days: int = 30,
        log_location: str = "global",
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`apis`: what the system calls, e.g. `run.googleapis.com`; the agents' and the baseline's own are added.
        `agents`: those that grants name. `images`: the path of the repository whose images may run
        (`ImageRegistry.path_of`). `contacts`: the e-mail addresses that Google writes to about the project's
        security, incidents and suspension; without any it writes to the owners. `attestor`:
        `projects/<p>/attestors/<a>`; with it any image must be attested, those of the repository too.
        `log_days`: 1 to 3650, in the default log bucket
        (https://cloud.google.com/logging/quotas#logs_retention_periods); its `log_location` is `global` unless
        the organisation says otherwise.

        ComponentError for a malformed API or repository, a retention outside Google's limits, or no agent.
        """
        _check(env, apis=apis, agents=agents, images=images, log_days=log_days)
        # Policies ask of a stack whose data may be thrown away neither backups nor guards; it says so once, here.
        super().__init__(name, env=env, props={"disposable": env.disposable}, opts=opts)
        services = self._enable({*apis, *OWN_APIS, *(agent.api for agent in agents)})
        last = services[LAST_API]
        made = self._make_agents(agents, services)
        self.asked_for_by = tuple(
            command for agent in _sorted(agents) if (command := agent.asked_for_by(env.project))
        )
        self.environment = dataclasses.replace(env, apis=(last,), agents=made)
        self._name_contacts(contacts, last)
        self._audit(last)
        self._keep_logs(log_days, log_location, last)
        self.policy = self._admit(images, attestor, last)
        self.register_outputs({"projectNumber": self._agreed_number(list(made.values()))})

    def _enable(self, apis: Collection[str]) -> dict[str, projects.Service]:
        services: dict[str, projects.Service] = {}
        for api in [*sorted(set(apis) - {LAST_API}), LAST_API]:
            services[api] = projects.Service(
                f"{self.name}-{api.removesuffix('.googleapis.com')}",
                project=self.env.project,
                service=api,
                # Another stack's or a person's work may need it: leaving an API on harms nothing.
                disable_on_destroy=False,
                disable_dependent_services=False,
                opts=self.child(depends_on=list(services.values()) if api == LAST_API else None),
            )
        return services

    def _make_agents(
        self, agents: Collection[Agent], services: dict[str, projects.Service]
    ) -> dict[Agent, pulumi.Resource]:
        return {
            agent: projects.ServiceIdentity(
                f"{self.name}-agent-{agent.name.lower().replace('_', '-')}",
                project=self.env.project,
                service=agent.api,
                opts=self.child(depends_on=[services[agent.api]]),
            )
            for agent in _sorted(agents)
            if agent.asked_for_by(self.env.project) is None
        }

    def _name_contacts(self, emails: Sequence[str], after: pulumi.Resource) -> None:
        """In the categories of CIS 1.16.

        https://cloud.google.com/resource-manager/docs/managing-notification-contacts
        """
        for email in dict.fromkeys(emails):
            essentialcontacts.Contact(
                f"{self.name}-contact-{re.sub('[^a-z0-9]+', '-', email.lower()).strip('-')}",
                parent=f"projects/{self.env.project}",
                email=email,
                language_tag="en",
                notification_category_subscriptions=["LEGAL", "SECURITY", "SUSPENSION", "TECHNICAL"],
                opts=self.child(depends_on=[after]),
            )

    def _audit(self, after: pulumi.Resource) -> None:
        """Every read and write of data and of configuration, by everyone
        (https://cloud.google.com/logging/docs/audit/configure-data-access; CIS 2.1: no one exempted)."""
        projects.IAMAuditConfig(
            f"{self.name}-audit",
            project=self.env.project,
            service="allServices",
            audit_log_configs=[
                projects.IAMAuditConfigAuditLogConfigArgs(log_type=kind)
                for kind in ("ADMIN_READ", "DATA_READ", "DATA_WRITE")
            ],
            opts=self.guarded(depends_on=[after]),
        )

    def _keep_logs(self, days: int, location: str, after: pulumi.Resource) -> None:
        logging.ProjectBucketConfig(
            f"{self.name}-logs",
            project=self.env.project,
            location=location,
            # Google makes it with the project; this takes it over.
            bucket_id="_Default",
            description="What the services log.",
            retention_days=days,
            opts=self.child(depends_on=[after]),
        )

    def _admit(
        self, images: str, attestor: pulumi.Input[str] | None, after: pulumi.Resource
    ) -> binaryauthorization.Policy:
        """Nothing runs but images of our repository.

        An exempt image is never asked for an attestation, so an attestor takes the exemption's place.
        https://cloud.google.com/binary-authorization/docs/key-concepts#exempt-images
        """
        rule = binaryauthorization.PolicyDefaultAdmissionRuleArgs(
            evaluation_mode="ALWAYS_DENY" if attestor is None else "REQUIRE_ATTESTATION",
            enforcement_mode="ENFORCED_BLOCK_AND_AUDIT_LOG",
            require_attestations_bies=None if attestor is None else [attestor],
        )
        # `**` reaches into folders of the repository, `*` does not.
        exempt = binaryauthorization.PolicyAdmissionWhitelistPatternArgs(name_pattern=f"{images}/**")
        return binaryauthorization.Policy(
            f"{self.name}-images",
            project=self.env.project,
            description="Images of this system's repository only.",
            global_policy_evaluation_mode="ENABLE",
            admission_whitelist_patterns=[exempt] if attestor is None else [],
            default_admission_rule=rule,
            opts=self.guarded(depends_on=[after]),
        )

    def _agreed_number(self, made: Sequence[pulumi.Resource]) -> pulumi.Output[str]:
        """The project's number, compared with what Google answers at `up`: before that it is unknown, and a
        preview must not ask."""
        emails = [made_one.email for made_one in made if isinstance(made_one, projects.ServiceIdentity)]
        return pulumi.Output.all(*emails).apply(
            lambda found: agreed_number(self.env.project, self.env.project_number, found)
        )


def agreed_number(project: str, number: str, emails: Sequence[str | None]) -> str:
    """`number`, if every agent's e-mail in `emails` has it; ComponentError otherwise."""
    for email in emails:
        told = re.search(r"-(\d+)@", email or "")
        if told and told[1] != number:
            raise ComponentError(
                f"projectNumber is '{number}', and Google says that {project} is number {told[1]}",
                why="addresses of services and the names of Google's agents are made from it: grants would go to "
                "another project's agents",
                fix=f'set projectNumber: "{told[1]}", in quotes',
            )
    return number


def _sorted(agents: Collection[Agent]) -> list[Agent]:
    return sorted(set(agents), key=lambda agent: agent.name)


def _check(
    env: Environment, *, apis: Collection[str], agents: Collection[Agent], images: str, log_days: int
) -> None:
    for api in apis:
        if not re.fullmatch(r"[a-z][a-z0-9]*\.googleapis\.com", api):
            raise ComponentError(
                f"'{api}' is asked for as an API",
                why="a service is enabled by its host name",
                fix="write it as in run.googleapis.com (`gcloud services list --available`)",
            )
    if not any(agent.asked_for_by(env.project) is None for agent in agents):
        raise ComponentError(
            "the project's baseline is asked for no service agent",
            why="the project's number is checked by the e-mail that Google gives one of them",
            fix="name the agents that grants need, e.g. agents=[Agent.SECRET_MANAGER]",
        )
    if not re.fullmatch(r"[a-z0-9-]+-docker\.pkg\.dev/[^/*]+/[^/*]+", images):
        raise ComponentError(
            f"images may run from '{images}'",
            why="one Artifact Registry repository is admitted, and nothing beside it",
            fix="give ImageRegistry.path_of(...): <region>-docker.pkg.dev/<project>/<repository>",
        )
    if not 1 <= log_days <= LONGEST_LOG_DAYS:
        raise ComponentError(
            f"log_days is {log_days}",
            why=f"Cloud Logging keeps logs for 1 to {LONGEST_LOG_DAYS} days",
            fix="choose one of them",
        )
