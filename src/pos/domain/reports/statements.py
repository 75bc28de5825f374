"""Statements of shows: the box office's for one performance, and the promoter's for a run.

The laws of a promoter's statement:

* It settles shows that are over. Money for shows to come is told apart, and is not owed yet.
* Signed, it is locked: a record carries it by value, with the hash of its bytes. What facts say afterwards of a show
  that was settled (a refund, a correction, a fact that came late) is an adjustment in the next statement: what there
  is now, less what was settled before. Nothing is ever settled twice, and nothing that was settled changes.
* Each sum is that of the figures; only the agreement's percentages are worked out here (`pos.domain.promoter`), on a
  show's whole sum at each outlet, so that the parts of an amount never round apart from it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any, Final

from pos.domain.figures import Figures, Key
from pos.domain.promoter import Promoter, part_of
from pos.domain.report import COUNT, MONEY, TEXT, WORD, Cell, Report, Table
from pos.domain.reports.frame import (
    SHOW,
    TICKETS,
    Source,
    fees,
    name_of,
    report,
    table,
    tickets,
)

FAMILY: Final = "statement"  # of the records of those that were signed
CARDS: Final = frozenset({"card", "card_slip"})


def box_office(source: Source) -> Report:
    """One performance: first and last ticket number of each price type at each window, what was sold, tax and net."""
    show = source.asked["show"]

    def here(key: Key) -> bool:
        return key.show == show

    sums = source.figures.by("ticket", "price_type", "till", where=here)
    ends = {(key.price_type, key.till): both for key, both in source.figures.numbers.items() if key.show == show}
    rows = [
        (source.price_type(kind), source.till(till), *ends.get((kind, till), (None, None)), *tickets(source, one))
        for (kind, till), one in sums.items()
    ]
    columns = (("price_type", TEXT), ("till", TEXT), ("first_number", TEXT), ("last_number", TEXT), *TICKETS)
    back = source.figures.by("ticket", "kind", where=lambda key: here(key) and key.way == "back")
    returned = [(_RETURNED.get(kind, kind), -one.pieces, source.money(-one.minor)) for (kind,), one in back.items()]
    paid = source.figures.by("paid", "tender", where=here)
    by_category = source.figures.by("ticket", "category", where=here)
    comps = source.figures.total("ticket", lambda key: here(key) and key.mark == "comp")
    tables = [
        table("by_price_type", columns, rows),
        table("by_category", (("category", TEXT), *TICKETS), [
            (key[0], *tickets(source, one)) for key, one in by_category.items()
        ]),
        table("returned", (("kind", WORD), ("tickets", COUNT), ("gross", MONEY)), returned),
        fees(source, where=here),
        table("by_tender", (("tender", WORD), ("amount", MONEY)), [
            (key[0] or "nothing_paid", source.money(one.minor)) for key, one in paid.items() if one.minor
        ]),
    ]  # fmt: skip
    facts: list[tuple[str, Cell]] = [
        ("show", source.title(show)),
        ("starts", source.starts(show)),
        ("comps", comps.pieces),
    ]
    return report(source, "box_office", facts, tables, ("cashier", "house_manager", "promoter"))


_RETURNED: Final = {
    "TicketsRefunded": "refunds", "RefundClaimed": "claimed", "TicketsExchanged": "exchanges", "TicketsVoided": "voids",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """What a show comes to, in minor units. `fees` are those charged or kept with its tickets, net of tax."""

    tickets: int = 0
    comps: int = 0
    gross: int = 0
    tax: int = 0
    fees: int = 0
    commission: int = 0
    card_cost: int = 0

    def plus(self, other: Line, sign: int = 1) -> Line:
        return Line(*(a + sign * b for a, b in zip(astuple(self), astuple(other), strict=True)))

    def payable(self, promoter: Promoter) -> int:
        return self.gross - self.tax - self.commission - self.card_cost + (self.fees if promoter.fees_too else 0)

    def to_json(self) -> list[int]:
        return list(astuple(self))


def line_of(figures: Figures, show: str, promoter: Promoter) -> Line:
    """What a show comes to by the figures and the agreement."""

    def here(key: Key) -> bool:
        return key.show == show

    whole = figures.total("ticket", here)
    charged = figures.total("fee", here)
    sold_at = figures.by("ticket", "channel", "till", where=here)
    commission = sum(part_of(one.minor, promoter.rate(*at)) for at, one in sold_at.items())
    by_card = figures.total("paid", lambda key: here(key) and key.item == "ticket" and key.tender in CARDS)
    return Line(
        whole.pieces,
        figures.total("ticket", lambda key: here(key) and key.mark == "comp").pieces,
        whole.minor,
        whole.tax,
        charged.minor - charged.tax,
        commission,
        part_of(by_card.minor, promoter.card_cost),
    )


@dataclass(frozen=True)
class Run:
    """A promoter's shows as they are to be settled now: those for the first time, those that were and have changed
    since (by what), and those to come. `advanced` is what of the advances no statement has taken into account."""

    promoter: Promoter
    fresh: Mapping[str, Line]
    adjusted: Mapping[str, Line]
    future: Mapping[str, Line]
    advanced: int

    @property
    def payable(self) -> int:
        settled = (*self.fresh.values(), *self.adjusted.values())
        return sum(line.payable(self.promoter) for line in settled) - self.advanced


def run_of(source: Source, promoter: Promoter, signed: Iterable[Mapping[str, Any]]) -> Run:
    """What is to be settled with a promoter, after the statements that were signed."""
    signed = [one for one in signed if one["promoter"] == promoter.id]
    now = datetime.fromisoformat(source.about.made_at)
    fresh: dict[str, Line] = {}
    adjusted: dict[str, Line] = {}
    future: dict[str, Line] = {}
    for show in source.of_shows(promoter.id):
        line = line_of(source.figures, show, promoter)
        before = [Line(*one["lines"][show]) for one in signed if show in one["lines"]]
        if before:
            for settled in before:
                line = line.plus(settled, -1)
            if line != Line():
                adjusted[show] = line
        elif source.season.shows[show].starts > now:
            future[show] = line
        else:
            fresh[show] = line
    advanced = promoter.advanced(source.currency).minor - sum(one["advanced"] for one in signed)
    return Run(promoter, fresh, adjusted, future, advanced)


_COLUMNS: Final = (
    *SHOW, ("tickets", COUNT), ("comps", COUNT), ("gross", MONEY), ("tax", MONEY), ("fees", MONEY),
    ("commission", MONEY), ("card_cost", MONEY), ("payable", MONEY),
)  # fmt: skip


def promoter_statement(source: Source) -> Report:
    """What a promoter gets for shows that are over, what has changed of those that were settled, and what was taken
    for shows to come. Raises KeyError for a promoter that there is not."""
    promoter = source.season.promoters[source.asked["promoter"]]
    signed = [one for one in source.about.records if one["promoter"] == promoter.id]
    run = run_of(source, promoter, signed)
    tables = [
        _lines(source, "shows", run.fresh, promoter),
        _lines(source, "adjustments", run.adjusted, promoter),
        _lines(source, "future_shows", run.future, promoter),
        _at_outlets(source, run),
        table("payable", (("what", WORD), ("amount", MONEY)), _sums(source, run), total=False),
        table("signed_statements", (("number", TEXT), ("made_at", TEXT), ("amount", MONEY)), [
            (one["id"], one["signed_at"], source.money(one["payable"])) for one in signed
        ], total=False),
    ]  # fmt: skip
    facts: list[tuple[str, Cell]] = [("promoter", promoter.name), ("number", len(signed) + 1)]
    return report(source, "promoter_statement", facts, tables, ("promoter", "house_manager"), ("note_future_shows",))


def _lines(source: Source, heading: str, lines: Mapping[str, Line], promoter: Promoter) -> Table:
    money = source.money
    rows = [
        (
            source.title(show), source.starts(show), line.tickets, line.comps, money(line.gross), money(line.tax),
            money(line.fees), money(line.commission), money(line.card_cost), money(line.payable(promoter)),
        )
        for show, line in lines.items()
    ]  # fmt: skip
    return table(heading, _COLUMNS, rows)


def _at_outlets(source: Source, run: Run) -> Table:
    """The commission by channel and outlet, of the shows that are settled for the first time."""
    sums = source.figures.by("ticket", "channel", "till", "show", where=lambda key: key.show in run.fresh)
    places: dict[tuple[str, str], tuple[int, int]] = {}
    for (channel, till, _), one in sums.items():
        gross, cut = places.get((channel, till), (0, 0))
        places[channel, till] = gross + one.minor, cut + part_of(one.minor, run.promoter.rate(channel, till))
    rows = [
        (channel, source.till(till), source.money(gross), _rate(run.promoter.rate(channel, till)), source.money(cut))
        for (channel, till), (gross, cut) in sorted(places.items())
    ]
    columns = (("channel", WORD), (name_of("till"), TEXT), ("gross", MONEY), ("rate", TEXT), ("commission", MONEY))
    return table("commission", columns, rows)


def _rate(points: int) -> str:
    return f"{points / 100:g} %"


def _sums(source: Source, run: Run) -> Sequence[tuple[str, Any]]:
    def come_to(lines: Mapping[str, Line]) -> Any:
        return source.money(sum(line.payable(run.promoter) for line in lines.values()))

    return [
        ("shows", come_to(run.fresh)),
        ("adjustments", come_to(run.adjusted)),
        ("advances", source.money(-run.advanced)),
        ("payable", source.money(run.payable)),
        ("future_shows", come_to(run.future)),
    ]


# ---- signed --------------------------------------------------------------------------------


def digest_of(made: Report) -> str:
    """The SHA-256 of a report's one written form, in hex."""
    return digest(made.to_json())


def digest(doc: Mapping[str, Any]) -> str:
    """The same of a report as it was written down."""
    text = json.dumps(doc, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def signed_record(source: Source, made: Report, id: str, home: str) -> dict[str, Any]:
    """The record that locks a promoter's statement: the document by value and its hash, and what it settles."""
    promoter = source.season.promoters[source.asked["promoter"]]
    run = run_of(source, promoter, source.about.records)
    settled = {**run.fresh, **run.adjusted}
    doc = made.to_json()
    return {
        "id": id,
        "home": home,
        "promoter": promoter.id,
        "signed_at": source.about.made_at,
        "sha256": digest(doc),
        "document": doc,
        "lines": {show: line.to_json() for show, line in settled.items()},
        "advanced": run.advanced,
        "payable": run.payable,
        "heads": dict(source.figures.heads),
    }
