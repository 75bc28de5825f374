"""The house chart on paper: written by the till on a thread of its own, then opened to be looked at and printed."""

from __future__ import annotations

from PySide6.QtCore import QObject, QStandardPaths, QUrl, Signal
from PySide6.QtGui import QDesktopServices

from pos.domain.errors import Refused
from pos.domain.housechart import NAME
from pos.ui.bridge import Answer
from pos.ui.i18n import tr
from pos.ui.session import Session


class Charting(QObject):
    """`changed` says that `text`, how far it is, is another; it is empty when nothing is written."""

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._busy, self._share = False, 0
        session.heard.connect(self._heard)

    @property
    def text(self) -> str:
        if not self._busy:
            return ""
        return tr("Writing the house chart: {share}", share=self._session.formats.percent(self._share * 10))

    def make(self) -> None:
        """Write the chart of the show that is sold from, into the person's documents; once more stops it."""
        session = self._session
        if self._busy:
            session.bridge.call("cancel_report", None, lambda _: None)
            return
        if not session.show_id:
            return
        self._busy, self._share = True, 0
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        session.bridge.call(
            NAME, self._wrote, self._refused, self._ended, show=session.show_id, to=folder, language=session.language,
            replace=True,
        )  # fmt: skip
        self.changed.emit()

    def _wrote(self, answer: Answer) -> None:
        self._session.toast.emit("good", tr("Written: {file}", file=answer["file"]))
        QDesktopServices.openUrl(QUrl.fromLocalFile(answer["file"]))

    def _refused(self, refusal: Refused) -> None:
        stopped = refusal.code == "stopped"
        self._session.toast.emit("plain" if stopped else "warning", self._session.sentence(refusal))

    def _ended(self) -> None:
        self._busy = False
        self.changed.emit()

    def _heard(self, event: Answer) -> None:
        if self._busy and event.get("event") == "report" and event.get("name") == NAME:
            self._share = int(event["share"])
            self.changed.emit()
