"""A receipt printer without the printer: ESC/POS bytes in, pictures of paper and answers out.

Written from the command reference and sharing nothing with the code that makes the
bytes, so that what it shows is what a real printer would. It keeps two of a real
one's habits that matter: it answers real-time questions at once, even in the middle
of a picture, and while it has no paper or an open cover it takes data but does
nothing with them until that is put right.
"""

from __future__ import annotations

import io
import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from PIL import Image, ImageFont

from pos.demo.escpos_codes import CodePen

CELL_WIDTH: Final = 12
CELL_HEIGHT: Final = 24
_LINE_SPACING: Final = 30
_MONO_FACE: Final = 1  # of wqy-microhei.ttc
_INK: Final = 110
_REAL_TIME: Final = re.compile(rb"\x10(?:\x04[\x01-\x04]|\x05[\x00-\x02]|\x14\x01..)", re.DOTALL)
_CODE_PAGES: Final = {
    0: "cp437", 2: "cp850", 3: "cp860", 4: "cp863", 5: "cp865", 13: "cp857", 14: "cp737", 16: "cp1252",
    17: "cp866", 18: "cp852", 19: "cp858", 33: "cp775", 34: "cp855", 35: "cp861", 45: "cp1250", 46: "cp1251",
    47: "cp1253", 48: "cp1254", 49: "cp1255", 50: "cp1256", 51: "cp1257", 52: "cp1258",
}  # fmt: skip
# How many parameter bytes follow; a function where that depends on the first ones.
_ESC: Final[dict[int, int]] = {
    **dict.fromkeys(b"@2<imL", 0),
    **dict.fromkeys(b"!-3aEGJMdtRV{ =rUS", 1),
    **dict.fromkeys(b"$\\c", 2),
    ord("p"): 3,
}
_GS: Final[dict[int, int]] = {**dict.fromkeys(b"!BraIhwHfbE", 1), **dict.fromkeys(b"LWP", 2)}
_FS: Final[dict[int, int]] = {**dict.fromkeys(b".&", 0), **dict.fromkeys(b"!-WC", 1), **dict.fromkeys(b"pS", 2)}


@dataclass(frozen=True, slots=True)
class Piece:
    """What came out between two cuts: the picture, and whether it was cut off or torn."""

    image: Image.Image
    cut: bool


@dataclass
class _Style:
    bold: bool = False
    inverse: bool = False
    underline: bool = False
    wide: int = 1
    high: int = 1
    align: int = 0
    code_page: str = "cp437"
    spacing: int = _LINE_SPACING


