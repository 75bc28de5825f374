"""Pages in ESC/POS: as pictures, or as the printer's own characters for slow lines.

Every sheet begins with a reset and ends with the cut and a question that the printer
answers only when it gets there (GS r 1): that answer is what "printed" means.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from typing import Final, Literal, Protocol

from pos.devices.dots import Dots
from pos.devices.escpos.library import native_qr
from pos.devices.profile import Profile

RESET: Final = b"\x1b@"
ASK: Final = b"\x10\x04\x01\x10\x04\x02\x10\x04\x03\x10\x04\x04"  # DLE EOT 1 to 4: state now
CONFIRM: Final = b"\x1dr\x01"  # GS r 1: state when it gets here
_SPEAK_UP: Final = b"\x1da\x0f"  # GS a: report every change unasked
_STRIP_ROWS: Final = 256  # of a picture at once; a broken job leaves at most this much open
_TEXT_STRIP_ROWS: Final = 24
_LINE_MM: Final = 3.75  # what one line feed moves after a reset
_LEFT, _CENTER = b"\x1ba\x00", b"\x1ba\x01"
_NARROWEST, _WIDEST = 2, 6  # dots of a module of the printer's own bars
_CODE128_FRAME: Final = 35  # modules of start, check and stop
# Real-time commands are heard even inside a picture: ask for state, recover, open the drawer.
_REAL_TIME: Final = (b"\x10\x04", b"\x10\x05", b"\x10\x14")


class Run(Protocol):
    """Characters from x on, `magnify` times as wide and high as plain ones."""

    @property
    def x_mm(self) -> float: ...
    @property
    def text(self) -> str: ...
    @property
    def magnify(self) -> int: ...
    @property
    def bold(self) -> bool: ...
    @property
    def inverse(self) -> bool: ...


class Line(Protocol):
    """A line of runs with its picture, a rule, a code with modules of `module_mm` and, where they are bars,
    `height_mm` high, or `count` empty lines. The runs of a code are its text."""

    @property
    def kind(self) -> Literal["text", "rule", "code", "space"]: ...
    @property
    def runs(self) -> Sequence[Run]: ...
    @property
    def picture(self) -> Callable[[], Dots] | None: ...
    @property
    def payload(self) -> str: ...
    @property
    def symbology(self) -> Literal["qr", "code128", "pdf417"]: ...
    @property
    def module_mm(self) -> float: ...
    @property
    def height_mm(self) -> float: ...
    @property
    def count(self) -> int: ...


def hello(profile: Profile, typed: bool) -> bytes:
    """What opens a connection: whatever an earlier job left unfinished is filled up with blank."""
    rows = _TEXT_STRIP_ROWS if typed else _STRIP_ROWS
    return bytes(rows * math.ceil(profile.dots / 8)) + RESET + _SPEAK_UP


def separate(profile: Profile) -> bytes:
    """After a break: cut off what came out, and ask for a sign when everything before is through."""
    return RESET + _end(profile) + CONFIRM


def picture_sheet(dots: Dots, profile: Profile) -> bytes:
    """One page as a picture, cut off and asked about."""
    return b"".join([RESET, *_strips(dots, _STRIP_ROWS), _end(profile), CONFIRM])


def typed_sheet(lines: Sequence[Line], profile: Profile) -> bytes:
    """One page in the printer's own characters, cut off and asked about.

    A line with a character that no single code page of the profile has goes as its picture.
    """
    typist = _Typist(profile)
    # FS . leaves the mode in which Chinese models take two bytes for one character.
    parts = [RESET, b"\x1c."]
    for line in lines:
        match line.kind:
            case "text":
                parts.append(typist.text(line))
            case "rule":
                parts.append(typist.rule())
            case "code":
                parts.append(_native_code(line, profile) or typist.text(line))
            case "space":
                parts.append(b"\x1bd" + bytes([min(255, line.count)]))
    return b"".join([*parts, _end(profile), CONFIRM])


def kick(profile: Profile) -> bytes:
    """Open the drawer."""
    on = max(1, profile.pulse_ms // 2)  # the printer counts in 2 ms
    return bytes([0x1B, 0x70, 0 if profile.drawer_pin == 2 else 1, on, min(255, 2 * on)])


def _end(profile: Profile) -> bytes:
    feed = b"\x1bd" + bytes([math.ceil(profile.feed_mm / _LINE_MM)]) if profile.feed_mm else b""
    # GS V 65 and 66 feed up to the cutter first.
    return feed + {"partial": b"\x1dV\x42\x00", "full": b"\x1dV\x41\x00", "none": b""}[profile.cut]


def _strips(dots: Dots, rows: int) -> Iterator[bytes]:
    width = math.ceil(dots.width / 8)
    for start in range(0, dots.height, rows):
        yield _strip(width, dots.data[start * width : (start + rows) * width])


def _strip(width: int, data: bytes) -> bytes:
    """GS v 0. Where the dots spell a real-time command, one more dot is set: no one sees it."""
    for command in _REAL_TIME:
        data = data.replace(command, bytes([command[0] | 0x20]) + command[1:])
    height = len(data) // width
    return b"\x1dv0\x00" + width.to_bytes(2, "little") + height.to_bytes(2, "little") + data


_PLAIN: Final = (1, False, False)


class _Typist:
    """Types lines, and changes size, weight and code page only where they change: at 9600 baud
    every byte takes a millisecond."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._codec = ""
        self._style = _PLAIN

    def text(self, line: Line) -> bytes:
        codec = _code_page([run.text for run in line.runs], self._profile)
        if codec is None:
            if line.picture is None:
                raise ValueError("a line of text comes with its picture")
            return b"".join(_strips(line.picture(), _TEXT_STRIP_ROWS))
        parts = [self._use(codec)]
        at = 0
        for run in sorted(line.runs, key=lambda run: run.x_mm):
            column = round(run.x_mm / self._profile.cell_mm)
            if column > at:
                parts += [self._set(*_PLAIN), b" " * (column - at)]
            parts += [self._set(min(run.magnify, 8), run.bold, run.inverse), run.text.encode(codec)]
            at = max(at, column) + len(run.text) * run.magnify
        return b"".join([*parts, b"\n"])

    def rule(self) -> bytes:
        columns = int(self._profile.printed_mm / self._profile.cell_mm)
        codec = _code_page(["─"], self._profile)
        line = b"-" * columns if codec is None else ("─" * columns).encode(codec)
        return b"".join([self._use(codec) if codec else b"", self._set(*_PLAIN), line, b"\n"])

    def _use(self, codec: str) -> bytes:
        if codec == self._codec:
            return b""
        self._codec = codec
        return b"\x1bt" + bytes([self._profile.code_pages[codec]])

    def _set(self, magnify: int, bold: bool, inverse: bool) -> bytes:
        old, self._style = self._style, (magnify, bold, inverse)
        size = (magnify - 1) << 4 | (magnify - 1)
        return b"".join(
            command + bytes([value])
            for command, value, changed in (
                (b"\x1d!", size, magnify != old[0]),
                (b"\x1bE", int(bold), bold != old[1]),
                (b"\x1dB", int(inverse), inverse != old[2]),
            )
            if changed
        )


