"""The keyboard: every shortcut of the window in one table, so that none clashes and all can be listed.

Letters and digits are shortcuts too, but a text field that has the focus takes them
first: Qt lets it override a printable key. Digits therefore type the amount given from
anywhere on the selling screen, or, while the basket is empty, how many seats are wanted.
Quick cash sits on Alt with a digit, because a bare digit cannot both begin "25" and mean
a banknote.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from pos.ui.i18n import tr

PRICE_KEYS: Final = 10
QUICK_KEYS: Final = 3
DISPUTES_KEY: Final = "screen:6"
ERRANDS: Final = frozenset({"customer", "case", "history"})  # what is done beside a sale, from any screen


@dataclass(frozen=True, slots=True)
class Key:
    """What an action is called in code, the sequences that trigger it, and its keycap."""

    action: str
    sequences: tuple[str, ...]
    cap: str


def _numbered(action: str, prefix: str, cap: str, first: int, last: int) -> list[Key]:
    return [Key(f"{action}:{n}", (f"{prefix}{n}",), f"{cap}{n}") for n in range(first, last + 1)]


KEYS: Final[tuple[Key, ...]] = (
    Key("primary", ("Return", "Enter"), "Enter"),
    Key("back", ("Esc",), "Esc"),
    *_numbered("price", "F", "F", 1, PRICE_KEYS),
    Key("card", ("F11",), "F11"),
    Key("split", ("F12",), "F12"),
    *_numbered("drop", "Shift+F", "⇧F", 1, PRICE_KEYS),
    *_numbered("digit", "", "", 0, 9),
    Key("digit:.", (".", ","), "."),
    Key("erase", ("Backspace",), "⌫"),
    *_numbered("quick", "Alt+", "Alt ", 1, QUICK_KEYS),
    Key("find", ("/",), "/"),
    Key("best", ("B",), "B"),
    Key("options", ("Shift+B",), "⇧B"),
    Key("row", ("R",), "R"),
    Key("more", ("+",), "+"),
    Key("less", ("-",), "−"),
    Key("told", ("T",), "T"),
    Key("delivery", ("D",), "D"),
    Key("customer", ("Ctrl+K",), "^K"),
    Key("case", ("Ctrl+Shift+C",), "^⇧C"),
    Key("history", ("Ctrl+Shift+H",), "^⇧H"),
    Key("undo", ("Ctrl+Z",), "^Z"),
    Key("park", ("Ctrl+P",), "^P"),
    Key("take_up", ("Ctrl+Shift+P",), "^⇧P"),
    Key("move", ("Ctrl+M",), "^M"),
    Key("hold", ("Ctrl+H",), "^H"),
    Key("reserve", ("Ctrl+G",), "^G"),
    Key("menu", ("M",), "M"),
    # Not Del alone: without NumLock that is what the point of the number pad sends.
    Key("remove", ("Shift+Del",), "⇧Del"),
    Key("clear", ("Ctrl+Del",), "^Del"),
    Key("line_up", ("PgUp",), "PgUp"),
    Key("line_down", ("PgDown",), "PgDn"),
    Key("next_show", ("Ctrl+Tab",), "^Tab"),
    Key("last_show", ("Ctrl+Shift+Tab",), "^⇧Tab"),
    Key("zoom_in", ("Ctrl++", "Ctrl+="), "^+"),
    Key("zoom_out", ("Ctrl+-",), "^−"),
    Key("fit", ("Ctrl+0",), "^0"),
    Key("heat", ("H",), "H"),
    Key("turn", ("O",), "O"),
    Key("overview", ("N",), "N"),
    Key("house_chart", ("Ctrl+Shift+M",), "^⇧M"),
    Key("articles", ("Ctrl+A",), "^A"),
    Key("reprice", ("Ctrl+Y",), "^Y"),
    Key("receipt", ("Ctrl+E",), "^E"),
    Key("reprint", ("Ctrl+R",), "^R"),
    Key("void_last", ("Ctrl+Shift+Z",), "^⇧Z"),
    *_numbered("screen", "Ctrl+", "^", 1, 9),
    Key("paper_pack", ("Ctrl+F2",), "^F2"),
    Key("rekey", ("Ctrl+F3",), "^F3"),
    Key("takeover", ("Ctrl+F6",), "^F6"),
    Key("frozen", ("Ctrl+F7",), "^F7"),
    Key("audit", ("Ctrl+Shift+A",), "^⇧A"),
    Key("shows", ("Ctrl+O",), "^O"),
    Key("show_card", ("I",), "I"),
    Key("line_page", ("Ctrl+Shift+O",), "^⇧O"),
    Key("rush", ("Ctrl+U",), "^U"),
    Key("lock", ("Ctrl+L",), "^L"),
    Key("switch_person", ("Ctrl+Shift+L",), "^⇧L"),
    Key("theme", ("Ctrl+D",), "^D"),
    Key("save", ("Ctrl+S",), "^S"),
    Key("settings", ("Ctrl+,",), "^,"),
    Key("diagnostics", ("Ctrl+I",), "^I"),
    Key("contingency", ("Ctrl+F1",), "^F1"),
    Key("evacuate", ("Ctrl+Shift+E",), "^⇧E"),
    Key("outages", ("Ctrl+F5",), "^F5"),
    Key("drills", ("Ctrl+F4",), "^F4"),
    Key("training", ("Ctrl+T",), "^T"),
    Key("training_line", ("Ctrl+Shift+T",), "^⇧T"),
    Key("help", ("?", "Shift+?"), "?"),
)


def cap(action: str) -> str:
    """The keycap of an action. Raises KeyError for one that has no key."""
    for key in KEYS:
        if key.action == action:
            return key.cap
    raise KeyError(action)


def listed() -> list[tuple[str, list[tuple[str, str]]]]:
    """What the help shows: groups of (keycap, what it does), in the window's language."""
    return [
        (
            tr("Choosing seats"),
            [
                ("/", tr("find seats: Stalls C 12, C 4-9, D 4-9, C *; or anything else by code, number or name")),
                ("B ⇧B", tr("best seats together; several choices")),
                ("R", tr("the free seats of the row, as a double click does")),
                (tr("Drag"), tr("seats in a rectangle; Shift: in any shape; Alt: give back; Shift+click: up to there")),
                ("+ −", tr("how many seats; with an empty basket also by digits")),
                ("← ↑ → ↓", tr("walk over the seats; with Ctrl over the sections; Home, End: along the row")),
                (tr("Space"), tr("take the seat, or give it back")),
                ("^+ ^− ^0", tr("nearer, farther, the whole hall")),
                ("N O H", tr("overview; turn the hall; colours: category, price, what is left")),
                ("^⇧M", tr("the house chart as a PDF, to look at and print")),
                ("^Tab ^⇧Tab", tr("the next show, the one before")),
                ("^O", tr("all shows; F7 there: the seat stock, F8: the card of a show")),
                ("I", tr("the show's card: length, age, language, prices, terms")),
                ("^U", tr("rush before a start: one show, pick-ups beside it, receipts on demand")),
            ],
        ),
        (
            tr("The basket"),
            [
                ("F1 … F10", tr("price type of the marked ticket, and of the next ones")),
                ("⇧F1 … ⇧F10", tr("take the last ticket of that type away")),
                ("PgUp PgDn", tr("mark another ticket")),
                ("⇧Del", tr("take the marked ticket away")),
                ("^Z", tr("undo the last pick")),
                ("^Del", tr("empty the basket")),
                ("^P ^⇧P", tr("park the basket; take up a parked one")),
                ("^M", tr("move the basket to another show")),
                ("M", tr("a list of what else can be done with it")),
                ("^H ^G", tr("hold or reserve the basket; when empty, what is held or reserved")),
                ("^A", tr("products, donations, passes; F9 there uses a pass")),
                ("^Y", tr("a promotion's code, or another price")),
                ("T", tr("terms were told")),
                ("D", tr("taken along, pick-up, by e-mail or post")),
            ],
        ),
        (
            tr("Paying"),
            [
                ("0 … 9", tr("amount given")),
                ("Alt 1 … Alt 3", tr("a round amount given")),
                (tr("Enter"), tr("the main action: cash, next customer")),
                ("F11", tr("by card, where there is a terminal; Esc asks it to stop")),
                ("F12", tr("several tenders, F1 … F8; after an amount: that in cash, the rest by card")),
                ("^E", tr("receipt again")),
            ],
        ),
        (tr("The window"), _of_the_window()),
    ]


