"""How the picture is drawn: that it can be read, is well-formed, and lets no name write markup."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import combinations
from typing import Any
from xml.etree import ElementTree

import pytest

from plan.plan import Plan
from review.command import main
from review.diagram.diagram import diagram_of
from review.diagram.layout import layout_of
from review.diagram.mermaid import as_mermaid
from review.diagram.svg import as_svg
from review.diagram.text import LABEL, width_of
from tests.review.diagram.small_diagram import PICTURES, component, plan, use
from tests.stacks.planned import ROOT, STACKS, planned

NASTY = 'a"]; click x "javascript:alert(1)" <script>&amp;`**#quot;|end\u202e\n%%{init}%%'
COMMAND = "voicestack diagram --stack prod --format svg --output docs/architecture.svg"


def test_a_name_cannot_write_mermaid_markdown_or_html() -> None:
    api = component(NASTY, "service:Service", uses=[{**use(NASTY, component("cache", "database:Valkey"))}])
    text = as_mermaid(diagram_of(plan(api, component("cache", "database:Valkey"))))
    label = re.compile(r'"(?:[^"<>`*&;|#\n]|#\d+;|<br/>)*"')
    for line in text.splitlines():
        assert not re.search(
            r'[<>"`*&|;#%]', re.sub(r"-->\|\"\"\|", "", label.sub('""', line)).replace('""', "")
        ), line
    assert "javascript:" not in text
    assert "\u202e" not in text


def test_a_name_cannot_write_svg() -> None:
    api = component(NASTY + "\x00\ud800", "service:Service")
    text = as_svg(diagram_of(plan(api)))
    root = ElementTree.fromstring(text.encode())  # noqa: S314 - our own text
    assert {element.tag.rpartition("}")[2] for element in root.iter()} <= {
        "svg", "title", "desc", "style", "rect", "text", "path", "g"
    }  # fmt: skip
    assert any("<script>" in (element.text or "") for element in root.iter()), "it is shown as it is"


def test_the_svg_needs_nothing_from_elsewhere_and_says_what_it_shows() -> None:
    text = as_svg(diagram_of(planned("prod")))
    root = ElementTree.fromstring(text)  # noqa: S314 - our own text
    assert not re.search(r"url\(|href|@import|<script|<image|\bon\w+=", text)
    assert root.get("role") == "img"
    described = {element.get("id"): element.text or "" for element in root}
    title, words = (root.get("aria-labelledby") or "").split()
    assert described[title] == "Architecture of voicestack · prod"
    assert "api to jobs: publish" in described[words]
    assert "prefers-color-scheme:dark" in text


def test_the_same_plan_gives_the_same_picture_whatever_its_order() -> None:
    one = planned("prod")
    other = Plan.from_json(one.to_json())
    other = replace(other, resources=tuple(reversed(other.resources)))
    assert as_svg(diagram_of(other)) == as_svg(diagram_of(one))
    assert as_mermaid(diagram_of(other)) == as_mermaid(diagram_of(one))


@pytest.mark.parametrize("name", [*PICTURES, *STACKS])
def test_nothing_in_the_picture_lies_upon_anything_else(name: str) -> None:
    diagram = PICTURES[name] if name in PICTURES else diagram_of(planned(name))
    layout = layout_of(diagram)
    rectangles = [(box.x, box.y, box.right, box.y + box.height, box.node.name) for box in layout.boxes]
    for line in layout.lines:
        (x, y), width = line.words, width_of(line.link.label, LABEL)
        left = x - width if line.anchor == "end" else x
        rectangles.append(
            (left, y - LABEL, left + width, y, f"the words '{line.link.label}' to {line.link.target}")
        )
    for one, other in combinations(rectangles, 2):
        apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
        assert apart, f"{one[4]} and {other[4]} overlap"
    for left, top, right, bottom, what in rectangles:
        assert left >= 0, what
        assert top >= 0, what
        assert right <= layout.width, what
        assert bottom <= layout.height, what


@pytest.mark.parametrize("name", PICTURES)
def test_every_picture_is_well_formed(name: str) -> None:
    root = ElementTree.fromstring(as_svg(PICTURES[name]))  # noqa: S314 - our own text
    tips = [element for element in root if str(element.get("class")).startswith("tip")]
    assert len(tips) == len(PICTURES[name].links)


def test_the_committed_picture_is_what_the_plan_gives() -> None:
    committed = (ROOT / "docs" / "architecture.svg").read_text(encoding="utf-8")
    drawn = as_svg(diagram_of(planned("prod")))
    assert committed == drawn, f"docs/architecture.svg is not of this plan; draw it anew: {COMMAND}"


def test_the_command_writes_either_format(capsys: pytest.CaptureFixture[str], tmp_path: Any) -> None:
    root = ["--root", str(ROOT)]
    assert main(["diagram", "--stack", "prod", *root]) == 0
    assert capsys.readouterr().out == as_mermaid(diagram_of(planned("prod")))
    picture = tmp_path / "prod.svg"
    assert main(["diagram", "--stack", "prod", "--format", "svg", "--output", str(picture), *root]) == 0
    assert picture.read_text(encoding="utf-8") == as_svg(diagram_of(planned("prod")))


def test_the_command_teaches_what_was_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diagram", "--stack", "nowhere", "--root", str(ROOT)]) == 2
    assert "name one of" in capsys.readouterr().err
