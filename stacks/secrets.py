"""A system's secrets: those it generates for itself, and those that an operator supplies.

The value of a supplied one never passes through the program. All of them are due for rotation on one topic.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi

from components.messaging.topic import Topic
from components.naming import Kind
from components.observability.alert import Urgency, alert
from components.security.secret import Generated, Rotation, Secret, Supplied, lacking_a_version
from components.security.service_agents import Agent
from stacks.foundation import Foundation
from stacks.settings_error import SettingsError


class Secrets:
    """The secrets by name."""

    def __init__(self, base: Foundation, *, generated: Sequence[str] = (), supplied: Sequence[str] = ()) -> None:
        settings, env = base.settings, base.env
        unknown = sorted(set(settings.supplied_secrets) - set(supplied))
        if unknown:
            raise SettingsError(
                f"{pulumi.get_project()}:suppliedSecrets names '{unknown[0]}'",
                why=f"the secrets that an operator supplies here are {', '.join(supplied) or 'none'}",
                fix=f"in Pulumi.{settings.environment}.yaml: use one of these names, not the secret's ID",
            )
        topic = Topic(
            "rotations",
            env=env,
            publishers=[Agent.SECRET_MANAGER],
            dead_letters=False,
            key=base.key(Agent.PUBSUB),
        )
        topic_id = env.naming.name(Kind.PUBSUB, topic.name)
        alert(
            "rotations-due",
            owner=topic,
            routing=base.alerts,
            title="a secret is due for rotation",
            query=(
                "sum(increase(pubsub_googleapis_com:topic_send_message_operation_count"
                f'{{monitored_resource="pubsub_topic",topic_id="{topic_id}"}}[1h])) > 0'
            ),
            duration_s=0,
            urgency=Urgency.NOTIFY,
            advice=(
                "Secret Manager's log names the secret. Add a version with a new value, release the services that "
                "read it, then disable the old version."
            ),
        )
        rotation, key = Rotation(topic=topic, first=settings.first_rotation), base.key(Agent.SECRET_MANAGER)
        sources = {name: Generated() for name in generated} | {
            name: Supplied(present=name in settings.supplied_secrets) for name in supplied
        }
        self._secrets: Mapping[str, Secret] = {
            name: Secret(name, env=env, source=source, rotation=rotation, key=key)
            for name, source in sources.items()
        }
        self.lacking = {
            name: env.naming.name(Kind.SECRET, name) for name in lacking_a_version(self._secrets.values())
        }
        """Those that still lack a version: the name for `suppliedSecrets`, and the secret's ID."""
        if self.lacking and not pulumi.runtime.is_dry_run():
            pulumi.log.warn(f"these secrets still lack a version: {', '.join(self.lacking)} (docs/deploy.md)")

    def __getitem__(self, name: str) -> Secret:
        return self._secrets[name]
