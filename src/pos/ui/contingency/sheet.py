"""The contingency sheet: at which level the till is and why, what works, what to do, and whom to call.

Before sign-in, too. What it says of each level is the venue's own plan; the level that is shown is the till's, until
another one is chosen to be read.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, Final

from PySide6.QtCore import QStandardPaths, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from pos.domain.errors import Refused
from pos.ui.bridge import Answer
from pos.ui.contingency.issue import IssuePage
from pos.ui.contingency.people import PeopleList
from pos.ui.frame.cover import Cover, section
from pos.ui.frame.levelwords import NORMAL, level_cause, level_name
from pos.ui.i18n import told, tr
from pos.ui.keys import cap
from pos.ui.parts import Pages, Problem, foot, touch
from pos.ui.session import Session
from pos.ui.sizes import set_height
from pos.ui.theme import tokens as t
from pos.ui.theme.fonts import text_font
from pos.ui.theme.widgets import KeyButton, TabButton

_SIZE_PX: Final = (1240, 720)
_EVACUATION, _EVACUATE = "evacuation", "evacuate"
_WITH_OTHERS: Final = ("away", "dead", "paper")  # levels at which other windows are of use
_FAMILY: Final = "contingency_plan"


class ContingencySheet(Cover):
    """Asks the till whenever the level or the plan changes while it is shown. `lead` does a key of the window."""

    def __init__(
        self, over: QWidget, session: Session, give_back: Callable[[], None], lead: Callable[[str], None]
    ) -> None:
        super().__init__(over, give_back, _SIZE_PX)
        self.session, self._lead = session, lead
        self._told: Answer = {}
        self._chosen = ""  # the level that is read, "" for the till's own
        self._title = self.title(tr("Contingency plan"))
        self._cause = QLabel()
        self._cause.setWordWrap(True)
        self.box.addWidget(self._cause)
        self._reading = QWidget()
        self._issuing = IssuePage(session, self._issued, self._read_again)
        self._pages = Pages()
        self.box.addWidget(self._pages, 1)
        self._build_reading()
        self._pages.show_page(self._reading)
        session.heard.connect(self._heard)
        session.ticked.connect(self._draw_cause)

    # ---- building ------------------------------------------------------------------------

    def _build_reading(self) -> None:
        box = QVBoxLayout(self._reading)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        row = QHBoxLayout()
        row.setSpacing(0)
        self._tabs: dict[str, TabButton] = {}
        for at, (level, name) in enumerate(_levels(), 1):
            tab = self._tabs[level] = TabButton(str(at), name)
            set_height(tab, t.TOUCH)
            tab.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            tab.clicked.connect(partial(self.choose, level))
            row.addWidget(tab)
        row.addStretch(1)  # what locks every window of the house is away from what does not
        leave = KeyButton(tr("Evacuate"), cap(_EVACUATE), kind="danger")
        row.addWidget(touch(leave, partial(self._go, _EVACUATE)))
        box.addLayout(row)
        inside = QWidget()
        grid = QGridLayout(inside)
        grid.setContentsMargins(0, 8, 12, 0)
        grid.setHorizontalSpacing(32)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(0, 3)
        grid.setColumnStretch(1, 2)
        self.steps, self.works, self.fails = _Lines(t.TITLE), _Lines(t.BODY, "✓"), _Lines(t.BODY, "▲")
        self.people = PeopleList(self.session, self.tell)
        self._others = QLabel()
        self._others.setWordWrap(True)
        right = QVBoxLayout()
        right.setSpacing(8)
        self._works_head, self._fails_head = section(tr("What works")), section(tr("What does not"))
        for part in (self._works_head, self.works, self._fails_head, self.fails):
            right.addWidget(part)
        right.addStretch(1)
        left = QVBoxLayout()
        left.setSpacing(8)
        for each in (section(tr("What to do")), self.steps, self._others, self.people):
            left.addWidget(each)
        left.addStretch(1)
        grid.addLayout(left, 0, 0)
        grid.addLayout(right, 0, 1)
        self.scrolling(inside, box)
        self._problem = Problem()
        self._plan = QLabel()
        self._plan.setProperty("role", "muted")
        self._plan.setWordWrap(True)
        box.addWidget(self._problem)
        box.addWidget(self._plan)
        self._build_foot(box)

    def _build_foot(self, box: QVBoxLayout) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        self._leads = []
        for action, name in _leads():
            button = touch(KeyButton(name, cap(action), kind="outline"), partial(self._go, action))
            self._leads.append(button)
            row.addWidget(button)
        row.addStretch(1)
        box.addLayout(row)
        close = touch(KeyButton(tr("Close"), cap("back"), kind="primary", stacked=True), self.dismiss, 56)
        self._paper = touch(KeyButton(tr("Plan as a PDF"), "F10", kind="outline", stacked=True), self.write, 56)
        self._issue = touch(KeyButton(tr("Issue a plan"), "F9", kind="outline", stacked=True), self.issue, 56)
        box.addLayout(foot(self._issue, self._paper, close))

    # ---- asking --------------------------------------------------------------------------

    def open(self) -> None:
        self._chosen = ""
        self._problem.tell("")
        self._pages.show_page(self._reading)
        super().open()
        self._ask()
        self.draw()

    def _ask(self) -> None:
        self.session.bridge.latest("contingency", "contingency", self._got, language=self.session.language)

    def _got(self, answer: Answer) -> None:
        self._told = answer
        self.draw()

    def _heard(self, event: Answer) -> None:
        if self.isVisible() and (event["event"] == "level" or _FAMILY in event.get("records", ())):
            self._ask()

    # ---- doing ---------------------------------------------------------------------------

    def choose(self, level: str) -> None:
        """Read what the plan says of this level."""
        self._chosen = level
        self._problem.tell("")
        self.draw()

    def tell(self, person: str) -> None:
        """Note that this person was told just now."""
        self.session.bridge.call("told_person", self._noted, self._refused, person=person)

    def _noted(self, answer: Answer) -> None:
        self._problem.tell("", done=tr("Noted: {name} was told.", name=answer["name"]))
        self._ask()

    def write(self) -> None:
        """The whole plan as a PDF among the person's documents, opened to be printed."""
        if self.session.person is None:
            return
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        language = self.session.language
        self.session.bridge.call("write_plan", self._written, self._refused, to=folder, language=language, replace=True)

    def _written(self, answer: Answer) -> None:
        self._problem.tell("", done=tr("Written: {file}", file=answer["file"]))
        QDesktopServices.openUrl(QUrl.fromLocalFile(answer["file"]))

    def issue(self) -> None:
        """Issue another plan, for whoever may."""
        person = self.session.person
        if person is not None and person.sets_up:
            self._pages.show_page(self._issuing)
            self._issuing.enter()
            self.draw()

    def _issued(self, answer: Answer) -> None:
        issued, found = answer["issued"], answer["plan"]
        if issued["version"] == found["version"]:
            done = tr("Plan {version} is in force at every till as soon as it hears of it.", version=issued["version"])
        else:
            when = self._day(issued["valid_from"])
            done = tr("Plan {version} was issued; it is in force from {day}.", version=issued["version"], day=when)
        self._read_again()
        self._problem.tell("", done=done)
        self._ask()

    def _read_again(self) -> None:
        self._problem.tell("")
        self._pages.show_page(self._reading)
        self.setFocus()
        self.draw()

    def _refused(self, refusal: Refused) -> None:
        self._problem.tell(self.session.sentence(refusal))

    def _go(self, action: str) -> None:
        self.dismiss()
        self._lead(action)

    # ---- keys ----------------------------------------------------------------------------

    def act(self, action: str) -> None:
        kind, _, value = action.partition(":")
        if self._pages.currentWidget() is self._issuing:
            self._issuing.act(action)
        elif action in {lead for lead, _ in _leads()}:
            self._go(action)
        elif kind == "digit" and value.isdigit() and 1 <= int(value) <= len(self._tabs):
            self.choose(list(self._tabs)[int(value) - 1])
        elif action == "price:9":
            self.issue()
        elif action == "price:10":
            self.write()
        elif kind == "price":
            self.people.press(int(value))
        elif action == "contingency":
            self.dismiss()
        else:
            super().act(action)

    # ---- drawing -------------------------------------------------------------------------

    @property
    def shown(self) -> str:
        """The level that is read now."""
        return self._chosen or self.session.status.level

    def draw(self) -> None:
        if not self.isVisible():
            return
        person = self.session.person
        for button in self._leads:
            button.setVisible(person is not None)
        self._issue.setVisible(person is not None and person.sets_up)
        self._paper.setVisible(person is not None)
        self._draw_cause()
        if not self._told:
            return  # nothing is said before the till has answered
        for at, (level, name) in enumerate(_levels(), 1):
            self._tabs[level].setChecked(level == self.shown)
            self._tabs[level].set_parts(str(at), name, "●" if level == self.session.status.level else "")
        said = self._said()
        self.steps.show_lines(said["steps"])
        self.works.show_lines(said["works"])
        self.fails.show_lines(said["fails"])
        self._works_head.setVisible(bool(said["works"]))
        self._fails_head.setVisible(bool(said["fails"]))
        self.people.show_people(self._told["people"], self.shown, now=self.session.status.level)
        self._draw_others()
        self._draw_plan()

    def _draw_others(self) -> None:
        names = ", ".join(other["name"] for other in self._told["others"])
        answer = tr("These windows answer: {names}.", names=names) if names else tr("No other window answers.")
        self._others.setText(answer)
        self._others.setVisible(self.shown in _WITH_OTHERS)

    def _said(self) -> dict[str, Any]:
        """What the plan says of the level that is read."""
        if self.shown == _EVACUATION:
            return {"title": tr("Evacuation"), "steps": self._told["evacuation"], "works": [], "fails": []}
        found: dict[str, Any] = next(one for one in self._told["levels"] if one["level"] == self.shown)
        return found

    def _draw_cause(self) -> None:
        if not self.isVisible():
            return
        session, status = self.session, self.session.status
        if self._pages.currentWidget() is self._issuing:
            self._title.setText(tr("Issue a contingency plan"))
            self._cause.hide()
            return
        title = self._said()["title"] if self._told else ""
        self._title.setText(title or tr("Contingency plan"))
        since, now = status.level_since, session.now
        if self.shown != status.level:
            words = tr("This till is at another level now: {level}.", level=level_name(status.level))
        elif status.level == NORMAL or since is None:
            words = ""
        else:
            time, span = session.formats.day_and_time(since, now), session.formats.span((now - since).total_seconds())
            cause = level_cause(session).rstrip(".")
            words = tr("{cause}. Since {time} ({span}).", cause=cause, time=time, span=span)
        self._cause.setText(words)
        self._cause.setVisible(bool(words))

    def _draw_plan(self) -> None:
        plan = self._told["plan"]
        version, day = plan["version"], self._day(plan["valid_from"])
        sentences = {
            "shipped": tr("Plan {version} ships with the program: the venue has none of its own.", version=version),
            "file": tr("Plan {version}, in force since {day}, is this till's own file.", version=version, day=day),
            "issued": tr("Plan {version}, in force since {day}, is every till's.", version=version, day=day),
        }
        approved = tr("Approved by {name}.", name=plan["approved_by"]) if plan["approved_by"] else ""
        self._plan.setText(" ".join(filter(None, (sentences[plan["source"]], approved))))
        if plan["troubles"]:
            self._problem.tell(
                tr("A plan cannot be read, and another one is used: {why}", why=told("; ".join(plan["troubles"])))
            )

    def _day(self, iso: str) -> str:
        return self.session.formats.day(datetime.fromisoformat(iso))


