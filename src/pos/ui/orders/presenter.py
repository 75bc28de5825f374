"""Which list is open, which of its rows is marked, what is typed about it; asking the till."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from PySide6.QtCore import QObject, QTimer, Signal

from pos.domain.errors import Refused
from pos.ui.bridge import Answer
from pos.ui.i18n import tr
from pos.ui.orders.lists import Guests, Reservations
from pos.ui.orders.model import Item, Offer, Row
from pos.ui.orders.sections import Commissions, Pickups, Section, Standby
from pos.ui.session import Session

_GATHER_MS = 250  # changes come in showers: the list is asked for once after one


# The lists in the order of their F-keys.
_SECTIONS: Final[tuple[type[Section], ...]] = (Pickups, Standby, Commissions, Guests, Reservations)


class OrdersPresenter(QObject):
    """The lists of the show that is being sold. Whatever is typed is about the marked row."""

    changed = Signal()
    to_sell = Signal()  # an order is in the basket: it is paid on the selling screen

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.sections: list[Section] = [made(self) for made in _SECTIONS]
        self.section: Section = self.sections[0]
        self.all_rows: list[Row] = []
        self.marked = ""
        self.sought = ""
        self.typed: list[str] = ["", "", ""]
        self.left_out: set[str] = set()  # tickets of the marked order that stay
        self.problem = ""
        self.asking = self.shown = False
        self.asks_who = ""  # why a supervisor must approve what was asked last
        self._last: tuple[str, Callable[[Answer], None] | None, dict[str, Any]] | None = None
        self._soon = QTimer(self, interval=_GATHER_MS, singleShot=True)
        self._soon.timeout.connect(self.refresh)
        session.show_chosen.connect(lambda _: self._start_over())
        session.heard.connect(self._heard)

    # ---- what there is -------------------------------------------------------------------

    @property
    def rows(self) -> list[Row]:
        return [row for row in self.all_rows if row.fits(self.sought)]

    @property
    def current(self) -> Row | None:
        return next((row for row in self.rows if row.id == self.marked), None)

    @property
    def offer(self) -> Offer:
        return self.section.offer(self.current)

    def chosen(self) -> list[Item]:
        """The tickets of the marked order that are handed out."""
        row = self.current
        return [item for item in row.items if item.open and item.id not in self.left_out] if row else []

    def field(self, at: int) -> str:
        return self.typed[at].strip()

    # ---- asking --------------------------------------------------------------------------

    def enter(self) -> None:
        self.shown = True
        self.problem = ""
        self.refresh()

    def leave(self) -> None:
        self.shown = False

    def refresh(self) -> None:
        if self.session.person is None or not self.session.show_id:
            return
        verb, fields = self.section.asks()
        self.session.bridge.latest("orders_screen", verb, self._got, self._refused, **fields)

    def _got(self, answer: Answer) -> None:
        self.all_rows = self.section.read(answer)
        self._keep_mark()
        self.changed.emit()

    def _keep_mark(self) -> None:
        rows = self.rows
        if self.current is None and (first := self.section.first(rows)) != self.marked:
            self._mark(first)

    def ask(self, verb: str, done: Callable[[Answer], None] | None = None, **fields: Any) -> None:
        """Do something; then the list is looked at again."""
        if self.asking:
            return
        self.asking, self.problem, self.asks_who = True, "", ""
        self._last = verb, done, fields

        def after(answer: Answer) -> None:
            self._clear()
            if done is not None:
                done(answer)
            self.refresh()

        self.session.bridge.call(verb, after, self._refused, self._ended, **fields)
        self.changed.emit()

    def _ended(self) -> None:
        self.asking = False
        self.changed.emit()

    def approve(self, approver: dict[str, str] | None) -> None:
        """Ask again for what was refused, with a supervisor."""
        if self._last is not None and approver is not None:
            verb, done, fields = self._last
            self.ask(verb, done, **fields | {"approver": approver})

    def _refused(self, refusal: Refused) -> None:
        self.problem = self.session.sentence(refusal)
        wrong = refusal.code in ("wrong_pin", "locked_out")
        if refusal.code == "approval_needed" or (wrong and self._last is not None and "approver" in self._last[2]):
            self.asks_who, self.problem = self.problem, ""
        self.changed.emit()

    def _heard(self, event: Answer) -> None:
        if self.shown and event.get("event") == "changed":
            self._soon.start()

    # ---- what a person does --------------------------------------------------------------

    def open(self, number: int) -> None:
        """Open the list under F-number."""
        if number <= len(self.sections) and self.section is not self.sections[number - 1]:
            self.section = self.sections[number - 1]
            self._start_over()

    def _start_over(self) -> None:
        self.all_rows, self.marked, self.sought = [], "", ""
        self._clear()
        self.problem = ""
        self.changed.emit()
        if self.shown:
            self.refresh()

    def _clear(self) -> None:
        self.typed = ["", "", ""]
        self.left_out = set()

    def seek(self, text: str) -> None:
        self.sought = text
        self._keep_mark()
        self.changed.emit()

    def type(self, at: int, text: str) -> None:
        self.typed[at] = text
        self.changed.emit()

    def mark(self, row: str) -> None:
        if row != self.marked:
            self._mark(row)
            self.changed.emit()

    def _mark(self, row: str) -> None:
        self.marked, self.problem, self.asks_who = row, "", ""
        self._clear()

    def step(self, by: int) -> None:
        rows = self.rows
        if rows:
            at = next((n for n, row in enumerate(rows) if row.id == self.marked), 0)
            self.mark(rows[min(max(at + by, 0), len(rows) - 1)].id)

    def toggle(self, at: int) -> None:
        """Leave the nth ticket of the marked order here, or hand it out after all."""
        row = self.current
        if row is not None and at < len(row.items) and row.items[at].open:
            self.left_out ^= {row.items[at].id}
            self.changed.emit()

    def primary(self) -> None:
        offer = self.offer
        if offer.run is not None and not self.asking:
            offer.run()

    def act(self, key: int) -> bool:
        """What is under F-key."""
        for action in self.offer.actions:
            if action.key == key:
                if action.run is not None and not self.asking:
                    action.run()
                return True
        return False

    def say(self, text: str) -> None:
        self.session.toast.emit("good", text)

    def trouble(self, text: str) -> None:
        self.problem = text or tr("That cannot be done.")
        self.changed.emit()
