"""What the security family's tests share: types, an entity to use, a rotation, what a plan must never hold."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

import pulumi
from pulumi_gcp import projects, pubsub

from components.component import Component, Environment
from components.links import Access, Grant
from components.messaging.topic import Topic
from components.security.identity import Identity
from components.security.keys import EncryptionKey
from components.security.secret import Rotation
from components.security.service_agents import Agent
from tests.components.harness import Registered

ACCOUNT_GRANT = "gcp:serviceaccount/iAMMember:IAMMember"
AGENT = "gcp:projects/serviceIdentity:ServiceIdentity"
API = "gcp:projects/service:Service"
KEY = "gcp:kms/cryptoKey:CryptoKey"
KEY_GRANT = "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember"
PROJECT_GRANT = "gcp:projects/iAMMember:IAMMember"
REGISTRY = "gcp:artifactregistry/repository:Repository"
REGISTRY_GRANT = "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember"
SECRET = "gcp:secretmanager/secret:Secret"
SECRET_GRANT = "gcp:secretmanager/secretIamMember:SecretIamMember"
SECRET_VERSION = "gcp:secretmanager/secretVersion:SecretVersion"


class Entity(Component):
    """Something that a pipeline uses; `private` as a database is."""

    family = "test"

    def use(self, *, private: bool = False) -> Access:
        def make(name: str, identity: Identity, opts: pulumi.ResourceOptions) -> pulumi.Resource:
            return pubsub.TopicIAMMember(
                name, topic="topic", role="roles/pubsub.publisher", member=identity.member, opts=opts
            )

        grant = Grant(key=f"{self.name}-use", role="roles/pubsub.publisher", make=make)
        return Access(verb="use", target=self, grants=(grant,), network=private)


def rotation(env: Environment, *, first: str = "2027-01-01T00:00:00Z", period_days: int = 90) -> Rotation:
    """Rotation told on a topic that Secret Manager may publish to."""
    topic = Topic("rotation", env=env, publishers=[Agent.SECRET_MANAGER], dead_letters=False, key=a_key("pubsub"))
    return Rotation(topic=topic, first=first, period_days=period_days)


def a_key(name: str = "key") -> EncryptionKey:
    """A key, and a resource in place of the grant that makes it usable."""
    grant = projects.Service(f"{name}-grant", service="cloudkms.googleapis.com", project="p")
    return EncryptionKey(id=pulumi.Output.from_input(f"{name}-id"), ready=(grant,))


def assert_nothing_escalates(found: Iterable[Registered]) -> None:
    """No authoritative grant, and none on the project but writing logs."""
    for one in found:
        kind = one.type.rsplit(":", 1)[-1]
        assert not kind.lower().endswith(("iambinding", "iampolicy")), (
            f"{one.name} is a {kind}: grant by a member resource, the others wipe grants of other people"
        )
        if one.type == PROJECT_GRANT:
            assert one.inputs["role"] == "roles/logging.logWriter", (
                f"{one.name} grants {one.inputs['role']} on the whole project: grant it on the entity"
            )


def with_apis(env: Environment, *agents: Agent) -> Environment:
    """`env` as `ProjectBaseline` leaves it: with an enabled API, and each of `agents` made."""
    api = projects.Service("last-api", service="serviceusage.googleapis.com", project=env.project)
    made = {
        agent: projects.ServiceIdentity(f"agent-{agent.name}", service=agent.api, project=env.project)
        for agent in agents
    }
    return dataclasses.replace(env, apis=(api,), agents=made)


def not_waiting_for_apis(found: Iterable[Registered]) -> list[str]:
    """Google's resources that may be made before the APIs of `with_apis` are enabled; no component counts as a
    way to wait."""
    by_urn = {one.urn: one for one in found}
    waiting = {urn for urn, one in by_urn.items() if one.type in (API, AGENT)}
    while True:
        more = {
            urn for urn, one in by_urn.items() if urn not in waiting and one.custom and one.dependencies & waiting
        }
        if not more:
            break
        waiting |= more
    return [one.name for urn, one in by_urn.items() if one.type.startswith("gcp:") and urn not in waiting]


def depends_on(found: Iterable[Registered], dependent: Registered, name: str, type_: str) -> bool:
    """Whether `dependent` waits for the resource of that name and type."""
    return any(one.urn in dependent.dependencies for one in found if one.name == name and one.type == type_)
