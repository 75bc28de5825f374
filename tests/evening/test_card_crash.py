"""A till is killed at every step of a card payment: never charged twice, no approved payment lost, each slip once."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.evening.house import House, Window
from tests.peers.toy_terminal import CARD, STEPS, Day, Play, ToyTerminal

SHOW = "matinee"
PRICE = 5900  # a ticket with its fee
Cards = tuple[House, Window, ToyTerminal]


@pytest.fixture
def cards(tmp_path: Path) -> Iterator[Cards]:
    with ToyTerminal() as toy, House(tmp_path / "house", f"sqlite:///{tmp_path / 'office.db'}") as house:
        toy.bank.book(700, 0)
        window = house.window("T1", terminal=toy)
        window.open()
        ready(window)
        yield house, window, toy


def ready(window: Window) -> None:
    """The terminal is reached, and its last payment known."""
    within(20, lambda: bool(window.till.ok("terminal_status")["terminal"]["last"]))


def within(seconds: float, condition: Callable[[], bool]) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def by_card(window: Window, place: str) -> list[dict[str, str]]:
    total = window.till.ok("add", show=SHOW, places=[place], price_type="adult")["basket"]["total"]
    return [{"kind": "card", "amount": total}]


def killed_at(window: Window, toy: ToyTerminal, step: str, play: Play, verb: str, **fields: Any) -> None:
    """Ask for it, kill the till with the terminal at that step, and start it again."""
    reached, killed = threading.Event(), threading.Event()

    def at(now: str) -> None:
        if now == step:
            reached.set()
            assert killed.wait(30)

    play.at = at
    toy.next = play
    window.till.send(verb, **fields)
    assert reached.wait(30), step
    window.till.kill()
    killed.set()
    toy.wait_for(lambda: not toy.bank.busy)
    toy.next = Play()
    window.restart()
    window.till.ok("sign_in", user="anna", pin="2468")


def until_done(window: Window, verb: str, **fields: Any) -> dict[str, Any]:
    """Ask again, as a cashier does, while the terminal has not told what became of the money."""
    end = time.monotonic() + 60
    while "refused" in (answer := window.till.do(verb, **fields)):
        assert answer["refused"]["code"] == "payment_unknown", answer
        assert time.monotonic() < end, answer
        time.sleep(0.2)
    ok: dict[str, Any] = answer["ok"]
    return ok


def slips(window: Window) -> Counter[str]:
    """How many card slips each payment has had, none of them printed twice or lost."""
    jobs = [job for job in window.till.ok("jobs")["jobs"] if job["kind"] == "card_slip"]
    assert {job["state"] for job in jobs} <= {"done", "queued", "started"}, jobs
    return Counter(job["sale"] for job in jobs)


@pytest.mark.parametrize(
    "behaves",
    [{}, {"goes_on": True}, {"goes_on": True, "reverses": True}],
    ids=["it gives up", "it goes on", "it takes back what was not acknowledged"],
)
def test_a_till_killed_at_every_step_of_a_payment(cards: Cards, behaves: dict[str, bool]) -> None:
    house, window, toy = cards
    seats = window.seats("free", SHOW)
    sales = []
    for number, (step, seat) in enumerate(zip(STEPS, seats, strict=False), 1):
        tenders = by_card(window, seat)
        killed_at(window, toy, step, Play(**behaves), "pay", tenders=tenders, key=step)
        sales.append(until_done(window, "pay", tenders=tenders, key=step)["sale"])
        assert toy.charged == [PRICE] * number, step
        assert window.till.ok("payments")["payments"] == [], step
        ready(window)
    assert len({ticket["id"] for sale in sales for ticket in sale["tickets"]}) == len(STEPS)
    assert set(slips(window).values()) == {1}
    assert len(slips(window)) == len(STEPS), "one slip for each payment that came about"
    total = f"{len(STEPS) * PRICE / 100:.2f}"
    ended = window.till.ok("end_of_day", answer_s=30)["end_of_day"]
    assert (ended["total"], ended["expected"], ended["difference"]) == (total, total, "0.00")
    report = window.till.ok("close_shift", counted={"total": "100.00"})["report"]
    assert (report["by_tender"], report["difference"]) == ({"card": total}, "0.00")
    house.verify()
    assert CARD.encode() not in (window.till.folder / "ledger.db").read_bytes(), "no card number is kept"


def test_a_till_killed_while_money_goes_back_to_a_card(cards: Cards) -> None:
    house, window, toy = cards
    steps = ("asked", "accepted", "charged", "result", "printed", "completed")
    for step, seat in zip(steps, window.seats("free", SHOW), strict=False):
        sale = window.till.ok("pay", tenders=by_card(window, seat))["sale"]
        ticket = sale["tickets"][0]["id"]
        before = sum(toy.charged)
        back = {"tickets": [ticket], "reason": "ill", "key": step}
        killed_at(window, toy, step, Play(goes_on=True), "refund", **back)
        refund = until_done(window, "refund", **back)["refund"]
        assert sum(toy.charged) == before - round(float(refund["amount"]) * 100), step
        assert window.till.refused("refund", tickets=[ticket], reason="again")["code"] == "already_refunded"
        ready(window)
    house.verify()


def test_a_till_killed_in_the_terminals_end_of_day_says_so_at_the_next(cards: Cards) -> None:
    house, window, toy = cards
    window.till.ok("pay", tenders=by_card(window, window.seats("free", SHOW)[0]))
    toy.day = Day(stalls=True)
    window.till.send("end_of_day")
    toy.wait_for(lambda: toy.bank.handed_in == [PRICE])
    window.till.kill()
    window.restart()
    window.till.ok("sign_in", user="anna", pin="2468")
    ready(window)
    ended = window.till.ok("end_of_day", answer_s=30)["end_of_day"]
    assert (ended["total"], ended["expected"], ended["difference"]) == ("0.00", "59.00", "-59.00")
    assert ended["unclear_before"] is True
    house.verify()
    [row] = house.ask("SELECT count(*) FROM fact WHERE kind = 'TerminalDayEnded'")
    assert row[0] == 1
