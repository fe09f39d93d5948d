"""A waiver file is plain text in YAML's form: whatever else YAML can do is refused with its line."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from policies.engine.waiver_file import WaiverFileError
from policies.engine.waivers import Waivers
from policies.private_network.cloud_sql.public_address import public_address

FIELDS = {
    "policy": public_address.id,
    "resource": "urn:pulumi:prod::demo::gcp:sql/databaseInstance:DatabaseInstance::a",
    "owner": "platform@acme.example",
    "reason": "A migration reads from it until the end of the year.",
    "ticket": "SEC-1",
    "expires": "2026-12-31",
}


def text_of(**changes: str) -> str:
    """A file with one waiver, its fields written as they are given: `policy` in line 2, `expires` in line 7."""
    lines = [f"{key}: {value}" for key, value in {**FIELDS, **changes}.items()]
    return "waivers:\n  - " + "\n    ".join(lines) + "\n"


def read(folder: Path, content: str | bytes) -> Waivers:
    file = folder / "waivers.yaml"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return Waivers.read(file, [public_address])


def refusal(folder: Path, content: str | bytes) -> WaiverFileError:
    with pytest.raises(WaiverFileError) as refused:
        read(folder, content)
    return refused.value


@pytest.mark.parametrize("written", ["2026-12-31", "'2026-12-31'", '"2026-12-31"'])
def test_a_day_is_read_with_quotes_and_without(tmp_path: Path, written: str) -> None:
    [entry] = read(tmp_path, text_of(expires=written)).entries
    assert entry.waiver.expires == datetime.date(2026, 12, 31)


@pytest.mark.parametrize(
    "written",
    [
        *(
            "2026-1-2",
            "2026-01-02T00:00:00",
            "2026-01-02 00:00:00Z",
            "20260102",
            "2026-W01-1",
            "2026/01/02",
            "2026",
        ),
        *(
            "02.01.2026",
            "2026-02-30",
            "0000-01-01",
            "'\uff12\uff10\uff12\uff16-01-02'",
            "1767312000",
            "~",
            "''",
            "soon",
            "' 2026-12-31'",
        ),
    ],
)
def test_a_day_in_any_other_form_is_refused_with_its_line(tmp_path: Path, written: str) -> None:
    told = refusal(tmp_path, text_of(expires=written))
    assert told.what.endswith("line 7: 'expires' is no day")
    assert told.fix == "write YYYY-MM-DD"


@pytest.mark.parametrize("key", ["policy", "resource", "owner", "reason", "ticket"])
@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("~", "as null"),
        ("", "as null"),
        ("null", "as null"),
        ("12345", "as int"),
        ("1.5", "as float"),
        ("yes", "as bool"),
        ("2026-01-02", "as timestamp"),
        ("=", "as value"),
        ("[a, b]", "one value"),
        ("{a: b}", "one value"),
        ("!!str x", "tag:yaml.org,2002:str"),
        ("!!python/object:os.system x", "the tag"),
        ("!!python/object/apply:os.system [x]", "the tag"),
        ("!!binary aGVsbG8=", "the tag"),
        ("!!timestamp 2026-01-02", "the tag"),
        ("!custom x", "the tag"),
        ("! x", "the tag"),
        ("&a x", "anchors"),
    ],
)
def test_a_field_that_is_no_plain_text_is_refused_with_its_line(
    tmp_path: Path, key: str, written: str, said: str
) -> None:
    told = refusal(tmp_path, text_of(**{key: written}))
    assert f"line {list(FIELDS).index(key) + 2}" in told.what
    assert said in told.why


@pytest.mark.parametrize("written", ["~", "1.0", "0x2", "010", "1_0", "-1", "+1", "yes", "1e3", "9999999"])
def test_a_count_that_is_no_whole_number_is_refused_with_its_line(tmp_path: Path, written: str) -> None:
    assert refusal(tmp_path, text_of(matches=written)).what.endswith("line 8: 'matches' is no count")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (text_of() + "    <<: {owner: x}\n", 8),
        (text_of() + "    <<: x\n", 8),
        (text_of() + "    owner: again\n", 8),
        (text_of() + "    ~: x\n", 8),
        (text_of() + "    1: x\n", 8),
        (text_of() + "    ? [a]\n    : x\n", 8),
        (text_of() + "---\nwaivers: []\n", 8),
        (text_of() + "...\nmore\n", 9),
        (text_of() + "\tx: 1\n", 8),
        (text_of(owner="\tx: y"), 4),
        (text_of(owner="a\x07b"), 4),
        (text_of() + "  - *a\n", 8),
        (text_of(policy="&p x") + "  - {policy: *p}\n", 2),
        ("waivers: &w\n  - *w\n", 1),
        ("waivers:\n  - &w [*w]\n", 2),
        ("waivers: !!python/tuple []\n", 1),
        ("waivers: []\nwaivers: []\n", 2),
        ("waivers: []\nmore: []\n", 2),
        ("\n\nwaivers: ~\n", 3),
        ("\n- waivers: []\n", 2),
        ("%YAML 3.0\n---\nwaivers: []\n", 1),
    ],
)
def test_whatever_else_yaml_can_do_is_refused_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    assert f"line {line}" in refusal(tmp_path, text).what


def test_aliases_that_multiply_end_at_the_first(tmp_path: Path) -> None:
    bomb = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30))
    assert "line 1" in refusal(tmp_path, bomb).what


@pytest.mark.parametrize(
    "content",
    [
        text_of().replace("\n", "\r\n").encode(),
        b"\xef\xbb\xbf" + text_of().encode(),
        b"# made by hand\n---\n" + text_of().encode() + b"...\n",
    ],
)
def test_ends_of_lines_and_marks_of_editors_are_of_no_matter(tmp_path: Path, content: bytes) -> None:
    assert len(read(tmp_path, content).entries) == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [(text_of().encode("utf-16")[:-1], "is cut off UTF-16"), (b"waivers: []\n# \xe9\n", "is not UTF-8")],
    ids=["utf-16", "latin-1"],
)
def test_what_is_no_text_is_refused_by_its_coding(tmp_path: Path, content: bytes, said: str) -> None:
    assert said in refusal(tmp_path, content).what


def test_nesting_beyond_what_can_be_walked_is_refused(tmp_path: Path) -> None:
    assert "nested too deeply" in refusal(tmp_path, "[" * 5000).what


def test_a_file_larger_than_anybody_writes_is_refused(tmp_path: Path) -> None:
    assert "larger than 0.25 MiB" in refusal(tmp_path, b"#" * (256 * 1024 + 1)).what


def test_a_refused_value_is_told_at_its_own_line(tmp_path: Path) -> None:
    assert "line 5: reason" in refusal(tmp_path, text_of(reason="because")).what
    assert "line 8: color" in refusal(tmp_path, text_of(color="red")).what
    assert "line 2: there is no policy" in refusal(tmp_path, text_of(policy="none-such")).what
