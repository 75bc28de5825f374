"""The line under the top bar: what to say about the line to the office, and what still works."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pos.ui.frame.levelwords import level_cause
from pos.ui.frame.linewords import NOT_ASKED, in_hand, selling_on
from pos.ui.i18n import told, tr, tr_count
from pos.ui.keys import cap
from pos.ui.rush import offered, title_of
from pos.ui.session import Session

_CLOSES_SOON_S: Final = 3600.0  # from here on the line says until when a show sells


@dataclass(frozen=True, slots=True)
class Notice:
    """`level` is "quiet", "amber" or "red"; `action` is what the key at its right end says."""

    level: str
    lead: str
    rest: str
    action: str = ""


def notice(session: Session) -> Notice:
    """What the line says now."""
    link, formats = session.link, session.formats
    if session.status.fenced:
        lead = tr("This till may not sell any more: {reason}.", reason=told(session.status.fenced))
        return Notice("red", lead, tr("Nothing sold so far is lost. It must be enrolled again."))
    if (grave := _level(session)) is not None:
        return grave
    if (since := session.drawer_open_since) is not None:
        # Sooner over than a line that is away, which the pill goes on telling.
        return Notice("amber", tr("The drawer is open since {time}.", time=formats.time(since)), tr("Shut it."))
    full = tr("Too much cash in the drawer: drop some into the safe (Drawer, F3).")
    if not link.known or link.online:
        if session.status.drawer_over:
            return Notice("amber", full, "")
        return _changed(session) or _paper(session) or Notice("quiet", rush_words(session), _quiet(session))
    if link.cause == NOT_ASKED:
        return Notice("quiet", selling_on(session), _quiet(session))
    rest = full if session.status.drawer_over else " · ".join(_away(session))
    return Notice("amber", selling_on(session), rest, _what_to_do())


def _level(session: Session) -> Notice | None:
    """What keeps this till from selling as usual, beside the line to the office."""
    status = session.status
    leads = {
        "dead": ("red", tr("Nothing can be written down here, so nothing can be sold.")),
        "paper": ("amber", tr("Get ready to sell on paper.")),
    }
    if status.level not in leads:
        return None
    tone, rest = leads[status.level]
    return Notice(tone, level_cause(session), rest, _what_to_do())


def _what_to_do() -> str:
    return tr("What to do ({key})", key=cap("contingency"))


def _away(session: Session) -> list[str]:
    """How long the office is away, how old what is shown is, what is in hand, what is unsent, and what still works."""
    link, formats, card = session.link, session.formats, session.show
    parts = []
    if link.since is not None:
        age = formats.span((session.now - link.since).total_seconds())
        parts.append(tr("{age}, since {time}", age=age, time=formats.time(link.since)))
    here = card.held_here if card is not None else sum(session.status.in_hand.values())
    if card is not None:
        parts.append(in_hand(session, card))
    elif here:
        parts.append(tr_count("%n place in hand", "%n places in hand", here, formats.count(here)))
    unsent = session.status.unsent
    parts.append(tr_count("%n entry unsent", "%n entries unsent", unsent, formats.count(unsent)))
    parts.append(tr("these still sell and print") if here else tr("nothing in hand to sell"))
    return parts


def rush_words(session: Session) -> str:
    """That the rush before a start is on, or that it may begin."""
    if session.person is None or session.person.shift is None:
        return ""
    if session.rush and session.show is not None:
        return tr("Rush: {show}", show=title_of(session, session.show))
    if (card := offered(session)) is not None and card.starts > session.now:
        return tr("{show} begins soon: {key} for the rush.", show=title_of(session, card), key=cap("rush"))
    return ""


def _changed(session: Session) -> Notice | None:
    """The show is not as it was when somebody here last read about it."""
    card, person = session.show, session.person
    if card is None or not card.changed or person is None or person.shift is None:
        return None
    rest = tr("Read what ({key}); then it sells again.", key=cap("show_card"))
    return Notice("amber", tr("{show} has changed.", show=title_of(session, card)), rest)


def _paper(session: Session) -> Notice | None:
    """Numbered blanks that run low, or of which nobody knows which lies next."""
    paper = session.status.paper
    if not paper or session.person is None:
        return None
    if not paper.get("next"):
        where = tr("Say so under Drawer, F7; tickets sell and print meanwhile, without a number.")
        return Notice("amber", tr("It is not known which blank lies next in the ticket printer."), where)
    if not paper.get("low"):
        return None
    left = int(paper["left"])
    blanks = tr_count("%n blank is left here.", "%n blanks are left here.", left, session.formats.count(left))
    return Notice("amber", tr("Ticket paper runs low: {blanks}", blanks=blanks), tr("Ask for more under Drawer, F7."))


def _quiet(session: Session) -> str:
    if session.person is None or session.person.shift is None:
        return ""
    parts, formats = [], session.formats
    if card := session.show:
        if not formats.is_today(card.starts, session.now):
            parts.append(tr("Not today: this show is on {date}", date=formats.date(card.starts)))
        if not card.sells:
            parts.append(unsold_reason(session))
        elif card.sales_until is not None and (card.sales_until - session.now).total_seconds() < _CLOSES_SOON_S:
            when = formats.day_and_time(card.sales_until, session.now)
            parts.append(tr("Sales close at {when}", when=when))
        here = card.held_here
        parts.append(tr_count("%n place in hand here", "%n places in hand here", here, formats.count(here)))
    if unsent := session.status.unsent:
        many = formats.count(unsent)
        parts.append(
            tr_count("%n entry on its way to the office", "%n entries on their way to the office", unsent, many)
        )
    elif session.link.online:
        parts.append(tr("the office has everything"))
    return " · ".join(parts)


def unsold_reason(session: Session) -> str:
    """Why the chosen show does not sell now."""
    card, now = session.show, session.now
    if card is None:
        return ""
    formats = session.formats
    if card.on_sale is not None and card.on_sale > now:
        return tr("On sale from {when}", when=formats.day_and_time(card.on_sale, now))
    if card.sales_until is not None and card.sales_until <= now:
        return tr("Sales closed at {when}", when=formats.day_and_time(card.sales_until, now))
    return tr("Not on sale")
