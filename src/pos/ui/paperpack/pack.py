"""The paper pack at the window: what is made of it, the tickets that are out, and what is done with them.

Paper comes back by what is on it, one scan after the other; each says in place what became of it, and a second scan
of the same ticket says who had it before and when.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import QObject, Signal

from pos.domain.errors import Refused
from pos.ui.bridge import Answer
from pos.ui.format import read_time
from pos.ui.i18n import tr, tr_count
from pos.ui.paperpack.entry import Numbers, numbers_in_words, read_entry
from pos.ui.paperpack.papers import Pack, Papers
from pos.ui.session import Session

# What Enter does, in the order of F1 to F3.
TASKS: Final = ("back", "issue", "lose")
_EVENTS: Final = ("paper_pack", "printed")


@dataclass(frozen=True, slots=True)
class Row:
    """A show of today, or a pack of numbered tickets: `lead` over `detail`, `side` at the right."""

    id: str
    show: str
    lead: str
    detail: str
    side: str
    pack: str = ""
    warning: bool = False


def task_names() -> dict[str, str]:
    """What Enter does, in words."""
    return {"back": tr("Take back"), "issue": tr("Put on paper"), "lose": tr("Lost")}


class PackPresenter(QObject):
    """One row is marked; `entry`, `count` and `reason` are what is typed for the task at hand."""

    changed = Signal()
    opened = Signal(str)  # the file of a show's pack is to be shown

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.papers = Papers(session)
        self.told: dict[str, Any] = {}
        self.marked = ""
        self.task = TASKS[0]
        self.category = ""
        self.asking = self.sure = False
        self._back = 0  # tickets that came back since the task was begun
        self._drop()
        session.heard.connect(self._heard)

    def _drop(self) -> None:
        self.entry = self.count = self.reason = self.problem = self.said = self.needs = ""
        self.sure = False

    # ---- what there is -------------------------------------------------------------------

    def refresh(self) -> None:
        self.session.bridge.latest("paper_pack", "paper_pack", self._got)
        self.session.bridge.latest("pack_tickets", "paper", self._got_packs, recent=True)

    def _got(self, answer: Answer) -> None:
        self.told = answer
        if not self.marked and answer["shows"]:
            self.mark(answer["shows"][0]["show"])
        self.changed.emit()

    def _got_packs(self, answer: Answer) -> None:
        for show in self.papers.take(answer):
            # A show that the season has dropped is called by its id.
            self.session.bridge.follow(self.session.bridge.till.call("show", show=show), self._got_show, lambda _: None)
        self.changed.emit()

    def _got_show(self, answer: Answer) -> None:
        self.papers.take_show(answer)
        self.changed.emit()

    def _heard(self, event: Answer) -> None:
        if self.told and event.get("event") in _EVENTS and self.session.person is not None:
            self.refresh()

    def headline(self) -> str:
        """Whose plan the packs are of, and where numbered tickets come out."""
        if not self.told:
            return ""
        if self.told["printer"] == "ticket":
            return tr("Plan {version}. Numbered tickets come out of the ticket printer.", version=self.told["plan"])
        return tr("Plan {version}. Without a ticket printer, numbered tickets are a PDF.", version=self.told["plan"])

    def rows(self) -> list[Row]:
        """Today's shows, then the packs of which something is out, then what went out lately."""
        if not self.told:
            return []
        packs = sorted(self.papers.packs, key=lambda pack: not pack.numbers("out"))
        return [*map(self._show_row, self.told["shows"]), *map(self._pack_row, packs)]

    def _show_row(self, doc: dict[str, Any]) -> Row:
        formats, counts = self.session.formats, doc["counts"]
        lead = tr(
            "{time} {title}", time=formats.day_and_time(read_time(doc["starts"]), self.session.now), title=doc["title"]
        )
        side = ""
        if counts is not None:
            side = tr_count(
                "%n place in hand", "%n places in hand", counts["in_hand"], formats.count(counts["in_hand"])
            )
        return Row(doc["show"], doc["show"], lead, self._state(doc), side, "", doc["state"] not in ("fresh", "making"))

    def _state(self, doc: dict[str, Any]) -> str:
        """Whether the show's pack may be relied on, and since when."""
        made = self.session.formats.day_and_time(read_time(doc["made_at"]), self.session.now) if doc["made_at"] else ""
        match doc["state"]:
            case "none":
                return tr("No pack has been made yet")
            case "making":
                return tr("Being made …")
            case "failed":
                return tr("Could not be made: {reason}", reason=doc["reason"])
            case "stale":
                changed = tr_count("%n change since", "%n changes since", doc["changed"])
                return tr("Out of date, made at {time}: {changes}", time=made, changes=changed)
        return tr("Fresh, made at {time}", time=made)

    def _pack_row(self, pack: Pack) -> Row:
        out = pack.numbers("out")
        parts = [
            (tr("out {numbers}"), out),
            (tr("sold {numbers}"), pack.numbers("sold")),
            (tr("taken back {numbers}"), pack.numbers("returned")),
            (tr("lost {numbers}"), pack.numbers("lost")),
        ]
        detail = " · ".join(words.format(numbers=numbers_in_words(numbers)) for words, numbers in parts if numbers)
        lead = tr("Pack {pack}: {show}", pack=pack.id, show=self.papers.show_name(pack.show))
        side = tr_count("%n ticket out", "%n tickets out", len(out)) if out else tr("all accounted for")
        return Row(pack.id, pack.show, lead, detail, side, pack.id)

    @property
    def row(self) -> Row | None:
        return next((row for row in self.rows() if row.id == self.marked), None)

    def show_doc(self) -> dict[str, Any] | None:
        """The marked show as `paper_pack` tells it; None for a show that is not today's."""
        row = self.row
        shows = self.told.get("shows", ())
        return next((doc for doc in shows if row is not None and doc["show"] == row.show), None)

    def pack(self) -> Pack | None:
        """The marked pack, or the newest of the marked show that has something out."""
        row = self.row
        if row is None:
            return None
        if row.pack:
            return self.papers.pack(row.pack)
        return next((pack for pack in self.papers.packs if pack.show == row.show and pack.numbers("out")), None)

    def categories(self) -> list[dict[str, Any]]:
        """The marked show's categories, with how many places of each are in hand and on paper."""
        doc = self.show_doc()
        return doc["categories"] if doc is not None else []

    # ---- what is done --------------------------------------------------------------------

    def mark(self, id: str) -> None:
        """Mark a row. What is typed stays: it belongs to the task."""
        self.marked = id
        self.sure = False
        known = self.categories()
        if self.category not in [one["category"] for one in known]:
            best = max(known, key=lambda one: one["in_hand"], default=None)
            self.category = best["category"] if best is not None else ""
        self.changed.emit()

    def choose(self, task: str) -> None:
        self.task = task
        self._back = 0
        self._drop()
        self.changed.emit()

    def step_category(self, by: int) -> None:
        names = [one["category"] for one in self.categories()]
        if names:
            at = names.index(self.category) if self.category in names else 0
            self.category = names[(at + by) % len(names)]
            self.changed.emit()

    def type(self, field: str, text: str) -> None:
        """`field` is entry, count, reason or category."""
        setattr(self, field, text)
        self.problem = self.said = self.needs = ""
        self.sure = False
        self.changed.emit()

    def clear(self) -> bool:
        """Esc: forget what is typed. True if there was something."""
        had = bool(self.entry or self.count or self.reason or self.problem or self.needs or self.sure)
        self._drop()
        self.changed.emit()
        return had

    def _say(self, problem: str, said: str = "") -> None:
        self.problem, self.said = problem, said
        self.changed.emit()

    def send(self, approver: dict[str, str] | None) -> None:
        """Enter."""
        if self.asking:
            return
        {"back": self._take_back, "issue": self._issue, "lose": self._lose}[self.task](approver)

    def _ask(self, verb: str, done: Any, fields: dict[str, Any], approver: dict[str, str] | None = None) -> None:
        self.asking = True
        self.needs = self.problem = self.said = ""
        fields |= {"approver": approver} if approver is not None else {}
        self.session.bridge.call(verb, done, self._refused, self._ended, **fields)
        self.changed.emit()

    def _ended(self) -> None:
        self.asking = False
        self.changed.emit()

    def _refused(self, refusal: Refused) -> None:
        sentence = self.session.sentence(refusal)
        self.needs = sentence if refusal.code == "approval_needed" else ""
        if refusal.code == "right_elsewhere" and "free" in refusal.fields:
            sentence = tr(
                "Only {free} of {count} can go on paper here now.",
                free=str(refusal.fields["free"]),
                count=str(refusal.fields["count"]),
            )
        self._say(sentence)
        self.refresh()

    # ---- taken back ----------------------------------------------------------------------

    def scanned(self, event: Answer) -> bool:
        """A ticket was read: it is taken back at once, or the screen says why not."""
        if event["kind"] not in ("paper", "ticket", "unknown"):
            return False
        if self.task != "back":
            self.choose("back")
        sold = event["kind"] == "ticket" and self.papers.ticket(str(event["ticket"])) is None
        if event["kind"] == "unknown" or sold:
            words = tr("{text} is no ticket of a pack of this till.", text=str(event["text"]))
            self.session.toast.emit("warning", words)
            self._say(words)
        else:
            # By its code, as it was read off the paper itself.
            self._ask("return_paper", self._came_back, {"tickets": [str(event["code"])]})
        return True

    def _take_back(self, approver: dict[str, str] | None) -> None:
        names, pack = [], self.pack()
        for one in read_entry(self.entry):
            if isinstance(one, Numbers):
                numbered = self.papers.numbered(one.pack) if one.pack else pack
                tickets = [numbered.find(number) for number in range(one.first, one.last + 1)] if numbered else []
                if not tickets or None in tickets:
                    self._say(tr("There is no such number in this pack."))
                    return
                names += [ticket.id for ticket in tickets if ticket is not None]
            else:
                names.append(one)
        if not names:
            self._say(tr("Scan the ticket that comes back, or type its code."))
            return
        self._ask("return_paper", self._came_back, {"tickets": names}, approver)

    def _came_back(self, answer: Answer) -> None:
        self._back += len(answer["tickets"])
        last = answer["tickets"][-1]
        ticket = self.papers.ticket(last["id"])
        place = self.papers.place_name(ticket.show, ticket.place) if ticket is not None else last["place"]
        self.entry = ""
        count = tr_count("%n ticket taken back", "%n tickets taken back", self._back)
        self._say(
            "", tr("No. {number}, {place}, is in hand again. {count}.", number=last["number"], place=place, count=count)
        )
        self.refresh()

    # ---- put on paper, lost ----------------------------------------------------------------

    def _issue(self, approver: dict[str, str] | None) -> None:
        doc, count = self.show_doc(), self.count.strip()
        if doc is None or not self.category:
            self._say(tr("Mark a show of today first."))
        elif not count.isdigit() or not int(count):
            self._say(tr("How many?"))
        else:
            fields = {"show": doc["show"], "category": self.category, "count": int(count)}
            self._ask("issue_paper", self._issued, fields)

    def _issued(self, answer: Answer) -> None:
        pack = answer["pack"]
        self.count = ""
        count = tr_count("%n ticket", "%n tickets", len(pack["tickets"]))
        words = tr("Pack {pack}: {count}, on their way to the printer.", pack=pack["id"], count=count)
        if answer["printer"] != "ticket":
            words = tr(
                "Pack {pack}: {count}, as a PDF in {folder}.", pack=pack["id"], count=count, folder=self.told["folder"]
            )
        self._say("", words)
        self.refresh()

    def _lose(self, approver: dict[str, str] | None) -> None:
        pack = self.pack()
        if pack is None or not pack.numbers("out"):
            self._say(tr("Mark a pack with tickets out first."))
        elif not self.reason.strip():
            self._say(tr("Say how they were lost."))
        elif not self.sure:
            # For good: nobody sells these places again before the office has looked at them.
            self.sure = True
            out = tr_count("%n ticket", "%n tickets", len(pack.numbers("out")))
            self._say(
                tr("Enter once more: {tickets} of {pack} are lost, their places frozen.", tickets=out, pack=pack.id)
            )
        else:
            fields = {"pack": pack.id, "reason": self.reason.strip()}
            self._ask("lose_paper", self._lost, fields, approver)

    def _lost(self, answer: Answer) -> None:
        self.reason, self.sure = "", False
        count = tr_count("%n ticket", "%n tickets", len(answer["tickets"]))
        self._say("", tr("{count} given up as lost. The office has to release their places.", count=count))
        self.refresh()

    # ---- the lists -----------------------------------------------------------------------

    def make(self) -> None:
        """Make the packs of today's shows anew; no ticket comes out."""
        self.session.bridge.call("make_paper_pack", lambda _: self.refresh(), self._refused)
        self.refresh()

    def print_short(self) -> None:
        """The marked show's pack in short, on the receipt printer."""
        if (doc := self.show_doc()) is not None:
            self._ask("print_paper_pack", self._printing, {"show": doc["show"]})

    def _printing(self, answer: Answer) -> None:
        self._say("", tr("Printing the pack in short."))

    def open_file(self) -> None:
        """The PDF of the marked show's pack."""
        doc = self.show_doc()
        if doc is None or not doc["file"]:
            self._say(tr("No pack has been made yet"))
        else:
            self.opened.emit(doc["file"])
