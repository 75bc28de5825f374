"""Taking tickets back: what is about to happen with those that were chosen, told to the cent before it does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import QObject, Signal

from pos.domain.errors import Refused
from pos.domain.money import Money
from pos.domain.sale import AWAITED, FOREIGN, SLIP
from pos.ui.bridge import Answer
from pos.ui.found.model import Found
from pos.ui.i18n import told, tr
from pos.ui.session import Session

_LIFTED: Final = (
    "outside_terms",
    "approval_needed",
    "already_admitted",
    "check_needed",
    "identity_needed",
)  # by a supervisor's PIN
WRITTEN: Final = ("reprint", "correct", "rename")  # no money goes back by these
_LAST: Final = 4  # of a document's number


def reasons(kind: str) -> list[str]:
    """The reasons that are picked with one key, F1 and on."""
    if kind == "reprint":
        return [tr("Lost"), tr("Damaged"), tr("Misprinted"), tr("Stolen")]
    if kind in ("correct", "rename"):
        return []
    return [tr("Cannot come"), tr("Wrong seat"), tr("Complaint"), tr("Show changed")]


@dataclass(frozen=True, slots=True)
class Told:
    """What the till says would come of it. `needs` are the refusals that a supervisor lifts."""

    labels: dict[str, str]  # ticket -> what its place is called; companions' come back as well
    prices: dict[str, Money]
    named: bool  # some are made out to somebody, whose document is looked at
    fees: dict[str, Money]
    amount: Money
    fee: Money
    tenders: tuple[tuple[str, Money], ...]
    needs: tuple[str, ...]
    short: Money | None
    may_void: bool
    void_approval: bool
    void_reason: str

    @classmethod
    def read(cls, answer: Answer, kind: str, currency: str) -> Told:
        refund, void = answer["refund"], answer["void"]
        side = void if kind == "void" else refund
        return cls(
            {ticket["id"]: ticket["label"] for ticket in answer["tickets"]}
            | {one["ref"]: one["name"] for one in answer["articles"]},
            {ticket["id"]: Money.parse(ticket["price"], currency) for ticket in answer["tickets"]}
            | {one["ref"]: Money.parse(one["amount"], currency) for one in answer["articles"]},
            any(ticket["named"] for ticket in answer["tickets"]),
            {ticket["id"]: Money.parse(ticket["refund"]["fee"], currency) for ticket in answer["tickets"]},
            Money.parse(side["amount"], currency),
            Money.parse(refund["fee"] if kind == "refund" else "0", currency),
            tuple((tender["kind"], Money.parse(tender["amount"], currency)) for tender in side["tenders"]),
            tuple(refund["needs"]),
            Money.parse(refund["short"], currency) if refund["short"] is not None else None,
            bool(void["may"]),
            bool(void["approval"]),
            str(void["reason"]),
        )


class Deal(QObject):
    """One refund, void, reprint, correction of a tender or change of a name in the making; `kind` is empty for none.

    `unknown` names a card payment of which nobody knows what became: it is asked about before anything else.
    `lacking` is what the drawer was short of when it was last refused; `fetch` brings it from the safe and goes on.
    `ended` tells what was done, in words, once it is durable.
    """

    changed = Signal()
    ended = Signal(str)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self._forget()
        session.signed.connect(self.close)

    def _forget(self) -> None:
        self.kind = self.reason = self.problem = self.asks = self.unknown = self.slip = self.proof = ""
        self.tickets: tuple[Found, ...] = ()
        self.told: Told | None = None
        self.lacking: Money | None = None
        self.beside = ""  # why a second person is needed to fetch it
        self.paper = self.waived = self.busy = False

    def open(self, kind: str, tickets: Sequence[Found]) -> None:
        """Begin; nothing is done before `act`."""
        self._forget()
        self.kind, self.tickets = kind, tuple(tickets)
        self.changed.emit()
        if kind not in WRITTEN:
            self._ask()

    def close(self) -> None:
        """Leave it undone."""
        if self.kind and not self.busy:
            self._forget()
            self.changed.emit()

    def _ask(self) -> None:
        kind, tickets = self.kind, self.tickets

        def done(answer: Answer) -> None:
            if (kind, tickets) == (self.kind, self.tickets):
                self.told = Told.read(answer, kind, self.session.venue.currency)
                self.asks = self._why(self.told)
                if kind == "void" and not self.told.may_void:
                    self.problem = told(self.told.void_reason)
                self.changed.emit()

        fields: dict[str, Any] = {"waive_fee": True} if self.waived else {}
        self.session.bridge.latest("deal", "quote", done, self._refused, **self._named(), **fields)

    def _named(self) -> dict[str, Any]:
        """What comes back, as verbs take it: tickets, articles, or both."""
        sides = {"tickets": False, "articles": True}
        named = {side: [row.id for row in self.tickets if row.article is goods] for side, goods in sides.items()}
        return {side: ids for side, ids in named.items() if ids}

    def _why(self, told: Told) -> str:
        """Why a supervisor is needed, empty when none is."""
        if self.kind == "void":
            return tr("Somebody else sold it: a supervisor must approve.") if told.void_approval else ""
        return self.session.sentence(Refused(told.needs[0])) if told.needs else ""

    # ---- what is decided -----------------------------------------------------------------

    def choose_reason(self, number: int) -> None:
        """One of the quick ones, from 1."""
        offered = reasons(self.kind)
        if 1 <= number <= len(offered):
            self.type_reason(offered[number - 1])
            self.changed.emit()

    def type_reason(self, text: str) -> None:
        self.reason, self.problem = text, ""

    @property
    def lost(self) -> bool:
        """Whether the paper is gone, so that another is printed for its buyer alone."""
        return self.kind == "reprint" and self.reason in (tr("Lost"), tr("Stolen"))

    @property
    def asks_proof(self) -> bool:
        """Whether whoever comes has to be the one who bought."""
        return (
            self.lost or self.kind == "rename" or (self.kind == "refund" and self.told is not None and self.told.named)
        )

    def type_proof(self, text: str) -> None:
        self.proof, self.problem = text, ""

    def _seen(self) -> dict[str, str]:
        """What was seen of the buyer: the last four of a document, or a name."""
        proof = self.proof.strip()
        if not proof:
            return {}
        if self.kind == "refund" or (len(proof) == _LAST and any(letter.isdigit() for letter in proof)):
            return {"identity": proof}
        return {"name": proof}

    @property
    def asks_slip(self) -> bool:
        """Whether money goes back by the bank's own reader, which prints a slip with a number."""
        if self.kind in ("correct", "rename"):
            return True
        return self.told is not None and any(kind in (SLIP, *AWAITED) for kind, _ in self.told.tenders)

    def type_slip(self, text: str) -> None:
        self.slip, self.problem = text, ""

    def toggle_paper(self) -> None:
        self.paper = not self.paper
        self.problem = ""
        self.changed.emit()

    def toggle_fee(self) -> None:
        """Keep no fee, which needs a supervisor and a reason."""
        if self.kind == "refund" and not self.busy:
            self.waived, self.lacking, self.beside = not self.waived, None, ""
            self._ask()
            self.changed.emit()

    @property
    def ready(self) -> bool:
        """Whether there is something that Enter would do."""
        return not self.busy and (self.kind in WRITTEN or (self.told is not None and not self._hopeless))

    @property
    def _hopeless(self) -> bool:
        return self.kind == "void" and self.told is not None and not self.told.may_void

    # ---- doing it ------------------------------------------------------------------------

    def act(self, approver: dict[str, str] | None) -> None:
        """Do it. What is missing is said, and nothing is done."""
        if not self.ready:
            return
        if self.unknown:
            self.settle("")
            return
        missing = self._missing(approver)
        if missing:
            self.problem = missing
            self.changed.emit()
            return
        self.busy, self.problem, self.lacking, self.beside = True, "", None, ""
        self.changed.emit()
        verb, fields = self._verb()
        if approver is not None:
            fields["approver"] = approver
        self.session.bridge.call(verb, self._done, self._refused, self._answered, **fields)

    def fetch(self, beside: dict[str, str] | None) -> None:
        """Bring what is lacking from the safe, then do what was refused for it. `beside` is who has a PIN in the panel:
        the second person, where money leaves the safe by two."""
        if self.busy or self.lacking is None:
            return
        reason = tr("to pay out: {number}", number=self.tickets[0].sale)
        fields: dict[str, Any] = {"kind": "fetch", "amount": str(self.lacking), "reason": reason}
        if self.beside and beside is not None:
            fields["witness"] = beside
        approver = beside if self.asks else None

        def fetched(_: Answer) -> None:
            self.lacking, self.beside = None, ""
            self.act(approver)

        def refused(refusal: Refused) -> None:
            self.problem = self.session.sentence(refusal)
            if refusal.code == "check_needed":
                self.beside = self.problem
            self.changed.emit()

        self.busy, self.problem = True, ""
        self.session.bridge.call("move_cash", fetched, refused, self._answered, **fields)
        self.changed.emit()

    def _missing(self, approver: dict[str, str] | None) -> str:
        if self.kind == "rename" and not self.slip.strip():
            return tr("Whose is it now?")
        if self.kind == "void":
            if not self.paper:
                return tr("Is the paper of all its tickets back?")
        elif not self.reason.strip():
            why = {"reprint": tr("Why is it printed again?"), "refund": tr("Why do they come back?")}
            return why.get(self.kind, tr("Give a reason."))
        return tr("A supervisor types their PIN first.") if self.asks and approver is None else ""

    def _verb(self) -> tuple[str, dict[str, Any]]:
        reason: dict[str, Any] = {"reason": self.reason.strip()} if self.reason.strip() else {}
        if self.kind == "correct":
            return "correct_tender", {"sale": self.tickets[0].sale, **reason, **self._right()}
        if self.kind == "rename":
            seen = {"identity": self.proof.strip()} if self.proof.strip() else {}
            return "rename_ticket", {"ticket": self.tickets[0].id, "buyer": self._whose(), **reason, **seen}
        if self.asks_slip and self.slip.strip():
            reason["slip"] = self.slip.strip()
        if self.kind == "reprint":
            lost = {"lost": True, **self._seen()} if self.lost else {}
            return "reprint", {"ticket": self.tickets[0].id, **reason, **lost}
        if self.kind == "void":
            return "void", {"sale": self.tickets[0].sale, "surrendered": self.paper, **reason}
        fee = {"waive_fee": True} if self.waived else {}
        seen = self._seen() if self.asks_proof else {}
        return "refund", {**self._named(), "surrendered": self.paper, **reason, **fee, **seen}

    def _right(self) -> dict[str, Any]:
        """With a slip's number it was a card; without one, a card's slip was cash."""
        slip = self.slip.strip()
        if slip:
            return {"from": "cash", "to": {"kind": "card", "slip": slip}}
        return {"from": SLIP, "to": {"kind": "cash"}}

    def _whose(self) -> dict[str, Any]:
        """A name, and behind a comma the last four of a document."""
        name, _, last = self.slip.strip().rpartition(",")
        if name and len(last.strip()) == _LAST and last.strip().isalnum():
            return {"name": name.strip(), "identity": {"kind": "document", "last4": last.strip()}}
        return {"name": self.slip.strip()}

    def _answered(self) -> None:
        self.busy = False

    def _done(self, answer: Answer) -> None:
        told = answer.get("refund") or answer.get("void")
        words = self._paid(told["tenders"]) if told else tr("Sent to the printer.")
        if "correction" in answer:
            words = tr("Corrected. The drawer and later refunds follow.")
        self._forget()
        self.ended.emit(words)
        self.changed.emit()

    def _paid(self, tenders: Sequence[dict[str, Any]]) -> str:
        """ "Paid out: €52.20 in cash, €40.00 to the card"."""
        currency = self.session.venue.currency
        parts = [self.way(tender["kind"], Money.parse(tender["amount"], currency)) for tender in tenders]
        return tr("Paid out: {parts}.", parts=", ".join(parts)) if parts else tr("Nothing was to be paid out.")

    def way(self, kind: str, amount: Money) -> str:
        """An amount and which way it goes back."""
        ways = {
            "cash": tr("{amount} in cash"),
            FOREIGN: tr("{amount} in cash"),
            "card": tr("{amount} to the card"),
            SLIP: tr("{amount} to the card, by slip"),
            "voucher": tr("{amount} to the voucher"),
            "gift_card": tr("{amount} to the gift card"),
            "transfer": tr("{amount} by bank transfer"),
            "mobile": tr("{amount} to the phone"),
            "account": tr("{amount} to the account"),
        }
        return ways.get(kind, "{amount}").format(amount=self.session.formats.money(amount))

    def _refused(self, refusal: Refused) -> None:
        self.problem = self.session.sentence(refusal)
        if refusal.fields.get("what") == "lost":
            self.problem = tr("No buyer recorded: supervisor, proof of payment.")
        if refusal.code in _LIFTED:
            self.asks = self.problem
        elif refusal.code == "drawer_short":
            self.lacking = Money.parse(refusal.fields["missing"], self.session.venue.currency)
            held = Money.parse(refusal.fields["expected"], self.session.venue.currency)
            self.problem = tr(
                "The drawer holds {held}: fetch the rest from the safe (F7), or refund at a window that holds more.",
                held=self.session.formats.money(held),
            )
        elif refusal.code == "payment_unknown":
            self.unknown = str(refusal.fields.get("payment") or "")
        self.changed.emit()

    def settle(self, outcome: str) -> None:
        """What became of the card's money: asked of the terminal, or, with an outcome, said by a person."""
        if not self.unknown or self.busy:
            return
        payment, self.busy = self.unknown, True

        def done(answer: Answer) -> None:
            self.unknown = "" if answer["outcome"] != "unknown" else payment
            self.problem = "" if not self.unknown else self.problem
            self.changed.emit()

        said = {"outcome": outcome} if outcome else {}
        verb = "settle_payment" if outcome else "ask_payment"
        self.session.bridge.call(verb, done, self._refused, self._answered, payment=payment, **said)
        self.changed.emit()
