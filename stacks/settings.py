"""The settings that every system shares: flat stack keys, checked as a whole before anything is registered.

It reads the stack's configuration once, in the program, and hands typed values on; no component reads any. Sizes
are not here: they come from the profile (stacks/profiles.py), which a few keys may override.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from ipaddress import ip_network
from itertools import combinations
from typing import Annotated, Any, ClassVar, Self

import pulumi
from pulumi.runtime import config as runtime_config
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic.alias_generators import to_camel

from components.network.armor import ArmorTier
from components.network.ranges import private_range, public_range
from components.service.base_image import BASE_IMAGE
from stacks.profiles import PROFILES, Profile
from stacks.regions import REGIONS
from stacks.settings_error import refuse_wrong_secrecy, settings_error


def _from_json(value: Any) -> Any:
    """A list in YAML reaches the program as JSON text."""
    if isinstance(value, str) and value.startswith("["):
        try:
            return json.loads(value)
        except json.JSONDecodeError:
            return value
    return value


def _region(value: str) -> str:
    if value not in REGIONS:
        raise ValueError("not a region of Google Cloud")
    return value


def _public_range(value: str) -> str:
    return str(public_range(value))


def _moment(value: str) -> str:
    datetime.fromisoformat(value)
    return value


def _profile(value: str) -> str:
    if value not in PROFILES:
        raise ValueError(f"there is no such profile; choose one of {', '.join(sorted(PROFILES))}")
    return value


def _range(value: str) -> str:
    return str(private_range(value))


ProjectId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{4,28}[a-z0-9]$")]
# Google and GitHub number from 1; a number without quotes in YAML loses a leading zero, so that none may have one.
Digits = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,19}$")]
Label = Annotated[str, Field(pattern=r"^[a-z0-9_-]{1,63}$")]
Host = Annotated[str, Field(pattern=r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$")]
Email = Annotated[str, Field(pattern=r"^[^@\s,]+@[^@\s,]+\.[^@\s,]+$")]
Range = Annotated[str, AfterValidator(_range)]
PublicRange = Annotated[str, AfterValidator(_public_range)]
Ranges = Annotated[tuple[PublicRange, ...], BeforeValidator(_from_json)]
Member = Annotated[str, Field(pattern=r"^(user|group|serviceAccount|domain):[^\s:]+$")]
Members = Annotated[tuple[Member, ...], BeforeValidator(_from_json)]
Emails = Annotated[tuple[Email, ...], BeforeValidator(_from_json)]
Names = Annotated[tuple[Label, ...], BeforeValidator(_from_json)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,255}$")]


DISPOSABLE = [name for name, profile in PROFILES.items() if not profile.protect]
"""The profiles that protect nothing."""
_RANGES = ("app_range", "data_range", "ml_range", "services_range")


class SystemSettings(BaseModel):
    """One stack's settings. Every field is a key of the stack file, in camelCase, under the project's name."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", frozen=True, arbitrary_types_allowed=True)

    secret_keys: ClassVar[frozenset[str]] = frozenset({"pagerdutyKey"})
    """The keys that may be encrypted in the stack file, and must be."""

    environment: str = Field(exclude=True)
    """The stack's name; not a key."""

    project_id: ProjectId = Field(description="The Google Cloud project of this stack alone.")
    project_number: Digits = Field(
        description="That project's number, in quotes: URLs and service agents are named by it."
    )
    region: Annotated[str, AfterValidator(_region)] = Field(
        description="Where everything runs.", json_schema_extra={"enum": [*REGIONS]}
    )
    profile: Annotated[str, AfterValidator(_profile)] = Field(
        description="Sizes, protection, retention and budget: staging or prod.",
        json_schema_extra={"enum": [*PROFILES]},
    )
    customer_keys: bool | None = Field(
        default=None,
        validate_default=True,
        description="Whether data is encrypted by keys of this project. Fixed when the stack is made: a change "
        "replaces the data. Required where the profile protects nothing; else `true`.",
    )
    unlocked: bool = Field(
        default=False,
        description="Lifts the guards against deletion and changes nothing else: to take a protected stack down.",
    )
    domain: Host = Field(description="The host name that the load balancer answers to.")
    livekit_url: Annotated[str, Field(pattern=r"^(https|wss)://[^\s/]+")] = Field(description="LiveKit's address.")
    dns_zone: str | None = Field(
        default=None,
        description="The Cloud DNS zone in this project that holds the domain; without it the records to make "
        "elsewhere are outputs.",
    )
    owner: Label = Field(description="The team that owns it; a label on every resource.")
    cost_centre: Label = Field(description="Who pays for it; a label on every resource.")
    generation: int = Field(
        default=1,
        ge=1,
        le=99,
        description="Raised by one to make an environment again: Google keeps some names after deletion.",
    )
    alert_emails: Emails = Field(
        min_length=1,
        description="Who is told of alerts by e-mail; Google's warnings about the project go there too.",
    )
    pagerduty_key: Any = Field(
        default=None,
        description="PagerDuty's integration key (secret); without it, urgent alerts go by e-mail too.",
    )
    billing_account: Annotated[str, Field(pattern=r"^(none|[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6})$")] = Field(
        description="The billing account that the budget is on, or 'none' for no budget."
    )
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = Field(
        default="USD", description="The billing account's currency."
    )
    app_range: Range = Field(default="10.0.1.0/24", description="Subnet of services (CIDR).")
    data_range: Range = Field(default="10.0.2.0/24", description="Subnet of data endpoints (CIDR).")
    ml_range: Range = Field(default="10.0.3.0/24", description="Subnet of model-serving workloads (CIDR).")
    services_range: Range = Field(
        default="10.1.0.0/20", description="Range lent to Google for private services such as Cloud SQL (CIDR)."
    )
    armor_tier: ArmorTier = Field(
        default=ArmorTier.STANDARD, description="The Cloud Armor tier that the project has subscribed to."
    )
    load_test_ranges: Ranges = Field(
        default=(), description="Public ranges (CIDR) of load generators, which the rate limit lets through."
    )
    canary_ranges: Ranges = Field(
        default=(), description="Public ranges (CIDR) that may look at a revision with 0 % at canary.<domain>."
    )
    canary_people: Members = Field(
        default=(), description="IAM principals (user:..., serviceAccount:...) that may look at it, by IAP."
    )
    github_repository_id: Digits | None = Field(
        default=None, description="The repository that may deploy, by number; none: no federation is made."
    )
    github_owner_id: Digits | None = Field(default=None, description="The number of that repository's owner.")
    github_branch: str = Field(default="main", description="The branch that may deploy.")
    github_environment: Name | None = Field(
        default=None, description="The GitHub environment whose reviewers approve a release; prod must have one."
    )
    revision_attempt: int = Field(
        default=1, ge=1, description="Raised by one to try revisions again that failed to start."
    )
    supplied_secrets: Names = Field(
        default=(), description="The secrets of outside origin whose first version an operator has added."
    )
    first_rotation: Annotated[
        str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"), AfterValidator(_moment)
    ] = Field(description="When secrets are first due for rotation, in quotes, e.g. '2027-01-01T00:00:00Z'.")
    image: Annotated[str, Field(pattern=r"^.+@sha256:[0-9a-f]{64}$")] | None = Field(
        default=None, description="An image to deploy, by digest, in place of building the bundled app."
    )
    base_image: str = Field(default=BASE_IMAGE, description="What the bundled app's image is built on.")
    # Google retires models about a year after their release; each is served in some locations only:
    # https://docs.cloud.google.com/gemini-enterprise-agent-platform/models/model-versions
    assistant_model: str = Field(default="gemini-3.5-flash-lite", description="The model on Vertex AI.")
    assistant_location: str = Field(
        default="global",
        pattern=r"^(global|[a-z]+-[a-z]+\d+)$",
        description="Where it is asked: `global` (anywhere on earth), or a region that serves the model.",
    )

    @field_validator("customer_keys")
    @classmethod
    def _said_where_it_cannot_be_told(cls, value: bool | None, info: ValidationInfo) -> bool:
        # A default that followed from the profile would change with it, and the data would be replaced.
        if value is None and info.data.get("profile") in DISPOSABLE:
            raise ValueError(
                "what a stack was made with stays, whatever its profile: false if it was made without keys of its "
                "own (as profile: staging was before this setting), true if with them (as profile: prod was)"
            )
        return value is not False

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.github_repository_id is None) != (self.github_owner_id is None):
            raise ValueError("githubRepositoryId and githubOwnerId go together: give both or neither")
        if self.github_repository_id and PROFILES[self.profile].protect and not self.github_environment:
            raise ValueError(
                f"the profile {self.profile} is protected and githubEnvironment is not set: whoever can push to "
                f"{self.github_branch} could release; name a GitHub environment with reviewers"
            )
        ranges = {to_camel(name): ip_network(getattr(self, name)) for name in _RANGES}
        for (one, first), (other, second) in combinations(ranges.items(), 2):
            if first.overlaps(second):
                raise ValueError(f"{one} ({first}) and {other} ({second}) overlap; choose ranges that do not meet")
        return self

    @property
    def size(self) -> Profile:
        """The environment's profile, with what this stack overrides."""
        return PROFILES[self.profile]

    @property
    def has_budget(self) -> bool:
        """Whether there is a billing account to put a budget on."""
        return self.billing_account != "none"

    @property
    def labels(self) -> dict[str, str]:
        """The labels of every resource."""
        return {
            "system": pulumi.get_project(),
            "environment": self.environment,
            "owner": self.owner,
            "cost-centre": self.cost_centre,
        }

    @classmethod
    def load(cls) -> Self:
        """The settings of the stack that the program runs for; SettingsError names every wrong key."""
        project = pulumi.get_project()
        given = runtime_config.CONFIG.get()
        prefix = f"{project}:"
        values = {key.removeprefix(prefix): value for key, value in given.items() if key.startswith(prefix)}
        for key in values:
            refuse_wrong_secrecy(
                key,
                secret=key in cls.secret_keys,
                encrypted=runtime_config.is_config_secret(prefix + key),
                environment=pulumi.get_stack(),
                project=project,
            )
        return cls.checked(values, environment=pulumi.get_stack(), project=project)

    @classmethod
    def checked(cls, values: Mapping[str, Any], *, environment: str, project: str) -> Self:
        """`values` (keys as in the stack file, without the project's name) as settings."""
        secrets = {
            key: pulumi.Config(project).get_secret(key) for key in cls.secret_keys if values.get(key) is not None
        }
        try:
            return cls.model_validate({**values, **secrets, "environment": environment})
        except ValidationError as error:
            raise settings_error(
                error, cls.model_fields, secret_keys=cls.secret_keys, project=project, environment=environment
            ) from None
