"""A receipt printer at the far end of a serial line, that can be pulled out and put in at another path."""

from __future__ import annotations

import contextlib
import os
import select
import threading
import tty

from PIL import Image

from pos.demo.escpos_paper import EscposPaper, Piece
from tests.peers.toy_printer import FONT, read_codes


class SerialPrinter:
    """Plugged in at first. `url` is where it is now; the paper that has come out stays."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._papers: list[Image.Image] = []
        self._near = self._far = -1
        self._thread: threading.Thread | None = None
        self._plugged = threading.Event()
        self.break_after: int | None = None  # bytes until the plug is pulled
        self.plug_in()

    def plug_in(self) -> None:
        """At a path of the system's choice, as an adapter gets that is put into another socket."""
        self._near, self._far = os.openpty()
        tty.setraw(self._far)
        self.url = f"serial://{os.ttyname(self._far)}?baud=115200"
        self._paper = EscposPaper(FONT.read_bytes(), 576, self._say, self._came_out, lambda pin: None)
        self._plugged.set()
        self._thread = threading.Thread(target=self._serve, name="serial printer")
        self._thread.start()

    def pull_out(self) -> None:
        """The line is gone, and with it the path."""
        self._plugged.clear()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(5)
        for fd in (self._near, self._far):
            with contextlib.suppress(OSError):
                os.close(fd)

    close = pull_out

    def codes(self) -> list[str]:
        """What the codes on all papers say, in order."""
        with self._lock:
            papers = list(self._papers)
        return [code.text for paper in papers for code in read_codes(paper)]

    def _serve(self) -> None:
        while self._plugged.is_set():
            if not select.select([self._near], [], [], 0.05)[0]:
                continue
            data = os.read(self._near, 4096)
            if self.break_after is not None:
                self.break_after -= len(data)
                if self.break_after <= 0:
                    self.break_after = None
                    self._plugged.clear()
                    for fd in (self._near, self._far):
                        os.close(fd)
                    return
            self._paper.receive(data)

    def _say(self, data: bytes) -> None:
        os.write(self._near, data)

    def _came_out(self, piece: Piece) -> None:
        if piece.cut and piece.image.getextrema()[0] == 0:
            with self._lock:
                self._papers.append(piece.image)
