"""A pass that a customer has shown: used for seats of the basket, or what is left on it paid back. It draws nothing
and never waits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from PySide6.QtCore import QObject, Signal

from pos.domain.errors import Refused
from pos.domain.money import Money, total
from pos.domain.packages import KIND, spread
from pos.ui.approval import APPROVES
from pos.ui.bridge import Answer
from pos.ui.format import read_time
from pos.ui.i18n import tr
from pos.ui.model import Line
from pos.ui.sell.presenter import SellPresenter

_LIFTED = ("outside_terms", "approval_needed", "check_needed", "wrong_pin")


def reasons() -> list[str]:
    """Why a pass comes back, F1 and on."""
    return [tr("Moved away"), tr("Cannot come"), tr("Complaint"), tr("Changed their mind")]


@dataclass(frozen=True, slots=True)
class Pass:
    """`visits` are left of `count`, `left` is the money that is on it; `fee` and `back` are what a refund would keep
    and pay out. `rule`: whether it may be paid back without a supervisor while it is good."""

    code: str
    name: str
    left: Money
    visits: int
    count: int
    until: datetime | None
    fee: Money
    back: Money
    rule: bool

    @classmethod
    def read(cls, doc: Answer, currency: str) -> Pass:
        until = doc["valid_until"]
        return cls(
            doc["code"],
            doc["name"],
            Money.parse(doc["left"], currency),
            int(doc["visits"]["left"]),
            int(doc["visits"]["of"]),
            read_time(until) if until else None,
            Money.parse(doc["refund"]["fee"], currency),
            Money.parse(doc["refund"]["amount"], currency),
            bool(doc["refund"]["rule"]),
        )


class Passes(QObject):
    """`mode` is empty while nothing of this is under way; ask: its code is typed; use; back: it is paid back."""

    changed = Signal()

    def __init__(self, sell: SellPresenter) -> None:
        super().__init__(sell)
        self.sell, self.session = sell, sell.session
        self.mode = ""
        self._clean()
        sell.session.signed.connect(self.close)
        sell.changed.connect(self._stir)

    def _clean(self) -> None:
        self.code = self.reason = self.problem = self.asks = ""
        self.found: Pass | None = None
        self.one = self.waived = self.working = False  # `one`: the marked ticket alone

    def open(self, code: str = "") -> None:
        """Begin with its code, or by asking for it. Not while money is being taken."""
        if self.sell.payment.paying or self.sell.payment.busy_elsewhere or self.sell.payment.card.phase:
            return
        if self.sell.payment.sale is not None:
            self.sell.next_customer()
        self._clean()
        self.mode, self.code = "ask", code
        self.changed.emit()
        if code:
            self._look()

    def close(self) -> None:
        if self.mode and not self.working:
            self._clean()
            self.mode = ""
            self.changed.emit()

    def step_back(self) -> None:
        """Esc: one step back."""
        if self.mode == "back" and not self.working:
            self.mode, self.problem, self.asks = "use", "", ""
            self.changed.emit()
        else:
            self.close()

    def _stir(self) -> None:
        if self.mode:
            self.changed.emit()  # seats came or went

    # ---- what is on screen -------------------------------------------------------------

    @property
    def lines(self) -> tuple[Line, ...]:
        """The tickets that it would pay for: those of the basket that nothing else does, or the marked one."""
        code = self.found.code if self.found is not None else ""
        able = [line for line in self.sell.lines if line.package in ("", code)]
        return tuple(line for line in able if not self.one or line.line == self.sell.marked or line.package)

    @property
    def shares(self) -> list[Money]:
        """What it pays for each of them; none when it has too few visits."""
        found, wanted = self.found, len(self.lines)
        return spread(found.left, found.visits)[:wanted] if found is not None and wanted <= found.visits else []

    @property
    def pays(self) -> Money:
        return total(self.shares, self.session.venue.currency)

    @property
    def amount(self) -> Money:
        """What would be paid out."""
        assert self.found is not None
        return self.found.left if self.waived else self.found.back

    @property
    def ready(self) -> bool:
        """Whether Enter would do something."""
        if self.working or self.mode in ("", "ask"):
            return bool(self.mode) and not self.working
        return bool(self.shares) if self.mode == "use" else self.found is not None and bool(self.found.left)

    @property
    def _alone(self) -> bool:
        person = self.session.person
        return person is not None and person.role in APPROVES

    # ---- what is decided ---------------------------------------------------------------

    def type_code(self, text: str) -> None:
        self.code, self.problem = text, ""

    def type_reason(self, text: str) -> None:
        self.reason, self.problem = text, ""

    def number(self, number: int) -> None:
        """F1 and on: which tickets, why, whether its fee is kept; F5: pay back what is left."""
        if self.working:
            return
        if self.mode == "use" and number in (1, 2):
            self.one = number == 2
        elif self.mode == "use" and number == 5:
            self.mode, self.problem = "back", ""
            self._ask_supervisor()
        elif self.mode == "back" and 1 <= number <= len(reasons()):
            self.type_reason(reasons()[number - 1])
        elif self.mode == "back" and number == 6:
            self.waived = not self.waived
            self._ask_supervisor()
        self.changed.emit()

    def _ask_supervisor(self) -> None:
        found = self.found
        late = found is not None and found.until is not None and self.session.now > found.until
        needed = found is not None and (self.waived or late or not found.rule)
        self.asks = tr("A supervisor must approve this.") if needed and not self._alone else ""

    # ---- doing it ----------------------------------------------------------------------

    def act(self, approver: dict[str, str] | None) -> None:
        """Enter."""
        if not self.ready:
            return
        if self.mode == "ask":
            self._look()
        elif self.mode == "use":
            self._call("redeem", self._used, code=self._pass.code, lines=[line.line for line in self.lines])
        elif not self.reason.strip():
            self._say(tr("Say why it comes back."))
        elif self.asks and approver is None:
            self._say(self.asks)
        else:
            fields: dict[str, Any] = {"code": self._pass.code, "reason": self.reason.strip()}
            fields |= {"waive_fee": True} if self.waived else {}
            self._call("refund_package", self._paid, **fields, **({"approver": approver} if approver else {}))

    @property
    def _pass(self) -> Pass:
        assert self.found is not None
        return self.found

    def _say(self, problem: str) -> None:
        self.problem = problem
        self.changed.emit()

    def _look(self) -> None:
        if not self.code.strip():
            self._say(tr("Scan the pass, or type its code."))
            return
        self._call("purse", self._told, code=self.code.strip())

    def _told(self, answer: Answer) -> None:
        doc = answer["purse"]
        if doc["kind"] != KIND:
            self.problem = tr("That is no pass: it pays like money, with F12.")
            return
        self.found = Pass.read(doc, self.session.venue.currency)
        self.mode = "use"

    def _used(self, _: Answer) -> None:
        self._clean()
        self.mode = ""
        self.sell.refresh_basket()

    def _paid(self, answer: Answer) -> None:
        amount = Money.parse(answer["refund"]["amount"], self.session.venue.currency)
        text = tr("Paid out: {amount} in cash.", amount=self.session.formats.money(amount))
        self._clean()
        self.mode = ""
        self.session.toast.emit("good", text)
        self.session.refresh_status()

    def _call(self, verb: str, done: Callable[[Answer], None], **fields: Any) -> None:
        self.working, self.problem = True, ""

        def answered(answer: Answer) -> None:
            done(answer)
            self.changed.emit()

        def refused(refusal: Refused) -> None:
            self.problem = self._sentence(refusal)
            if refusal.code in _LIFTED and self.mode == "back":
                self.asks = self.problem
            self.changed.emit()

        def ended() -> None:
            self.working = False

        self.session.bridge.call(verb, answered, refused, ended, **fields)
        self.changed.emit()

    def _sentence(self, refusal: Refused) -> str:
        if refusal.code == "unknown_ticket":
            return tr("There is no pass with this code.")
        if refusal.code == "limit_exceeded" and self.mode == "use":
            return tr("It has too few visits left.")
        if refusal.code == "outside_terms":
            return tr("This pass is not good any more, or not paid back by its rule.")
        return self.session.sentence(refusal)
