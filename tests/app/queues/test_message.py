"""The message that carries a job's id."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.queues import decode, encode

IDS = st.text("0123456789abcdef", min_size=32, max_size=32)
ID = "0123456789abcdef" * 2


@given(IDS)
def test_a_message_is_json_with_the_id_alone(job_id: str) -> None:
    assert json.loads(encode(job_id)) == {"id": job_id}
    assert decode(encode(job_id)) == job_id
    assert decode(json.dumps({"id": job_id}, indent=2).encode()) == job_id, "however it is spaced"


@given(st.binary())
def test_what_is_no_message_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"^not the message of a job$"):
        decode(data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b'"%s"' % ID.encode(),
        b'{"id": null}',
        b'{"id": 1}',
        b'{"id": ["%s"]}' % ID.encode(),
        b'{"id": "%s"}' % ID.upper().encode(),
        b'{"id": "%s"}' % ID[1:].encode(),
        b'{"id": "%s\\n"}' % ID.encode(),
        b'{"id": "%s", "text": "mine"}' % ID.encode(),
        b'{"id": "%s", "id": "%s"}' % (ID.encode(), ID.encode()),
        b'{"id": "%s"} {}' % ID.encode(),
        b"\xef\xbb\xbf" + encode(ID),
        encode(ID).decode().encode("utf-16"),
        b"\x00" + encode(ID),
    ],
)
def test_nothing_else_is_a_message(data: bytes) -> None:
    with pytest.raises(ValueError, match="not the message of a job"):
        decode(data)


@pytest.mark.parametrize(
    "data", [b"[" * 10_000_000, b" " * 10_000_000, b'{"id":' * 1_000_000, b'{"id": "' + b"0" * 10_000_000]
)
def test_the_largest_message_that_pubsub_takes_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="not the message of a job") as refusal:
        decode(data)
    assert refusal.value.__cause__ is None
