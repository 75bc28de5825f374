"""Paper packs into files, on a thread of their own: no sale waits for one, and no report either."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from pos.domain.errors import Refused, Unreadable
from pos.domain.paperpack import PaperPack
from pos.filing import write_whole
from pos.paper.content import pages
from pos.paper.pack import as_pdf
from pos.paper.packtickets import tickets_pdf
from pos.paper.pdf import PdfFace
from pos.paper.reports.words import Writer
from pos.till.counter.reports import report_words
from pos.till.ports import Finished

log = logging.getLogger(__name__)
FOLDER: Final = "paperpack"
_KEPT_S: Final = 24 * 3600
_UNSAFE: Final = re.compile(r"[^\w.-]+")


class PackWork:
    """Fulfils the till's port. `face` reads the fonts when the first document is made.

    What is in the folder is for this till's people alone: it has the names of buyers, and codes that are tickets.
    """

    def __init__(self, folder: Path, face: Callable[[], PdfFace], *, training: bool = False) -> None:
        self.folder = folder
        self._face, self._training = face, training
        self._pool = ThreadPoolExecutor(1, "paperpack")
        self._closing = False

    def close(self) -> None:
        """Begin nothing more, and stop a pack that is being made; tickets that have begun come out. The desk ends after
        this: it writes down what became of them."""
        self._closing = True
        self._pool.shutdown(wait=True)

    def write(self, pack: PaperPack, language: str) -> Future[str]:
        def step(done: int, of: int) -> None:
            if self._closing:
                raise Refused("stopped")

        def work() -> str:
            step(0, 1)
            document = as_pdf(pack, Writer(language, report_words()), self._face(), step)
            try:
                return self._put(pack.show, document)
            except OSError as error:
                where = f"{self.folder}: {error.strerror or error}"
                raise Refused("storage_failed", reason=f"the paper pack could not be written to {where}") from error

        try:
            return self._pool.submit(work)
        except RuntimeError:  # it is closed
            stopped: Future[str] = Future()
            stopped.set_exception(Refused("stopped"))
            return stopped

    def submit(self, name: str, content: dict[str, Any], started: Callable[[], None], finished: Finished) -> None:
        def work() -> None:
            if self._closing:
                return  # it stays queued, and is written when the till begins again
            try:
                document = tickets_pdf(pages(content), report_words(), self._face(), training=self._training)
            except Unreadable as error:
                finished("failed", str(error))
                return
            started()
            try:
                finished("done", f"written to {self._put(name, document)}")
            except OSError as error:
                finished("failed", f"{self.folder}: {error.strerror or error}")

        with suppress(RuntimeError):  # it is closed: the same
            self._pool.submit(work)

    def _put(self, name: str, document: bytes) -> str:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = (self.folder / f"{_UNSAFE.sub('_', name)[:120]}.pdf").absolute()
        write_whole(path, document, replace=True)
        self._clear()
        return str(path)

    def _clear(self) -> None:
        """Take away what is older than a day."""
        before = time.time() - _KEPT_S
        for path in self.folder.glob("*.pdf"):
            try:
                if path.stat().st_mtime < before:
                    path.unlink()
            except OSError as error:
                log.warning("an old paper pack stays: %s", error)
