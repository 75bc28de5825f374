"""A receipt printer for tests: real bytes over real TCP, paper to count and codes to read.

    with ToyPrinter() as printer:
        …  tcp://127.0.0.1:{printer.port}
        printer.wait_for(2)
        assert printer.codes() == ["HF7K2M9QX4", "HF7K2M9QX5"]

The codes are read off the pictures by zxing-cpp, which knows nothing of this project.
"""

from __future__ import annotations

import threading
from pathlib import Path
from types import TracebackType
from typing import Literal

import zxingcpp
from PIL import Image

from pos.demo.escpos_paper import Piece
from pos.demo.tcp_printer import TcpPrinter

Mode = Literal["online", "off", "paper_out", "cover_open", "silent", "dumb"]

FONT = Path(__file__).parents[2] / "resources" / "fonts" / "wqy-microhei.ttc"


class ToyPrinter:
    """Online at first. `silent` takes bytes and does nothing, `dumb` prints but never answers."""

    def __init__(self, *, port: int = 0, width: int = 576) -> None:
        self._news = threading.Condition()
        self._papers: list[Image.Image] = []
        self._kicks = 0
        self._printer = TcpPrinter(
            FONT.read_bytes(), port=port, width=width, came_out=self._came_out, drawer=self._kicked
        )
        self.port = self._printer.port
        self.url = f"tcp://127.0.0.1:{self.port}"

    def __enter__(self) -> ToyPrinter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._printer.close()

    def set(self, mode: Mode) -> None:
        """From now on. Back to "online" puts everything right; what was held back then prints."""
        self._printer.answers = mode != "dumb"
        self._printer.deaf = mode == "silent"
        if mode == "silent":
            self._printer.answers = False
        self._printer.change(paper_out=mode == "paper_out", cover_open=mode == "cover_open")
        self._printer.switch(mode != "off")

    def break_after(self, count: int) -> None:
        """Close the connection when `count` more bytes have come."""
        self._printer.break_after = count

    def run_out_after(self, rows: int) -> None:
        """The paper ends after so many more rows of dots."""
        self._printer.run_out_after(rows)

    def run_low(self) -> None:
        """The paper is running out."""
        self._printer.run_low()

    def hold(self, busy: bool) -> None:
        """Take data and say how it is, but print nothing until released."""
        self._printer.hold(busy)

    def open_drawer(self) -> None:
        """By hand, with the key."""
        self._printer.change(drawer_open=True)

    def shut_drawer(self) -> None:
        self._printer.change(drawer_open=False)

    @property
    def papers(self) -> list[Image.Image]:
        """Every piece with something on it that was cut off, in order."""
        with self._news:
            return list(self._papers)

    @property
    def kicks(self) -> int:
        """How often the drawer was told to open."""
        with self._news:
            return self._kicks

    @property
    def not_understood(self) -> list[bytes]:
        """Commands that no printer of this kind knows; a correct client sends none."""
        return self._printer.not_understood

    def codes(self) -> list[str]:
        """What the QR codes on all papers say, in order."""
        return [code.text for paper in self.papers for code in read_codes(paper)]

    def wait_for(self, count: int, seconds: float = 10.0) -> None:
        """Wait until `count` papers have come out in all. Raises AssertionError with what there is."""
        with self._news:
            enough = self._news.wait_for(lambda: len(self._papers) >= count, seconds)
        assert enough, f"{len(self._papers)} of {count} papers after {seconds} s"

    def _came_out(self, piece: Piece) -> None:
        if piece.cut and piece.image.getextrema()[0] == 0:
            with self._news:
                self._papers.append(piece.image)
                self._news.notify_all()

    def _kicked(self, pin: int) -> None:
        with self._news:
            self._kicks += 1


def read_codes(paper: Image.Image) -> list[zxingcpp.Barcode]:
    """The QR codes on a piece of paper, which has white margins as real paper has."""
    framed = Image.new("L", (paper.width + 64, paper.height + 64), 255)
    framed.paste(paper.convert("L"), (32, 32))
    return list(zxingcpp.read_barcodes(framed))
