"""Ticket paper as the window shows it: what is here, on its way and asked for, and what is being done with it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import QObject, Signal

from pos.domain.errors import Refused
from pos.ui.bridge import Answer
from pos.ui.i18n import tr, tr_count
from pos.ui.session import Session

# What may be done, in the order of F1 to F9; those after the sixth are a supervisor's.
KINDS: Final = ("load", "take", "give", "spoil", "count", "ask", "receive", "answer", "refuse")
NEEDS_WINDOW: Final = frozenset({"take", "give"})
NEEDS_NOTE: Final = frozenset({"spoil", "receive", "refuse"})
_ANSWERS: Final = frozenset({"answer", "refuse"})
_EVENTS: Final = ("printed", "stock_low", "stock_unloaded", "print_unknown")
_FAMILIES: Final = frozenset({"stock_hand", "stock_request", "stock_answer", "stock_box"})


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list: `lead` over `detail`, `side` at the right. Where one may do something with it, `kind`
    says what, and `numbers`, `window` and `request` are what is filled in for that."""

    id: str
    lead: str
    detail: str = ""
    side: str = ""
    kind: str = ""
    numbers: str = ""
    window: str = ""
    request: str = ""
    warning: bool = False


def kind_names() -> dict[str, str]:
    """What may be done, in words."""
    return {
        "load": tr("Load"),
        "take": tr("Take in"),
        "give": tr("Give"),
        "spoil": tr("Spoiled"),
        "count": tr("Count"),
        "ask": tr("Ask for"),
        "receive": tr("New box"),
        "answer": tr("Approve"),
        "refuse": tr("Refuse"),
    }


def numbers(ranges: Sequence[Sequence[str]]) -> str:
    """Ranges as a person types them."""
    return ", ".join("-".join(dict.fromkeys(pair)) for pair in ranges)


