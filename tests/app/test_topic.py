"""Publishing with Google's own client over real gRPC, to a server of the test's that keeps what it is sent."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import grpc  # type: ignore[import-untyped]  # shipped without types
import pytest
from google.iam.v1 import iam_policy_pb2  # type: ignore[import-untyped]  # shipped without types
from google.pubsub_v1 import types

from app.jobs import Job
from app.settings import Api
from app.topic import PERMISSION
from app.web import create_app
from tests.app.harness import client_of

TOPIC = "projects/acme/topics/voice-jobs"


class PubSub(grpc.GenericRpcHandler):  # type: ignore[misc]
    """Publish and testIamPermissions for one topic."""

    def __init__(self) -> None:
        self.messages: list[bytes] = []
        self.allowed = True
        self.refusal: grpc.StatusCode | None = None

    def service(self, details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler | None:
        if details.method == "/google.pubsub.v1.Publisher/Publish":
            return grpc.unary_unary_rpc_method_handler(
                self.publish, types.PublishRequest.deserialize, types.PublishResponse.serialize
            )
        if details.method == "/google.iam.v1.IAMPolicy/TestIamPermissions":
            return grpc.unary_unary_rpc_method_handler(
                self.test,
                iam_policy_pb2.TestIamPermissionsRequest.FromString,
                iam_policy_pb2.TestIamPermissionsResponse.SerializeToString,
            )
        return None

    def publish(self, request: types.PublishRequest, context: grpc.ServicerContext) -> types.PublishResponse:
        if self.refusal:
            context.abort(self.refusal, "no")
        assert request.topic == TOPIC
        self.messages += [message.data for message in request.messages]
        return types.PublishResponse(message_ids=[str(len(self.messages))])

    def test(
        self, request: iam_policy_pb2.TestIamPermissionsRequest, context: grpc.ServicerContext
    ) -> iam_policy_pb2.TestIamPermissionsResponse:
        if self.refusal:
            context.abort(self.refusal, "no")
        permissions = list(request.permissions) if self.allowed and request.resource == TOPIC else []
        return iam_policy_pb2.TestIamPermissionsResponse(permissions=permissions)


@pytest.fixture
def pubsub(monkeypatch: pytest.MonkeyPatch) -> Iterator[PubSub]:
    handler = PubSub()
    server = grpc.server(ThreadPoolExecutor(2), handlers=[handler])
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    monkeypatch.setenv("PUBSUB_EMULATOR_HOST", f"127.0.0.1:{port}")
    yield handler
    server.stop(None)


def test_a_job_is_published_before_it_is_said_to_be_taken(pubsub: PubSub) -> None:
    async def told() -> None:
        async with client_of(create_app(Api(TOPIC_JOBS=TOPIC))) as client:
            taken = await client.post("/api/voice/process", json={"text": "good morning"})
            assert taken.status_code == 202
            job = Job.model_validate_json(pubsub.messages[0])
            assert job == Job(id=taken.json()["id"], text="good morning")
            assert (await client.get(f"/api/voice/status/{job.id}")).json()["status"] == "queued"
            assert (await client.get("/")).status_code == 404, "the page is the frontend's"

    asyncio.run(told())


def test_a_job_that_cannot_be_published_is_refused_and_forgotten(pubsub: PubSub) -> None:
    pubsub.refusal = grpc.StatusCode.PERMISSION_DENIED

    async def told() -> None:
        async with client_of(create_app(Api(TOPIC_JOBS=TOPIC))) as client:
            assert (await client.post("/api/voice/process", json={"text": "a"})).status_code == 503
            assert (await client.get("/ready")).status_code == 503
            assert (await client.get("/health")).status_code == 200

    asyncio.run(told())
    assert pubsub.messages == []


def test_ready_asks_whether_the_topic_may_be_published_to(pubsub: PubSub) -> None:
    async def told() -> list[int]:
        async with client_of(create_app(Api(TOPIC_JOBS=TOPIC))) as client:
            first = await client.get("/ready")
            pubsub.allowed = False
            return [first.status_code, (await client.get("/ready")).status_code]

    assert asyncio.run(told()) == [200, 503], f"ready means that {PERMISSION} is held"