class EscposPaper:
    """The printer's inside. Not for several threads at once.

    `font` are the bytes of wqy-microhei.ttc; `width` is in dots. `reply` gets the bytes the
    printer answers, `came_out` every piece of paper, `drawer` the pin (2 or 5) of every pulse.
    """

    def __init__(
        self,
        font: bytes,
        width: int,
        reply: Callable[[bytes], None],
        came_out: Callable[[Piece], None],
        drawer: Callable[[int], None],
    ) -> None:
        self._font = ImageFont.truetype(io.BytesIO(font), CELL_HEIGHT - 3, index=_MONO_FACE)
        self._glyph = lru_cache(2048)(self._drawn_glyph)
        self._width, self._reply, self._came_out, self._drawer = width, reply, came_out, drawer
        self._heard = b""
        self._buffer = bytearray()
        self._commands: deque[bytes] = deque()
        self._style = _Style()
        self._asb = False
        self._paper = Image.new("1", (width, 1024), 1)
        self._y = 0
        self._line: list[tuple[int, Image.Image]] = []
        self._x = 0
        self._pen = CodePen()
        self._stored: Image.Image | None = None
        self.paper_out = False
        self.paper_low = False
        self.busy = False  # answers real-time questions, and gets on with nothing else
        self.cover_open = False
        self.drawer_is_open = False
        self.rows_left: int | None = None  # of paper, None means enough
        self.not_understood: list[bytes] = []

    @property
    def halted(self) -> bool:
        """Whether it takes data without printing them."""
        return self.paper_out or self.cover_open

    def receive(self, data: bytes) -> None:
        """Bytes from the cable."""
        self._hear(data)
        self._buffer += data
        while (length := self._command_length()) is not None:
            self._commands.append(bytes(self._buffer[:length]))
            del self._buffer[:length]
        self._work()

    def change(
        self, *, paper_out: bool | None = None, cover_open: bool | None = None, drawer_open: bool | None = None
    ) -> None:
        """Someone takes the paper out or puts it in, opens or shuts the cover or the drawer."""
        if paper_out is not None:
            self.paper_out = paper_out
            self.rows_left = None
        self.cover_open = self.cover_open if cover_open is None else cover_open
        self.drawer_is_open = self.drawer_is_open if drawer_open is None else drawer_open
        self._report()
        self._work()

    def hold(self, busy: bool) -> None:
        """Stop working, or go on with what has come meanwhile."""
        self.busy = busy
        self._work()

    def tear_off(self) -> None:
        """Someone tears off what sticks out."""
        self._finish_line()
        self._release(cut=False)

    # Answers

    def _hear(self, data: bytes) -> None:
        """Real-time commands count wherever they stand, even inside other commands' data."""
        heard = self._heard + data
        end = 0
        for match in _REAL_TIME.finditer(heard):
            end = match.end()
            command = match[0]
            if command[1] == 0x04:
                self._reply(bytes([self._real_time_status(command[2])]))
            elif command[1] == 0x14 and not self.halted:
                self._pulse(command[3])
        self._heard = heard[max(end, len(heard) - 4) :]

    def _real_time_status(self, question: int) -> int:
        facts = {
            1: (0x04 if self.drawer_is_open else 0) | (0x08 if self.halted else 0),
            2: (0x04 if self.cover_open else 0) | (0x20 if self.paper_out else 0),
            3: 0,
            4: (0x0C if self.paper_low or self.paper_out else 0) | (0x60 if self.paper_out else 0),
        }
        return 0x12 | facts[question]

    def _paper_sensor(self) -> int:
        return (0x03 if self.paper_low or self.paper_out else 0) | (0x0C if self.paper_out else 0)

    def _report(self) -> None:
        if self._asb:
            first = 0x10 | (0x04 if self.drawer_is_open else 0) | (0x08 if self.halted else 0)
            first |= 0x20 if self.cover_open else 0
            self._reply(bytes([first, 0, self._paper_sensor(), 0]))

    def _pulse(self, connector: int) -> None:
        self.drawer_is_open = True
        self._drawer(2 if connector in (0, 48) else 5)
        self._report()

    # Cutting the bytes into commands

    def _command_length(self) -> int | None:
        """How long the command at the head of the buffer is; None when it is not all there yet."""
        buffer = self._buffer
        if not buffer:
            return None
        head = buffer[0]
        if head not in (0x10, 0x1B, 0x1C, 0x1D):
            return 1
        if len(buffer) < 2:
            return None
        length = self._introduced_length(head, buffer[1])
        return length if length is not None and len(buffer) >= length else None

    def _introduced_length(self, head: int, name: int) -> int | None:
        buffer = self._buffer
        if head == 0x10:
            return {0x04: 3, 0x05: 3, 0x14: 5}.get(name, 1)
        if name == 0x28:  # ( and a length of its own
            return None if len(buffer) < 5 else 5 + int.from_bytes(buffer[3:5], "little")
        if head == 0x1D and name == 0x38:  # 8 L: the same with a longer length
            return None if len(buffer) < 7 else 7 + int.from_bytes(buffer[3:7], "little")
        if head == 0x1D and name == 0x56:  # V
            return None if len(buffer) < 3 else 4 if buffer[2] in (65, 66, 97, 98, 103, 104) else 3
        if head == 0x1D and name == 0x76:  # v 0
            return None if len(buffer) < 8 else 8 + _area(buffer[4:8])
        if head == 0x1D and name == 0x6B:  # k 73, Code 128, is the one that is known here
            return None if len(buffer) < 4 else 4 + buffer[3]
        if head == 0x1B and name == 0x2A:  # *
            if len(buffer) < 5:
                return None
            columns = int.from_bytes(buffer[3:5], "little")
            return 5 + columns * (3 if buffer[2] in (32, 33) else 1)
        table = {0x1B: _ESC, 0x1C: _FS, 0x1D: _GS}[head]
        if name not in table:
            self.not_understood.append(bytes(buffer[:2]))
            return 2
        return 2 + table[name]

    # Doing them

    def _work(self) -> None:
        while self._commands and not self.halted and not self.busy:
            self._do(self._commands.popleft())

    def _do(self, command: bytes) -> None:
        match command[0]:
            case 0x1B:
                self._do_esc(command[1], command[2:])
            case 0x1D:
                self._do_gs(command[1], command)
            case 0x10 | 0x1C:
                pass  # real time has been heard already; Chinese mode is never on
            case 0x0A:
                self._finish_line(feed=True)
            case control if control < 0x20:
                pass
            case _:
                self._put_character(command)

    def _do_esc(self, name: int, given: bytes) -> None:
        style = self._style
        match chr(name):
            case "@":
                self._finish_line()
                self._style = _Style()
            case "!":
                mode = given[0]
                style.bold, style.underline = bool(mode & 0x08), bool(mode & 0x80)
                style.high, style.wide = 2 if mode & 0x10 else 1, 2 if mode & 0x20 else 1
            case "-":
                style.underline = given[0] in (1, 2, 49, 50)
            case "E" | "G":
                style.bold = bool(given[0] & 1)
            case "a":
                self._finish_line()
                style.align = given[0] % 48
            case "t":
                style.code_page = _CODE_PAGES.get(given[0], "cp437")
            case "2":
                style.spacing = _LINE_SPACING
            case "3":
                style.spacing = given[0]
            case "d":
                self._finish_line(feed=bool(self._line))
                self._feed(given[0] * style.spacing)
            case "J":
                self._finish_line()
                self._feed(given[0])
            case "$":
                self._x = int.from_bytes(given, "little")
            case "p":
                self._pulse(given[0])
            case "i" | "m":
                self._cut()
            case _:
                self.not_understood.append(bytes([0x1B, name]))

    def _do_gs(self, name: int, command: bytes) -> None:
        style = self._style
        match chr(name):
            case "!":
                style.wide, style.high = (command[2] >> 4 & 7) + 1, (command[2] & 7) + 1
            case "B":
                style.inverse = bool(command[2] & 1)
            case "V":
                if len(command) == 4:
                    self._feed(command[3])
                self._cut()
            case "r":
                in_order = {1: self._paper_sensor(), 2: int(self.drawer_is_open)}
                self._reply(bytes([in_order.get(command[2] % 48, 0)]))
            case "a":
                self._asb = command[2] != 0
                self._report()
            case "v":
                self._picture(_unpack(command[4:8], command[8:]), command[3])
            case "(":
                self._do_extended(command[2], command[5:])
            case "8":
                self._do_extended(command[2], command[7:])
            case "h" | "w":
                self._pen.bar[chr(name)] = command[2]
            case "H":
                pass  # text below bars is never asked for
            case "k" if command[2] == 73:
                self._picture(self._pen.bars(command[4:]), 0)
            case "I":
                self._reply(b"\x02")
            case _:
                self.not_understood.append(command[:2])

    def _do_extended(self, family: int, given: bytes) -> None:
        if family == ord("k") and len(given) >= 2 and given[0] in (0x30, 0x31):
            image = self._pen.do_extended(given[0], given[1], given[2:])
            if image is not None:
                self._picture(image, 0)
        elif family == ord("L") and given[1] == 112:
            # a bx by c xL xH yL yH data: here the width is in dots.
            dots = int.from_bytes(given[6:8], "little")
            size = ((dots + 7) // 8).to_bytes(2, "little") + given[8:10]
            self._stored = _unpack(size, given[10:])
        elif family == ord("L") and given[1] in (2, 50):
            if self._stored is not None:
                self._picture(self._stored, 0)
            self._stored = None
        else:
            self.not_understood.append(bytes([0x1D, 0x28, family]))

    # Paper

    def _put_character(self, byte: bytes) -> None:
        style = self._style
        width, height = CELL_WIDTH * style.wide, CELL_HEIGHT * style.high
        if self._x + width > self._width:
            self._finish_line(feed=True)
        character = byte.decode(style.code_page, "replace")
        image = self._glyph(character, style.bold, style.inverse, style.underline).resize((width, height))
        self._line.append((self._x, image))
        self._x += width

    def _drawn_glyph(self, character: str, bold: bool, inverse: bool, underline: bool) -> Image.Image:
        grey = Image.new("L", (CELL_WIDTH, CELL_HEIGHT), 0)
        mask, (left, top) = self._font.getmask2(character, mode="L", anchor="ms")
        ink = Image.frombytes("L", mask.size, bytes(mask))
        for shift in range(2 if bold else 1):
            grey.paste(255, (CELL_WIDTH // 2 + left + shift, 19 + top), ink)
        if underline:
            grey.paste(255, (0, CELL_HEIGHT - 2, CELL_WIDTH, CELL_HEIGHT))
        return grey.point(lambda value: 255 if (value >= _INK) == inverse else 0, "1")

    def _finish_line(self, *, feed: bool = False) -> None:
        if self._line:
            tallest = max(image.height for _, image in self._line)
            shift = self._shift(max(x + image.width for x, image in self._line))
            self._make_room(tallest)
            for x, image in self._line:
                self._paper.paste(image, (x + shift, self._y + tallest - image.height))
            self._advance(max(tallest, self._style.spacing))
        elif feed:
            self._feed(self._style.spacing)
        self._line, self._x = [], 0

    def _shift(self, width: int) -> int:
        return {1: (self._width - width) // 2, 2: self._width - width}.get(self._style.align, 0)

    def _picture(self, image: Image.Image, mode: int) -> None:
        self._finish_line()
        if mode & 3:
            image = image.resize((image.width << (mode & 1), image.height << (mode >> 1 & 1)))
        self._make_room(image.height)
        self._paper.paste(image, (self._shift(image.width), self._y))
        self._advance(image.height)

    def _feed(self, rows: int) -> None:
        self._make_room(rows)
        self._advance(rows)

    def _make_room(self, rows: int) -> None:
        if self._y + rows > self._paper.height:
            longer = Image.new("1", (self._width, (self._y + rows) * 2), 1)
            longer.paste(self._paper, (0, 0))
            self._paper = longer

    def _advance(self, rows: int) -> None:
        self._y += rows
        if self.rows_left is not None:
            self.rows_left -= rows
            if self.rows_left <= 0:
                self.change(paper_out=True)

    def _cut(self) -> None:
        self._finish_line()
        self._release(cut=True)

    def _release(self, *, cut: bool) -> None:
        if self._y:
            self._came_out(Piece(self._paper.crop((0, 0, self._width, self._y)), cut))
        self._paper = Image.new("1", (self._width, 1024), 1)
        self._y = 0


def _area(size: bytes | bytearray) -> int:
    return int.from_bytes(size[:2], "little") * int.from_bytes(size[2:4], "little")


def _unpack(size: bytes, data: bytes) -> Image.Image:
    """Packed dots, 1 black, as a picture, black on white."""
    width, height = int.from_bytes(size[:2], "little") * 8, int.from_bytes(size[2:4], "little")
    return Image.frombytes("1", (width, height), bytes(byte ^ 0xFF for byte in data[: width // 8 * height]))
