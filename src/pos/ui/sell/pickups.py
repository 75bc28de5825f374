"""In a rush: the orders that wait for the show being sold, handed out from the selling screen. It draws nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import QObject, QTimer, Signal

from pos.domain.lookup import alike, last4_of, plain
from pos.ui.bridge import Answer
from pos.ui.i18n import tr, tr_count
from pos.ui.session import Session

_GATHER_MS: Final = 400  # changes come in bursts: the lists are asked for once after one


@dataclass(frozen=True, slots=True)
class PickUp:
    """An order of the show with tickets that nobody has come for. `places` are their labels."""

    sale: str
    name: str
    contact: str
    places: tuple[str, ...]
    ready: bool

    @classmethod
    def read(cls, doc: Answer) -> PickUp:
        tickets = doc["tickets"]
        ready = all(ticket["state"] == "ready" for ticket in tickets)
        return cls(doc["sale"], doc["name"], doc["contact"], tuple(ticket["label"] for ticket in tickets), ready)

    @property
    def title(self) -> str:
        return self.name or self.sale

    def fits(self, text: str) -> bool:
        """Whether it is what somebody looks for: a part of its number or name, or its telephone's last four."""
        wanted = text.strip()
        return plain(wanted) in plain(f"{self.sale} {self.name}") or wanted in last4_of({"contact": self.contact})


class PickUps(QObject):
    """`asked` carries those that a text may mean, or the one that was scanned, to be looked at before Enter."""

    changed = Signal()
    asked = Signal(object)
    taken = Signal()  # one is being handed out: what was typed for it has done its work

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self.session = session
        self.rows: list[PickUp] = []
        self.sought = ""
        self.standby = 0  # how many people wait for returned tickets
        self._soon = QTimer(self, interval=_GATHER_MS, singleShot=True)
        self._soon.timeout.connect(self.refresh)
        session.rush_changed.connect(self._turned)
        session.signed.connect(self.refresh)
        session.heard.connect(self._heard)
        self.refresh()

    @property
    def open(self) -> bool:
        return self.session.rush != ""

    def _turned(self) -> None:
        self.rows, self.sought, self.standby = [], "", 0
        self.changed.emit()
        self.refresh()

    def _heard(self, event: Answer) -> None:
        if self.open and event.get("event") in ("changed", "printed"):
            self._soon.start()

    def refresh(self) -> None:
        """Ask for those who wait; only in a rush, since nobody looks at them otherwise."""
        person = self.session.person
        if self.open and person is not None and person.sells:
            bridge, show = self.session.bridge, self.session.rush
            bridge.latest("rush pick-ups", "pickups", self._got, lambda _: None, show=show)
            bridge.latest("rush standby", "standby", self._counted, lambda _: None, show=show)

    def _got(self, answer: Answer) -> None:
        self.rows = [PickUp.read(doc) for doc in answer["pickups"]]
        self.changed.emit()

    def _counted(self, answer: Answer) -> None:
        self.standby = len(answer["entries"])
        self.changed.emit()

    # ---- finding and handing out ---------------------------------------------------------

    @property
    def fitting(self) -> list[PickUp]:
        """Those that what is being typed may mean, all while nothing is; of a name that nobody has those that
        sound like it."""
        if not self.sought.strip():
            return self.rows
        return [row for row in self.rows if row.fits(self.sought)] or [
            row for row in self.rows if alike(self.sought, row.name)
        ]

    def seek(self, text: str) -> None:
        """What is being typed: the list shows whom it may mean."""
        self.sought = text
        if self.open:
            self.changed.emit()

    def take(self) -> bool:
        """Enter: hand out the one order that is meant; of several one is chosen. False if none is."""
        found = self.fitting if self.open and self.sought.strip() else []
        if len(found) == 1:
            self.hand_out(found[0])
        elif found:
            self.asked.emit(found)
        return bool(found)

    def scanned(self, sale: str) -> bool:
        """Show the order whose code was scanned. False if it is none that waits here."""
        row = next((row for row in self.rows if row.sale == sale), None) if self.open else None
        if row is not None:
            self.asked.emit([row])
        return row is not None

    def hand_out(self, row: PickUp) -> None:
        """Print what has no paper yet, and record that all of it was handed out."""

        def done(answer: Answer) -> None:
            tickets = tr_count("%n ticket", "%n tickets", len(answer["sale"]["tickets"]))
            if answer["job"] is None:
                text = tr("{tickets} of {name}: they lie ready here.", tickets=tickets, name=row.title)
            else:
                text = tr("{tickets} of {name}: printing.", tickets=tickets, name=row.title)
            self.session.toast.emit("good", text)
            self.rows = [each for each in self.rows if each.sale != row.sale]
            self.refresh()

        fields: dict[str, Any] = {"sale": row.sale}
        self.taken.emit()
        self.session.bridge.call("collect", done, **fields)
