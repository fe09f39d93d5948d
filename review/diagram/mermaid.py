"""A diagram as Mermaid text, which GitHub draws in Markdown. It says no colours: the page's theme has them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from review.diagram.diagram import Diagram, Node
from review.diagram.words import Place

# Letters and digits, and what has no meaning to Mermaid, Markdown or HTML where it stands.
_PLAIN = re.compile(r"[^\W_]|[ ,/]|(?<=\w)-(?=\w)|:(?= )")


def as_mermaid(diagram: Diagram) -> str:
    """The flowchart; without the fence that Markdown puts around it."""
    return "\n".join(_lines(diagram)) + "\n"


def _lines(diagram: Diagram) -> Iterator[str]:
    ids = _ids(diagram.nodes)
    yield "flowchart LR"
    for place in Place:
        nodes = [node for node in diagram.nodes if node.place is place]
        if nodes:
            yield f'  subgraph {place.name.lower()}["{_escaped(place.value)}"]'
            yield from (
                f'    {ids[node.key]}["{_escaped(node.name)}<br/>{_escaped(node.what)}"]' for node in nodes
            )
            yield "  end"
    for link in diagram.links:
        yield f'  {ids[link.source]} -->|"{_escaped(link.label)}"| {ids[link.target]}'


def _escaped(text: str) -> str:
    """Text that is only text to Mermaid, Markdown and HTML: whatever is not surely plain goes by its number."""
    line = " ".join(text.split())
    plain = {match.start() for match in _PLAIN.finditer(line)}
    return "".join(one if at in plain else f"#{ord(one)};" for at, one in enumerate(line))


def _ids(nodes: tuple[Node, ...]) -> dict[str, str]:
    """An identifier a node, made of its name, so that a node that comes or goes leaves the others' as they are."""
    ids: dict[str, str] = {}
    for node in nodes:
        base = f"{node.place.name.lower()}_{re.sub('[^A-Za-z0-9]+', '_', node.name)}"
        number = 1
        candidate = base
        while candidate in ids.values():
            number += 1
            candidate = f"{base}_{number}"
        ids[node.key] = candidate
    return ids
