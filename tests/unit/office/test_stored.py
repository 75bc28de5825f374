"""Facts read back: what nobody here can read is kept, and disturbs neither later facts nor whoever asks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from pos.domain.facts import Kind
from pos.domain.figures import DIMENSIONS, Query
from pos.domain.rights import Effect, OfficeState, Token
from sync.office.ledger.entries import read_entries
from sync.office.rules import changes, drawers, figures, frozen, look, watched, watching
from tests.peers.small_season import SHOW
from tests.peers.till_client import TillClient
from tests.unit.office.conftest import House
from tests.unit.office.test_deaths import closes, counts_out, opens
from tests.unit.office.test_facts import verdicts
from tests.unit.office.test_shifts import shift_of, verified

Tills = Callable[..., list[TillClient]]
# Where one kind of database says all that there is to say.
ONCE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SOON = datetime(2026, 11, 22, 18, 5, tzinfo=UTC)
NESTED: dict[str, Any] = {"of a newer": ["version", {}]}
NAMES = (
    "till shift user copy incarnation expected counted difference report record customer merged profile tickets"
    " outcome payment amount sale refund correction paid order hold dispute way item settlement parcels reason places"
    " attested kind number name buyer admitted documents terminal total cards second approver ticket certificates"
    " receiver serials paper round opened_by"
).split()
STRANGE: tuple[dict[str, Any], ...] = (
    {},
    dict.fromkeys(NAMES, NESTED),
    {name: [NESTED] for name in NAMES},
    dict.fromkeys(NAMES, 7),
    {name: dict.fromkeys(("id", "user", "sale", "kind", "state", "tickets", "shift"), NESTED) for name in NAMES},
)


def strange(client: TillClient, kind: str) -> None:
    """Facts of this kind that nobody here can read: of a newer schema, or with something else under every name."""
    effect = Effect(SHOW, "C-9", Token(1, 0), OfficeState.SOLD, OfficeState.SOLD, client.till, "TICKET")
    for body in STRANGE:
        client.record(kind, body, (effect,))
        client.record(kind, body, schema=2)


def asked(house: House, what: str, **fields: Any) -> dict[str, Any]:
    with house.database.read() as connection:
        return look.KINDS[what](connection, "T1", fields)


def test_a_drawer_counted_by_a_newer_program_keeps_no_till_from_closing(house: House, tills_at: Tills) -> None:
    one, two, three = tills_at("T1", "T2", "T3")
    strange(three, Kind.DRAWER_TAKEN_OVER)
    house.push(three)
    opens(one)
    closes(one)
    assert verdicts(house, one)[-1] == "applied"
    counts_out(two, copy={"facts": 1})
    house.push(two)
    assert house.rows("SELECT cause FROM dispute WHERE fact_id = 'T2.1.1'") == [("drawer_counted_twice",)]


def test_a_shift_closed_or_verified_by_a_newer_program_is_passed_over(house: House, tills_at: Tills) -> None:
    one, two, three = tills_at("T1", "T2", "T3")
    for kind in (Kind.SHIFT_OPENED, Kind.SHIFT_CLOSED, Kind.SHIFT_VERIFIED):
        strange(three, kind)
    house.push(three)
    shift_of(one)
    house.push(one)
    assert [told["shift"] for told in asked(house, "shifts", state="open")["shifts"]] == ["S1"]
    two.record("ShiftVerified", verified())
    assert verdicts(house, two) == ["applied"]
    assert asked(house, "shift", shift="S1")["shift"]["verified"]["user"] == "sam"
    assert asked(house, "shifts", state="open") == {"shifts": []}


def test_a_shift_that_a_newer_program_opened_is_not_known(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    strange(one, Kind.SHIFT_OPENED)
    house.push(one)
    with house.database.read() as connection:
        assert drawers.open_shift(connection, "T1", 1) is None


def test_a_print_that_cannot_be_read_leaves_a_void_of_what_was_printed_counted(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    (grant,) = house.granted(one, "A-1")
    one.sell(SHOW, grant)
    one.record("PrintReported", {"outcome": "done", "tickets": [NESTED]})
    house.push(one)
    ((ticket,),) = house.rows("SELECT id FROM ticket")
    with house.database.read() as connection:
        assert not watched.Ledger(connection, "T1", 1, 0).printed([str(ticket)])
    one.record("PrintReported", {"outcome": "done", "tickets": [ticket]})
    house.push(one)
    with house.database.read() as connection:
        assert watched.Ledger(connection, "T1", 1, 0).printed([str(ticket)])


@ONCE
def test_whatever_cannot_be_read_everything_else_is_booked_and_told(house: House, tills_at: Tills) -> None:
    one, two, three = tills_at("T1", "T2", "T3")
    for kind in Kind:
        if kind != Kind.SEALED:  # of which nothing but its effects is needed
            strange(three, kind)
    house.push(three)
    shift_of(one)
    one.record("CustomerRecorded", {"customer": "T1-K00001", "user": "anna", "profile": {"name": "Ada"}})
    one.record("CustomerErased", {"customer": "T1-K00001", "user": "sam", "sales": ["T3.1-00001"]})
    two.record("ShiftVerified", verified())
    two.sell(SHOW, *house.granted(two, "A-2"))
    assert set(verdicts(house, one) + verdicts(house, two)) == {"applied"}
    assert [told["shift"] for told in asked(house, "shifts", state="all")["shifts"]] == ["S1"]
    assert asked(house, "terminal_days") == {"days": []}
    assert asked(house, "people", since="2026-01-01", until="2027-12-31", user="") is not None
    assert asked(house, "history", show=SHOW, place="C-9")["story"] is not None
    assert asked(house, "counted_drawer", till="T1", shift="S1") == {"by": ""}
    with house.database.write() as connection:
        assert figures.whole(connection, Query(by=DIMENSIONS)).to_json()
        assert [till["shift"] for till in figures.standing(connection)] == ["", "", ""]
        assert frozen.look(connection, "T1", {}) is not None
        assert drawers.left(connection, "T3") is None
        changes.log(connection, watching.look(connection, SOON).entries)
        assert read_entries(connection, date(2026, 1, 1), date(2027, 12, 31), _day_of, lambda _done, _of: None)
    assert house.violations() == []


def _day_of(at: datetime) -> tuple[datetime, date]:
    return at, at.date()
