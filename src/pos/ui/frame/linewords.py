"""The line to the office in words: why it is away, and what the office lacks meanwhile."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from pos.ui.i18n import tr, tr_count
from pos.ui.session import Session

if TYPE_CHECKING:
    from pos.ui.model import ShowCard

NOT_ASKED: Final = "not_asked"  # the till has only just started

# What a cashier calls the entries that wait, by the kind of fact; whatever is not named is "other".
_GROUPS: Final = {
    "sales": ("TicketsSold", "OrderCollected", "OrderHandedOut", "AccountPaid", "TenderCorrected", "TicketRenamed"),
    "back": (
        "TicketsRefunded",
        "RefundClaimed",
        "TicketsExchanged",
        "TicketsVoided",
        "PackageRefunded",
    ),
    "card": ("PaymentStarted", "PaymentEnded", "TerminalDayEnded"),
    "drawer": (
        "ShiftOpened",
        "ShiftClosed",
        "ShiftHandedOver",
        "ShiftVerified",
        "CashMoved",
        "DrawerOpened",
        "DrawerTakenOver",
        "SafeCounted",
        "DepositMade",
        "BagMade",
        "BagOpened",
    ),
    "paper": ("PrintReported", "CopyIssued", "PaperIssued", "PaperReturned", "PaperLost", "StockLoaded", "StockMoved"),
    "seats": ("RightsReturned", "RightsTransferred", "RightsReceived", "PlacesReleased"),
    "people": ("CustomerRecorded", "CustomerChanged", "OrderReserved", "OrderChanged", "OrderEnded", "PlacesHeld",
               "HoldReleased", "HoldChanged", "StandbyChanged", "GuestListChanged", "TicketsAdmitted", "CaseOpened"),
}  # fmt: skip
_GROUP_OF: Final = {kind: group for group, kinds in _GROUPS.items() for kind in kinds}


def cause(session: Session, cause: str) -> str:
    """Why the office is away, in a few words."""
    words = {
        "no_network": tr("No network"),
        "no_office": tr("This till's own office does not answer")
        if session.own_office
        else tr("No answer from the office"),
        "office_refuses": tr("The office refuses this till"),
        "not_our_office": tr("Another office answers"),
        NOT_ASKED: tr("This till's own office is starting") if session.own_office else tr("Looking for the office"),
    }
    return words.get(cause, tr("Office away"))


def line_name(name: str) -> str:
    """What an address of the office is called."""
    return name or tr("Main line")


def online(line: str) -> str:
    """That the office answers, and over which of its addresses when it is not the main one."""
    return tr("Online over {line}", line=line) if line else tr("Online")


def selling_on(session: Session) -> str:
    """The same as the lead of the line under the top bar."""
    leads = {
        "no_network": tr("No network — selling on."),
        "no_office": tr("This till's own office does not answer — selling on.")
        if session.own_office
        else tr("No answer from the office — selling on."),
        "office_refuses": tr("The office refuses this till — selling on."),
        "not_our_office": tr("Another office answers — selling on."),
        NOT_ASKED: tr("This till's own office is starting — selling already.")
        if session.own_office
        else tr("Looking for the office — selling already."),
    }
    return leads.get(session.link.cause, tr("Office away — selling on."))


def what_to_do(session: Session) -> str:
    """What a cashier does about it, and whom to call."""
    if session.own_office and session.link.cause == "no_office":
        return tr(
            "The office that runs on this machine has stopped. "
            "Close the window and start Housefull again: nothing is lost."
        )
    advice = {
        "no_network": tr(
            "Look whether the network cable is plugged in at both ends. If it is, call whoever looks after the network."
        ),
        "no_office": tr("The network is there, the office is silent: call whoever looks after the office."),
        "office_refuses": tr(
            "The office answers, and takes nothing from this till. "
            "Call whoever looks after the office, and read out the words below."
        ),
        "not_our_office": tr(
            "Something else answers in the office's place, as in a guest network. Call whoever looks after the network."
        ),
    }
    return advice.get(session.link.cause, "")


def in_hand(session: Session, card: ShowCard) -> str:
    """What of a show sells whatever the line does, and, while the office is away, how old the rest is."""
    formats, here = session.formats, card.held_here
    places = tr_count("%n place in hand here", "%n places in hand here", here, formats.count(here))
    as_of = card.as_of or session.link.since
    if session.link.online or as_of is None:
        return places
    return tr("as of {time}, {places}", time=formats.time(as_of), places=places)


def opens_away(session: Session) -> str:
    """What it means to open a shift while the office is away, "" while it is there."""
    if session.link.online or session.link.cause in ("", NOT_ASKED):
        return ""
    here = sum(session.status.in_hand.values())
    places = tr_count("%n place in hand", "%n places in hand", here, session.formats.count(here))
    return tr(
        "The office is away: the shift opens here and now, with {places}; more come with the line.", places=places
    )


def closes_away(session: Session) -> str:
    """What it means to close one then."""
    if session.link.online or session.link.cause in ("", NOT_ASKED):
        return ""
    return tr(
        "The office is away: the shift closes here and now, and its report prints. "
        "It is provisional until the office has every entry; those are kept, and sent by themselves."
    )


def unsent_groups(unsent: Iterable[dict[str, Any]]) -> list[tuple[str, int, str]]:
    """(what, how many, since when as ISO 8601) of what the office lacks, the oldest first."""
    names = {
        "sales": tr("Sales"),
        "back": tr("Refunds, exchanges, voids"),
        "card": tr("Card payments"),
        "drawer": tr("Drawer, safe and shifts"),
        "paper": tr("What was printed"),
        "seats": tr("Seats passed on"),
        "people": tr("Orders, holds, customers"),
        "other": tr("Other entries"),
    }
    groups: dict[str, tuple[int, str]] = {}
    for one in unsent:
        group = _GROUP_OF.get(one["kind"], "other")
        count, since = groups.get(group, (0, one["since"]))
        groups[group] = count + int(one["count"]), min(since, one["since"])
    return [(names[group], count, since) for group, (count, since) in sorted(groups.items(), key=lambda one: one[1][1])]
