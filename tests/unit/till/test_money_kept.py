"""Whatever is sold, refunded, exchanged, undone and corrected: money in is money out, what is still sold, and fees."""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pos.domain.errors import Refused
from pos.store.verify import report
from tests.unit.till.counter import PINS, Counter
from tests.unit.till.toy_terminal import ScriptedTerminal

SAM = {"user": "sam", "pin": PINS["sam"]}
FEE = Decimal("1.00")  # a ticket's counter fee, kept when it comes back
TAKEN = ("drawer", "card", "card_slip", "changed", "mobile", "transfer", "gift_card", "account", "voucher")
KINDS = ("cash", "card", "slip", "gift_card", "account", "foreign", "mobile", "transfer")
ACTS = ("sell", "sell", "sell", "refund", "exchange", "void", "correct")

_act = st.tuples(st.sampled_from(ACTS), st.sampled_from(KINDS), st.sampled_from(KINDS), st.integers(0, 30))


class Evening:
    """A till, and what its customers would say of it: what they have paid, and what they hold."""

    def __init__(self, folder: Path) -> None:
        self.till = Counter(folder, terminal=ScriptedTerminal())
        self.till.open(float_="500.00")
        self.till.line.purse("gift_card", "GC", 300_000)
        self.till.line.purse("account", "club", 300_000)
        self.till.line.document("currency", {"id": "USD", "code": "USD", "rate": "0.9137"})
        self.paid = Decimal(0)
        self.kept = Decimal(0)  # fees
        self.live: dict[str, Decimal] = {}  # ticket -> its price
        self.sales: dict[str, list[str]] = {}
        self.seats = [f"{row}-{n}" for row in "AB" for n in range(1, 13)]
        adult = {name: prices["adult"] for name, prices in self.till.ask("show", show="aida")["prices"].items()}
        places = self.till.ask("places", show="aida")["places"]
        self.price = {one["place"]: Decimal(adult[one["category"]]) for one in places if one["place"] in self.seats}

    def tender(self, kind: str, amount: Decimal, *, back: bool = False) -> dict[str, str]:
        text = f"{-amount if back else amount:.2f}"
        if kind == "foreign" and not back:
            return {"kind": "cash", "amount": text, "currency": "USD", "given": f"{int(amount * 2) + 1}.00"}
        by = {
            "card": {"kind": "card"},
            "slip": {"kind": "card", "slip": "4711"},
            "gift_card": {"kind": "gift_card", "code": "GC"},
            "account": {"kind": "account", "code": "club"},
            "mobile": {"kind": "mobile", "reference": "seen"},
            "transfer": {"kind": "transfer", "reference": "seen"},
        }
        return {"kind": "cash", **by.get(kind, {}), "amount": text}

    def parts(self, first: str, second: str, total: Decimal) -> list[dict[str, str]]:
        """Two tenders, or one where they are the same or the sum is small."""
        if total < 20 or first == second or {first, second} <= {"cash", "foreign"}:
            return [self.tender(first, total)] if total else []
        return [self.tender(first, Decimal(10)), self.tender(second, total - 10)]

    def sell(self, first: str, second: str, pick: int) -> None:
        places = self.seats[: 1 + pick % 2]
        if not places:
            return
        self.till.add(*places)
        total = Decimal(self.till.ask("basket")["basket"]["total"])
        sale = self.till.ask("pay", tenders=self.parts(first, second, total))["sale"]
        self.seats = self.seats[len(places) :]
        self.paid += total
        self.kept += FEE * len(places)
        self.live |= {ticket["id"]: Decimal(ticket["price"]) for ticket in sale["tickets"]}
        self.sales[sale["id"]] = [ticket["id"] for ticket in sale["tickets"]]

    def chosen(self, pick: int) -> str:
        return sorted(self.live)[pick % len(self.live)]

    def refund(self, _first: str, _second: str, pick: int) -> None:
        if not self.live:
            return
        ticket = self.chosen(pick)
        more: dict[str, Any] = {"waive_fee": True, "approver": SAM} if pick % 3 == 0 else {}
        back = self.till.ask("refund", tickets=[ticket], reason="ill", slip="4712", **more)["refund"]
        self.paid -= Decimal(back["amount"])
        self.kept += self.live.pop(ticket) - Decimal(back["amount"])

    def exchange(self, first: str, second: str, pick: int) -> None:
        if not self.live or len(self.seats) < 2:
            return
        ticket = self.chosen(pick)
        places = self.seats[: 1 + pick % 2]
        due = sum((self.price[place] for place in places), Decimal(0)) - self.live[ticket]
        if due < 0:
            return
        self.seats = self.seats[len(places) :]
        made = self.till.ask(
            "exchange", tickets=[ticket], show="aida", places=places, price_type="adult",
            tenders=self.parts(first, second, due),
        )["exchange"]  # fmt: skip
        self.paid += Decimal(made["total"])
        del self.live[ticket]
        self.live |= {new["id"]: Decimal(new["price"]) for new in made["tickets"]}

    def void(self, _first: str, _second: str, pick: int) -> None:
        whole = [sale for sale, tickets in self.sales.items() if all(ticket in self.live for ticket in tickets)]
        if whole:
            sale = whole[pick % len(whole)]
            back = self.till.ask("void", sale=sale, surrendered=True, slip="4713")["void"]
            tickets = self.sales.pop(sale)
            self.paid -= Decimal(back["amount"])
            self.kept -= FEE * len(tickets)
            for ticket in tickets:
                del self.live[ticket]

    def correct(self, first: str, _second: str, pick: int) -> None:
        """Nothing changes for the customer; what cannot be corrected is refused."""
        if self.sales:
            wrong, to = (
                ("cash", {"kind": "card", "slip": "4714"}) if first == "cash" else ("card_slip", {"kind": "cash"})
            )
            fields = {"sale": sorted(self.sales)[pick % len(self.sales)], "from": wrong, "to": to, "reason": "slip"}
            code = ""
            try:
                self.till.ask("correct_tender", **fields)
            except Refused as refused:
                code = refused.code
            assert code in ("", "not_allowed", "already_refunded", "exchanged", "drawer_short")

    def check(self) -> None:
        books = dict.fromkeys(TAKEN, 0)
        for (envelope,) in self.till.rows("SELECT envelope FROM journal"):
            fact = json.loads(envelope)
            for account, minor, currency in fact["money"]:
                kind = account.partition(":")[0]
                if currency == "EUR" and kind in books and fact["kind"] != "ShiftOpened":
                    books[kind] += minor
        taken = Decimal(sum(books.values())) / 100
        assert taken == self.paid, f"the tenders hold {books}, the customers have paid {self.paid}"
        assert self.paid == sum(self.live.values(), Decimal(0)) + self.kept
        cash = sum(minor for kind, minor in self.till.rows("SELECT kind, minor FROM cash_move") if kind != "float")
        assert cash == books["drawer"], "the drawer follows"
        self.till.printers.run()
        self.till.settle()
        self.till.line.drain()
        assert self.till.line.disputes == []
        foreign = dict.fromkeys(self.till.ask("shift")["foreign"], "0.00")
        self.till.ask("close_shift", counted={"total": "500.00"}, foreign=foreign)
        self.till.printers.run()
        out = io.StringIO()
        assert report(self.till.folder, out) == 0, out.getvalue()


@settings(
    max_examples=8, deadline=None, phases=(Phase.explicit, Phase.generate), suppress_health_check=list(HealthCheck)
)
@given(st.lists(_act, min_size=6, max_size=14))
def test_money_in_is_money_out_and_fees(acts: list[tuple[str, str, str, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        evening = Evening(Path(folder) / "till")
        try:
            for act, first, second, pick in acts:
                done: Callable[[str, str, int], None] = getattr(evening, act)
                done(first, second, pick)
            evening.check()
        finally:
            evening.till.stop()


def test_an_evening_with_every_tender_and_every_act(tmp_path: Path) -> None:
    evening = Evening(tmp_path / "till")
    try:
        for at, kind in enumerate(KINDS):
            evening.sell(kind, KINDS[(at + 3) % len(KINDS)], at)
        evening.correct("cash", "", 0)
        evening.correct("slip", "", 2)
        for at, kind in enumerate(KINDS[:5]):
            evening.exchange(kind, "cash", 2 * at + 1)
            evening.refund("", "", 3 * at)
        evening.void("", "", 1)
        evening.check()
    finally:
        evening.till.stop()
