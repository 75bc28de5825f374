"""Pages of changes: whole or not at all, once, and never an old word over a newer one."""

from __future__ import annotations

import contextlib
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pos.domain.errors import Unreadable
from pos.domain.plan import Plan
from pos.domain.rights import OfficeRight, OfficeState, Token
from pos.store.replica import LayoutMoved, Needs, ReplicaReader, ReplicaWriter, Touched
from tests.unit.store_replica.words import Columns, Entry, Word, documents, hall, sale, show


def places(position: int, *items: Word, of: str = "hall") -> Entry:
    return Entry(position, "places", show=of, items=items)


def document(position: int, family: str, name: str, body: dict[str, object] | None) -> Entry:
    return Entry(position, "document", family=family, id=name, body=body)


def test_a_place_changes(filled: ReplicaWriter, reader: ReplicaReader) -> None:
    assert reader.right("hall", 5) == OfficeRight(OfficeState.POOL, "", 0, Token(0, 0))
    touched = filled.apply_page([places(11, Word("2-2", "LEASED", "T9", 7, 4, 1), Word("Standing#3"))], 11)
    assert touched == Touched({"hall": (5, 14)})
    assert reader.right("hall", 5) == OfficeRight(OfficeState.LEASED, "T9", 7, Token(4, 1))
    assert reader.rights("hall", (14, 0)) == [
        OfficeRight(OfficeState.SOLD, "T2", 1_800_000_000, Token(1, 0)),
        OfficeRight(OfficeState.POOL, "", 0, Token(0, 0)),
    ]
    assert reader.states("hall") == b"PPPPPLPPPPPPPPS"
    assert reader.cursor() == 11
    columns = reader.columns("hall")
    assert [columns.holders[at] for at in columns.holder] == [""] * 5 + ["T9"] + [""] * 8 + ["T2"]
    assert list(columns.epoch) == [0] * 5 + [4] + [0] * 8 + [1]
    assert list(columns.hop) == [0] * 5 + [1] + [0] * 9
    assert list(columns.since) == [0] * 5 + [7] + [0] * 8 + [1_800_000_000]


def test_every_state_is_read_back(filled: ReplicaWriter, reader: ReplicaReader) -> None:
    filled.apply_page([places(11 + i, Word(f"1-{i % 4 + 1}", state)) for i, state in enumerate(OfficeState)][:4], 15)
    filled.apply_page([places(16, Word("2-1", "PAPER"), Word("2-2", "QUARANTINE"))], 16)
    assert [right.state for right in reader.rights("hall", range(6))] == list(OfficeState)


def test_a_page_twice_changes_nothing(filled: ReplicaWriter, reader: ReplicaReader) -> None:
    page = [
        places(11, Word("1-1")),
        document(12, "user", "ben", {"id": "ben", "name": "B", "role": "admin", "pin_hash": ""}),
    ]
    filled.apply_page(page, 12)
    before = reader.states("hall"), reader.documents(), reader.cursor()
    assert filled.apply_page(page, 12) == Touched()
    assert (reader.states("hall"), reader.documents(), reader.cursor()) == before


def test_the_order_within_a_page_does_not_matter(filled: ReplicaWriter, reader: ReplicaReader) -> None:
    filled.apply_page([places(12, Word("1-1", "SOLD", epoch=2)), places(11, Word("1-1", "LEASED"))], 12)
    assert reader.right("hall", 0).state is OfficeState.SOLD


def test_the_cursor_never_goes_back(filled: ReplicaWriter) -> None:
    filled.apply_page([], 30)
    filled.apply_page([places(20, Word("1-1"))], 20)
    assert filled.cursor() == 30


def test_what_columns_already_hold_is_not_overwritten(filled: ReplicaWriter, plan: Plan, reader: ReplicaReader) -> None:
    """Columns read at 50 come with a page that ends at 12: its older words are history."""
    columns = Columns("hall", plan.version, 50, "H" * 15)
    reload = Entry(11, "reload", show="hall")
    touched = filled.apply_page([reload, places(12, Word("1-1"))], 12, shows=[columns])
    assert touched.places == {"hall": ()}
    filled.apply_page([places(40, Word("1-2"))], 40)
    assert reader.states("hall") == b"H" * 15
    filled.apply_page([places(51, Word("1-2"))], 51)
    assert reader.states("hall") == b"H" + b"S" + b"H" * 13


