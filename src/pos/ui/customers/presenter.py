"""Which customers were found, which one is marked, what is known of it, and what is being typed about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import QObject, Signal

from pos.domain.errors import Refused
from pos.ui.bridge import Answer
from pos.ui.customers.outbox import Outbox
from pos.ui.format import read_time
from pos.ui.i18n import tr
from pos.ui.session import Session

FIELDS: Final = ("name", "email", "phone", "member", "notes")


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer as the list has it."""

    id: str
    name: str
    email: str
    phone: str
    member: str

    @classmethod
    def read(cls, doc: dict[str, Any]) -> Customer:
        return cls(doc["id"], *(str(doc.get(key, "")) for key in ("name", "email", "phone", "member")))

    @property
    def title(self) -> str:
        return self.name or self.email or self.phone or self.id

    @property
    def contact(self) -> str:
        return " · ".join(filter(None, (self.email, self.phone)))


class CustomersPresenter(QObject):
    """Nothing is compulsory, and a sale goes on without any of it."""

    changed = Signal()
    taken = Signal()  # a customer was attached to the sale, or the sale is to be of nobody

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.text = ""
        self.rows: list[Customer] = []
        self.marked = ""
        self.known: Answer = {}  # the history of the marked one
        self.draft: dict[str, str] | None = None  # what is being typed, None while nothing is
        self._about = ""  # whom the draft changes, "" for a new one
        self.stays = ""  # the record that another one is to be merged into
        self.erasing = False  # asked once, and not again yet
        self.problem = ""
        self.outbox = Outbox(session, self)
        self.outbox.changed.connect(self.changed)
        session.signed.connect(self._signed)

    @property
    def current(self) -> Customer | None:
        return next((row for row in self.rows if row.id == self.marked), None)

    @property
    def oversees(self) -> bool:
        """Whether to merge, export and erase are this person's."""
        return self.session.person is not None and self.session.person.sets_up

    def _signed(self) -> None:
        if self.session.person is None:
            self.rows, self.marked, self.text, self.known, self.stays, self.draft = [], "", "", {}, "", None
            self.session.attach(None)
            self.changed.emit()

    # ---- finding -------------------------------------------------------------------------

    def search(self, text: str) -> None:
        self.text = text
        self.session.bridge.latest("customers", "customers", self._found, self._refused, text=text)

    def show(self, customer: str, text: str) -> None:
        """Show this one, found by a text."""
        self.search(text)
        self.mark(customer)

    def _found(self, answer: Answer) -> None:
        self.rows = [Customer.read(doc) for doc in answer["customers"]]
        if self.current is None:
            self.mark(self.rows[0].id if self.rows else "")
        self.changed.emit()

    def refresh(self) -> None:
        """Ask again for what is on screen."""
        if self.text:
            self.search(self.text)
        self.mark(self.marked)

    def mark(self, customer: str) -> None:
        self.marked, self.known, self.erasing, self.problem = customer, {}, False, ""
        if customer:
            self.session.bridge.latest("customer", "customer_history", self._told, self._refused, customer=customer)
        self.changed.emit()

    def step(self, step: int) -> None:
        """Mark the one above or below."""
        at = next((ix for ix, row in enumerate(self.rows) if row.id == self.marked), 0)
        if self.rows:
            self.mark(self.rows[max(0, min(len(self.rows) - 1, at + step))].id)

    def _told(self, answer: Answer) -> None:
        if answer["customer"]["id"] == self.marked:
            self.known = answer
            self.changed.emit()

    # ---- the sale ------------------------------------------------------------------------

    def take(self) -> None:
        """The sale is the marked customer's."""
        one = self.current
        if one is not None:
            self.session.attach({"customer": one.id, "title": one.title})
            self.taken.emit()

    def nobody(self) -> None:
        """The sale is nobody's again."""
        self.session.attach(None)
        self.taken.emit()

    # ---- the record ----------------------------------------------------------------------

    def new(self) -> None:
        """Begin a record; what was searched for is its name, unless it is an address or a number."""
        typed = self.text.strip()
        key = "email" if "@" in typed else "phone" if typed[:1] in "+0123456789" and typed else "name"
        self.draft, self._about, self.problem = dict.fromkeys(FIELDS, "") | {key: typed}, "", ""
        self.changed.emit()

    def change(self) -> None:
        one = self.current
        if one is not None:
            self.draft = {key: str(getattr(one, key, "")) for key in FIELDS}
            self.draft["notes"] = str(self.known.get("notes", ""))
            self._about, self.problem = one.id, ""
            self.changed.emit()

    def type(self, key: str, text: str) -> None:
        if self.draft is not None:
            self.draft[key] = text

    def save(self) -> None:
        """Record what was typed."""
        if self.draft is None:
            return
        fields: dict[str, Any] = {
            key: text for key, text in self.draft.items() if key != "notes" or text or self.known.get("notes")
        }
        if self._about:
            fields["customer"] = self._about
        else:
            fields = {key: text for key, text in fields.items() if text.strip()}
        self.session.bridge.call("customer", self._saved, self._refused, **fields)

    def _saved(self, answer: Answer) -> None:
        one = Customer.read(answer["customer"])
        self.draft = None
        rows = {row.id: row for row in self.rows} | {one.id: one}
        self.rows = list(rows.values())
        self.mark(one.id)
        self.session.toast.emit("good", tr("Kept: {name}.", name=one.title))

    def close(self) -> bool:
        """One step back; whether there was one."""
        if self.draft is not None or self.stays or self.erasing or self.problem:
            self.draft, self.stays, self.erasing, self.problem = None, "", False, ""
            self.changed.emit()
            return True
        return False

    def notices(self) -> None:
        """What was written to the marked customer, or, where none is, to everybody."""
        one = self.current
        sales = [sale["id"] for sale in self.known.get("sales", ())]
        self.outbox.show(one.title if one is not None else "", sales)

    # ---- a supervisor's ------------------------------------------------------------------

    def merge(self) -> None:
        """The first press says which record stays, the second which one goes into it."""
        one = self.current
        if one is None or not self.oversees:
            return
        if not self.stays or self.stays == one.id:
            self.stays = "" if self.stays == one.id else one.id
            self.changed.emit()
            return
        fields: dict[str, Any] = {"customer": self.stays, "merged": one.id}
        self.stays = ""
        self.session.bridge.call("merge_customers", self._merged, self._refused, **fields)

    def _merged(self, answer: Answer) -> None:
        self.marked = answer["customer"]["id"]
        self.session.toast.emit("good", tr("The two are one customer now."))
        self.search(self.text)
        self.mark(self.marked)

    def export(self, path: str) -> None:
        """Write everything that is kept about the marked customer into a file."""
        import json
        from pathlib import Path

        def told(answer: Answer) -> None:
            try:
                text = json.dumps(answer["export"], ensure_ascii=False, indent=2)
                Path(path).write_text(text, encoding="utf-8")
            except OSError as error:
                self.problem = tr("The file could not be written: {reason}.", reason=error.strerror or str(error))
                self.changed.emit()
            else:
                self.session.toast.emit("good", tr("Written."))

        if self.marked:
            self.session.bridge.call("export_customer", told, self._refused, customer=self.marked)

    def erase(self) -> None:
        """Asked twice: it cannot be undone."""
        if self.current is None or not self.oversees:
            return
        if not self.erasing:
            self.erasing = True
            self.changed.emit()
            return
        reason = tr("on the customer's request")
        self.session.bridge.call("erase_customer", self._erased, self._refused, customer=self.marked, reason=reason)

    def _erased(self, _: Answer) -> None:
        attached = self.session.buyer
        if attached is not None and attached["customer"] == self.marked:
            self.session.attach(None)
        self.marked, self.erasing = "", False
        self.session.toast.emit("good", tr("Erased. What was sold stays, of nobody."))
        self.search(self.text)

    def _refused(self, refusal: Refused) -> None:
        self.problem, self.erasing = self.session.sentence(refusal), False
        self.changed.emit()

    # ---- words ---------------------------------------------------------------------------

    def story(self) -> list[str]:
        """The marked customer's sales and cases, the newest first."""
        formats, now = self.session.formats, self.session.now
        lines = [
            f"{formats.day_and_time(read_time(sale['at']), now)} · {sale['id']} · "
            + ", ".join(ticket["place"] for ticket in sale["tickets"])
            for sale in self.known.get("sales", ())
        ]
        lines += [
            tr("Case {id}, answer by {when}", id=case["id"], when=formats.day_and_time(read_time(case["due"]), now))
            for case in self.known.get("cases", ())
        ]
        if self.known.get("partial"):
            lines.append(tr("The office cannot be reached: this is what this window knows."))
        return lines
