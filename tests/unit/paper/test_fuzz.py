"""Whatever a layout says: it is read, or refused with Unreadable; and what was read can be set, or is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pos.domain.errors import Unreadable
from pos.paper.compose import compose
from pos.paper.elements import Layout
from pos.paper.faces import Faces
from pos.paper.layout import read_layout
from pos.paper.lines import Cells
from pos.paper.raster import Dots, bitmap
from pos.paper.whereabouts import line_of
from tests.unit.paper.presses import LAYOUTS, fonts
from tests.unit.paper.samples import receipt, report, ticket

FACES = Faces(fonts())
DOTS = Dots(FACES, 4.0)
JOBS = {"ticket": ticket(copy=1), "receipt": receipt(), "z_report": report()}
# Nothing takes a second, however it is written.
patient = settings(max_examples=150, deadline=1000, suppress_health_check=[HealthCheck.too_slow])

WORDS = [
    "name", "kind", "margin", "element", "page", "box", "text", "columns", "rule", "qr", "code128", "pdf417", "image",
    "space", "left", "right", "repeat", "each", "group", "turn", "width", "height", "size", "x", "y", "sink", "when",
    "unless", "gap", "lines", "smallest", "inverse", "align", "dash", "dither", "right_width", "stack_below", "bold",
]  # fmt: skip
VALUES = st.recursive(
    st.sampled_from(["{title} {code}", "ticket", "receipt", "terms", "center", "top", "a.png", "{title}", "", "title"])
    | st.booleans()
    | st.integers(-5, 400)
    | st.floats(-5, 400)
    | st.floats()
    | st.sampled_from([90, 180, 270, 10**30]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=4),
    max_leaves=12,
)


def toml(value: Any) -> str:
    """A value in TOML, all on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {toml(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, float):
        return repr(value)
    return json.dumps(value)


def check(text: str) -> None:
    """Read it, and set what could be read."""
    try:
        layout = read_layout(text, "fuzz", lambda name: b"\x89PNG\r\n\x1a\n")
    except Unreadable as error:
        line = line_of(text, error)
    else:
        line = 0
        set_everywhere(layout)
    assert 0 <= line <= len(text.splitlines()) + 1


def set_everywhere(layout: Layout) -> None:
    job = JOBS.get(layout.kind)
    for width_mm, measure in ((72.0, DOTS), (30.0, DOTS), (72.0, Cells(1.5))):
        try:
            page = compose(layout, job or {}, width_mm, measure)
        except Unreadable:
            continue
        if measure is DOTS:
            bitmap(page, FACES, 4.0)


@patient
@given(st.text(max_size=400))
def test_any_text(text: str) -> None:
    check(text)


@patient
@given(st.dictionaries(st.sampled_from(WORDS), VALUES, max_size=6))
def test_any_table(table: dict[str, Any]) -> None:
    check("\n".join(f"{key} = {toml(value)}" for key, value in table.items()))


@patient
@given(st.lists(st.dictionaries(st.sampled_from(WORDS), VALUES, min_size=1, max_size=4), max_size=3), st.booleans())
def test_any_elements_in_a_head_that_is_right(elements: list[dict[str, Any]], sheet: bool) -> None:
    place = "x = 1\ny = 1\nwidth = 60\nheight = 30\n"
    head = 'name = "x"\nkind = "ticket"\n'
    if sheet:
        head += f"[page]\nwidth = 70\nheight = 40\n[[box]]\n{place}"
    check(f"{head}element = {toml(elements)}")


@patient
@given(st.sampled_from(LAYOUTS), st.data())
def test_a_shipped_layout_with_slips_in_it(path: Path, data: st.DataObject) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(lines) - 1))
        slip = data.draw(st.sampled_from(["drop", "double", "swap", "number", "cut"]))
        if slip == "drop" and len(lines) > 1:
            del lines[at]
        elif slip == "double":
            lines.insert(at, lines[at])
        elif slip == "swap":
            other = data.draw(st.integers(0, len(lines) - 1))
            lines[at], lines[other] = lines[other], lines[at]
        elif slip == "number":
            key, sign, _ = lines[at].partition(" = ")
            lines[at] = f"{key}{sign}{data.draw(st.floats(-10, 600))!r}" if sign else lines[at]
        else:
            lines[at] = lines[at][: data.draw(st.integers(0, len(lines[at])))]
    check("\n".join(lines))


@pytest.mark.parametrize("text", ["[" * 50_000, "a = " + "{a = " * 5_000, "a.b" * 20_000, 'x = """' + "x" * 150_000])
def test_what_is_deep_or_long_is_refused_soon(text: str) -> None:
    with pytest.raises(Unreadable):
        read_layout(text, "deep")