@settings(max_examples=30)
@given(st.permutations(range(11, 19)))
def test_property_the_newest_word_wins_in_any_split(order: list[int]) -> None:
    """The same place over eight positions, cut into pages anywhere, repeated or overlapping."""
    with tempfile.TemporaryDirectory() as folder:
        writer = ReplicaWriter(Path(folder) / "replica.db", "key")
        with writer.snapshot() as begun:
            begun.documents([*documents(), show("yard", None, 300)], 10)
            begun.show(Columns("yard", "", 10, "P" * 300))
        words = {at: places(at, Word("Standing#300", "LEASED", f"T{at}", epoch=at), of="yard") for at in range(11, 19)}
        for last in order:
            have = writer.cursor()
            page = [words[at] for at in range(min(have, last), last + 1) if at in words]
            writer.apply_page(page, last)
        reader = ReplicaReader(Path(folder) / "replica.db")
        assert reader.right("yard", 299).token == Token(18, 0)
        assert reader.cursor() == 18
        reader.close()
        writer.close()


# ---- what a page needs ---------------------------------------------------------------------


def test_a_plain_page_needs_nothing(filled: ReplicaWriter) -> None:
    assert filled.needs([places(11, Word("1-1")), Entry(12, "sale", body=sale("S1", "C"))]) == Needs()


def test_a_new_show_needs_its_plan_and_places(filled: ReplicaWriter, plan: Plan) -> None:
    other = hall(2, 2, "other")
    new, again = show("new", other), show("again", plan)
    page = [document(11, "show", "new", new.body), document(12, "show", "again", again.body)]
    assert filled.needs(page) == Needs(("new", "again"), (other.version,))
    with pytest.raises(LayoutMoved):
        filled.apply_page(page, 12)
    assert filled.cursor() == 10


def test_a_changed_title_needs_nothing_but_changed_areas_do(filled: ReplicaWriter, plan: Plan) -> None:
    same, wider = show("hall", plan, 3), show("hall", plan, 4)
    same.body["on_sale"] = "2030-01-01T10:00:00+01:00"
    assert filled.needs([document(11, "show", "hall", same.body)]) == Needs()
    assert filled.needs([document(11, "show", "hall", wider.body)]) == Needs(("hall",))


def test_a_reload_is_needed_once(filled: ReplicaWriter, plan: Plan) -> None:
    reload = Entry(11, "reload", show="hall")
    assert filled.needs([reload]) == Needs(("hall",))
    filled.apply_page([reload], 11, shows=[Columns("hall", plan.version, 20, "H" * 15)])
    assert filled.needs([Entry(15, "reload", show="hall")]) == Needs()


def test_a_page_that_removes_a_show_needs_nothing_of_it(filled: ReplicaWriter, reader: ReplicaReader) -> None:
    page = [places(11, Word("1-1")), Entry(12, "reload", show="hall"), document(13, "show", "hall", None)]
    assert filled.needs(page) == Needs()
    filled.apply_page(page, 13)
    with pytest.raises(KeyError):
        reader.states("hall")
    assert set(reader.season().shows) == {"yard"}


def test_a_place_nobody_knows_is_looked_up_and_then_refused(filled: ReplicaWriter, plan: Plan) -> None:
    page = [places(11, Word("9-9"))]
    assert filled.needs(page) == Needs(("hall",))
    with pytest.raises(Unreadable, match="9-9"):
        filled.apply_page(page, 11, shows=[Columns("hall", plan.version, 10, "P" * 15)])
    assert filled.cursor() == 10


# ---- nothing half-applied ------------------------------------------------------------------


def test_a_bad_word_takes_the_whole_page_back(filled: ReplicaWriter, reader: ReplicaReader) -> None:
    for bad in (Word("1-2", "BROKEN"), Word("1-2", epoch=-1), Word("1-2", hop=1 << 32), Word("1-2", since=-5)):
        with pytest.raises(Unreadable, match="1-2"):
            filled.apply_page([places(11, Word("1-1", holder="new")), places(12, bad)], 12)
        assert reader.states("hall") == b"P" * 15
        assert filled.cursor() == 10
    filled.apply_page([places(11, Word("1-1", holder="new"))], 11)
    assert reader.right("hall", 0).holder == "new"