class BlanksPresenter(QObject):
    """One thing at a time is typed and sent; nobody is told what should be here before they have counted."""

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.answer: dict[str, Any] = {}
        self.marked = ""
        self.kind = KINDS[0]
        self.asking = False
        self._drop()
        session.heard.connect(self._heard)

    def _drop(self) -> None:
        self.numbers = self.window = self.note = self.request = self.problem = self.needs = ""

    # ---- what there is -------------------------------------------------------------------

    def refresh(self) -> None:
        self.session.bridge.latest("ticket_paper", "ticket_paper", self._got)

    def _got(self, answer: Answer) -> None:
        self.answer = answer
        self.changed.emit()

    def _heard(self, event: Answer) -> None:
        told = event.get("event") in _EVENTS or _FAMILIES.intersection(event.get("records") or ())
        if told and self.answer and self.session.person is not None:
            self.refresh()

    @property
    def windows(self) -> dict[str, str]:
        """The other windows of the house, by id."""
        own = self.session.status.till
        return {id: name for id, name in self.answer.get("windows", {}).items() if id != own}

    def window_name(self, id: str) -> str:
        return str(self.answer.get("windows", {}).get(id, id))

    def headline(self) -> tuple[str, str]:
        """The number that lies next, large, and what is here in all."""
        doc, formats = self.answer, self.session.formats
        if not doc:
            return "", ""
        here = tr_count("%n blank here", "%n blanks here", doc["left"], formats.count(doc["left"]))
        if not doc["numbered"]:
            return tr("no numbered blanks"), here
        return doc["next"] or tr("not known"), f"▲ {here}" if doc["low"] else here

    def rows(self) -> list[Row]:
        """What to see to first, then what is here, then the house."""
        doc = self.answer
        if not doc:
            return []
        return [*self._coming(doc), *self._requests(doc), *self._here(doc), *self._house(doc)]

    def _coming(self, doc: dict[str, Any]) -> list[Row]:
        rows = []
        for n, one in enumerate(doc["coming"]):
            lead = tr("On its way here from {window}", window=self.window_name(one["from"]))
            text = numbers(one["serials"])
            rows.append(
                Row(f"coming{n}", lead, text, self._blanks(one["count"]), "take", text, one["from"], warning=True)
            )
        for n, one in enumerate(doc["sent"]):
            lead = tr("On its way to {window}", window=self.window_name(one["to"]))
            rows.append(Row(f"sent{n}", lead, numbers(one["serials"]), self._blanks(one["count"])))
        if doc["earlier"]:
            text = numbers(doc["earlier"])
            lead = tr("Here since before this window was enrolled anew")
            rows.append(Row("earlier", lead, text, "", "take", text, self.session.status.till, warning=True))
        return rows

    def _requests(self, doc: dict[str, Any]) -> list[Row]:
        states = {"open": tr("not answered"), "approved": tr("approved"), "refused": tr("refused")}
        rows = []
        for one in doc["requests"]:
            mine = one["home"] == self.session.status.till
            lead = tr(
                "{window} asks for {blanks}", window=self.window_name(one["home"]), blanks=self._blanks(one["count"])
            )
            can = one["state"] == "open" and not mine
            rows.append(
                Row(f"request{one['id']}", lead, one["note"], states[one["state"]], "answer" if can else "",
                    request=one["id"], warning=can)
            )  # fmt: skip
        return rows

    def _here(self, doc: dict[str, Any]) -> list[Row]:
        rows = []
        if doc["loaded"]:
            rows.append(Row("loaded", tr("In the printer"), numbers(doc["loaded"])))
        if doc["hand"]:
            text = numbers(doc["hand"])
            rows.append(Row("hand", tr("Here in all"), text, self._blanks(doc["left"])))
        if doc["missing"]:
            rows.append(Row("missing", tr("Missing here"), numbers(doc["missing"]), warning=True))
        words = {
            "unconfirmed": tr("Taken in, and {giver} has not said so"),
            "never_here": tr("Used up before it was here"),
            "found": tr("Found here, and nobody gave it"),
        }
        for n, one in enumerate(doc["open"]):
            if one["what"] in words:
                lead = words[one["what"]].format(giver=self.window_name(one["from"]))
                rows.append(
                    Row(f"open{n}", lead, numbers([one["serials"]]), self.window_name(one["till"]), warning=True)
                )
        return rows

    def _house(self, doc: dict[str, Any]) -> list[Row]:
        rows = []
        for box in doc["boxes"]:
            where = ", ".join(
                f"{self.window_name(one['till'])} {self.session.formats.count(one['count'])}" for one in box["where"]
            )
            rows.append(Row(f"box{box['id']}", box["box"], numbers(box["serials"]), where or tr("used up")))
        for one in doc["house"]["tills"]:
            if one["till"] != self.session.status.till:
                lead = self.window_name(one["till"])
                rows.append(Row(f"till{one['till']}", lead, numbers(one["hand"]), self._blanks(one["left"])))
        house = doc["house"]
        sign = tr("running low") if house["low"] else ""
        rows.append(Row("house", tr("The house in all"), sign, self._blanks(house["left"]), warning=house["low"]))
        return rows

    def _blanks(self, count: int) -> str:
        return tr_count("%n blank", "%n blanks", count, self.session.formats.count(count))

    # ---- what is being done ----------------------------------------------------------------

    def choose(self, kind: str) -> None:
        self.kind = kind
        self._drop()
        if kind in _ANSWERS:
            self.request = next((row.request for row in self.rows() if row.kind == "answer"), "")
        self.changed.emit()

    def mark(self, row: Row) -> None:
        """Mark a row, and fill in what is usually done with it."""
        self.marked = row.id
        if row.kind:
            self.kind = row.kind
            self._drop()
            self.numbers, self.window, self.request = row.numbers, row.window, row.request
        self.changed.emit()

    def type(self, field: str, text: str) -> None:
        """`field` is numbers, window or note."""
        setattr(self, field, text)
        self.problem = ""
        self.changed.emit()

    def clear(self) -> bool:
        """Esc: forget what was typed. True if there was something."""
        had = bool(self.numbers or self.note or self.problem or self.needs)
        self._drop()
        self.changed.emit()
        return had

    def hint(self) -> str:
        """What the fields are for."""
        return {
            "load": tr("The number that lies next in the printer. What is skipped is spoiled: give a reason."),
            "take": tr("Count what has come, and type its numbers. What is missing stays on its way."),
            "give": tr("It is on its way until somebody there has counted it in."),
            "spoil": tr("What became of it, as the reason."),
            "count": tr("All numbers that are here, the one in the printer included. A difference takes a note."),
            "ask": tr("How many blanks; a supervisor answers."),
            "receive": tr("The numbers on the box, and its label."),
            "answer": tr("What is handed out now, or nothing: then it is approved, and handed out later."),
            "refuse": tr("Why not, as the reason."),
        }[self.kind]

    def send(self, approver: dict[str, str] | None) -> None:
        """Do it."""
        if self.asking:
            return
        verb, fields = self._asked()
        if not verb:
            self.changed.emit()
            return
        self.asking = True
        if approver is not None and self.kind in ("load", "spoil", "receive", *_ANSWERS):
            fields["approver"] = approver
        self.session.bridge.call(verb, self._done, self._refused, self._ended, **fields)
        self.changed.emit()

    def _asked(self) -> tuple[str, dict[str, Any]]:
        """The verb and its fields, or none where something is missing."""
        ranges = [part.strip() for part in re.split(r"[,;\n]", self.numbers) if part.strip()]
        note = self.note.strip()
        if not ranges and self.kind not in ("count", *_ANSWERS):
            self.problem = tr("How many?") if self.kind == "ask" else tr("Type the numbers first.")
        elif self.kind in NEEDS_WINDOW and not self.window:
            self.problem = tr("Which window?")
        elif self.kind in NEEDS_NOTE and not note:
            self.problem = tr("The label of the box?") if self.kind == "receive" else tr("Say why, as the reason.")
        elif self.kind in _ANSWERS and not self.request:
            self.problem = tr("Nobody asks for paper.")
        elif self.kind == "ask" and not ranges[0].isdigit():
            self.problem = tr("How many?")
        else:
            return self._verb(ranges, note)
        return "", {}

    def _verb(self, ranges: list[str], note: str) -> tuple[str, dict[str, Any]]:
        match self.kind:
            case "load":
                first, _, last = ranges[0].partition("-")
                return "load_stock", {"from": first, "reason": note} | ({"to": last} if last else {})
            case "take":
                return "take_stock", {"from": self.window, "serials": ranges, "note": note} | self._mine()
            case "give":
                return "issue_stock", {"to": self.window, "serials": ranges, "note": note}
            case "spoil":
                return "spoil_stock", {"serials": ranges, "reason": note}
            case "count":
                return "count_stock", {"serials": ranges, "note": note}
            case "ask":
                return "request_stock", {"count": int(ranges[0]), "note": note}
            case "receive":
                return "receive_stock", {"box": note, "serials": ranges}
        approve = self.kind == "answer"
        fields = {"request": self.request, "approve": approve, "note": note}
        return "answer_request", fields | ({"serials": ranges} if ranges and approve else {})

    def _mine(self) -> dict[str, str]:
        """The approved request of this window that paper is taken in for."""
        own = self.session.status.till
        for one in self.answer.get("requests", ()):
            if one["home"] == own and one["state"] == "approved":
                return {"request": one["id"]}
        return {}

    def _ended(self) -> None:
        self.asking = False
        self.changed.emit()

    def _done(self, answer: Answer) -> None:
        said = tr("Booked.")
        if self.kind == "count":
            count = answer["count"]
            short, more = (numbers(count[key]) for key in ("missing", "more"))
            said = tr("Everything is here.")
            if short or more:
                said = tr("Booked. Missing: {short}; more than expected: {more}", short=short or "–", more=more or "–")
        self.session.toast.emit("good", said)
        self._drop()
        self.session.refresh_status()
        self.refresh()

    def _refused(self, refusal: Refused) -> None:
        self.needs = self.session.sentence(refusal) if refusal.code == "approval_needed" else ""
        self.problem = self.session.sentence(refusal)
        if refusal.fields.get("missing"):
            self.problem += " " + tr("Missing: {numbers}", numbers=numbers(refusal.fields["missing"]))
        self.changed.emit()
