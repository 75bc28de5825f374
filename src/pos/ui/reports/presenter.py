"""Which reports there are, what is asked for, what was made of it, and what becomes of that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from PySide6.QtCore import QObject, QStandardPaths, Signal

from pos.domain.errors import Refused
from pos.domain.report import Report
from pos.ui.bridge import Answer
from pos.ui.format import read_time
from pos.ui.i18n import tr
from pos.ui.session import Session

PERIOD: Final = ("since", "until")
DAYS: Final = ("day", *PERIOD)
_TAKEN: Final = "is there already"  # what the till's reason says of a file whose name is taken


@dataclass(frozen=True, slots=True)
class Kind:
    """A report that this person may see. `needs` and `takes` are names of parameters."""

    name: str
    title: str
    needs: tuple[str, ...]
    takes: tuple[str, ...]

    @property
    def parameters(self) -> tuple[str, ...]:
        return (*self.needs, *self.takes)


@dataclass(frozen=True, slots=True)
class Made:
    """A report as it is on screen: `number` is what the till finds it by, `words` what its keys say."""

    number: int
    report: Report
    words: dict[str, str]
    standing: str

    def say(self, key: str) -> str:
        return self.words.get(key, key)


class ReportsPresenter(QObject):
    """The list first; Enter makes the marked report, Esc stops that, or goes back to the list."""

    changed = Signal()
    moved = Signal()  # how far it is

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.kinds: list[Kind] = []
        self.told = False  # whether it is known which reports there are
        self.choices: dict[str, list[tuple[str, str]]] = {}  # parameter -> (id, name) of what it may be
        self.formats: tuple[str, ...] = ()
        self.marked = ""
        self.values: dict[str, str] = {}
        self.made: Made | None = None
        self.table = 0
        self.format = ""
        self.folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        self.written = self.problem = ""
        self.busy = ""  # "adding" up, or "writing"
        self.share = 0  # of 1000
        self._replace = False
        session.signed.connect(self._signed)
        session.heard.connect(self._heard)

    # ---- what there is -----------------------------------------------------------------

    @property
    def kind(self) -> Kind | None:
        return next((kind for kind in self.kinds if kind.name == self.marked), None)

    def refresh(self) -> None:
        self.session.bridge.latest("reports", "reports", self._got, self._refused, language=self.session.language)

    def _got(self, answer: Answer) -> None:
        self.kinds = [
            Kind(one["name"], one["title"], tuple(one["needs"]), tuple(one["takes"])) for one in answer["reports"]
        ]
        self.told = True
        self.formats = tuple(answer["formats"])
        self.format = self.format or self.formats[0]
        self.choices = {
            "show": [(one["id"], self._show(one)) for one in answer["shows"]],
            "till": [(one["id"], one["name"]) for one in answer["tills"]],
            "cashier": [(one["id"], one["name"]) for one in answer["cashiers"]],
            "promoter": [(one["id"], one["name"]) for one in answer.get("promoters", ())],
        }
        if self.kind is None:
            self.marked = self.kinds[0].name if self.kinds else ""
        self._propose()
        self.changed.emit()

    def _show(self, doc: dict[str, Any]) -> str:
        at = self.session.formats.day_and_time(read_time(doc["starts"]), self.session.now)
        return f"{doc['title']} · {at}"

    def _propose(self) -> None:
        """Days are today's, a show is the one being sold, a shift the open one, until somebody says otherwise."""
        today = self.session.formats.local(self.session.now).date().isoformat()
        kind, person = self.kind, self.session.person
        if kind is None:
            return
        if _either(kind):
            if not any(self.values.get(name) for name in DAYS):
                self.values["day"] = today
            elif self.values.get("day"):
                self.values |= dict.fromkeys(PERIOD, "")
        here = {"show": self.session.show_id, "shift": (person.shift if person is not None else None) or ""}
        for name in kind.needs:
            first = choices[0][0] if (choices := self.choices.get(name)) else ""
            self.values[name] = self.values.get(name) or (today if name in DAYS else here.get(name, first))

    def _signed(self) -> None:
        """Somebody else sees nothing of what was asked for before."""
        self.kinds, self.values, self.made, self.marked = [], {}, None, ""
        self.told = False
        self.problem = self.written = ""
        self.changed.emit()

    # ---- choosing ----------------------------------------------------------------------

    def mark(self, name: str) -> None:
        if self.made is None and not self.busy and any(kind.name == name for kind in self.kinds):
            self.marked, self.problem = name, ""
            self._propose()
            self.changed.emit()

    def step(self, by: int) -> None:
        """Mark the report above or below."""
        names = [kind.name for kind in self.kinds]
        if names and self.made is None:
            at = names.index(self.marked) if self.marked in names else 0
            self.mark(names[max(0, min(len(names) - 1, at + by))])

    def set_value(self, name: str, value: str) -> None:
        """What was typed or chosen. A day and a period rule each other out where a report takes both."""
        self.values[name], self.problem = value.strip(), ""
        if value.strip() and name in DAYS and self.kind is not None and _either(self.kind):
            for other in PERIOD if name not in PERIOD else ("day",):
                self.values[other] = ""
            self.changed.emit()

    def shift_days(self, by: int) -> None:
        """The next day or the one before; a period goes on by its own length."""
        kind = self.kind
        if kind is None or self.busy:
            return
        days = {name: _day(self.values.get(name, "")) for name in DAYS if name in kind.parameters}
        since, until = days.get("since"), days.get("until")
        length = (until - since).days + 1 if since is not None and until is not None and until >= since else 1
        for name, day in days.items():
            if day is not None:
                self.values[name] = (day + timedelta(days=by * length)).isoformat()
        self.changed.emit()

    # ---- making ------------------------------------------------------------------------

    def make(self) -> None:
        """Make the marked report with what is typed, or make it anew."""
        kind = self.kind
        if kind is None or self.busy:
            return
        asked = {name: self.values[name] for name in kind.parameters if self.values.get(name)}
        self._begin("adding")
        self.session.bridge.call(
            "report", self._came, self._refused, self._ended, name=kind.name, language=self.session.language, **asked
        )

    def _came(self, answer: Answer) -> None:
        self.made = Made(
            int(answer["made"]), Report.from_json(answer["report"]), dict(answer["words"]), answer["standing"]
        )
        self.table, self.written, self._replace = 0, "", False
        self.changed.emit()

    def show_table(self, by: int) -> None:
        """The table after this one, or before."""
        if self.made is not None and self.made.report.tables:
            self.table = max(0, min(len(self.made.report.tables) - 1, self.table + by))
            self.changed.emit()

    def back(self) -> bool:
        """Stop what is under way, or go back to the list. False when there was nothing to leave."""
        if self.busy:
            self.session.bridge.call("cancel_report", None, lambda _: None)
            return True
        if self.made is None:
            return False
        self.made, self.problem, self.written = None, "", ""
        self.changed.emit()
        return True

    # ---- what becomes of it --------------------------------------------------------------

    def choose_format(self, name: str) -> None:
        if name in self.formats:
            self.format, self._replace, self.problem = name, False, ""
            self.changed.emit()

    def next_format(self) -> None:
        if self.formats:
            self.choose_format(self.formats[(self.formats.index(self.format) + 1) % len(self.formats)])

    def set_folder(self, folder: str) -> None:
        self.folder, self._replace, self.problem = folder.strip(), False, ""

    def write(self) -> None:
        """Write what is shown into the folder. A file that is there is asked about once."""
        if self.made is None or self.busy:
            return
        spreadsheet = {"bom": True} if self.format == "csv" else {}
        self._begin("writing")
        self.session.bridge.call(
            "export_report",
            self._wrote,
            self._not_written,
            self._ended,
            made=self.made.number,
            format=self.format,
            to=self.folder,
            language=self.session.language,
            replace=self._replace,
            **spreadsheet,
        )

    def _wrote(self, answer: Answer) -> None:
        self.written, self._replace = answer["file"], False
        self.session.toast.emit("good", tr("Written: {file}", file=self.written))
        self.changed.emit()

    def _not_written(self, refusal: Refused) -> None:
        if _TAKEN in str(refusal.fields.get("reason", "")):
            self._replace = True
            self.problem = tr("There is a file of that name. Press F3 again to write over it.")
            self.changed.emit()
        else:
            self._refused(refusal)

    def print(self) -> None:
        """Print what is shown at the receipt printer."""
        if self.made is not None and not self.busy:
            self._begin("printing")
            self.session.bridge.call(
                "print_report",
                self._printed,
                self._refused,
                self._ended,
                made=self.made.number,
                language=self.session.language,
            )

    def _printed(self, _: Answer) -> None:
        self.session.toast.emit("good", tr("It is on its way to the receipt printer."))

    # ---- under way -----------------------------------------------------------------------

    def _begin(self, what: str) -> None:
        self.busy, self.share, self.problem, self.written = what, 0, "", ""
        self.changed.emit()

    def _ended(self) -> None:
        self.busy = ""
        self.changed.emit()

    def _heard(self, event: Answer) -> None:
        if event.get("event") == "report" and self.busy:
            self.share = int(event["share"])
            self.moved.emit()

    def _refused(self, refusal: Refused) -> None:
        self.problem = self.session.sentence(refusal)
        self.changed.emit()


def _either(kind: Kind) -> bool:
    """Whether it is asked with a day or with a period."""
    return set(DAYS) <= set(kind.parameters)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def parameter_names() -> dict[str, str]:
    """Parameters in words."""
    return {
        "day": tr("Day"),
        "since": tr("From"),
        "until": tr("To"),
        "show": tr("Show"),
        "till": tr("Till"),
        "cashier": tr("Cashier"),
        "promoter": tr("Promoter"),
        "shift": tr("Shift"),
    }
