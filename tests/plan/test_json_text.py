"""Files from outsiders are JSON to the letter, or one error that tells where."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from components.errors import VoicestackError
from plan.errors import PlanFileError
from plan.json_text import parsed, read_text


class _OtherError(VoicestackError):
    pass


def refusal(text: str) -> PlanFileError:
    with pytest.raises(PlanFileError) as refused:
        parsed(text, origin="x.json")
    return refused.value


@pytest.mark.parametrize(
    "text", ["{}", "[]", "null", "0", '"a"', '[1.5, -2e3, {"a": {"a": 1}}, [{"a": 1}, {"a": 2}]]']
)
def test_json_is_read_as_python_reads_it(text: str) -> None:
    assert parsed(text, origin="x.json") == json.loads(text)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "line 1, column 1"),
        ('{\n "a": 1,\n', "line 3, column 1"),
        ('{\n "a": 1\n}\n{}', "line 4, column 1"),
        ("{'a': 1}", "line 1, column 2"),
    ],
)
def test_what_is_not_whole_is_refused_with_line_and_column(text: str, what: str) -> None:
    told = refusal(text)
    assert told.what.startswith(f"x.json, {what}: ")
    assert "not whole" in told.what


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('{"a": 1, "a": 2}', "line 1, column 10: the key 'a'"),
        ('{\n"b": [{"a": {"c": 1},\n  "c": ":",\n  "a": 2}]}', "line 4, column 3: the key 'a'"),
        ('{"a": 1,\n"\\u0061" : 2}', "line 2, column 1: the key 'a'"),
        ('{"": 1, "": 2}', "line 1, column 9: the key ''"),
        ('{"x": "\\"a\\": {", "y": [":"], "k\\\\": 1,\n"k\\\\": 2}', "line 2, column 1: the key 'k\\'"),
    ],
)
def test_a_key_that_comes_twice_is_named_with_its_place(text: str, what: str) -> None:
    assert refusal(text).what == f"x.json, {what} comes twice in one object"


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("NaN", "NaN"),
        ("-Infinity", "-Infinity"),
        ("1e999", "1e999"),
        ("-12.5E+400", "-12.5E+400"),
        ("9" * 5000, "5000 digits"),
    ],
)
def test_a_number_that_is_none_is_refused_with_its_line(number: str, said: str) -> None:
    told = refusal(f'{{"a": "NaN 1e999",\n"b": 1e3,\n"c": {number}}}')
    assert told.what == "x.json, line 3 holds no number"
    assert said in told.why


def test_nesting_beyond_what_can_be_walked_is_refused() -> None:
    for opening in ("[", '{"a":'):
        assert "nested too deeply" in refusal(opening * 100_000).what


def test_the_error_is_of_the_kind_that_the_caller_names(tmp_path: Path) -> None:
    with pytest.raises(_OtherError):
        parsed("{", origin="x", refused=_OtherError)
    with pytest.raises(_OtherError):
        read_text(tmp_path, refused=_OtherError)


def test_a_pipe_a_device_and_a_folder_are_refused_at_once(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (pipe, Path("/dev/zero"), tmp_path):
        with pytest.raises(PlanFileError, match="is no file"):
            read_text(path)


def test_a_file_larger_than_any_plan_is_refused_unread(tmp_path: Path) -> None:
    file = tmp_path / "large"
    with file.open("wb") as opened:
        opened.truncate(10**12)
    start = time.monotonic()
    with pytest.raises(PlanFileError, match="is larger than 256 MiB"):
        read_text(file)
    assert time.monotonic() - start < 5, "a terabyte is not read"


def test_what_is_not_utf_8_is_refused_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "latin"
    file.write_bytes(b'{\n"a": "\xe9"}')
    with pytest.raises(PlanFileError, match="line 2 is not UTF-8"):
        read_text(file)


@pytest.mark.parametrize("name", ["nowhere", "a\0b"])
def test_a_file_that_is_not_there_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(PlanFileError, match="cannot be read"):
        read_text(tmp_path / name)


def test_a_mark_at_the_beginning_is_no_part_of_the_text(tmp_path: Path) -> None:
    file = tmp_path / "marked"
    file.write_bytes(b"\xef\xbb\xbf{}")
    assert read_text(file) == "{}"
