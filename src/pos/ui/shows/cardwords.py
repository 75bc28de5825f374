"""A show's card in words: what buyers ask at the window, and what has changed since somebody here last read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pos.domain.announced import SENTENCES, by_language
from pos.ui.format import read_time
from pos.ui.i18n import name_in, tr, tr_count
from pos.ui.model import Show, ShowCard
from pos.ui.sell.terms import exchange_now, refund_now
from pos.ui.session import Session

Facts = list[tuple[str, str]]
_HOUR: Final = 60  # minutes


def when(session: Session, card: ShowCard, told: Mapping[str, Any]) -> Facts:
    """When it is, for how long, for whom, and how much is left of it."""
    formats, now = session.formats, session.now
    seconds = (card.starts - now).total_seconds()
    day = tr("Today") if formats.is_today(card.starts, now) else formats.date_long(card.starts)
    starts = f"{day} · {formats.time(card.starts)}"
    if formats.is_today(card.starts, now):
        span = formats.span(seconds)
        starts += f" · {tr('in {span}', span=span) if seconds >= 0 else tr('began {span} ago', span=span)}"
    left = tr("{free} of {all} free", free=formats.count(card.free), all=formats.count(card.capacity))
    if not session.link.online:
        left = tr("{here} in hand of {free}", here=formats.count(card.held_here), free=formats.count(card.free))
    return [
        (tr("Starts"), starts),
        (tr("Doors"), _moment(session, told.get("doors"))),
        (tr("Ends"), _moment(session, told.get("ends"))),
        (tr("Length"), length(told)),
        (tr("Age"), age(told.get("age"))),
        (tr("Places"), left),
        (tr("Sold until"), formats.day_and_time(card.sales_until, now) if card.sales_until else ""),
    ]


def length(told: Mapping[str, Any]) -> str:
    """ "2 h 45 min, 2 intervals (25 and 15 min)"; nothing where it is not known."""
    minutes = told.get("minutes")
    if minutes is None:
        return ""
    hours, rest = divmod(int(minutes), _HOUR)
    whole = tr("{hours} h {minutes} min", hours=hours, minutes=f"{rest:02d}") if hours else tr("{n} min", n=rest)
    return f"{whole} · {intervals(told.get('intervals') or ())}"


def intervals(lengths: Any) -> str:
    if not lengths:
        return tr("no interval")
    many = tr_count("%n interval", "%n intervals", len(lengths))
    return f"{many} ({', '.join(tr('{n} min', n=one) for one in lengths)})"


def age(years: int | None) -> str:
    if years is None:
        return ""
    return tr_count("from %n year", "from %n years", years) if years else tr("for every age")


def said(session: Session, told: Mapping[str, Any]) -> Facts:
    """What a cashier reads out, in their language."""
    texts = told.get("sentences") or {}
    return [(what(key), name_in(texts[key], session.language, "")) for key in SENTENCES if key in texts]


def prices(session: Session, show: Show) -> Facts:
    """Category -> its prices by price type."""
    formats = session.formats
    rows = []
    for category, row in show.prices.items():
        listed = [
            f"{name_in(kind.names, session.language, kind.name)} {formats.amount(row[kind.id])}"
            for kind in show.types
            if kind.id in row
        ]
        rows.append((category, " · ".join(listed)))
    return rows


def terms(session: Session, show: Show) -> Facts:
    """What applies now to a ticket of the show; price types with terms of their own say so at the basket."""
    return [(tr("Refund"), refund_now(session, show, "")), (tr("Exchange"), exchange_now(session, show, ""))]


# ---- changes -----------------------------------------------------------------------------


def what(key: str) -> str:
    """What it is called that a show was announced with."""
    names = {
        "notice": tr("Notice"),
        "about": tr("About it"),
        "language": tr("Language"),
        "latecomers": tr("Latecomers"),
        "access": tr("Access"),
        "warnings": tr("Warnings"),
        "starts": tr("Starts"),
        "doors": tr("Doors"),
        "ends": tr("Ends"),
        "minutes": tr("Length"),
        "intervals": tr("Intervals"),
        "age": tr("Age"),
        "state": tr("State"),
        "replaces": tr("Instead of"),
        "title": tr("Title"),
        "production": tr("Production"),
        "plan": tr("Hall"),
    }
    return names.get(key, key)


def changes(session: Session, told: Mapping[str, Any]) -> list[str]:
    """A sentence for each thing that has changed."""
    found = []
    for change in told.get("changes") or ():
        key, name = change["what"], what(change["what"])
        before, now = (value(session, key, change[side]) for side in ("before", "now"))
        if not now:
            found.append(tr("{what}: no longer {before}", what=name, before=before))
        elif not before:
            found.append(tr("{what}: {now}", what=name, now=now))
        else:
            found.append(tr("{what}: {now}, not {before}", what=name, now=now, before=before))
    return found


def value(session: Session, key: str, told: Any) -> str:
    """One thing that a show is announced with, as it is read out."""
    if told is None:
        return ""
    if key in ("starts", "doors", "ends"):
        return _moment(session, told)
    if key == "state":
        states = {"moved": tr("moved"), "postponed": tr("postponed"), "cancelled": tr("cancelled")}
        states["abandoned"] = tr("abandoned")
        return states.get(told, str(told))
    if key in SENTENCES or key == "title":
        return name_in(by_language(told), session.language, "")
    if key == "intervals":
        return intervals(told)
    if key == "minutes":
        return tr("{n} min", n=told)
    return age(told) if key == "age" else str(told)


def _moment(session: Session, iso: str | None) -> str:
    return session.formats.day_and_time(read_time(iso), session.now) if iso else ""
