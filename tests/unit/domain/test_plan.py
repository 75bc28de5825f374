"""The hall as drawn: read strictly, kept as columns, its neighbours, and finding a seat by its name."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.data import resource
from pos.domain.errors import Unreadable
from pos.domain.plan import Plan, read_plan
from tests.peers.small_season import hall


def read(document: object) -> Plan:
    return read_plan(json.dumps(document).encode(), "hall.json")


@pytest.fixture(scope="module")
def opera() -> Plan:
    return read_plan(resource("plans", "opera.json").read_bytes(), "opera.json")


@pytest.mark.parametrize(("name", "seats"), [("studio", 220), ("opera", 1920), ("stadium", 52012)])
def test_the_plans_that_ship_are_read_and_come_back_from_a_blob(name: str, seats: int) -> None:
    plan = read_plan(resource("plans", f"{name}.json").read_bytes(), name)
    assert len(plan) == seats
    again = Plan.from_bytes(plan.to_bytes())
    assert again == plan
    assert again.version == plan.version
    assert sum(map(len, plan.lines)) == seats


def test_positions_are_relative_to_their_parents() -> None:
    plan = read(hall())
    assert plan.place_ids[0] == "A-1"
    assert (plan.xs[0], plan.ys[0]) == (30.0, 10.0)
    assert (plan.xs[plan.index["B-12"]], plan.ys[plan.index["B-12"]]) == (250.0, 30.0)
    assert plan.category_of("A-12") == "Wheelchair"
    assert plan.label(plan.index["B-7"]) == "Stalls B 7"


def test_a_row_without_a_position_is_at_its_zones() -> None:
    document = hall(rows=1)
    del document["zones"][0]["rows"][0]["position"]
    assert read(document).xs[0] == 30.0


def test_the_version_is_of_the_content() -> None:
    document = hall()
    first = read(document).version
    assert read(copy.deepcopy(document)).version == first
    document["zones"][0]["rows"][0]["seats"][3]["position"]["x"] += 1
    assert read(document).version != first


# ---- bad plans -----------------------------------------------------------------------------

Spoil = Callable[[dict[str, Any]], object]
ROW = "zones[0].rows[0]"


def seat(document: dict[str, Any], number: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = document["zones"][0]["rows"][0]["seats"][number]
    return found


BAD: dict[str, tuple[Spoil, str, str]] = {
    "a seat twice": (lambda d: seat(d, 5).update(seat_guid="A-1"), f"{ROW}.seats[5].seat_guid", "already at"),
    "an empty id": (lambda d: seat(d).update(seat_guid=""), f"{ROW}.seats[0].seat_guid", "must not be empty"),
    "an id like an area's unit": (lambda d: seat(d).update(seat_guid="A#1"), f"{ROW}.seats[0].seat_guid", "'#'"),
    "an id that is a number": (lambda d: seat(d).update(seat_guid=7), f"{ROW}.seats[0].seat_guid", "is int"),
    "no category": (lambda d: seat(d).pop("category"), f"{ROW}.seats[0].category", "is missing"),
    "an unknown category": (lambda d: seat(d).update(category="Moon"), f"{ROW}.seats[0].category", "not among"),
    "no position": (lambda d: seat(d).pop("position"), f"{ROW}.seats[0].position", "is missing"),
    "half a position": (lambda d: seat(d)["position"].pop("y"), f"{ROW}.seats[0].position.y", "is missing"),
    "a position in words": (lambda d: seat(d).update(position={"x": "a", "y": 0}), f"{ROW}.seats[0].position.x", "str"),
    "a position nowhere": (lambda d: seat(d)["position"].update(x=float("nan")), f"{ROW}.seats[0].position.x", "hall"),
    "a position too far": (lambda d: seat(d)["position"].update(x=10**400), f"{ROW}.seats[0].position.x", "hall"),
    "a category twice": (lambda d: d["categories"].append({"name": "Stalls"}), "categories[2].name", "twice"),
    "a colour that is none": (lambda d: d["categories"][0].update(color="red"), "categories[0].color", "colour"),
    "a category that is a word": (lambda d: d["categories"].append("Stalls"), "categories[2]", "must be an object"),
    "no zones": (lambda d: d.pop("zones"), "zones", "is missing"),
    "zones that are a word": (lambda d: d.update(zones="all"), "zones", "is str"),
    "no seat": (lambda d: d.update(zones=[]), "zones", "hold no seat"),
    "no size": (lambda d: d.pop("size"), "size", "is missing"),
    "an empty size": (lambda d: d["size"].update(width=0), "size", "positive"),
    "an endless size": (lambda d: d["size"].update(width=float("inf")), "size.width", "hall"),
    "no name": (lambda d: d.pop("name"), "name", "is missing"),
    "a row that is a word": (lambda d: d["zones"][0]["rows"].append("B"), "zones[0].rows[2]", "must be an object"),
    "a row without a label": (lambda d: d["zones"][0]["rows"][0].pop("row_number"), f"{ROW}.row_number", "is missing"),
    "drawings that are a word": (lambda d: d["zones"][0].update(areas="stage"), "zones[0].areas", "is str"),
    "a drawing nowhere": (
        lambda d: d["zones"][0].update(areas=[{"shape": "rectangle", "position": {"x": "left", "y": 0}}]),
        "zones[0].areas[0].position.x", "is str",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_plan_is_refused_by_its_key(name: str) -> None:
    spoil, key, reason = BAD[name]
    document = hall()
    spoil(document)
    with pytest.raises(Unreadable) as caught:
        read(document)
    assert (caught.value.where, caught.value.key) == ("hall.json", key)
    assert reason in caught.value.reason


@pytest.mark.parametrize("data", [b"", b"{", b"<html>", b"\xff\xfe", b"[" * 100_000])
def test_what_is_not_json_is_said(data: bytes) -> None:
    with pytest.raises(Unreadable, match=r"hall\.json: not JSON"):
        read_plan(data, "hall.json")


@pytest.mark.parametrize("document", [None, [], "plan", 7])
def test_what_is_no_object_is_said(document: object) -> None:
    with pytest.raises(Unreadable, match="must be an object"):
        read(document)


@given(st.data())
def test_a_damaged_blob_is_an_error(data: st.DataObject) -> None:
    blob = bytearray(read(hall()).to_bytes())
    if data.draw(st.booleans()):
        del blob[data.draw(st.integers(0, len(blob) - 1)) :]
    else:
        at = data.draw(st.integers(0, len(blob) - 1))
        blob[at] ^= data.draw(st.integers(1, 255))
    try:
        plan = Plan.from_bytes(bytes(blob))
    except Unreadable:
        return
    assert plan == read(hall())  # a byte that zlib does not look at


# ---- neighbours ----------------------------------------------------------------------------


def row_of(*xs: float) -> Plan:
    document = hall(rows=1, seats=len(xs))
    for one, x in zip(document["zones"][0]["rows"][0]["seats"], xs, strict=True):
        one["position"]["x"] = x
    return read(document)


@pytest.mark.parametrize(
    ("xs", "runs"),
    [
        ([0, 10, 20, 30], [[0, 1, 2, 3]]),
        ([0, 10, 20, 36, 46], [[0, 1, 2], [3, 4]]),  # an aisle: wider than one and a half seats
        ([0, 10, 20, 35, 45], [[0, 1, 2, 3, 4]]),  # exactly one and a half is none
        ([30, 0, 20, 10], [[1, 3, 2, 0]]),  # the file's order is not trusted
        ([7], [[0]]),
    ],
)
def test_neighbours_are_those_without_an_aisle_between(xs: list[float], runs: list[list[int]]) -> None:
    assert [list(run) for run in row_of(*xs).lines] == runs


def test_a_row_may_run_down_the_page() -> None:
    document = hall(rows=1, seats=4)
    for number, one in enumerate(document["zones"][0]["rows"][0]["seats"]):
        one["position"] = {"x": 0, "y": 10 * number + (20 if number > 1 else 0)}
    assert [list(run) for run in read(document).lines] == [[0, 1], [2, 3]]


def test_every_seat_has_one_line(opera: Plan) -> None:
    seen = [ix for run in opera.lines for ix in run]
    assert sorted(seen) == list(range(len(opera)))
    assert all(opera.row[run[0]] == opera.row[ix] for run in opera.lines for ix in run)
