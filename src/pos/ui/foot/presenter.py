"""Paper: what became of the print jobs, and the one click that prints again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from pos.ui.bridge import Answer
from pos.ui.i18n import tr, tr_count
from pos.ui.session import Session

if TYPE_CHECKING:
    from pos.ui.model import Job, Sale


class PaperPresenter(QObject):
    """Follows the print jobs. A failed job is printed again; an unknown one is asked about.

    A jam never unsells: everything here concerns paper, not the sale.
    """

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.jobs: list[Job] = []
        self.last: Sale | None = None
        session.heard.connect(self._heard)
        session.signed.connect(self.refresh)

    def sold(self, sale: Sale) -> None:
        self.last = sale
        self.refresh()

    def refresh(self) -> None:
        if self.session.person is not None:
            self.session.bridge.latest("jobs", "jobs", self._got_jobs)

    def _got_jobs(self, answer: Answer) -> None:
        from pos.ui.model import Job

        self.jobs = [Job.read(doc) for doc in answer["jobs"]]
        self.changed.emit()

    def _heard(self, event: Answer) -> None:
        if event.get("event") in ("printed", "paper", "print_unknown"):
            self.refresh()

    # ---- what needs a person -------------------------------------------------------------

    @property
    def attention(self) -> Job | None:
        """The job that waits for a person: one whose paper is unknown, else one that failed."""
        for state in ("unknown", "failed"):
            for job in self.jobs:
                if job.state == state:
                    return job
        return None

    @property
    def troubled(self) -> int:
        """How many jobs wait for a person."""
        return sum(job.state in ("unknown", "failed") for job in self.jobs)

    def question(self, job: Job) -> str:
        """What the foot says about a job that needs a person."""
        what = self.what(job)
        if job.state == "unknown":
            return tr("{what}: did it come out?", what=what)
        return tr("{what} not printed: {why}", what=what, why=job.text or tr("printer does not answer"))

    def what(self, job: Job) -> str:
        if job.tickets:
            return tr_count("%n ticket", "%n tickets", len(job.tickets))
        names = {"receipt": tr("Receipt"), "card_slip": tr("Card slip")}
        return names.get(job.kind) or tr("Print job")

    def print_again(self) -> None:
        """Print every failed job once more."""
        for job in self.jobs:
            if job.state == "failed":
                self.session.bridge.call("retry", lambda _: self.refresh(), job=job.job)

    def came_out(self, yes: bool, lies_next: str = "") -> None:
        """Answer the question about the paper that is unknown; `lies_next` is the number of the next blank now."""
        job = self.attention
        if job is not None and job.state == "unknown":
            told: dict[str, Any] = {"lies_next": lies_next.strip()} if lies_next.strip() else {}
            self.session.bridge.call("printed", lambda _: self.refresh(), job=job.job, came_out=yes, **told)

    def receipt(self) -> None:
        """Print the last sale's receipt again."""
        if self.last is not None:
            sent = tr("Receipt sent to the printer.")
            self.session.bridge.call("receipt", lambda _: self.session.toast.emit("plain", sent), sale=self.last.id)
        else:
            self.session.toast.emit("plain", tr("No sale yet whose receipt could be printed."))

    # ---- what became of a sale's paper ----------------------------------------------------

    def fate(self, sale: Sale) -> tuple[str, str]:
        """(level, words) for a sale's paper: level is "muted", "good" or "warning"."""
        mine = [job for job in self.jobs if job.sale == sale.id]
        for job in mine:
            if job.state == "unknown":
                return "warning", tr("did it come out?")
            if job.state == "failed":
                return "warning", tr("not printed: {why}", why=job.text or tr("printer does not answer"))
        if not mine or any(job.open for job in mine):
            return "muted", tr("printing…") if sale.tickets else ""
        return "good", tr("printed ✓")
