"""Publishing by Google's client over real gRPC: to the emulator, and to a server that fails as the tests need."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import grpc
import pytest
from google.api_core.exceptions import InvalidArgument
from google.cloud.pubsub_v1 import PublisherClient, SchemaServiceClient  # type: ignore[import-untyped]
from google.iam.v1 import iam_policy_pb2  # type: ignore[import-untyped]  # shipped without types
from google.pubsub_v1 import types

from app.ports import Unavailable
from app.queues import encode, pubsub
from app.queues.pubsub import PERMISSION, TopicActivity, TopicQueue
from app.telemetry.traces import span
from stacks.voicestack.events import ACTIVITY
from tests.app.patience import FOR_EVER_S, PATIENCE_S, until
from tests.app.queues.harness import line, new_id, refused, sent, waiting
from tests.app.servers.pubsub import running

TOPIC = "projects/acme/topics/voice-jobs"
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
SHORT_S = 0.3


class Server(grpc.GenericRpcHandler):  # type: ignore[misc]
    """Publish and testIamPermissions for one topic."""

    def __init__(self) -> None:
        self.messages: list[types.PubsubMessage] = []
        self.granted = True
        self.refusals: list[grpc.StatusCode] = []
        """Given one after the other, the last one for ever."""
        self.asked = 0
        self.answering = threading.Event()
        self.answering.set()

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
        self.asked += 1
        self.answering.wait(FOR_EVER_S)
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
    handler.answering.set()
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


def test_ready_asks_whether_the_topic_may_be_published_to(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
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
            server.answering.clear()
            monkeypatch.setattr(pubsub, "ANSWER_S", SHORT_S)
            async with asyncio.timeout(PATIENCE_S / 2):  # the library by itself waits for a minute
                with pytest.raises(Unavailable, match=r"^Pub/Sub: DeadlineExceeded$"):
                    await queue.check()

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
            assert await refused(queue) == "Pub/Sub: PermissionDenied"

    asyncio.run(told())
    assert (server.asked, server.messages) == (1, [])


def test_a_passing_failure_is_not_told(server: Server) -> None:
    server.refusals = [grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.INTERNAL, grpc.StatusCode.OK]

    async def told() -> None:
        async with TopicQueue(TOPIC) as queue:
            await queue.submit(new_id())

    asyncio.run(told())
    assert len(server.messages) == 1


def test_a_lasting_or_silent_failure_is_told_in_time_to_each_of_many(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pubsub, "ANSWER_S", SHORT_S)

    async def told() -> None:
        async with TopicQueue(TOPIC) as queue:
            server.refusals = [grpc.StatusCode.UNAVAILABLE]
            for message in await asyncio.gather(*(refused(queue) for _ in range(50))):
                assert message.startswith("Pub/Sub: ")
            server.refusals = []
            server.answering.clear()
            assert await refused(queue) in ("Pub/Sub: TimeoutError", "Pub/Sub: DeadlineExceeded")

    asyncio.run(told())


def test_who_is_cancelled_while_submitting_stops_at_once(server: Server) -> None:
    server.answering.clear()

    async def told() -> None:
        async with TopicQueue(TOPIC) as queue:
            submitting = asyncio.create_task(queue.submit(new_id()))
            await until(lambda: server.asked)
            submitting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await submitting

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
    (row,) = map(json.loads, waiting(made.subscription, least=1))
    micros = row["occurred_at"]
    assert row == {"occurred_at": micros, "activity": "job_done", "user_id": {"string": "zoë"}}
    assert datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros) == at


def test_a_topic_that_does_not_exist_is_told_of(emulator: None) -> None:
    async def told() -> None:
        async with TopicQueue(TOPIC) as queue:
            assert await refused(queue) == "Pub/Sub: NotFound"

    asyncio.run(told())
