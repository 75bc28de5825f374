"""Reports of what is out of the usual: refunds, reprints and voids, sales that came late or have not come yet."""

from __future__ import annotations

from pos.domain.figures import Key, Sum
from pos.domain.report import COUNT, DAY, MOMENT, MONEY, TEXT, WORD, Report
from pos.domain.reports.frame import SHOW, Source, period, report, table, tickets
from pos.domain.reports.frame import TICKETS as CELLS

_BACK = ("TicketsRefunded", "RefundClaimed")
_CALLED = {"TicketsRefunded": "refunds", "RefundClaimed": "claimed"}


def _refunded(key: Key) -> bool:
    return key.kind in _BACK and key.way == "back"


def refunds(source: Source) -> Report:
    """What was paid back: by show, and by who did it and why. Those without the right to the ticket stand apart."""
    figures = source.figures
    by_show = [
        (source.title(show), source.starts(show), *tickets(source, _turned(one)))
        for (show,), one in figures.by("ticket", "show", where=_refunded).items()
    ]
    by_reason = [
        (
            _CALLED[kind],
            day,
            source.till(till),
            source.user(user),
            reason,
            abs(one.pieces),
            source.money(abs(one.minor)),
        )
        for (kind, day, till, user, reason), one in figures.by(
            "document", "kind", "day", "till", "user", "item", where=lambda key: key.kind in _BACK
        ).items()
    ]
    kept = figures.by("fee", "item", where=lambda key: key.kind in _BACK and key.way == "sold")
    out = figures.by("tender", "tender", where=lambda key: key.kind in _BACK)
    tables = [
        table("by_show", (*SHOW, *CELLS), by_show),
        table(
            "by_reason",
            (
                ("kind", WORD), ("day", DAY), ("till", TEXT), ("cashier", TEXT), ("reason", TEXT), ("count", COUNT),
                ("amount", MONEY),
            ),
            by_reason,
        ),
        table("fees_kept", (("fee", WORD), ("count", COUNT), ("amount", MONEY)), [
            (_fee(key[0]), one.pieces, source.money(one.minor)) for key, one in kept.items()
        ]),
        table("by_tender", (("tender", WORD), ("amount", MONEY)), [
            (key[0], source.money(-one.minor)) for key, one in out.items()
        ]),
    ]  # fmt: skip
    return report(source, "refunds", period(source), tables)


def _fee(item: str) -> str:
    return "refund_fee" if item == "refund" else item


def _turned(one: Sum) -> Sum:
    return Sum(-one.minor, -one.tax, -one.pieces)


def reprints(source: Source) -> Report:
    """Tickets printed again, and sales undone: by day, till, cashier and reason."""
    where = (("day", DAY), ("till", TEXT), ("cashier", TEXT))
    copies = [
        (day, source.till(till), source.user(user), reason, one.pieces)
        for (day, till, user, reason), one in source.figures.by("copy", "day", "till", "user", "item").items()
    ]
    voids = [
        (day, source.till(till), source.user(user), abs(one.pieces), source.money(abs(one.minor)))
        for (day, till, user), one in source.figures.by(
            "document", "day", "till", "user", where=lambda key: key.kind == "TicketsVoided"
        ).items()
    ]
    failed = [
        (day, source.till(till), outcome, one.pieces)
        for (day, till, outcome), one in source.figures.by("print", "day", "till", "mark").items()
        if outcome != "done"
    ]
    tables = [
        table("reprints", (*where, ("reason", TEXT), ("tickets", COUNT)), copies),
        table("voids", (*where, ("count", COUNT), ("amount", MONEY)), voids),
        table("misprints", (*where[:2], ("outcome", WORD), ("tickets", COUNT)), failed),
    ]
    return report(source, "reprints", period(source), tables)


def offline_sales(source: Source) -> Report:
    """Sales that reached the office late, since the line was down; and tills that may have some it lacks still."""
    late = [
        (day, source.till(till), one.pieces, source.money(one.minor))
        for (day, till), one in source.figures.by("late", "day", "till").items()
    ]
    tills = [
        (
            source.till(till["till"]),
            till["heard"] or None,
            till["applied"],
            "yes" if source.till(till["till"]) in source.about.late else "no",
        )
        for till in source.about.tills
    ]
    tables = [
        table("offline_sales", (("day", DAY), ("till", TEXT), ("sales", COUNT), ("amount", MONEY)), late),
        table(
            "tills",
            (("till", TEXT), ("last_heard", MOMENT), ("facts", COUNT), ("unsent", WORD)),
            tills,
            total=False,
        ),
    ]
    return report(source, "offline_sales", period(source), tables)
