"""What the window does with a scan: what a cashier would expect on the screen at hand."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from pos.domain.errors import Refused
from pos.domain.money import Money
from pos.domain.packages import KIND
from pos.domain.sale import PURSES
from pos.ui.bridge import Answer
from pos.ui.i18n import tr
from pos.ui.keys import cap
from pos.ui.purse import PurseOffer, purse_name
from pos.ui.session import Session


class ScanPresenter(QObject):
    """A ticket or a sale is shown (`found`); a voucher or gift card is offered as a tender (`offered`) where there
    is something to pay, else it is said what is left on it. `pays` tells whether there is. What the screen at hand
    `takes` goes no further."""

    passed = Signal(str)  # the code of a pass
    found = Signal(str, str)  # sale, and the ticket that was scanned or ""
    offered = Signal(object)  # a PurseOffer

    def __init__(
        self,
        session: Session,
        pays: Callable[[], bool],
        parent: QObject | None = None,
        takes: Callable[[Answer], bool] = lambda _: False,
    ) -> None:
        super().__init__(parent)
        self.session, self._pays, self._takes = session, pays, takes
        session.heard.connect(self._heard)

    def typed(self, text: str) -> None:
        """A scanner or reader has typed this; the till says what it is."""
        self.session.bridge.call("scan", text=text)

    def _heard(self, event: Answer) -> None:
        if event.get("event") != "scanned":
            return
        kind, text = event["kind"], str(event["text"])
        if self._takes(event):
            pass
        elif kind in ("ticket", "sale"):
            self.found.emit(event["sale"], event.get("ticket") or "")
        elif kind in PURSES:
            self._purse(kind, event["code"], event["left"])
        elif kind == "paper":
            self._paper(event)
        elif kind == "unknown":
            self._ask(text)
        else:
            self._say(kind, text)
        if event.get("swapped"):
            warning = tr("The scanner types Y for Z: set it to the keyboard layout of this computer.")
            self.session.toast.emit("warning", warning)

    def _say(self, kind: str, text: str) -> None:
        says = {
            "member": ("plain", tr("Member card {number}.", number=text)),
            "card": ("warning", tr("A payment card, {number}: it is paid with at the terminal.", number=text)),
            "unread": ("warning", tr("The card was not read. Swipe it again.")),
            "training": ("warning", tr("This is a ticket from training. It is valid nowhere.")),
            "locked": ("warning", tr("Sign in first.")),
        }
        self.session.toast.emit(*says[kind])

    def _paper(self, event: Answer) -> None:
        """A ticket of a pack, away from the screens where something is done with it."""
        if event["state"] == "out":
            words = tr(
                "Paper ticket {ticket}: {back} takes it back, {sold} keys it as sold.",
                ticket=event["ticket"],
                back=cap("paper_pack"),
                sold=cap("rekey"),
            )
        elif event["state"] == "lost":
            words = tr("Paper ticket {ticket} was given up as lost.", ticket=event["ticket"])
        else:
            words = tr("Paper ticket {ticket} was taken back: it is valid no more.", ticket=event["ticket"])
        self.session.toast.emit("warning", words)

    def _ask(self, text: str) -> None:
        """No ticket and no sale: only the office knows whether it is a voucher or gift card."""
        person = self.session.person
        if person is None or not person.sells:
            self._unknown(text)
            return

        def done(answer: Answer) -> None:
            purse = answer["purse"]
            self._purse(purse["kind"], purse["code"], purse["left"])

        def refused(refusal: Refused) -> None:
            if refusal.code == "unknown_ticket":
                self._unknown(text)
            elif refusal.code == "right_elsewhere" and refusal.fields.get("holder") == "office":
                sentence = tr("{text} is not known here, and the office cannot be asked.", text=text)
                self.session.toast.emit("warning", sentence)
            else:
                self.session.toast.emit("warning", self.session.sentence(refusal))

        self.session.bridge.call("purse", done, refused, code=text)

    def _unknown(self, text: str) -> None:
        self.session.toast.emit("warning", tr("Unknown: {text}", text=text))

    def _purse(self, kind: str, code: str, left: str) -> None:
        purse = PurseOffer(kind, code, Money.parse(left, self.session.venue.currency))
        what = {"name": purse_name(kind), "code": code, "left": self.session.formats.money(purse.left)}
        if kind == KIND:
            self.passed.emit(code)
        elif not purse.left:
            self.session.toast.emit("warning", tr("{name} {code}: nothing is left on it.", **what))
        elif self._pays():
            self.offered.emit(purse)
        else:
            self.session.toast.emit("plain", tr("{name} {code}: {left} left.", **what))
