"""What only one window may do at a time, between real tills and a real office: collecting an order, letting a
ticket in, and spending from a gift card and a voucher."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pos.domain.errors import Refused
from pos.store.verify import report
from tests.peers.small_season import SEASON, SHOW
from tests.unit.office.test_purses import PURSES
from tests.unit.office.test_season_import import ORDER
from tests.wire.agent.test_disputes import House, Window
from tests.wire.agent.till import soon

Windows = tuple[Window, Window]
PRINTER = """
[printer.ticket]
profile = "pdf"
transport = "pdf://{folder}"
layout = "ticket-standard"
"""


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path, SEASON + ORDER + PURSES)
    yield made
    made.close()


@pytest.fixture
def windows(house: House, tmp_path: Path) -> Windows:
    """Two windows, each with a shift open and a printer that writes files."""
    made = []
    for till in ("T1", "T2"):
        window = house.window(till, PRINTER.format(folder=tmp_path / "paper"))
        window.ask("open_shift", float="100.00")
        made.append(window)
    return made[0], made[1]


def code_of(window: Window, verb: str, **fields: Any) -> str:
    """The code that a verb is refused with."""
    with pytest.raises(Refused) as caught:
        window.ask(verb, **fields)
    return caught.value.code


def sell(window: Window, seat: str, *tenders: dict[str, str]) -> dict[str, Any]:
    window.ask("add", show=SHOW, places=[seat], price_type="adult")
    sale: dict[str, Any] = window.ask("pay", tenders=list(tenders))["sale"]
    return sale


def drained(house: House, *windows: Window) -> None:
    """Everything has arrived, and nobody finds anything wrong."""
    for window in windows:
        window.ask("sync")
        assert window.ask("status")["unsent"] == 0
    assert house.violations() == []
    for till in ("T1", "T2"):
        out = io.StringIO()
        assert report(house.folder / till, out) == 0, out.getvalue()


def test_an_order_is_printed_at_one_window(house: House, windows: Windows) -> None:
    one, two = windows
    assert [t["code"] for t in one.ask("collect", code="WEB1")["sale"]["tickets"]]
    # The other one asks for the tokens, which come with the word that there are papers; its replica may not know.
    assert code_of(two, "collect", code="WEB1") == "already_collected"
    ticket = two.ask("find", name="Béla")["sales"][0]["tickets"][0]
    one.cable.cut()
    one.online(False)
    assert two.ask("reprint", ticket=ticket["id"], reason="lost")["ticket"]["copy"] == 1
    assert code_of(one, "reprint", ticket=ticket["id"], reason="lost") == "right_to_issue_elsewhere"
    one.cable.mend()
    one.online(True)
    drained(house, one, two)


def test_a_gift_card_goes_from_window_to_window_with_what_is_left(house: House, windows: Windows) -> None:
    one, two = windows
    card = {"kind": "gift_card", "code": "GC-1"}
    first = sell(one, "C-1", card | {"amount": "59.00"})
    second = sell(two, "C-3", card | {"amount": "41.00"}, {"kind": "cash", "amount": "18.00"})
    assert first["total"] == second["total"] == "59.00"
    two.cable.cut()
    two.online(False)
    one.ask("add", show=SHOW, places=["C-5"], price_type="adult")
    cash = {"kind": "cash", "amount": "58.99"}
    assert code_of(one, "pay", tenders=[card | {"amount": "0.01"}, cash]) == "right_elsewhere"
    one.ask("clear")
    two.cable.mend()
    two.online(True)
    # Money goes back to it at the first window again, from the second's sale.
    soon(lambda: one.ask("find", sale=second["id"])["sales"])
    body = one.ask("refund", tickets=[second["tickets"][0]["id"]], reason="ill")["refund"]
    assert body["tenders"][0] == card | {"amount": "41.00", "left": "41.00"}
    drained(house, one, two)


def test_a_voucher_is_redeemed_at_one_window_once(house: House, windows: Windows) -> None:
    one, two = windows
    voucher, cash = {"kind": "voucher", "code": "V-1", "amount": "20.00"}, {"kind": "cash", "amount": "39.00"}
    sell(one, "C-1", voucher, cash)
    two.ask("add", show=SHOW, places=["C-3"], price_type="adult")
    assert code_of(two, "pay", tenders=[voucher, cash]) == "limit_exceeded"
    two.ask("clear")
    drained(house, one, two)


def test_a_ticket_lets_in_at_one_gate_or_two_that_are_cut_off(house: House, windows: Windows) -> None:
    one, two = windows
    known, unknown = (sell(one, seat, {"kind": "cash", "amount": "59.00"})["tickets"][0] for seat in ("C-1", "C-3"))
    soon(lambda: two.ask("find", code=unknown["code"])["sales"])
    two.ask("admit", code=known["code"], show=SHOW)
    soon(lambda: one.ask("find", code=known["code"])["sales"][0]["tickets"][0]["admitted"])
    assert code_of(one, "admit", code=known["code"], show=SHOW) == "already_admitted"
    two.cable.cut()
    two.online(False)
    for gate in (one, two):
        gate.ask("admit", code=unknown["code"], show=SHOW)
    two.cable.mend()
    two.online(True)
    (dispute,) = soon(one.inbox)
    assert dispute["cause"] == "admitted_twice"
    one.ask("resolve_dispute", dispute=dispute["id"], way="accept", note="two friends with one ticket")
    drained(house, one, two)