def _of_the_window() -> list[tuple[str, str]]:
    return [
        ("^1", tr("sell")),
        ("^2", tr("orders: pick-up, waiting list, commission")),
        ("^3", tr("tickets: refund, exchange, void, invoice")),
        ("^R", tr("the last sale's tickets, to print one again")),
        ("^⇧Z", tr("void the last sale")),
        ("^4", tr("customers and notices to them; ^K one for this sale")),
        ("^⇧C ^⇧H", tr("complaint or request; history of a seat or ticket")),
        ("^5", tr("drawer and shift: cash, safe, count, hand-over, X and Z")),
        ("^6", tr("disputes, for a supervisor")),
        ("^⇧A", tr("audit: settlements, differences, anomalies, people; a cashier's own figures")),
        ("^7", tr("layouts of tickets and receipts; ^S saves")),
        ("^8", tr("devices and the paper that waits")),
        ("^9", tr("reports: on screen, on paper, as files")),
        ("^F2 ^F3", tr("paper pack: tickets out, back, lost; re-key what was sold on paper")),
        ("^⇧O", tr("the line to the office: what is unsent, what is in hand")),
        ("^L ^⇧L", tr("lock; for another person: the basket stays")),
        ("^⇧E", tr("evacuation: locks every window of the house at once; before signing in, too")),
        ("^I", tr("diagnostics, to read out on the telephone; before signing in, too")),
        ("^F1", tr("the contingency plan: what works, what to do, whom to call; before signing in, too")),
        ("^F5", tr("outages: what is being sent, incident reports, what was learned")),
        ("^F6", tr("take over a till whose disk is gone, by the copy of what it sold")),
        ("^F7", tr("places of a till that is gone, to be released by a supervisor")),
        ("^F4", tr("drills: who is due, what was held, what was learned; in a drill: who waits")),
        ("^T ^⇧T", tr("training, from the sign-in screen; there: cut or mend the line")),
        ("^D", tr("light or dark")),
        ("^,", tr("settings: look, size, lock, sounds")),
        ("Esc", tr("one step back")),
        ("?", tr("this list")),
    ]


class KeyMap:
    """Binds the table to a window; `act` is called with the action's name."""

    def __init__(self, window: QWidget, act: Callable[[str], None]) -> None:
        self._shortcuts: list[QShortcut] = []
        for key in KEYS:
            for sequence in key.sequences:
                shortcut = QShortcut(QKeySequence(sequence), window)
                shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
                shortcut.setAutoRepeat(key.action in ("erase", "more", "less", "line_up", "line_down"))
                shortcut.activated.connect(lambda action=key.action: act(action))
                self._shortcuts.append(shortcut)
