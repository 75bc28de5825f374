"""Whatever is sold, undone, taken back, changed and printed again, in whatever order: no seat is in two states, no more
is paid back than was paid, and all money is where the books say."""

from __future__ import annotations

import tempfile
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pos.domain.errors import Refused
from pos.store.verify import report
from tests.unit.till.counter import PINS, Counter
from tests.unit.till.toy_terminal import ScriptedTerminal

SEATS = ("A-1", "A-2", "A-3", "B-1", "B-2")
SAM = {"user": "sam", "pin": PINS["sam"]}
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["sell", "sell", "refund", "refund", "exchange", "void", "reprint", "admit", "wait"]),
        st.integers(0, 4),
        st.sampled_from(["cash", "card", "split"]),
        st.booleans(),
    ),
    min_size=3,
    max_size=9,
)


class Sold:
    """What a customer has in hand, by what the till has answered."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        self.sales: list[str] = []
        self.tickets: list[dict[str, Any]] = []  # all that ever were
        self.paid = Decimal(0)
        self.refused: list[str] = []

    def step(self, what: str, at: int, how: str, sure: bool) -> None:
        approver = {"approver": SAM} if sure else {}
        ticket = self.tickets[at % len(self.tickets)] if self.tickets else None
        if what == "sell":
            self._sell(SEATS[at], how)
        elif what == "wait":
            self.counter.clock.wait(minutes=11)
        elif ticket is None:
            return
        elif what == "refund":
            done = self.counter.ask("refund", tickets=[ticket["id"]], reason="ill", waive_fee=sure, **approver)
            self.paid -= sum(Decimal(tender["amount"]) for tender in done["refund"]["tenders"])
        elif what == "void":
            done = self.counter.ask("void", sale=ticket["id"], surrendered=True, **approver)
            self.paid -= sum(Decimal(tender["amount"]) for tender in done["void"]["tenders"])
        elif what == "exchange":
            self._exchange(ticket, SEATS[(at + 2) % len(SEATS)], approver)
        elif what == "reprint":
            self.counter.ask("reprint", ticket=ticket["id"], reason="torn")
        else:
            self.counter.ask("admit", code=ticket["code"], show="aida")

    def _sell(self, seat: str, how: str) -> None:
        self.counter.ask("clear")
        total = Decimal(self.counter.add(seat)["basket"]["total"])
        part = {"cash": Decimal(0), "card": total, "split": Decimal("20.00")}[how]
        tenders = [{"kind": "card", "amount": str(part)}] if part else []
        tenders += [{"kind": "cash", "amount": str(total - part)}] if part < total else []
        sale = self.counter.ask("pay", tenders=tenders)["sale"]
        self.tickets += sale["tickets"]
        self.paid += total

    def _exchange(self, ticket: dict[str, Any], seat: str, approver: dict[str, Any]) -> None:
        asked = {"tickets": [ticket["id"]], "show": "aida", "places": [seat], "price_type": "adult"}
        told = self.counter.ask("quote", **asked)["exchange"]
        tenders = told["tenders"] or [{"kind": "cash", "amount": told["total"]}]
        done = self.counter.ask("exchange", **asked, tenders=tenders, **approver)["exchange"]
        assert (done["total"], done["fee"]) == (told["total"], told["fee"])
        self.tickets += done["tickets"]
        self.paid += Decimal(done["total"])


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=STEPS)
def test_no_sequence_pays_back_more_than_was_paid_or_sells_a_seat_twice(
    steps: list[tuple[str, int, str, bool]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        terminal = ScriptedTerminal()
        counter = Counter(Path(folder) / "till", terminal=terminal)
        try:
            counter.open(float_="500.00")
            sold = Sold(counter)
            for step in steps:
                try:
                    sold.step(*step)
                except Refused as refused:
                    sold.refused.append(refused.code)
                _seats(counter, sold)
                assert sold.paid >= 0
            assert not {"bad_request", "storage_failed", "payment_unknown"} & set(sold.refused)
            drawer = sum(row[0] for row in counter.rows("SELECT minor FROM cash_move"))
            assert Decimal(drawer + terminal.total) / 100 == sold.paid + 500
            counter.line.drain()
            assert counter.line.disputes == []
            said = StringIO()
            assert report(counter.folder, said) == 0, said.getvalue()
        finally:
            counter.stop()


def _seats(counter: Counter, sold: Sold) -> None:
    """A seat has one live ticket when it is sold, and none when it is not."""
    live: dict[str, list[str]] = {seat: [] for seat in SEATS}
    for ticket in sold.tickets:
        (found,) = counter.ask("find", code=ticket["id"])["sales"]
        (state,) = [each["state"] for each in found["tickets"] if each["id"] == ticket["id"]]
        if state == "live":
            live[ticket["place"]].append(ticket["id"])
    states = {row["place"]: row.get("state") for row in counter.ask("places", show="aida")["places"]}
    for seat, tickets in live.items():
        assert len(tickets) == (states[seat] == "sold"), f"{seat} is {states[seat]} and has {tickets}"
