"""Paper: what became of the print jobs, and the one click that prints again."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from pos.ui.bridge import Answer
from pos.ui.i18n import told, tr, tr_count
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
        self._ended: dict[Any, datetime] = {}  # job -> when its end was heard of, in this run
        session.heard.connect(self._heard)
        session.signed.connect(self.refresh)
        session.ticked.connect(self._look_on)

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
            self._ended[event["job"]] = self.session.now
            self.refresh()

    def _look_on(self) -> None:
        """No event tells that a job has begun: while one is under way, it is looked at each second."""
        if any(job.open for job in self.jobs):
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
        at = self.session.formats.time_exact(job.at) if job.at is not None else ""
        asks = tr("{what}: did it come out?", what=self.what(job))
        if job.state != "unknown":
            why = told(job.text) if job.text else tr("printer does not answer")
            asks = tr("{what} not printed: {why}", what=self.what(job), why=why)
        # What matters first: at the end of a narrow foot there is no room.
        return " · ".join(filter(None, (asks, job.sale, at)))

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
                return "warning", tr("not printed: {why}", why=told(job.text) or tr("printer does not answer"))
        if any(job.state == "started" for job in mine):
            return "muted", tr("sent, not confirmed yet…")
        if not mine or any(job.open for job in mine):
            return "muted", tr("printing…") if sale.tickets else ""
        return "good", tr("printed ✓")

    @property
    def newest(self) -> Job | None:
        """What was last given to a printer, whoever wanted it; of papers that belong together the one that is not done
        yet, else the tickets."""
        if not self.jobs:
            return None
        last = self.jobs[-1]
        together = [job for job in self.jobs if last.sale and (job.sale, job.copy) == (last.sale, last.copy)]
        return min(together or [last], key=lambda job: (not job.open, not job.tickets))

    def told(self, job: Job) -> str:
        """What a print really did, and when: waits, was sent, was confirmed by its printer, failed, or nobody knows."""
        at = self._ended.get(job.job) if not job.open else None
        at = at or job.at
        time = self.session.formats.time_exact(at) if at is not None else ""
        said = {
            "queued": tr("waits for its printer {time}", time=time),
            "started": tr("sent {time}, not confirmed yet", time=time),
            "done": tr("confirmed ✓ {time}", time=time),
            "failed": tr("did not print {time}", time=time),
            "unknown": tr("not known whether it came out {time}", time=time),
        }
        parts = [self.what(job)]
        if job.copy:
            parts.append(tr("copy {n}", n=job.copy))
        parts += [said[job.state].strip(), job.sale]
        return " · ".join(filter(None, parts))
