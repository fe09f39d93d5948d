"""The picture of a stack: the one way into this room. What is in it and how it is drawn is decided behind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from plan.plan import Plan
from review.diagram.diagram import diagram_of
from review.diagram.mermaid import as_mermaid
from review.diagram.svg import as_svg

Form = Literal["mermaid", "svg"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """A picture as text, its title, and how many nodes and links it has."""

    title: str
    text: str
    nodes: int
    links: int


def picture_of(plan: Plan, form: Form) -> Picture:
    """The architecture of `plan`, from the clients inwards; the same bytes for the same plan."""
    diagram = diagram_of(plan)
    text = as_svg(diagram) if form == "svg" else as_mermaid(diagram)
    return Picture(title=diagram.title, text=text, nodes=len(diagram.nodes), links=len(diagram.links))