def test_columns_that_do_not_fit_are_refused(filled: ReplicaWriter, plan: Plan, reader: ReplicaReader) -> None:
    good = Columns("hall", plan.version, 20, "P" * 15)
    reload = [Entry(11, "reload", show="hall")]
    for bad, error in (
        (replace(good, states="P" * 14 + "X"), Unreadable),
        (replace(good, holder=[0] * 14 + [1]), Unreadable),
        (replace(good, epoch=[0] * 14 + [-1]), Unreadable),
        (replace(good, since=[0] * 16), Unreadable),
        (replace(good, states="P" * 14), LayoutMoved),
        (replace(good, plan_version="another"), LayoutMoved),
        (replace(good, show="unknown"), LayoutMoved),
    ):
        with pytest.raises(error):
            filled.apply_page(reload, 11, shows=[bad])
        assert filled.cursor() == 10
        assert reader.states("hall") == b"P" * 15


def test_a_plan_under_a_wrong_name_is_refused(filled: ReplicaWriter) -> None:
    other = hall(2, 2, "other")
    page = [document(11, "show", "new", show("new", other).body)]
    for blob in (hall(1, 1).to_bytes(), b"no plan at all"):
        with pytest.raises(Unreadable):
            filled.apply_page(page, 11, {other.version: blob}, [Columns("new", other.version, 11, "PPPP")])
    touched = filled.apply_page(
        page, 11, {other.version: other.to_bytes()}, [Columns("new", other.version, 11, "PPPP")]
    )
    assert touched == Touched({"new": ()}, documents=True)


def test_documents_that_make_no_season_are_refused(filled: ReplicaWriter, reader: ReplicaReader) -> None:
    for body in ({"id": "f", "per": "ticket", "amount": "much"}, {"id": "f"}):
        with pytest.raises(Unreadable, match="season"):
            filled.apply_page([document(11, "fee", "f", body)], 11)
    with pytest.raises(Unreadable):
        filled.apply_page([document(11, "venue", "v", None)], 11)
    assert reader.season().venue.id == "v"
    assert filled.cursor() == 10


def test_a_sale_without_its_parts_is_refused(filled: ReplicaWriter) -> None:
    for body in ({"id": "S"}, {"id": "S", "at": "", "till": "", "tickets": [{"code": "x"}]}, {"tickets": 5}):
        with pytest.raises(Unreadable, match="sale"):
            filled.apply_page([Entry(11, "sale", body=body)], 11)


# ---- a snapshot ----------------------------------------------------------------------------


def test_a_snapshot_replaces_everything(filled: ReplicaWriter, reader: ReplicaReader, plan: Plan) -> None:
    filled.apply_page([places(11, Word("1-1")), Entry(12, "sale", body=sale("S1", "C1"))], 12)
    with filled.snapshot() as begun:
        begun.documents([*documents(), show("hall", plan)], 5)
        begun.plan(plan.version, plan.to_bytes())
        begun.show(Columns("hall", plan.version, 5, "H" * 12))
        begun.sales([sale("S2", "C2")])
        assert reader.states("hall") == b"S" + b"P" * 14, "until it is whole, readers see what was there"
    assert reader.states("hall") == b"H" * 12
    assert reader.cursor() == 5
    assert set(reader.season().shows) == {"hall"}
    assert reader.find_sales(code="C1") == []
    assert reader.find_sales(code="C2") == [sale("S2", "C2")]


def test_a_snapshot_that_breaks_off_never_was(filled: ReplicaWriter, reader: ReplicaReader, plan: Plan) -> None:
    with contextlib.suppress(ConnectionError), filled.snapshot() as begun:
        begun.documents(documents(), 99)
        raise ConnectionError
    assert filled.complete()
    assert reader.cursor() == 10
    assert set(reader.season().shows) == {"hall", "yard"}


def test_a_snapshot_without_a_shows_places_is_refused(filled: ReplicaWriter, plan: Plan) -> None:
    with pytest.raises(LayoutMoved), filled.snapshot() as begun:
        begun.documents([*documents(), show("yard", None, 300)], 99)
    assert filled.cursor() == 10


def test_a_plan_no_longer_used_is_dropped(filled: ReplicaWriter, plan: Plan) -> None:
    assert filled.has_plan(plan.version)
    filled.apply_page([document(11, "show", "hall", None)], 11)
    assert not filled.has_plan(plan.version)
