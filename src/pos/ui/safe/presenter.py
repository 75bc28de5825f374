"""The safe's state: what waits there, which task is at hand, what is typed for it, and what came of it."""

from __future__ import annotations

import base64
import re
from functools import partial
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QObject, QStandardPaths, Signal

from pos.domain.errors import Refused
from pos.domain.money import Money
from pos.ui.bridge import Answer
from pos.ui.format import read_time
from pos.ui.i18n import tr
from pos.ui.safe.tasks import LOOK, TASKS, TRAIL, Task, fields_of, may_refuse, next_of, sorts, states, typed_for
from pos.ui.session import Session
from pos.ui.shift.pieces import Pieces

_LISTS: Final = ("transfers", "bags", "change_orders", "deposits")


class SafePresenter(QObject):
    """One task at a time. `rows` are the parcels that somebody still has something to do about."""

    changed = Signal()
    chosen = Signal()  # another task: what was typed is gone

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.task = LOOK
        self.values: dict[str, str] = {}
        self.pieces = Pieces(session)
        self.rows: list[Answer] = []
        self.marked = ""
        self.problem, self.said = "", ""
        self.trail: list[tuple[str, str]] = []  # of a sum that was asked for: when, and what became of it
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        self.folder = Path(documents) / "Housefull"  # where sheets are written
        self.asking = False
        self._found: dict[str, list[Answer]] = {}
        session.heard.connect(self._heard)

    @property
    def at_hand(self) -> Task:
        return TASKS[self.task]

    @property
    def marked_row(self) -> Answer | None:
        return next((row for row in self.rows if row["id"] == self.marked), self.rows[0] if self.rows else None)

    def refresh(self) -> None:
        """Ask for what waits."""
        for verb in _LISTS:
            self.session.bridge.latest(f"safe.{verb}", verb, partial(self._got, verb))

    def _got(self, verb: str, answer: Answer) -> None:
        self._found[verb] = answer[verb]
        waiting = [one for verb in _LISTS for one in self._found.get(verb, ())]
        self.rows = sorted(waiting, key=lambda one: (not one["for_me"], not one["difference"], one["made_at"]))
        self.changed.emit()

    def _heard(self, event: Answer) -> None:
        if event.get("event") == "changed" and "parcel" in event.get("records", ()):
            self.refresh()

    # ---- doing -------------------------------------------------------------------------

    def choose(self, task: str) -> None:
        """Begin a task; what was typed for another is forgotten."""
        self.task, self.problem, self.said, self.trail = task, "", "", []
        self.values = {"value_date": self.session.now.date().isoformat()} if task == "credit_deposit" else {}
        self.pieces.clear()
        self.chosen.emit()
        self.changed.emit()

    def mark(self, id: str) -> None:
        self.marked = id
        self.changed.emit()

    def step(self, by: int) -> None:
        """Mark the next row, or the one before."""
        row = self.marked_row
        if row is not None:
            at = self.rows.index(row) + by
            self.mark(self.rows[max(0, min(len(self.rows) - 1, at))]["id"])

    def go_on(self) -> None:
        """What comes next for the marked row."""
        row = self.marked_row
        task = next_of(row, self.session.status.till) if row is not None else ""
        if row is None or not task:
            self.problem = tr("Nothing can be done about it here.")
            self.changed.emit()
            return
        self._choose_for(task, row)

    def refuse(self) -> None:
        """Begin to refuse the marked order of change."""
        row = self.marked_row
        if row is not None and may_refuse(row):
            self._choose_for("refuse_change", row)

    def follow(self) -> None:
        """Begin with the trail of a sum: the marked row's, unless another is typed."""
        row = self.marked_row
        if row is None:
            self.choose(TRAIL)
        else:
            self._choose_for(TRAIL, row)

    def _choose_for(self, task: str, row: Answer) -> None:
        self.choose(task)
        self.values |= typed_for(task, row)
        self.changed.emit()

    def write_sheet(self) -> None:
        """Write the marked deposit's slip as a PDF of A4."""
        row = self.marked_row
        if row is None or row["sort"] != "deposit" or self.asking:
            return
        path = self.folder / f"deposit-{re.sub(r'[^A-Za-z0-9._-]', '_', row['number'])}.pdf"

        def done(answer: Answer) -> None:
            try:
                self.folder.mkdir(parents=True, exist_ok=True)
                path.write_bytes(base64.b64decode(answer["pdf"]))
            except OSError as error:
                self.problem = str(error)
            else:
                self.said = tr("The sheet is {path}.", path=path)
            self.changed.emit()

        self.asking, self.problem, self.said = True, "", ""
        self.session.bridge.call("deposit_sheet", done, self._refused, self._ended, deposit=row["number"])
        self.changed.emit()

    def type(self, field: str, text: str) -> None:
        self.values[field] = text
        self.problem = ""
        self.changed.emit()

    def clear(self) -> bool:
        """Esc: leave the task, and what was typed for it. True if there was one."""
        had = self.task != LOOK or bool(self.problem or self.said or self.trail)
        self.choose(LOOK)
        return had

    def do(self, second: dict[str, str] | None = None) -> None:
        """Do the task. `second` is another person with their PIN."""
        if self.asking:
            return
        if self.task == LOOK:
            self.go_on()
            return
        task = self.at_hand
        fields: dict[str, Any] = fields_of(task, self.values)
        if task.counted:
            fields[task.counted] = self.pieces.as_count()
        if task.second and second is not None:
            fields[task.second] = second
        self.asking, self.problem, self.said = True, "", ""
        self.session.bridge.call(task.verb, self._done, self._refused, self._ended, **fields)
        self.changed.emit()

    def _ended(self) -> None:
        self.asking = False
        self.changed.emit()

    def _done(self, answer: Answer) -> None:
        trail = self._trail(answer) if self.task == TRAIL else []
        said = (
            tr("The trail of {of}. Esc goes back to what waits.", of=answer["of"]) if trail else self._in_words(answer)
        )
        self.choose(LOOK)
        self.said, self.trail = said, trail
        self.refresh()
        self.changed.emit()

    def _refused(self, refusal: Refused) -> None:
        self.problem = self.session.sentence(refusal)
        self.changed.emit()

    def steps(self, row: Answer) -> list[tuple[str, str]]:
        """What was done about a parcel: when, and by whom what."""
        return [self._step(step, row) for step in row["steps"]]

    def _step(self, step: Answer, row: Answer) -> tuple[str, str]:
        amount = f" · {self.money(step['amount'], row['currency'])}" if step.get("amount") else ""
        who = " + ".join(filter(None, (step["by"], step.get("second"), step.get("approver"))))
        words = f"{self.step_name(step)}{amount} · {who} · {step['till']}"
        return self.session.formats.day_and_time(read_time(step["at"]), self.session.now), words

    def _trail(self, answer: Answer) -> list[tuple[str, str]]:
        """Whose money it was, then all that was done with it, in the order of time."""
        rows = {row["id"]: row for row in answer["parcels"]}
        told = []
        for shift in answer["shifts"]:
            parts = [
                f"{self.name(rows[part['parcel']])} {self.money(part['amount'])}"
                for part in shift["parts"]
                if part["amount"]
            ]
            counted = [tr("counted {amount}", amount=self.money(shift["counted"]))] if shift["counted"] else []
            told.append((tr("Shift"), " · ".join((shift["shift"], *counted, *parts))))
        for step in answer["steps"]:
            row = rows[step["parcel"]]
            when, words = self._step(step, row)
            told.append((when, f"{self.name(row)}: {words}"))
        return told

    def step_name(self, step: Answer) -> str:
        name = states()[step["what"]]
        return f"{name} ({step['note']})" if step.get("note") else name

    # ---- words -------------------------------------------------------------------------

    def money(self, text: str, currency: str = "") -> str:
        return self.session.formats.money(Money.parse(text, currency or self.session.venue.currency))

    def amount(self, row: Answer) -> str:
        """What a row has, or what of it is to be explained."""
        told = row["difference"] or row["open"]
        if row["difference"]:
            return " ".join(self.money(text, code) for code, text in told.items())
        return self.money(row["amount"], row["currency"]) if row["amount"] else ""

    def stands(self, row: Answer) -> str:
        """How a row stands, in words."""
        if row["early"]:
            return tr("{state}, its beginning is not heard of yet", state=states()[row["state"]])
        if row["difference"]:
            return tr("{state}, a difference is open", state=states()[row["state"]])
        return tr("{state}: for this window", state=states()[row["state"]]) if row["for_me"] else states()[row["state"]]

    def name(self, row: Answer) -> str:
        return f"{sorts()[row['sort']]} {row['number']}"

    def age(self, row: Answer) -> str:
        return self.session.formats.span(row["age_s"])

    def _in_words(self, answer: Answer) -> str:
        if "safe" in answer:
            count = answer["safe"]
            text = tr(
                "Counted {counted}, the books had {expected}: {difference} apart.",
                counted=self.money(count["counted"]),
                expected=self.money(count["expected"]),
                difference=self.money(count["difference"]),
            )
            if count["missing_bags"]:
                text += " " + tr("Bags missing: {bags}.", bags=", ".join(count["missing_bags"]))
            return text + (" " + tr("Provisional: the office was not heard.") if count["provisional"] else "")
        if "counterfeit" in answer:
            return tr("{amount} taken out of the drawer.", amount=self.money(answer["counterfeit"]["amount"]))
        parcel = next((answer[key] for key in ("parcel", "bag", "deposit", "change_order") if key in answer), None)
        if isinstance(parcel, dict):
            return f"{self.name(parcel)}: {self.stands(parcel)}"
        return tr("Done.")
