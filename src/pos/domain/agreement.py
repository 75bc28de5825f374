"""Agreements: how often an outlet settles, for which of its channels, and what it keeps.

An agreement is of some windows, or of all that no other names, and of one channel or of all. It is settled daily, by
the week, or once for a run (a production). A venue without `[[agreement]]` settles each window daily and keeps nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from pos.domain.figures import Figures, Query
from pos.domain.figures.sums import BACK, SOLD, Key, Sum
from pos.domain.money import Money, round_half_up
from pos.domain.terms import parse_fee

DAILY, WEEKLY, RUN = "daily", "weekly", "run"
CYCLES: Final = (DAILY, WEEKLY, RUN)
_WHAT: Final = ("ticket", "fee", "article", "tender", "paid", "money", "document")
_BY: Final = ("kind", "till", "user", "channel", "tender", "item")
OVER_SHORT: Final = "over_short"


@dataclass(frozen=True, slots=True)
class Agreement:
    """`rate` is what the outlet keeps: basis points of what its tickets came to, or an amount for each of them."""

    id: str
    name: str = ""
    tills: tuple[str, ...] = ()
    channel: str = ""
    cycle: str = DAILY
    rate: int | Money = 0

    @classmethod
    def read(cls, doc: Mapping[str, Any], currency: str) -> Agreement:
        """Raises KeyError or ValueError."""
        return cls(
            doc["id"],
            doc.get("name", doc["id"]),
            tuple(doc.get("tills", ())),
            doc.get("channel", ""),
            doc.get("cycle", DAILY),
            parse_fee(doc.get("commission", "0%"), currency),
        )


HOUSE: Final = Agreement("house")


@dataclass(frozen=True, slots=True)
class Period:
    """What is settled at once: business days from `since` to `until`, or the shows of a run, whenever they sold."""

    id: str
    since: str = ""
    until: str = ""
    shows: tuple[str, ...] = ()


def agreements_of(agreements: Iterable[Agreement], till: str) -> list[Agreement]:
    """Those that a window settles under: what names it, else what names nobody, else the house's own."""
    known = list(agreements)
    naming = [one for one in known if till in one.tills]
    return naming or [one for one in known if not one.tills] or [HOUSE]


def period_of(agreement: Agreement, text: str, runs: Mapping[str, Iterable[str]]) -> Period:
    """The period that a day (ISO 8601) is in, or that a production is. `runs` is production -> its shows.

    Raises ValueError for what is neither.
    """
    if agreement.cycle == RUN:
        shows = tuple(sorted(runs.get(text, ())))
        if not shows:
            raise ValueError(f"{text!r} is no production with shows")
        return Period(text, shows=shows)
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{text!r} is not a day like 2027-12-03") from error
    if agreement.cycle == DAILY:
        return Period(day.isoformat(), day.isoformat(), day.isoformat())
    year, week, weekday = day.isocalendar()
    monday = day - timedelta(days=weekday - 1)
    return Period(f"{year}-W{week:02d}", monday.isoformat(), (monday + timedelta(days=6)).isoformat())


def settlement_id(agreement: Agreement, period: Period, till: str) -> str:
    return f"{agreement.id}.{period.id}.{till}"


def query_of(period: Period, till: str) -> Query:
    """The figures that a settlement is made of."""
    return Query(_BY, _WHAT, period.since, period.until, period.shows, (till,))


def settled(figures: Figures, agreement: Agreement, period: Period, currency: str) -> dict[str, Any]:
    """The figures of a settlement, by value: amounts are decimal strings.

    Of a run, what was paid counts by the tickets it paid for; of days, as it came in.
    """

    def money(minor: int) -> str:
        return str(Money(minor, currency))

    def ours(key: Key) -> bool:
        return key.currency == currency and agreement.channel in ("", key.channel)

    tenders = figures.by("paid" if period.shows else "tender", "tender", where=ours)
    channels = [
        _channel(figures, agreement, one, currency) for (one,) in _channels(figures) if agreement.channel in ("", one)
    ]
    kept = sum((Money.parse(one["commission"], currency) for one in channels), Money.zero(currency))
    taken = sum(one.minor for one in tenders.values())
    found: dict[str, Any] = {
        "tenders": {tender: money(one.minor) for (tender,), one in tenders.items() if one.minor},
        "channels": channels,
        "taken": money(taken),
        "tax": money(figures.total("ticket", ours).tax + _rest(figures, ours).tax),
        "commission": str(kept),
        "due": str(Money(taken, currency) - kept),
    }
    if not period.shows and not agreement.channel:
        short = figures.total("money", lambda key: key.item == OVER_SHORT and key.currency == currency)
        found[OVER_SHORT] = money(-short.minor)
    return found


def _channels(figures: Figures) -> list[tuple[str, ...]]:
    return sorted({key for what in ("ticket", "article", "fee") for key in figures.by(what, "channel")})


def _rest(figures: Figures, ours: Any) -> Sum:
    """Fees and articles."""
    return figures.total("fee", ours).plus(figures.total("article", ours))


def _channel(figures: Figures, agreement: Agreement, channel: str, currency: str) -> dict[str, Any]:
    def here(key: Key) -> bool:
        return key.channel == channel and key.currency == currency

    sold = figures.total("ticket", lambda key: here(key) and key.way == SOLD)
    back = figures.total("ticket", lambda key: here(key) and key.way == BACK)
    worth = Money(sold.minor + back.minor, currency)
    pieces = sold.pieces + back.pieces
    kept = agreement.rate * pieces if isinstance(agreement.rate, Money) else _share(worth, agreement.rate)
    return {
        "channel": channel,
        "sold": sold.pieces,
        "back": -back.pieces,
        "tickets": str(worth),
        "other": str(Money(_rest(figures, here).minor, currency)),
        "commission": str(kept),
    }


def _share(worth: Money, basis_points: int) -> Money:
    return Money(round_half_up(worth.minor * basis_points, 10_000), worth.currency)


def people_in(figures: Figures) -> list[str]:
    """Whoever sold, paid back, counted or moved money in these figures."""
    return sorted({key.user for key in figures.sums if key.user})


def apart(now: Mapping[str, Any], submitted: Mapping[str, Any], currency: str) -> dict[str, str]:
    """What facts that came later make of a settlement's figures: by tender, and of the totals; nothing where nothing
    has changed."""
    found: dict[str, str] = {}
    for name in sorted(now["tenders"].keys() | submitted["tenders"].keys()):
        found[f"tender:{name}"] = _less(now["tenders"].get(name, "0"), submitted["tenders"].get(name, "0"), currency)
    for name in ("taken", "tax", "commission", "due", OVER_SHORT):
        found[name] = _less(now.get(name, "0"), submitted.get(name, "0"), currency)
    return {name: amount for name, amount in found.items() if Money.parse(amount, currency)}


def _less(now: str, before: str, currency: str) -> str:
    return str(Money.parse(now, currency) - Money.parse(before, currency))
