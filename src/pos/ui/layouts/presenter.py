"""Which layouts there are, the one being written, what is wrong with it, and how its paper looks."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from pos.domain.errors import Refused
from pos.ui.bridge import Answer
from pos.ui.i18n import told, tr
from pos.ui.session import Session

# Language -> what it is called by those who speak it, in a few letters.
LANGUAGES: Final = {"en": "English", "zh_TW": "中文", "vi": "Tiếng Việt", "uk": "Українська", "hu": "Magyar"}
ROLLS_MM: Final = {80: 72, 58: 48}  # paper -> what of it is printed on
_TYPING_MS: Final = 200  # without a key: then the page is set anew


@dataclass(frozen=True, slots=True)
class LayoutRow:
    """One layout. `page` is None on a roll; `error` says why it cannot be used."""

    name: str
    kind: str
    page: tuple[float, float] | None
    own: bool
    shipped: bool
    used: tuple[str, ...]
    error: str

    @classmethod
    def read(cls, doc: dict[str, Any]) -> LayoutRow:
        page = tuple(doc["page"]) if doc["page"] else None
        return cls(doc["name"], doc["kind"], page, doc["own"], doc["shipped"], tuple(doc["used"]), doc.get("error", ""))


@dataclass(frozen=True, slots=True)
class Paper:
    """A page as it comes out of a printer: black and white dots, and its size in mm."""

    image: QImage
    width_mm: float
    height_mm: float


class LayoutsPresenter(QObject):
    """What is written and not saved is kept for each layout until it is saved or given up.

    `changed` says that anything but the text is to be drawn anew, `opened` that another text is there.
    """

    changed = Signal()
    opened = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.rows: list[LayoutRow] = []
        self.name = ""  # the layout that is open
        self.text = ""
        self.language = session.language if session.language in LANGUAGES else "en"
        self.marked_copy = False
        self.roll = 80
        self.paper: Paper | None = None
        self.error, self.error_line = "", 0
        self.asking = False  # something is being saved, taken back or printed
        self._kept: dict[str, str] = {}  # the texts as they are saved
        self._drafts: dict[str, str] = {}
        self._soon = QTimer(self, singleShot=True, interval=_TYPING_MS)
        self._soon.timeout.connect(self.look)
        session.signed.connect(self._signed)

    # ---- what there is -----------------------------------------------------------------

    @property
    def row(self) -> LayoutRow | None:
        """The layout that is open."""
        return next((row for row in self.rows if row.name == self.name), None)

    @property
    def unsaved(self) -> bool:
        return self.name in self._drafts

    def drafted(self, name: str) -> bool:
        """Whether there is something written of it that is not saved."""
        return name in self._drafts

    def refresh(self) -> None:
        self.session.bridge.latest("layouts", "layouts", self._got)

    def _got(self, answer: Answer) -> None:
        self.rows = [LayoutRow.read(doc) for doc in answer["layouts"]]
        if not self.name and self.rows:
            used = [row for row in self.rows if "printer.ticket" in row.used and row.kind == "ticket"]
            self.open((used or self.rows)[0].name)
        self.changed.emit()

    def _signed(self) -> None:
        person = self.session.person
        if person is None or not person.sets_up:
            self._soon.stop()

    # ---- the text ----------------------------------------------------------------------

    def open(self, name: str) -> None:
        """Write another layout; what was written of this one is kept."""
        if name == self.name:
            return
        self.session.bridge.latest("layout", "layout", self._opened, layout=name)

    def _opened(self, answer: Answer) -> None:
        doc = answer["layout"]
        self._kept[doc["name"]] = doc["text"]
        self._show(doc["name"])

    def _show(self, name: str) -> None:
        self.name = name
        self.text = self._drafts.get(name, self._kept[name])
        self.paper, self.error, self.error_line = None, "", 0
        self.opened.emit()
        self.changed.emit()
        self.look()

    def write(self, text: str) -> None:
        """The text as it is typed. Its page follows when the keys rest for a moment."""
        if text == self.text:
            return
        self.session.bridge.asked.emit()  # somebody is at the window
        self.text = text
        if text == self._kept.get(self.name):
            self._drafts.pop(self.name, None)
        else:
            self._drafts[self.name] = text
        self._soon.start()
        self.changed.emit()

    # ---- the paper -----------------------------------------------------------------------

    def speak(self, language: str) -> None:
        """Show the sample in another language."""
        self.language = language
        self.look()
        self.changed.emit()

    def set_roll(self, paper_mm: int) -> None:
        """Show it on a roll of another width; a sheet has its own size."""
        self.roll = paper_mm
        self.look()
        self.changed.emit()

    def mark_copy(self, marked: bool) -> None:
        """Show it as a copy made while training: the fullest page there is."""
        self.marked_copy = marked
        self.look()
        self.changed.emit()

    def look(self) -> None:
        """Have the page set as the text is now."""
        self._soon.stop()
        if self.name:
            self.session.bridge.latest(
                "layout_preview",
                "layout_preview",
                self._seen,
                text=self.text,
                language=self.language,
                marked=self.marked_copy,
                width=ROLLS_MM[self.roll],
            )

    def _seen(self, answer: Answer) -> None:
        preview = answer["preview"]
        error = preview.get("error")
        if error is not None:
            # The last paper that could be set stays: it is what the text was a moment ago.
            self._fault(error)
        else:
            self.error, self.error_line = "", 0
            image = QImage.fromData(base64.b64decode(preview["picture"]))
            self.paper = Paper(image, preview["width_mm"], preview["height_mm"])
        self.changed.emit()

    def _fault(self, error: dict[str, Any]) -> None:
        reason = told(str(error["reason"]))
        self.error = f"{error['key']}: {reason}" if error["key"] else reason
        self.error_line = int(error["line"])

    # ---- what is done with it ------------------------------------------------------------

    def save(self) -> None:
        """Keep it; printers use it from the next page on. What is broken is refused, with the place."""
        if not self._begin():
            return
        text = self.text
        self.session.bridge.call(
            "layout_save", lambda answer: self._saved(answer, text), self._refused, self._ended, text=text
        )

    def _saved(self, answer: Answer, text: str) -> None:
        name = answer["layout"]["name"]
        self._kept[name] = text
        self._drafts.pop(self.name, None)
        if self.text != text:  # typed on meanwhile
            self._drafts[name] = self.text
        self.name = name
        self.error, self.error_line = "", 0
        self.session.toast.emit("good", tr("Saved: {name}. It is used from the next page on.", name=name))
        self.refresh()

    def take_back(self) -> None:
        """Give up what is not saved; when there is nothing, the till's own layout for the shipped one."""
        if self.unsaved:
            self._drafts.pop(self.name)
            self._show(self.name)
        elif self._begin():
            self.session.bridge.call("layout_revert", self._reverted, self._refused, self._ended, layout=self.name)

    def _reverted(self, answer: Answer) -> None:
        doc = answer["layout"]
        self._kept[doc["name"]] = doc["text"]
        self._show(doc["name"])
        self.session.toast.emit("good", tr("{name} is as it was shipped.", name=doc["name"]))
        self.refresh()

    @property
    def can_take_back(self) -> bool:
        row = self.row
        return self.unsaved or (row is not None and row.own and row.shipped)

    def print(self) -> None:
        """A sample on the printer, as the text is now."""
        if self._begin():
            self.session.bridge.call(
                "layout_print", self._printed, self._refused, self._ended, text=self.text, language=self.language
            )

    def _printed(self, answer: Answer) -> None:
        said = {
            "done": ("good", tr("The test print is out.")),
            "failed": ("warning", tr("Nothing was printed: {text}", text=told(answer["text"]))),
            "unknown": ("warning", tr("Whether it came out is not known: {text}", text=told(answer["text"]))),
        }
        self.session.toast.emit(*said[answer["outcome"]])

    def _begin(self) -> bool:
        if self.asking or not self.name:
            return False
        self.asking = True
        self.changed.emit()
        return True

    def _ended(self) -> None:
        self.asking = False
        self.changed.emit()

    def _refused(self, refusal: Refused) -> None:
        if refusal.fields.get("field") == "text" and "line" in refusal.fields:
            self._fault({"key": "", "reason": refusal.fields["reason"], "line": refusal.fields["line"]})
            self.changed.emit()
        else:
            self.session.toast.emit("warning", self.session.sentence(refusal))
