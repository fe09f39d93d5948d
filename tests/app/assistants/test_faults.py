"""What goes wrong between an assistant and its model's server: Refused for good, or Unavailable for now."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import traceback
from functools import partial

import pytest
from tenacity import AsyncRetrying, wait_none

from app.assistants import assistant_of, guarded
from app.assistants.outcomes import Blocked, Busy
from app.ports import Prompt, Refused, Unavailable
from tests.app.assistants.harness import (
    KEY,
    MemoryBudget,
    Wire,
    answer_of,
    bare,
    failed,
    said,
    settings_of,
)
from tests.app.patience import FOR_EVER_S
from tests.app.servers.models import TOKEN, ModelServer, Reply

QUESTION = "the colour of my house"
wires = pytest.mark.parametrize("wire", ["openai", "vertex"])


def blocked(wire: Wire, how: str) -> Reply:
    if how == "no choice":
        empty: dict[str, object] = (
            {"choices": []} if wire == "openai" else {"promptFeedback": {"blockReason": "SAFETY"}}
        )
        return Reply({**empty, "usage": {"total_tokens": 5}, "usageMetadata": {"totalTokenCount": 5}})
    if how == "refusal":
        return (
            said(wire, None, refusal="I cannot")
            if wire == "openai"
            else said(wire, "Part", reason="prohibited_content")
        )
    if how == "filtered":
        return said(wire, "Part of", reason="content_filter" if wire == "openai" else "safety")
    return said(wire, None if how == "no text" else "")


@wires
@pytest.mark.parametrize("how", ["no choice", "refusal", "filtered", "no text", "empty text"])
def test_an_answer_that_is_none_is_refused_as_blocked_and_still_paid_for(
    server: ModelServer, wire: Wire, how: str
) -> None:
    server.usual, budget = blocked(wire, how), MemoryBudget()
    with pytest.raises(Blocked, match=r"^blocked$"):
        answer_of(assistant_of(settings_of(wire, server), budget), Prompt(QUESTION))
    assert len(server.requests) == 1, "the same question would be blocked again"
    assert len(budget.spent) == 1
    assert budget.spent[0] > 0


@wires
def test_an_answer_that_was_cut_short_is_taken_unless_it_is_empty(server: ModelServer, wire: Wire) -> None:
    reason = "length" if wire == "openai" else "max_tokens"
    server.script = [said(wire, "Grey, I th", reason=reason), said(wire, None, reason=reason)]
    assert answer_of(bare(settings_of(wire, server)), Prompt(QUESTION)).text == "Grey, I th"
    with pytest.raises(Refused, match=r"^too long$"):
        answer_of(bare(settings_of(wire, server)), Prompt(QUESTION))


@wires
@pytest.mark.parametrize(("status", "word"), [(400, "not accepted"), (413, "too long"), (422, "not accepted")])
def test_a_question_that_is_not_accepted_is_refused_and_not_repeated(
    server: ModelServer, wire: Wire, status: int, word: str
) -> None:
    server.usual = failed(wire, status)
    with pytest.raises(Refused, match=f"^{word}$"):
        answer_of(assistant_of(settings_of(wire, server), MemoryBudget()), Prompt(QUESTION))
    assert len(server.requests) == 1


def test_a_content_filter_s_error_is_refused_as_blocked(server: ModelServer) -> None:
    server.usual = failed("openai", 400, code="content_filter")
    with pytest.raises(Refused, match=r"^blocked$"):
        answer_of(bare(settings_of("openai", server)), Prompt(QUESTION))


HTML = {"content-type": "text/html"}
UNAVAILABLE = {
    "too many": Reply({"error": {"message": "slow down"}}, 429),
    "broken": Reply({"error": {"message": "oh"}}, 500),
    "overloaded": Reply(b"<html>overloaded</html>", 503, HTML),
    "wrong key": Reply({"error": {"message": "who?"}}, 401),
    "no grant": Reply({"error": {"message": "no"}}, 403),
    "no such model": Reply({"error": {"message": "what?"}}, 404),
    "moved": Reply({}, 302, {"location": "http://127.0.0.1:1/"}),
    "reset": Reply(how="reset"),
    "body cut": Reply({"choices": ["x" * 1000]}, how="cut"),
    "truncated JSON": Reply(b'{"choices": [{"mess'),
    "no JSON": Reply(b"<html>welcome to the hotel</html>", 200, HTML),
    "invalid UTF-8": Reply(b'{"choices": "\xff\xfe"}'),
    "another shape": Reply({"choices": "x", "candidates": "x"}),
    "a list": Reply([1]),
    "a text that is none": Reply({
        "choices": [{"message": {"content": [{"type": "text", "text": "a"}]}}], "usage": {"total_tokens": 1},
        "candidates": [{"finishReason": "STOP", "content": {"parts": [{"text": [1]}]}}],
        "usageMetadata": {"totalTokenCount": 1},
    }),
    "an error that says it is none": Reply({"error": {"message": "overloaded", "code": 503}}),
    "tokens that are no number": Reply({
        "choices": [{"message": {"content": "a"}}], "usage": {"total_tokens": "many"},
        "candidates": [], "usageMetadata": {"totalTokenCount": "many"},
    }),
}  # fmt: skip


@wires
@pytest.mark.parametrize("fault", UNAVAILABLE)
def test_what_is_no_answer_is_unavailable_and_asked_for_once(server: ModelServer, wire: Wire, fault: str) -> None:
    server.usual = UNAVAILABLE[fault]
    with pytest.raises(Unavailable, match=f"^{wire}: [A-Za-z0-9 ]+$"):
        answer_of(bare(settings_of(wire, server)), Prompt(QUESTION))
    assert len(server.requests) == 1, "the vendor's library repeats nothing: that is the guard's"


@wires
def test_a_server_that_hangs_or_is_gone_is_unavailable(
    server: ModelServer, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.usual = Reply(how="hang")
    with pytest.raises(Unavailable, match=f"^{wire}: "):
        answer_of(bare(settings_of(wire, server, answer_s=0.2)), Prompt(QUESTION))
    gone = settings_of(wire, server).model_copy(update={"openai_url": "http://127.0.0.1:1/v1"})
    monkeypatch.setenv("GOOGLE_VERTEX_BASE_URL", "http://127.0.0.1:1")
    with pytest.raises(Unavailable, match=f"^{wire}: "):
        answer_of(bare(gone), Prompt(QUESTION))


@wires
@pytest.mark.parametrize(
    ("value", "seconds"),
    [("7", 7), ("0.5", 0.5), ("-3", 0), ("nan", 0), ("soon", 0), ("", 0), ("9" * 400, float("inf"))],
)
def test_a_server_may_say_when_to_come_back(server: ModelServer, wire: Wire, value: str, seconds: float) -> None:
    server.usual = failed(wire, 429, headers={"Retry-After": value})
    with pytest.raises(Busy) as raised:
        answer_of(bare(settings_of(wire, server)), Prompt(QUESTION))
    assert raised.value.retry_after_s == seconds


@wires
def test_the_guard_comes_back_when_it_is_told_to(
    server: ModelServer, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []

    async def noted(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(guarded, "JITTER", wait_none())
    monkeypatch.setattr(guarded, "AsyncRetrying", partial(AsyncRetrying, sleep=noted))
    server.script = [failed(wire, 429, headers={"Retry-After": "0.4"}), Reply(how="reset"), said(wire, "Grey.")]
    assert answer_of(assistant_of(settings_of(wire, server), MemoryBudget()), Prompt(QUESTION)).text == "Grey."
    assert waited == [0.4, 0]
    assert len(server.requests) == 3


@wires
def test_the_guard_does_not_wait_for_what_comes_after_its_deadline(server: ModelServer, wire: Wire) -> None:
    server.usual = failed(wire, 503, headers={"Retry-After": str(FOR_EVER_S)})
    with pytest.raises(Busy):
        answer_of(assistant_of(settings_of(wire, server, answer_s=500), MemoryBudget()), Prompt(QUESTION))
    assert len(server.requests) == 1


@wires
def test_a_server_that_hangs_is_given_up_in_time(server: ModelServer, wire: Wire) -> None:
    server.usual, budget = Reply(how="hang"), MemoryBudget()

    with pytest.raises(Unavailable):
        answer_of(assistant_of(settings_of(wire, server, answer_s=0.6), budget), Prompt(QUESTION))
    assert len(server.requests) <= 2, "no more fit into its time"
    assert budget.spent == []


def test_tokens_are_estimated_where_a_server_does_not_count(server: ModelServer) -> None:
    server.usual = said("openai", "x" * 300, tokens=None)
    assert 80 < answer_of(bare(settings_of("openai", server)), Prompt(QUESTION)).tokens < 200


@pytest.mark.parametrize(
    "reply",
    [Reply({"error": "invalid_grant"}, 400), Reply(how="reset"), Reply({})],
    ids=["no", "reset", "empty"],
)
def test_vertex_without_an_access_token_is_unavailable(server: ModelServer, reply: Reply) -> None:
    server.token_reply = reply

    async def told() -> None:
        async with bare(settings_of("vertex", server)) as assistant:
            with pytest.raises(Unavailable, match=r"^vertex: [A-Za-z]+Error$"):
                await assistant.check()
            with pytest.raises(Unavailable, match=r"^vertex: [A-Za-z]+Error$"):
                await assistant.answer(Prompt(QUESTION))

    asyncio.run(told())
    assert server.requests == []


def test_vertex_without_credentials_does_not_start(server: ModelServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "/nowhere/key.json")
    with pytest.raises(Unavailable, match=r"^vertex: DefaultCredentialsError$"):
        answer_of(bare(settings_of("vertex", server)), Prompt(QUESTION))


@wires
@pytest.mark.parametrize("fault", ["answered", "refused", "broken", "nonsense", "reset"])
def test_neither_key_nor_question_nor_answer_is_in_any_log_error_or_repr(
    server: ModelServer, wire: Wire, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.usual = {
        "answered": said(wire, "Grey, I think."),
        "refused": failed(wire, 400),
        "broken": failed(wire, 500, headers={"Retry-After": "60"}),
        "nonsense": Reply(b'{"choices": [{"message": "the colour of my house is Grey, I think.'),
        "reset": Reply(how="reset"),
    }[fault]
    settings = settings_of(wire, server, answer_s=0.5)
    assistant = assistant_of(settings, MemoryBudget())
    shown = [repr(settings), repr(assistant), str(vars(assistant))]
    with contextlib.suppress(Exception):
        try:
            answer_of(assistant, Prompt(QUESTION))
        except Exception as error:
            shown += [repr(error), *traceback.format_exception(error)]
            raise
    shown += [f"{record.getMessage()} {record.exc_text} {vars(record)}" for record in caplog.records]
    for secret in (KEY, TOKEN, QUESTION, "Grey, I think."):
        assert secret not in "\n".join(shown)
