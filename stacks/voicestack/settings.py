"""The reference system's own settings: what every system has, and the sizes one may want to change here."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from stacks.profiles import PROFILES, Profile, overridden
from stacks.settings import SystemSettings


class VoicestackSettings(SystemSettings):
    """One stack of voicestack. The overrides leave all else to the profile."""

    api_min_instances: int | None = Field(
        default=None, ge=0, le=1000, description="The API's least instances, 0 to 1000, in place of the profile's."
    )
    api_max_instances: int | None = Field(
        default=None, ge=1, le=1000, description="The API's most instances, 1 to 1000, in place of the profile's."
    )
    worker_max_instances: int | None = Field(
        default=None,
        ge=1,
        le=1000,
        description="The worker's most instances, 1 to 1000, in place of the profile's.",
    )
    database_tier: str | None = Field(
        default=None,
        pattern=r"^db-(f1-micro|g1-small|custom-\d+-\d+|perf-optimized-N-\d+)$",
        description="The Cloud SQL machine, e.g. db-custom-4-16384, in place of the profile's.",
    )

    @property
    def size(self) -> Profile:
        """The profile with this stack's overrides."""
        api = overridden(super().size, "api", least=self.api_min_instances, most=self.api_max_instances)
        worker = overridden(api, "worker", most=self.worker_max_instances)
        return overridden(worker, "database", tier=self.database_tier)

    @model_validator(mode="after")
    def _sizes_are_possible(self) -> Self:
        sizes = PROFILES[self.profile].api
        least = sizes.least if self.api_min_instances is None else self.api_min_instances
        most = sizes.most if self.api_max_instances is None else self.api_max_instances
        if least > most:
            raise ValueError(
                f"apiMinInstances ({least}) exceeds apiMaxInstances ({most}); "
                f"what the stack does not set comes from the profile {self.profile}"
            )
        return self