def _code_page(texts: Sequence[str], profile: Profile) -> str | None:
    """The first code page that has every character. Control characters are in none: a title
    from outside could otherwise speak to the printer."""
    if any(unicodedata.category(character) == "Cc" for text in texts for character in text):
        return None
    for codec in profile.code_pages:
        try:
            for text in texts:
                text.encode(codec)
        except UnicodeEncodeError:
            continue
        return codec
    return None


def _native_code(line: Line, profile: Profile) -> bytes:
    """The printer's own code; nothing when there is no room for it, for then a printer leaves it out unsaid."""
    module = int(line.module_mm * profile.dots_per_mm)
    if line.symbology == "qr":
        return _CENTER + native_qr(line.payload, max(1, min(16, module))) + _LEFT
    if line.symbology == "code128":
        # We name one set of characters, and so it may come out wider than it was set.
        module = min(module, profile.dots // (_CODE128_FRAME + 11 * len(line.payload)))
    if module < _NARROWEST:
        return b""
    module = min(_WIDEST, module)
    if line.symbology == "pdf417":
        return _CENTER + _native_pdf417(line.payload, module) + _LEFT
    height = max(1, min(255, round(line.height_mm * profile.dots_per_mm)))
    return _CENTER + _native_code128(line.payload, module, height) + _LEFT


def _native_code128(payload: str, module: int, height: int) -> bytes:
    """GS h, w, H and k: bars `height` dots high, no text of its own. The payload is plain ASCII."""
    data = b"{B" + payload.encode("ascii").replace(b"{", b"{{")
    shape = b"\x1dh" + bytes([height]) + b"\x1dw" + bytes([module]) + b"\x1dH\x00"
    return shape + b"\x1dk\x49" + bytes([len(data)]) + data


def _native_pdf417(payload: str, module: int) -> bytes:
    """GS ( k 48: as many rows and columns as it likes, rows of three modules, moderate error correction."""

    def function(number: int, given: bytes) -> bytes:
        body = bytes([0x30, number]) + given
        return b"\x1d(k" + len(body).to_bytes(2, "little") + body

    return b"".join(
        (
            function(0x43, bytes([module])),
            function(0x44, b"\x03"),
            function(0x45, b"\x30\x32"),
            function(0x50, b"0" + payload.encode("utf-8")),
            function(0x51, b"0"),
        )
    )