class _Lines(QWidget):
    """Texts one under the other: numbered, or each with a `sign`."""

    def __init__(self, size_px: int, sign: str = "") -> None:
        super().__init__()
        self._size, self._sign = size_px, sign
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 8)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnStretch(1, 1)
        self._lines: list[str] = []

    def show_lines(self, lines: list[str]) -> None:
        if lines == self._lines:
            return
        self._lines = lines
        while (item := self._grid.takeAt(0)) is not None:
            if widget := item.widget():
                widget.deleteLater()
        for row, text in enumerate(lines):
            mark, words = QLabel(self._sign or str(row + 1)), QLabel(text)
            mark.setProperty("role", {"✓": "good", "▲": "warning"}.get(self._sign, "strong"))
            words.setTextFormat(Qt.TextFormat.PlainText)
            words.setWordWrap(True)
            for label in (mark, words):
                label.setFont(text_font(self._size))
                label.setAlignment(Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(mark, row, 0)
            self._grid.addWidget(words, row, 1)


def _levels() -> list[tuple[str, str]]:
    levels = ("normal", "backup", "away", "alone", "dead", "paper")
    return [*((level, level_name(level)) for level in levels), (_EVACUATION, tr("Evacuation"))]


def _leads() -> list[tuple[str, str]]:
    """What else belongs to the plan: a key of the window, and where it leads."""
    return [
        ("paper_pack", tr("Paper pack")),
        ("rekey", tr("Key in paper sales")),
        ("drills", tr("Drills")),
        ("outages", tr("Outages")),
        ("takeover", tr("Take over a till")),
        ("frozen", tr("Release its places")),
    ]
