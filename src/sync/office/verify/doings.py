"""I4: reports of what was done (refunds, comps, promotions, reprints, late sales), added up once more.

A report is left alone where a fact of a kind that it speaks of cannot be read; the others are judged all the same.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Connection, bindparam, text

from pos.domain.season import Season
from sync.office.verify.made import built, column, same, total
from sync.office.verify.report import Report

_LATE_S: Final = 60
_BACK: Final = ("TicketsRefunded", "RefundClaimed")
_SOLD: Final = ("TicketsSold", "TicketsExchanged")
_RETURNED: Final = (*_BACK, "TicketsVoided")
_PRINTED: Final = ("CopyIssued", "PrintReported", "TicketsVoided")
_FACTS: Final = text("SELECT kind, envelope, received_at FROM fact WHERE kind IN :kinds").bindparams(
    bindparam("kinds", expanding=True)
)
_Facts = Iterator[tuple[str, Mapping[str, Any], str]]  # kind, envelope, when it was received


class _Judge:
    """`places`: how many decimals amounts have."""

    def __init__(self, connection: Connection, report: Report, season: Season, places: int) -> None:
        self._connection, self._report, self._season, self._places = connection, report, season, places

    def _facts(self, *kinds: str) -> _Facts:
        for kind, envelope, received in self._connection.execute(_FACTS, {"kinds": kinds}):
            yield kind, json.loads(envelope), received

    def _minor(self, amount: str) -> int:
        return int(Decimal(amount).scaleb(self._places))

    def refunds(self) -> None:
        made, _ = built(self._connection, self._season, "refunds")
        sums, reasons, tenders = Counter[str](), Counter[str](), Counter[str]()
        for _, fact, _ in self._facts(*_BACK):
            refund = fact["body"]["refund"]
            sums["documents"] += 1
            sums["tickets"] += len(refund["tickets"])
            sums["gross"] += sum(self._minor(ticket["price"]) for ticket in refund["tickets"])
            sums["fees kept"] += sum(self._minor(ticket["fee"]) for ticket in refund["tickets"])
            reasons[str(refund.get("reason", ""))] += self._minor(refund["amount"])
            for tender in refund["tenders"]:
                tenders[tender["kind"]] += self._minor(tender["amount"])
        there = {
            "documents": total(made, "by_reason", "count"),
            "tickets": total(made, "by_show", "tickets"),
            "gross": total(made, "by_show", "gross"),
            "fees kept": total(made, "fees_kept", "amount"),
        }
        same(self._report, "refunds", "its", sums, there)
        same(self._report, "refunds", "reason", reasons, column(made, "by_reason", "amount", 4))
        same(self._report, "refunds", "tender", tenders, column(made, "by_tender", "amount"))

    def comps(self) -> None:
        given = 0
        for kind, document in self._documents():
            if kind in _SOLD:
                given += sum("comp" in ticket for ticket in document["tickets"])
                given -= sum(_was_comp(ticket) for ticket in document.get("exchanged", ()))
            else:
                given -= sum(_was_comp(ticket) for ticket in document["tickets"])
        made, _ = built(self._connection, self._season, "comps")
        same(self._report, "comps", "its", {"tickets": given}, {"tickets": total(made, "comps", "tickets")})
        made, _ = built(self._connection, self._season, "occupancy")
        if not self._unknown_shows():
            same(self._report, "occupancy", "its", {"comps": given}, {"comps": total(made, "occupancy", "comps")})

    def promotions(self) -> None:
        tickets, off = Counter[str](), Counter[str]()
        for kind, document in self._documents():
            for ticket in document["tickets"] if kind in _SOLD else ():
                if "promotion" in ticket:
                    tickets["promotion"] += 1
                    off["promotion"] += self._minor(ticket["promotion"]["off"])
                if "override" in ticket:
                    tickets["override"] += 1
                    off["override"] += self._minor(ticket["override"]["was"]) - self._minor(ticket["price"])
        made, _ = built(self._connection, self._season, "promotions")
        same(self._report, "promotions", "tickets by", tickets, column(made, "promotions", "tickets"))
        same(self._report, "promotions", "amount by", off, column(made, "promotions", "amount"))

    def reprints(self) -> None:
        sums = Counter[str]()
        for kind, fact, _ in self._facts(*_PRINTED):
            body = fact["body"]
            if kind == "CopyIssued":
                sums["reprints"] += 1
            elif kind == "TicketsVoided":
                sums["voids"] += 1
                sums["voided"] += self._minor(body["refund"]["amount"])
            elif body["outcome"] != "done":
                sums["misprints"] += len(body["tickets"])
        made, _ = built(self._connection, self._season, "reprints")
        there = {
            "reprints": total(made, "reprints", "tickets"),
            "voids": total(made, "voids", "count"),
            "voided": total(made, "voids", "amount"),
            "misprints": total(made, "misprints", "tickets"),
        }
        same(self._report, "reprints", "its", sums, there)

    def offline_sales(self) -> None:
        sums = Counter[str]()
        for _, fact, received in self._facts("TicketsSold"):
            if received and fact["at"]:
                waited = datetime.fromisoformat(received) - datetime.fromisoformat(fact["at"])
                if waited.total_seconds() > _LATE_S:
                    sums["sales"] += 1
                    sums["amount"] += self._minor(fact["body"]["sale"]["total"])
        made, _ = built(self._connection, self._season, "offline_sales")
        there = {head: total(made, "offline_sales", head) for head in ("sales", "amount")}
        same(self._report, "offline_sales", "its", sums, there)

    def _documents(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Documents by which tickets are sold or come back, those of season files too."""
        for kind, fact, _ in self._facts(*_SOLD, *_RETURNED):
            yield kind, fact["body"]["sale" if kind in _SOLD else "refund"]
        for body in self._connection.execute(text("SELECT body FROM sale WHERE fact_id LIKE 'order:%'")).scalars():
            yield "TicketsSold", json.loads(body)

    def _unknown_shows(self) -> set[str]:
        """Shows with tickets that the season does not have any more: they stand in no list of houses."""
        shows = self._connection.execute(text("SELECT DISTINCT show_id FROM ticket")).scalars()
        return {show for show in shows if not show.startswith("~")} - self._season.shows.keys()


def check_doings(connection: Connection, report: Report, season: Season, places: int, unread: Collection[str]) -> None:
    """`unread`: the kinds of facts of which some cannot be read; `places`: how many decimals amounts have."""
    judge = _Judge(connection, report, season, places)
    for check, kinds in (
        (judge.refunds, _BACK),
        (judge.comps, (*_SOLD, *_RETURNED)),
        (judge.promotions, (*_SOLD, *_RETURNED)),
        (judge.reprints, _PRINTED),
        (judge.offline_sales, ("TicketsSold",)),
    ):
        if not set(kinds) & set(unread):
            check()


def _was_comp(ticket: Mapping[str, Any]) -> bool:
    """What comes back says what it was under `mark`."""
    return "comp" in ticket or ticket.get("mark") == "comp"
