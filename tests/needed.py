"""What some tests need and no lock of ours can bring, with what brings it. A test skips by this table and in no
other way, so that the end of a run can say what was not tried, and what would have tried it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NoReturn

import pytest


class Needed(StrEnum):
    """What is needed: who has it."""

    CHROMIUM = "Chromium and its driver: Debian's packages chromium and chromium-driver"
    COMPOSE = "Docker Compose: Debian's package docker-compose"
    ENGINE = "Pulumi's engine: pulumi and pulumi-language-python, on PATH"
    FIRESTORE = "the Firestore emulator: Google's Debian package google-cloud-cli-firestore-emulator"
    JQ = "jq: Debian's package jq"
    NAMESPACES = "a user namespace: unshare of Debian's package util-linux, and a kernel that permits it"
    POSTGRES = "Postgres: Debian's package postgresql"
    PROVIDERS = (
        "Pulumi's engine and plugins: pulumi, pulumi-language-python, pulumi-resource-gcp, pulumi-resource-random "
        "and pulumi-resource-docker-build, on PATH"
    )
    PUBSUB = "the Pub/Sub emulator: Google's Debian package google-cloud-cli-pubsub-emulator"
    REDIS = "Redis or Valkey: Debian's package redis-server or valkey-server"
    ROLES = "a dump of all of Google's predefined roles: VOICESTACK_ROLES_DUMP names its file"
    ROOT = "the right to mount a disk: run as root (sudo)"

    def skip(self) -> NoReturn:
        """Skips the test that is running."""
        pytest.skip(self.value)

    def unless(self, here: object) -> pytest.MarkDecorator:
        """Marks tests that are skipped unless it is here."""
        return pytest.mark.skipif(not here, reason=self.value)
