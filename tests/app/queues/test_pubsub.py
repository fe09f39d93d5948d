"""Publishing by Google's client over real gRPC: to the emulator, and to a server that fails as the tests need."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import grpc  # type: ignore[import-untyped]  # shipped without types
import pytest
from google.api_core.exceptions import InvalidArgument
from google.cloud.pubsub_v1 import PublisherClient, SchemaServiceClient  # type: ignore[import-untyped]
from google.iam.v1 import iam_policy_pb2  # type: ignore[import-untyped]  # shipped without types
from google.pubsub_v1 import types

from app.ports import Unavailable
from app.queues import encode
from app.queues.pubsub import ANSWER_S, PERMISSION, TopicActivity, TopicQueue
from app.telemetry.traces import span
from stacks.voicestack.events import ACTIVITY
from tests.app.queues.harness import line, new_id, refused, sent, waiting
from tests.app.servers.pubsub import running

TOPIC = "projects/acme/topics/voice-jobs"
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
BUSY_S = 1.5
"""What a machine that does other things may add."""


class Server(grpc.GenericRpcHandler):  # type: ignore[misc]
    """Publish and testIamPermissions for one topic."""

    def __init__(self) -> None:
        self.messages: list[types.PubsubMessage] = []
        self.granted = True
        self.refusals: list[grpc.StatusCode] = []
        """Given one after the other, the last one for ever."""
        self.takes_s = 0.0

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

    def refuse(self, context: grpc.ServicerContext) -> None:
        time.sleep(self.takes_s)
        if self.refusals:
            code = self.refusals[0]
            if len(self.refusals) > 1:
                self.refusals.pop(0)
            if code is not grpc.StatusCode.OK:
                context.abort(code, "a secret")

    def publish(self, request: types.PublishRequest, context: grpc.ServicerContext) -> types.PublishResponse:
        self.refuse(context)
        assert request.topic == TOPIC
        self.messages += request.messages
        return types.PublishResponse(message_ids=[str(len(self.messages))])

    def test(
        self, request: iam_policy_pb2.TestIamPermissionsRequest, context: grpc.ServicerContext
    ) -> iam_policy_pb2.TestIamPermissionsResponse:
        self.refuse(context)
        permissions = list(request.permissions) if self.granted and request.resource == TOPIC else []
        return iam_policy_pb2.TestIamPermissionsResponse(permissions=permissions)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    handler = Server()
    serving = grpc.server(ThreadPoolExecutor(2), handlers=[handler])
    port = serving.add_insecure_port("127.0.0.1:0")
    serving.start()
    monkeypatch.setenv("PUBSUB_EMULATOR_HOST", f"127.0.0.1:{port}")
    yield handler
    serving.stop(None)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with running() as found:
        yield found


@pytest.fixture
def emulator(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBSUB_EMULATOR_HOST", address)


def test_a_message_carries_the_id_and_the_trace_and_nothing_else(server: Server) -> None:
    job_id = new_id()

    async def told() -> None:
        async with TopicQueue(TOPIC) as queue:
            await queue.submit(job_id)
            with span("request", parent=TRACE):
                await queue.submit(job_id)

    asyncio.run(told())
    assert [message.data for message in server.messages] == [encode(job_id)] * 2
    attributes = [dict(message.attributes) for message in server.messages]
    assert attributes == [{}, {"traceparent": TRACE}]


def test_ready_asks_whether_the_topic_may_be_published_to(server: Server) -> None:
    async def told() -> None:
        async with TopicQueue(TOPIC) as queue, TopicQueue(TOPIC + "-gone") as gone:
            await queue.check()
            with pytest.raises(Unavailable, match=f"^Pub/Sub: no {PERMISSION}$"):
                await gone.check()
            server.granted = False
            with pytest.raises(Unavailable, match=f"^Pub/Sub: no {PERMISSION}$"):
                await queue.check()
            server.refusals = [grpc.StatusCode.UNAUTHENTICATED]
            with pytest.raises(Unavailable, match=r"^Pub/Sub: Unauthenticated$"):
                await queue.check()
            server.takes_s = ANSWER_S + 2 * BUSY_S
            before = time.monotonic()
            with pytest.raises(Unavailable, match=r"^Pub/Sub: DeadlineExceeded$"):
                await queue.check()
            assert time.monotonic() - before < ANSWER_S + BUSY_S

    asyncio.run(told())


def test_only_an_emulator_may_leave_the_question_unanswered(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.refusals = [grpc.StatusCode.UNIMPLEMENTED]

    async def told() -> None:
        async with TopicQueue(TOPIC) as queue:
            await queue.check()
            monkeypatch.delenv("PUBSUB_EMULATOR_HOST")
            with pytest.raises(Unavailable, match=r"^Pub/Sub: MethodNotImplemented$"):
                await queue.check()

    asyncio.run(told())


def test_a_refusal_is_told_at_once_without_its_text(server: Server) -> None:
    server.refusals = [grpc.StatusCode.PERMISSION_DENIED]

    async def told() -> None:
        async with TopicQueue(TOPIC) as queue:
            message, seconds = await refused(queue)
            assert message == "Pub/Sub: PermissionDenied"
            assert seconds < BUSY_S

    asyncio.run(told())
    assert server.messages == []


def test_a_passing_failure_is_not_told(server: Server) -> None:
    server.refusals = [grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.INTERNAL, grpc.StatusCode.OK]

    async def told() -> None:
        async with TopicQueue(TOPIC) as queue:
            await queue.submit(new_id())

    asyncio.run(told())
    assert len(server.messages) == 1


def test_a_lasting_or_silent_failure_is_told_in_time_to_each_of_many(server: Server) -> None:
    async def told() -> None:
        async with TopicQueue(TOPIC) as queue:
            server.refusals = [grpc.StatusCode.UNAVAILABLE]
            for _, seconds in await asyncio.gather(*(refused(queue) for _ in range(50))):
                assert seconds < ANSWER_S + BUSY_S
            server.refusals, server.takes_s = [], ANSWER_S + 2 * BUSY_S
            message, seconds = await refused(queue)
            assert message in ("Pub/Sub: TimeoutError", "Pub/Sub: DeadlineExceeded")
            assert seconds < ANSWER_S + BUSY_S

    asyncio.run(told())


def test_who_is_cancelled_while_submitting_stops_at_once(server: Server) -> None:
    server.takes_s = 1

    async def told() -> None:
        async with TopicQueue(TOPIC) as queue:
            before = time.monotonic()
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(queue.submit(new_id()), 0.1)
            assert time.monotonic() - before < 0.5

    asyncio.run(told())


def test_activities_are_rows_of_the_warehouses_schema(emulator: None) -> None:
    project, topic, schema = "projects/acme", f"projects/acme/topics/a{new_id()}", f"s{new_id()}"
    made = line()
    with SchemaServiceClient() as schemas, PublisherClient() as publisher:
        definition = types.Schema(type_=types.Schema.Type.AVRO, definition=ACTIVITY)
        schemas.create_schema(parent=project, schema=definition, schema_id=schema)
        enforced = {"schema": f"{project}/schemas/{schema}", "encoding": types.Encoding.JSON}
        publisher.create_topic(request={"name": topic, "schema_settings": enforced})
    with pytest.raises(InvalidArgument):
        sent(topic, b'{"occurred_at": 1, "activity": "job_done", "user_id": "u"}')
    at = datetime(2026, 7, 9, 10, 11, 12, 123457, timezone(timedelta(hours=2)))

    async def told() -> None:
        async with TopicActivity(topic) as enforcing, TopicActivity(made.topic) as open_topic:
            for activity in (enforcing, open_topic):
                await activity.publish("job_done", user_id="zoë", occurred_at=at)
                await activity.check()

    asyncio.run(told())
    (row,) = map(json.loads, waiting(made.subscription))
    micros = row["occurred_at"]
    assert row == {"occurred_at": micros, "activity": "job_done", "user_id": {"string": "zoë"}}
    assert datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros) == at


def test_a_topic_that_does_not_exist_is_told_of(emulator: None) -> None:
    async def told() -> None:
        async with TopicQueue(TOPIC) as queue:
            message, seconds = await refused(queue)
            assert (message, seconds < BUSY_S) == ("Pub/Sub: NotFound", True)

    asyncio.run(told())
