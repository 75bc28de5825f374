"""What comes back, in real processes: at another window, without a line, and through a payment terminal."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.evening.house import House, Window
from tests.peers.toy_terminal import Play, ToyTerminal

SHOW = "matinee"  # three days from now, within all terms


def tickets_of(window: Window, *places: str) -> list[str]:
    return [ticket["id"] for ticket in window.sell(*places, show=SHOW)["tickets"]]


def refund(window: Window, ticket: str) -> dict[str, Any]:
    answer: dict[str, Any] = window.till.ok("refund", tickets=[ticket], reason="ill")["refund"]
    return answer


def copied(window: Window, ticket: str) -> int:
    """The number of another paper, which has come out."""
    mark = window.till.heard()
    copy: int = window.till.ok("reprint", ticket=ticket, reason="lost")["ticket"]["copy"]
    window.till.wait_event("printed", tickets=[ticket], after=mark)
    return copy


def test_any_window_refunds_and_none_twice(house: House) -> None:
    one, two = house.pair()
    one.open()
    two.open("boris")
    first, second, third = tickets_of(one, "A-1", "A-2", "A-3")
    one.till.ok("sync")
    two.till.ok("sync")
    # The window that sold gives up its token, because another one's customer is asking.
    price = refund(two, first)["amount"]
    assert two.till.ok("find", code=first)["sales"][0]["tickets"][0]["state"] == "refunded"
    assert one.till.refused("refund", tickets=[first], reason="again")["code"] == "already_refunded"
    assert two.places(SHOW)["A-1"]["state"] == "here"
    # Without its line the one that sold still refunds what it holds, and nobody else does.
    one.cut()
    refused = two.till.refused("refund", tickets=[second], reason="ill")
    assert (refused["code"], refused["holder"]) == ("right_to_refund_elsewhere", "T1")
    assert refund(one, second)["amount"] == price
    new = one.till.ok("exchange", tickets=[third], show=SHOW, places=["A-2"], price_type="adult", tenders=[])[
        "exchange"
    ]["tickets"][0]["id"]
    # Killed after its answer, it has refunded and exchanged, once.
    one.till.kill()
    one.restart()
    one.till.ok("sign_in", user="anna", pin="2468")
    assert one.till.refused("refund", tickets=[second], reason="again")["code"] == "already_refunded"
    assert one.till.refused("refund", tickets=[third], reason="again")["code"] == "exchanged"
    one.cable.mend()
    one.till.wait_event("link", state="online", seconds=30)
    again = tickets_of(two, "A-1")
    house.drain()
    assert copied(one, new) == 1
    expected = one.till.ok("move_cash", kind="paid_in", amount="1.00", reason="change")["drawer"]["expected"]
    assert one.till.ok("close_shift", counted={"total": expected})["report"]["difference"] == "0.00"
    assert copied(two, new) == 2
    house.verify()
    assert set(house.tickets()) == {new, *again}
    states = dict(map(tuple, house.ask("SELECT id, state FROM ticket WHERE state <> 'live'")))
    assert states == {first: "refunded", second: "refunded", third: "exchanged"}
    rows = house.ask("SELECT sum(minor) FROM posting WHERE account = 'revenue:matinee' OR account LIKE 'tax:%'")
    assert int(rows[0][0]) == -2 * 5800


@pytest.fixture
def cards(tmp_path: Path) -> Iterator[tuple[House, Window, ToyTerminal]]:
    with ToyTerminal() as toy, House(tmp_path / "house", f"sqlite:///{tmp_path / 'office.db'}") as house:
        window = house.window("T1", printers=False, terminal=toy)
        window.open()
        end = time.monotonic() + 20
        while window.till.ok("status")["devices"]["terminal"]["state"] != "ready":
            assert time.monotonic() < end
            time.sleep(0.05)
        yield house, window, toy


def by_card(window: Window, place: str) -> list[dict[str, str]]:
    total = window.till.ok("add", show=SHOW, places=[place], price_type="adult")["basket"]["total"]
    return [{"kind": "card", "amount": total}]


def test_cards_are_charged_once_whatever_happens_to_the_line_or_the_till(
    cards: tuple[House, Window, ToyTerminal],
) -> None:
    house, window, toy = cards
    window.till.ok("pay", tenders=by_card(window, "A-1"))
    toy.next = Play(declined=0x6C)
    tenders = by_card(window, "A-2")
    assert window.till.refused("pay", tenders=tenders)["code"] == "payment_declined"
    assert toy.bank.charged == [5900]
    # The line breaks when the card has been charged and nobody knows it: asked again, the terminal tells.
    toy.next = Play(drop_at="charged", goes_on=True)
    answer = window.till.do("pay", tenders=tenders, key="k")
    if "refused" in answer:
        assert answer["refused"]["code"] == "payment_unknown"
        end = time.monotonic() + 60
        while "refused" in (answer := window.till.do("pay", tenders=tenders, key="k")):
            assert time.monotonic() < end, answer
            time.sleep(1.0)
    assert toy.bank.charged == [5900, 5900]
    # The till is killed while the terminal is at work, and finds the payment when it is back.
    toy.next = Play(stall_at="charged", goes_on=True)
    tenders = by_card(window, "A-3")
    window.till.send("pay", tenders=tenders, key="m")
    end = time.monotonic() + 20
    while len(toy.bank.charged) < 3:
        assert time.monotonic() < end
        time.sleep(0.02)
    window.till.kill()
    toy.next = Play()
    window.restart()
    window.till.wait_event("payment", state="approved", seconds=90)
    window.till.ok("sign_in", user="anna", pin="2468")
    sale = window.till.ok("pay", tenders=tenders, key="m")["sale"]
    assert window.till.ok("pay", tenders=tenders, key="m")["sale"] == sale
    assert toy.bank.charged == [5900, 5900, 5900]
    assert window.till.ok("payments")["payments"] == []
    report = window.till.ok("close_shift", counted={"total": "100.00"})["report"]
    assert (report["by_tender"], report["difference"]) == ({"card": "177.00"}, "0.00")
    house.verify()
    journal = (window.till.folder / "ledger.db").read_bytes()
    assert b"5413330089604111" not in journal, "no card number is kept"
