"""Reports: what each is built of. This table is the only list of them.

A builder adds no money up that the figures have not: whatever two reports say of the same money is the same sum of the
same rows, and they agree (tests/unit/figures/test_agreement.py, and `housefull-office verify`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from pos.domain.figures import Figures, Query
from pos.domain.report import Report
from pos.domain.reports.events import offline_sales, refunds, reprints
from pos.domain.reports.frame import Source
from pos.domain.reports.house import comps, customers, holds, occupancy, promotions
from pos.domain.reports.incidents import FAMILY as INCIDENT
from pos.domain.reports.incidents import incidents
from pos.domain.reports.kinds import About, Asked, ReportKind
from pos.domain.reports.money import daily_settlement, ledger, sales
from pos.domain.reports.shift import shift_z
from pos.domain.reports.statements import FAMILY, box_office, promoter_statement
from pos.domain.reports.stock import stock
from pos.domain.season import Season

_PERIOD: Final = ("day", "since", "until")
_CHOSEN: Final = (("show", "shows"), ("till", "tills"), ("shift", "shifts"), ("cashier", "users"))


def _kind(
    build: Callable[[Source], Report],
    by: tuple[str, ...] = (),
    what: tuple[str, ...] = (),
    *,
    needs: tuple[str, ...] = (),
    takes: tuple[str, ...] = _PERIOD,
    looks: tuple[str, ...] = (),
    reads: str = "",
    since: bool = True,
    until: bool = True,
) -> ReportKind:
    """`by` and `what` are the dimensions and sorts of rows that it is made of. The period is of when money moved; where
    `since` is False it reaches back to the beginning, and where `until` is it is not the figures' business at all."""

    def query(asked: Asked, _season: Season) -> Query:
        chosen = {many: (asked[one],) for one, many in _CHOSEN if one in asked}
        day = asked.get("day", "")
        first, last = asked.get("since", day) if since else "", asked.get("until", day) if until else ""
        return Query(by, (*what, "disputed"), first, last, **chosen)

    def made(figures: Figures, asked: Asked, about: About) -> Report:
        return build(Source(figures, asked, about))

    return ReportKind(build.__name__, query, made, needs, takes, looks=looks, reads=reads)


_KINDS: Final = (
    _kind(
        daily_settlement,
        ("day", "till", "user", "show", "tender", "channel", "item", "mark", "kind"),
        ("tender", "ticket", "fee", "article", "document"),
        takes=(*_PERIOD, "till", "cashier", "shift"),
    ),
    _kind(
        shift_z,
        ("kind", "user", "tender", "price_type", "item", "mark"),
        ("money", "tender", "ticket", "fee", "article", "document"),
        needs=("shift",),
        takes=(),
    ),
    _kind(
        box_office,
        ("show", "price_type", "category", "till", "kind", "item", "mark", "tender"),
        ("ticket", "fee", "paid"),
        needs=("show",),
    ),
    _kind(
        promoter_statement,
        ("show", "channel", "till", "item", "mark", "tender"),
        ("ticket", "fee", "paid"),
        needs=("promoter",),
        takes=(),
        reads=FAMILY,
        since=False,
    ),
    _kind(
        sales,
        ("price_type", "tender", "item"),
        ("ticket", "paid", "tender"),
        takes=(*_PERIOD, "till", "cashier", "shift"),
    ),
    _kind(
        occupancy, ("show", "mark"), ("ticket",), takes=(*_PERIOD, "show"), looks=("houses",), since=False, until=False
    ),
    _kind(comps, ("show", "price_type", "user", "mark"), ("ticket",), takes=(*_PERIOD, "show", "till", "cashier")),
    _kind(promotions, ("item", "mark"), ("off",), takes=(*_PERIOD, "show")),
    _kind(
        refunds,
        ("show", "kind", "day", "till", "user", "item", "tender"),
        ("ticket", "document", "fee", "tender"),
        takes=(*_PERIOD, "till", "cashier"),
    ),
    _kind(
        reprints,
        ("kind", "day", "till", "user", "item", "mark"),
        ("copy", "print", "document"),
        takes=(*_PERIOD, "till", "cashier"),
    ),
    _kind(holds, takes=(*_PERIOD, "show"), looks=("houses",), since=False, until=False),
    _kind(stock, takes=("show",), looks=("stock",), since=False, until=False),
    _kind(offline_sales, ("day", "till"), ("late",)),
    _kind(incidents, takes=(*_PERIOD, "till"), reads=INCIDENT, since=False, until=False),
    _kind(customers, takes=(), looks=("consents",), since=False, until=False),
    _kind(ledger, ("item", "day"), ("money",), since=False),
)
REPORTS: Final[dict[str, ReportKind]] = {kind.name: kind for kind in _KINDS}
