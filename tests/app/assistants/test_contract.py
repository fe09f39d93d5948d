"""The three assistants keep one contract; the two real ones speak to a real server over HTTP."""

from __future__ import annotations

import asyncio
import base64

import pytest

from app.assistants import assistant_of
from app.ports import Prompt, Refused
from tests.app.assistants.harness import (
    KEY,
    Kind,
    MemoryBudget,
    Wire,
    answer_of,
    bare,
    nothing_left_behind,
    said,
    settings_of,
)
from tests.app.servers.models import TOKEN, ModelServer, Reply

QUESTION = "the colour of my house"
WAV = b"RIFF\x24\x00\x00\x00WAVEfmt "
kinds = pytest.mark.parametrize("kind", ["embedded", "openai", "vertex"])
wires = pytest.mark.parametrize("wire", ["openai", "vertex"])


def usual(server: ModelServer, kind: Kind) -> None:
    if kind != "embedded":
        server.usual = said(kind, "Grey, I think.")


@kinds
@pytest.mark.parametrize("guarded", [False, True])
@pytest.mark.parametrize(
    "prompt",
    [
        Prompt(QUESTION),
        Prompt("", ("audio/wav", WAV)),
        Prompt(QUESTION, ("audio/mpeg", b"ID3")),
        Prompt("ñ 🏠\n\x00"),
    ],
    ids=["text", "audio", "both", "any text"],
)
def test_a_question_has_an_answer_with_its_model_and_its_tokens(
    server: ModelServer, kind: Kind, prompt: Prompt, guarded: bool
) -> None:
    usual(server, kind)
    settings = settings_of(kind, server)
    answer = answer_of(assistant_of(settings, MemoryBudget()) if guarded else bare(settings), prompt)
    model = {"embedded": "embedded", "openai": "llama-3.3", "vertex": "gemini-2.5-flash"}[kind]
    assert answer.model == model
    assert answer.tokens > 0
    assert answer.text if kind == "embedded" else answer.text == "Grey, I think."


@kinds
def test_questions_at_the_same_time_have_their_own_answers(server: ModelServer, kind: Kind) -> None:
    usual(server, kind)

    async def asked() -> list[str]:
        async with nothing_left_behind(), assistant_of(settings_of(kind, server), MemoryBudget()) as assistant:
            return [a.text for a in await asyncio.gather(*(assistant.answer(Prompt("a")) for _ in range(20)))]

    assert len(asyncio.run(asked())) == 20


@kinds
def test_a_check_asks_no_model(server: ModelServer, kind: Kind) -> None:
    async def checked() -> None:
        async with assistant_of(settings_of(kind, server), MemoryBudget()) as assistant:
            await assistant.check()
            await assistant.check()

    asyncio.run(checked())
    assert server.requests == []
    assert server.tokens_issued == (1 if kind == "vertex" else 0), "an access token is kept"


@wires
@pytest.mark.parametrize("guarded", [False, True])
def test_a_cancelled_question_leaves_nothing_behind(server: ModelServer, wire: Wire, guarded: bool) -> None:
    server.usual = Reply(how="hang")

    async def cancelled() -> None:
        settings = settings_of(wire, server)
        async with assistant_of(settings, MemoryBudget()) if guarded else bare(settings) as assistant:
            async with nothing_left_behind():
                task = asyncio.create_task(assistant.answer(Prompt(QUESTION)))
                while not server.requests:
                    await asyncio.sleep(0.01)
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
            server.usual = said(wire, "Grey.")
            assert (await assistant.answer(Prompt(QUESTION))).text == "Grey."

    asyncio.run(cancelled())


def test_the_embedded_answer_depends_on_the_question_alone(server: ModelServer) -> None:
    embedded = bare(settings_of("embedded", server))
    first, again = (answer_of(embedded, Prompt("good morning", ("audio/wav", WAV))) for _ in range(2))
    assert first == again
    assert first.text == "You said 2 words: good morning You sent 16 bytes of audio/wav."
    assert answer_of(embedded, Prompt("hello")).text == "You said 1 word: hello"
    assert answer_of(embedded, Prompt("", ("audio/wav", WAV))).text == "You sent 16 bytes of audio/wav."


def test_vertex_is_asked_in_the_settings_project_and_location_with_an_access_token(server: ModelServer) -> None:
    usual(server, "vertex")
    answer_of(bare(settings_of("vertex", server)), Prompt(QUESTION, ("audio/webm;codecs=opus", WAV)))
    [request] = server.requests
    assert request.path.endswith(
        "/projects/acme/locations/europe-west1/publishers/google/models/gemini-2.5-flash:generateContent"
    )
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    [content] = request.body["contents"]
    assert content["role"] == "user"
    assert content["parts"][0] == {"text": QUESTION}
    sound = content["parts"][1]["inlineData"]
    assert (
        sound.get("mimeType", sound.get("mime_type")),
        base64.b64decode(sound["data"] + "==", altchars=b"-_"),
    ) == ("audio/webm", WAV)
    assert request.body["systemInstruction"]["parts"][0]["text"]
    assert request.body["generationConfig"]["maxOutputTokens"] > 0


def test_openai_is_asked_with_the_key(server: ModelServer) -> None:
    usual(server, "openai")
    answer_of(bare(settings_of("openai", server)), Prompt(QUESTION, ("Audio/WAV; codecs=1", WAV)))
    answer_of(bare(settings_of("openai", server)), Prompt(QUESTION))
    first, second = server.requests
    assert first.path == "/v1/chat/completions"
    assert first.headers["authorization"] == f"Bearer {KEY}"
    system, user = first.body["messages"]
    assert (system["role"], user["role"]) == ("system", "user")
    assert user["content"][0] == {"type": "text", "text": QUESTION}
    sound = user["content"][1]["input_audio"]
    assert (sound["format"], base64.b64decode(sound["data"])) == ("wav", WAV)
    assert first.body["max_completion_tokens"] > 0
    assert second.body["messages"][1]["content"] == QUESTION, "a text alone is a string"


@pytest.mark.parametrize("kind", ["audio/webm;codecs=opus", "audio/ogg", "text/plain", ""])
def test_audio_that_openai_does_not_take_is_refused_unsent(server: ModelServer, kind: str) -> None:
    with pytest.raises(Refused, match=r"^audio type$"):
        answer_of(bare(settings_of("openai", server)), Prompt(QUESTION, (kind, WAV)))
    assert server.requests == []
