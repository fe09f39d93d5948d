"""A diagram as an SVG of its own: no fonts, scripts or files from elsewhere.

It has a background of its own, light or dark as the reader's system asks, so that it can be read on any page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from xml.sax.saxutils import escape

from review.diagram.diagram import Diagram
from review.diagram.layout import layout_of
from review.diagram.shapes import HEADER, INSET, MARGIN, NAME_LINE, PAD, WHAT_LINE, Box, Frame, Line
from review.diagram.text import LABEL, NAME, WHAT, fitted

_HUES = (
    ("#2563eb", "#6ea8fe"),
    ("#c2410c", "#fb9a5b"),
    ("#15803d", "#56c97f"),
    ("#7e22ce", "#c595fb"),
    ("#0f766e", "#3cc9b7"),
    ("#be185d", "#f685b9"),
)
"""Of the lines, on light and on dark: each source its own, then from the start again."""
_LIGHT = {
    "page": "#ffffff",
    "frame": "#f6f8fa",
    "rim": "#d0d7de",
    "node": "#ffffff",
    "text": "#1f2328",
    "soft": "#59636e",
}
_DARK = {
    "page": "#0d1117",
    "frame": "#151b23",
    "rim": "#3d444d",
    "node": "#212830",
    "text": "#f0f6fc",
    "soft": "#b1bac4",
}
_FONT = "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
_FORBIDDEN = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")
_TIP, _HALF = 8.0, 3.6
_BULGE = 22.0


def as_svg(diagram: Diagram) -> str:
    """The picture; the same bytes for the same diagram."""
    return "\n".join(_lines(diagram)) + "\n"


def _lines(diagram: Diagram) -> Iterator[str]:
    layout = layout_of(diagram)
    width, height = round(layout.width), round(layout.height)
    name = "architecture-" + re.sub("[^A-Za-z0-9]+", "-", diagram.title)
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="architecture" role="img" '
        f'aria-labelledby="{name} {name}-words" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
    )
    yield f'<title id="{name}">Architecture of {_escaped(diagram.title)}</title>'
    yield f'<desc id="{name}-words">{_escaped(diagram.in_words())}</desc>'
    yield f"<style>{_style()}</style>"
    yield f'<rect class="page" width="{width}" height="{height}" rx="8"/>'
    yield f'<text class="title" x="{_n(MARGIN)}" y="{_n(MARGIN + HEADER / 2)}">{_escaped(diagram.title)}</text>'
    yield from map(_frame, layout.frames)
    sources = dict.fromkeys(
        box.node.key for box in layout.boxes if any(it.link.source == box.node.key for it in layout.lines)
    )
    hues = {source: f"hue{number % len(_HUES)}" for number, source in enumerate(sources)}
    for line in layout.lines:
        yield f'<path class="line {hues[line.link.source]}" d="{_way(line)}"/>'
    for line in layout.lines:
        yield f'<path class="tip {hues[line.link.source]}" d="{_tip(line)}"/>'
    for box in layout.boxes:
        yield from _box(box, hues.get(box.node.key, ""))
    for line in layout.lines:
        yield _words(line)
    yield "</svg>"


def _frame(frame: Frame) -> str:
    return (
        f'<rect class="frame" x="{_n(frame.x)}" y="{_n(frame.y)}" width="{_n(frame.width)}" '
        f'height="{_n(frame.height)}" rx="8"/>'
        f'<text class="place" x="{_n(frame.x + PAD)}" y="{_n(frame.y + 18)}">{_escaped(frame.place.value)}</text>'
    )


def _box(box: Box, hue: str) -> Iterator[str]:
    x, room = _n(box.x + INSET), box.width - 2 * INSET
    y = box.middle - (NAME_LINE + WHAT_LINE * len(box.lines)) / 2
    name = _escaped(fitted(box.node.name, room, NAME, bold=True))
    yield f"<g><title>{_escaped(f'{box.node.name}: {box.node.what}')}</title>"
    yield (
        f'<rect class="{f"node {hue}".strip()}" x="{_n(box.x)}" y="{_n(box.y)}" '
        f'width="{_n(box.width)}" height="{_n(box.height)}" rx="6"/>'
    )
    yield f'<text class="name" x="{x}" y="{_n(y + NAME)}">{name}</text>'
    for number, line in enumerate(box.lines):
        base = y + NAME_LINE + WHAT + WHAT_LINE * number
        yield f'<text class="what" x="{x}" y="{_n(base)}">{_escaped(line)}</text>'
    yield "</g>"


def _words(line: Line) -> str:
    place = f'x="{_n(line.words[0])}" y="{_n(line.words[1])}" text-anchor="{line.anchor}"'
    return f'<text class="label" {place}>{_escaped(line.link.label)}</text>'


def _way(line: Line) -> str:
    """Level and upright pieces are straight, others bend; a line that comes back to its column makes a bow."""
    parts = [f"M{_n(line.points[0][0])} {_n(line.points[0][1])}"]
    for (x, y), (to_x, to_y) in pairwise(line.points):
        if y == to_y or line.upright:
            parts.append(f"L{_n(to_x)} {_n(to_y)}")
        else:
            bow = x + _BULGE if x == to_x else (x + to_x) / 2
            parts.append(f"C{_n(bow)} {_n(y)} {_n(bow)} {_n(to_y)} {_n(to_x)} {_n(to_y)}")
    return "".join(parts)


def _tip(line: Line) -> str:
    (before, _), (x, y) = line.points[-2:]
    if line.upright:
        return f"M{_n(x)} {_n(y)}l{-_HALF} {-_TIP}h{2 * _HALF}z"
    return f"M{_n(x)} {_n(y)}l{-_TIP if x > before else _TIP} {-_HALF}v{2 * _HALF}z"


def _style() -> str:
    sizes = (
        f".architecture text{{font-family:{_FONT}}}.architecture .title{{font-size:15px;font-weight:600}}"
        f".architecture .name{{font-size:{NAME}px;font-weight:600}}.architecture .what{{font-size:{WHAT}px}}"
        f".architecture .label{{font-size:{LABEL}px}}"
        ".architecture .place{font-size:11.5px;font-weight:600}"
        ".architecture .line{fill:none;stroke-width:1.5}.architecture .tip{stroke:none}"
    )
    return f"{sizes}{_colours(_LIGHT, 0)}@media (prefers-color-scheme:dark){{{_colours(_DARK, 1)}}}"


def _colours(colours: dict[str, str], shade: int) -> str:
    rules = [
        f".page{{fill:{colours['page']}}}",
        f".frame{{fill:{colours['frame']};stroke:{colours['rim']}}}",
        f".node{{fill:{colours['node']};stroke:{colours['rim']}}}",
        f".title{{fill:{colours['text']}}}",
        f".name{{fill:{colours['text']}}}",
        f".what{{fill:{colours['soft']}}}",
        f".place{{fill:{colours['soft']}}}",
        f".label{{fill:{colours['text']}}}",
    ]
    for number, hue in enumerate(_HUES):
        rules += [f".line.hue{number},.architecture .node.hue{number}{{stroke:{hue[shade]}}}"]
        rules += [f".tip.hue{number}{{fill:{hue[shade]}}}"]
    return "".join(f".architecture {rule}" for rule in rules)


def _escaped(text: str) -> str:
    """Text that XML takes as text; what XML cannot hold at all is left out."""
    return escape(_FORBIDDEN.sub("", text), {'"': "&quot;"})


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
