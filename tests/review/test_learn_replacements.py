"""`voicestack learn --schema` renews the table of what a change replaces, or says why it cannot."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from plan.engine import replacement
from review.command import main
from tests.plan.test_replacement import SCHEMA


def test_learning_renews_the_types_that_the_table_has_and_those_asked_for(tmp_path: Path) -> None:
    schema, out = tmp_path / "demo.json", tmp_path / "table.json"
    schema.write_text(json.dumps(SCHEMA), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(replacement, "_types", lambda: {"demo:index:Other": {}})
        assert main(["learn", "--schema", str(schema), "--type", "demo:index:Thing", "--out", str(out)]) == 0
    table = json.loads(out.read_text(encoding="utf-8"))
    assert set(table["types"]) == {"demo:index:Thing", "demo:index:Other"}
    assert table["packages"] == {"demo": "1.2.3"}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{}", "no schema"),
        ("[]", "no schema"),
        ('{"name": "demo", "resources": {"demo:index:Thing": 1}}', "no schema"),
        ('{"name": "demo", "resources": {"demo:index:Thing": {"inputProperties": {"size": 1}}}}', "no schema"),
        ('{"name": "demo", "resources": {}, "types": []}', "no schema"),
        ("{", "demo.json"),
        (None, "demo.json"),
    ],
)
def test_a_schema_that_is_none_is_one_message_and_writes_nothing(
    content: str | None, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    schema, out = tmp_path / "demo.json", tmp_path / "table.json"
    if content is not None:
        schema.write_text(content, encoding="utf-8")
    assert main(["learn", "--schema", str(schema), "--out", str(out)]) == 2
    told = capsys.readouterr().err
    assert says in told
    assert "fix:" in told
    assert not out.exists()


def test_a_schema_that_marks_nothing_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Random's does not, and a new length of a random value is a new value."""
    schema, out = tmp_path / "demo.json", tmp_path / "table.json"
    quiet = {"name": "demo", "resources": {"demo:index:Thing": {"inputProperties": {"size": {"type": "integer"}}}}}
    schema.write_text(json.dumps(quiet), encoding="utf-8")
    assert main(["learn", "--schema", str(schema), "--type", "demo:index:Thing", "--out", str(out)]) == 2
    assert "marks no input" in capsys.readouterr().err
    assert not out.exists()


def test_a_table_never_loses_a_type_to_another_packages_schema(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    schema, out = tmp_path / "demo.json", tmp_path / "table.json"
    schema.write_text(json.dumps(SCHEMA), encoding="utf-8")
    assert main(["learn", "--schema", str(schema), "--out", str(out)]) == 2
    assert "would lose it" in capsys.readouterr().err
    assert not out.exists()
