"""The papers that a terminal has the till print, from the lines (06 D1) and blocks (06 D3) they come in."""

from __future__ import annotations

from typing import Final, cast

from pos.devices.zvt.messages import PrintLine, PrintTextBlock
from pos.domain.card import CardSlip, SlipKind, SlipLine

_CENTRED: Final = 0x40
_LAST: Final = 0x80  # this line ends its paper; alone it means nothing
_FEED: Final = 0xFF
MOST_LINES: Final = 2000  # what a terminal prints beyond that is no receipt


class Slips:
    """Give it what comes, in order; `done` are the papers so far, the last one perhaps unfinished."""

    def __init__(self) -> None:
        self._papers: list[tuple[SlipKind, list[SlipLine]]] = []
        self._open = False
        self._count = 0

    def line(self, message: PrintLine) -> None:
        feed = message.attribute == _FEED
        centred = not feed and bool(message.attribute & _CENTRED)
        self._add("", SlipLine("" if feed else message.text.rstrip(), centred))
        if message.attribute & _LAST and message.attribute not in (_LAST, _FEED):
            self._open = False

    def block(self, message: PrintTextBlock) -> None:
        kind = cast(SlipKind, message.receipt_type or "")
        if self._open and self._papers[-1][0] != kind:
            self._open = False
        for text in message.text_lines:
            self._add(kind, SlipLine(text.rstrip()))
        if message.completely_processed:
            self._open = False

    @property
    def done(self) -> tuple[CardSlip, ...]:
        """Papers with something on them."""
        written = [(kind, lines) for kind, lines in self._papers if any(line.text for line in lines)]
        return tuple(CardSlip(kind, tuple(lines)) for kind, lines in written)

    def _add(self, kind: SlipKind, line: SlipLine) -> None:
        self._count += 1
        if self._count > MOST_LINES:
            return
        if not self._open:
            self._papers.append((kind, []))
            self._open = True
        self._papers[-1][1].append(line)
