"""What the help says: what a screen is for, what its signs mean, and what to do when something goes wrong."""

from __future__ import annotations

from typing import Final

import pos
from pos.ui.i18n import told, tr
from pos.ui.session import Session

Row = tuple[str, str]
"""A key, a sign or a case, and what there is to say of it."""

SELLING: Final = ("sell", "found", "orders")  # where seats, cards and tickets are at hand


def purpose(screen: str) -> str:
    """What is done on a screen, in a sentence or two."""
    purposes = {
        "signin": tr(
            "Choose who you are with an F-key, type your PIN, press Enter. The basket "
            "and the shift are as they were left."
        ),
        "open": tr("Count what lies in the drawer, type the sum, press Enter: the shift is open and you can sell."),
        "sell": tr("Pick seats, press an F-key for the price type, type what you are given, press Enter."),
        "shows": tr("Type a part of a title or a day, go to the show with the arrows, press Enter to sell it."),
        "found": tr(
            "What was sold: print it again, take it back, change it, or undo the whole sale. "
            "Nothing happens before its lines were shown."
        ),
        "customers": tr("Find a customer by name, e-mail or telephone, or record a new one; their notices, too."),
        "drawer": tr("The cash in the drawer and the shift: put in, take out, count, hand over, close."),
        "handover": tr("The drawer goes to another person: both count it, and they sign with their PIN."),
        "shifts": tr("Shifts that were closed: their reports, and a second count by somebody else."),
        "takeover": tr("A till whose disk is gone: its drawer is counted out here, by the copy of what it sold."),
        "frozen": tr(
            "Places of a till that is gone. A supervisor looks at the paper, and releases those for which no "
            "ticket is out."
        ),
        "blanks": tr("Ticket paper by its numbers: what is here, what lies in the printer, what is asked for."),
        "seats": tr("The seat stock of the shows: how many are sold, held and free, by category."),
        "safe": tr("The safe: floats, drops, change orders, deposits for the bank, and the safe's own count."),
        "disputes": tr(
            "What the office could not agree with. A supervisor takes one, looks at it, and says how it ends."
        ),
        "audit": tr("Settlements, differences and what looked odd; everybody sees their own figures here."),
        "paper_pack": tr("What is on paper for when nothing else works; tickets put on paper, taken back, lost."),
        "rekey": tr("Tickets that were sold on paper, off the log sheet: a number, a price key, and Enter at the end."),
        "outages": tr("What failed, how far the sending is since, the report of each outage, and what was learned."),
        "drills": tr(
            "Practise what to do when things fail: who is due, how the drills went, and what is to be done better."
        ),
        "devices": tr(
            "The printers, the terminal and the rest: how they are, what waits at them, and a test for each."
        ),
        "layouts": tr("How tickets and receipts look: change a layout, look at it, print a sample, take it into use."),
        "orders": tr("Orders to be picked up, waiting lists, tickets on commission."),
        "reports": tr("Reports on screen, on paper and as files."),
        "count": tr(
            "Count the drawer without knowing what it should be. What the books expect is shown after the close."
        ),
        "settings": tr("How this window looks and behaves: its colours, its size, when it locks, its sounds."),
        "report": tr("What the shift came to. The same report can be printed again at any time."),
    }
    return purposes.get(screen, tr("Esc leads one step back."))


def signs() -> list[Row]:
    """The signs that stand beside colours, wherever they are."""
    return [
        ("●", tr("ready, online, free")),
        ("○", tr("not there, or says nothing of itself")),
        ("✓", tr("done, and known to be done")),
        ("▲", tr("look here: something needs a person, or is away")),
        ("■", tr("loss: this till may not sell, or something was not kept")),
        ("…", tr("under way: sent, and not known yet how it ended")),
    ]


def troubles(session: Session) -> list[Row]:
    """(case, what to do). While the office is away, that comes first."""
    line = (tr("The line is down"), _line(session))
    others = [
        (
            tr("A ticket does not come out"),
            tr(
                "The sale stands. Put the printer right, then press Print again at the foot: what did not "
                "come out is printed, "
                "nothing is sold twice."
            ),
        ),
        (
            tr("The printer jams in the middle"),
            tr(
                "The foot asks whether it came out. Answer what you see: No prints it again, Yes leaves it. "
                "A spoiled ticket is printed again with ^R, and its copy says so."
            ),
        ),
        (
            tr("Nobody knows whether the card was charged"),
            tr(
                "Do not charge it again. The window asks the terminal; if that does not know either, look at the "
                "terminal's own slip, then press F11 if it was charged or F12 if it was not. "
                "The basket stays meanwhile."
            ),
        ),
        (
            tr("The wrong tickets were sold"),
            tr("At once: ^⇧Z undoes the whole last sale. Later: ^3, where they are taken back or changed."),
        ),
        (
            tr("The wrong seat is in the basket"),
            tr("^Z takes back the last pick, ⇧Del the marked ticket, a press on the seat gives it back."),
        ),
        (
            tr("The drawer does not open"),
            tr("Open it with its key, and go on: the sale is booked. Then look under ^8 whether its printer is ready."),
        ),
        (
            tr("A code cannot be scanned"),
            tr("Press / and type it, or the number of the sale, or the buyer's name."),
        ),
        (
            tr("A supervisor is needed"),
            tr(
                "They choose their name and type their PIN where it is asked for. You "
                "stay signed in; both names are kept."
            ),
        ),
        (
            tr("A PIN was wrong five times"),
            tr("That person waits a minute, as the sign-in screen shows. Everybody else can sign in."),
        ),
        (
            tr("The power was out"),
            tr("Start again: sales, basket and shift are there. What was just being printed is asked about."),
        ),
    ]
    return [*others[:2], line, *others[2:]] if session.link.online else [line, *others]


def _line(session: Session) -> str:
    advice = tr(
        "Go on selling what is in hand; sales are kept here and sent by themselves. "
        "Check the network cable, then call whoever looks after the office. Nothing needs to be typed twice. "
        "^⇧O shows all that is known of the line."
    )
    return f"{advice} {told(session.link.detail)}".strip() if not session.link.online else advice


def about(session: Session) -> str:
    """What a technician asks for on the telephone."""
    status = session.status
    return tr(
        "Housefull {version} · till {till} · key in {key_at}",
        version=pos.__version__,
        till=status.till,
        key_at=status.key_at or "?",
    )
