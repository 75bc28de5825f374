"""One fact read into rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pos.domain.books import Posting
from pos.domain.calendar import Calendar
from pos.domain.facts import Fact, Kind
from pos.domain.figures.documents import (
    Said,
    account_paid,
    by_postings,
    correction,
    deposit,
    exchanged,
    package_back,
    refunded,
    sold,
)
from pos.domain.figures.query import Query
from pos.domain.figures.sums import CREDIT, DEBIT, Figures, Key, Numbers, Row, Sum
from pos.domain.money import Money

WEB: Final = "web"  # the channel of orders that came to the office without a till
COUNTER: Final = "counter"
CHANNELS: Final = (COUNTER, WEB)
OFFICE: Final = "office"  # the till that those were sold by
SUSPENSE: Final = "suspense"  # where the office books what a fact's postings are off by
_DOCUMENTS: Final = ("sale", "refund", "correction", "paid", "deposit", "record")
# What is owed to whoever has a code or an order: its accounts are summed by their kind.
_OWED: Final = frozenset({"voucher", "gift_card", "package", "deposit"})
LATE_S: Final = 60  # a sale that reached the office later than this was made while the line was down

Reader = Callable[[Fact, Said], Iterator[Row]]
_READERS: Final[dict[str, Reader]] = {
    Kind.TICKETS_SOLD: sold,
    Kind.TICKETS_EXCHANGED: exchanged,
    Kind.TICKETS_REFUNDED: refunded,
    Kind.REFUND_CLAIMED: refunded,
    Kind.TICKETS_VOIDED: refunded,
    Kind.TENDER_CORRECTED: correction,
    Kind.ACCOUNT_PAID: account_paid,
    Kind.PACKAGE_REFUNDED: package_back,
    Kind.ORDER_RESERVED: deposit,
    Kind.ORDER_CHANGED: deposit,
    Kind.ORDER_ENDED: deposit,
    Kind.COMMISSION_CHANGED: by_postings,
    Kind.PAYMENT_ENDED: by_postings,
}
_KNOWN: Final = frozenset(Kind)
# Kinds that move no money and of which nothing is counted: whoever reads many facts may leave them out.
WITHOUT: Final = (
    Kind.RIGHTS_RETURNED.value, Kind.RIGHTS_TRANSFERRED.value, Kind.RIGHTS_RECEIVED.value, Kind.PLACES_RELEASED.value,
    Kind.CUSTOMER_RECORDED.value, Kind.CUSTOMER_CHANGED.value, Kind.CUSTOMERS_MERGED.value, Kind.CUSTOMER_ERASED.value,
    Kind.STANDBY_CHANGED.value, Kind.GUEST_LIST_CHANGED.value, Kind.TICKET_RENAMED.value, Kind.PAYMENT_STARTED.value,
    Kind.STATEMENT_SIGNED.value, Kind.DRILL_HELD.value, Kind.PLAN_ACTION_CHANGED.value,
    Kind.INCIDENT_REPORTED.value,
)  # fmt: skip


def account_of(account: str) -> str:
    """The account as figures have it: what is owed to holders of codes is summed by its kind."""
    kind = account.partition(":")[0]
    return kind if kind in _OWED else account


@dataclass(frozen=True, slots=True)
class Reading:
    """How facts are read: by whose calendar, in which currency their documents are."""

    calendar: Calendar
    currency: str

    def take(
        self, figures: Figures, query: Query, fact: Fact, *, verdict: str = "", received: str = "", channel: str = ""
    ) -> None:
        """Add a fact to figures, as far as it is asked for. `verdict` and `received` (ISO 8601) are the office's."""
        base, why = self._base(fact, channel)
        rows = self._money(fact, base)
        said = Said(base, self.currency)
        try:
            if why:
                raise ValueError(why)
            if fact.kind not in _KNOWN:
                raise ValueError("this version does not know what it is")
            rows += self._common(fact, said, verdict, received)
            reader = _READERS.get(fact.kind)
            rows += reader(fact, said) if reader is not None else ()
        except (KeyError, TypeError, ValueError, AttributeError):
            rows = self._money(fact, base)
            figures.unreadable(fact.kind, [fact.fact_id])
        else:
            _number(figures, query, fact, base)
        figures.add(query.pick(rows))

    def opening(self, figures: Figures, query: Query, postings: Iterable[Posting]) -> None:
        """What stood in the books before any fact: on no day, of no till."""
        key = Key("money", kind="Opening")
        rows = [
            _side(key._replace(item=account_of(one.account), currency=one.amount.currency), one.amount.minor)
            for one in postings
        ]
        figures.add(query.pick(rows))

    def _base(self, fact: Fact, channel: str) -> tuple[Key, str]:
        """The dimensions that all rows of a fact have, and why some of them cannot be told."""
        document: Mapping[str, Any] = fact.body
        for name in _DOCUMENTS:
            if isinstance(found := fact.body.get(name), dict):
                document = {**fact.body, **found}
                break
        till = fact.till
        if fact.kind == Kind.DRAWER_TAKEN_OVER:
            till = str(fact.body.get("till", till))  # it is that till's drawer
        # What cash was moved for.
        mark = str(fact.body.get("kind", "")) if fact.kind == Kind.CASH_MOVED else ""
        why, day, hour = "", "", ""
        try:
            day, hour = self.calendar.day_and_hour(fact.at) if fact.at else ("", "")
        except (TypeError, ValueError) as error:
            why = str(error)
        return (
            Key(
                "", "", fact.kind, day, hour, till, str(document.get("shift", "")), str(document.get("user", "")),
                channel or (WEB if fact.till == OFFICE else COUNTER), mark=mark, currency=self.currency,
            ),
            why,
        )  # fmt: skip

    def _money(self, fact: Fact, base: Key) -> list[Row]:
        sums: dict[str, int] = {}
        rows: list[Row] = []
        for posting in fact.postings:
            minor, currency = posting.amount.minor, posting.amount.currency
            sums[currency] = sums.get(currency, 0) + minor
            show = posting.account.removeprefix("revenue:") if posting.account.startswith("revenue:") else ""
            key = base._replace(what="money", item=account_of(posting.account), currency=currency, show=show)
            rows.append(_side(key, minor))
        for currency, off in sums.items():
            if off:
                rows.append(_side(base._replace(what="money", item=SUSPENSE, currency=currency), -off))
        return rows

    def _common(self, fact: Fact, said: Said, verdict: str, received: str) -> list[Row]:
        rows: list[Row] = []
        if verdict == "disputed":
            rows.append((said.base._replace(what="disputed"), Sum(pieces=1)))
        if fact.kind == Kind.COPY_ISSUED:
            rows.append((said.base._replace(what="copy", item=str(fact.body.get("reason", ""))), Sum(pieces=1)))
        elif fact.kind == Kind.PRINT_REPORTED:
            key = said.base._replace(what="print", mark=str(fact.body["outcome"]), item=str(fact.body.get("kind", "")))
            rows.append((key, Sum(pieces=len(fact.body["tickets"]))))
        elif fact.kind == Kind.TICKETS_ADMITTED:
            key = said.base._replace(what="admitted", show=str(fact.body["show"]))
            rows.append((key, Sum(pieces=len(fact.body["tickets"]))))
        elif fact.kind == Kind.TICKETS_SOLD and received and fact.at:
            waited = self.calendar.local(received) - self.calendar.local(fact.at)
            if waited.total_seconds() > LATE_S:
                total = Money.parse(fact.body["sale"]["total"], self.currency)
                rows.append((said.base._replace(what="late"), Sum(total.minor, pieces=1)))
        return rows


def _side(key: Key, minor: int) -> Row:
    return key._replace(way=DEBIT if minor > 0 else CREDIT), Sum(minor)


def _number(figures: Figures, query: Query, fact: Fact, base: Key) -> None:
    """The numbers of the tickets that it sold, where shows, price types and tills are kept apart."""
    if fact.kind not in (Kind.TICKETS_SOLD, Kind.TICKETS_EXCHANGED) or not set(Numbers._fields) <= set(query.by):
        return
    for ticket in fact.body["sale"]["tickets"]:
        if query.chooses(base._replace(what="ticket", show=ticket["show"])):
            figures.sold(Numbers(ticket["show"], ticket["price_type"], fact.till), ticket["id"])
