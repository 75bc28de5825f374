"""Pages, profiles and a printer's inside for tests on bytes."""

from __future__ import annotations

from PIL import Image

from pos.demo.escpos_paper import EscposPaper, Piece
from pos.devices.profile import Profile, read_profile
from tests.peers.toy_printer import FONT
from tests.unit.paper.presses import PROFILES


def profile(stem: str = "epson-tm-t88v") -> Profile:
    path = next(path for path in PROFILES if path.stem == stem)
    return read_profile(path.read_text(encoding="utf-8"), path.name)


class Inside:
    """A printer without a cable: what it was told, what it answered, what came out."""

    def __init__(self, width: int = 576) -> None:
        self.answers = b""
        self.pieces: list[Piece] = []
        self.pulses: list[int] = []
        self.paper = EscposPaper(FONT.read_bytes(), width, self._answer, self.pieces.append, self.pulses.append)

    def _answer(self, data: bytes) -> None:
        self.answers += data

    def tell(self, data: bytes) -> None:
        self.paper.receive(data)
        assert self.paper.not_understood == []

    @property
    def last(self) -> Image.Image:
        return self.pieces[-1].image
