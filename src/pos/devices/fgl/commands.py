"""FGL's commands: what may stand between < and >, and within which limits.

Only these are ever built. Lower-case configuration commands (<lve5>, <taj-1>, <usbh>, <s91>, …) and those
that keep files write the printer's flash memory, which wears out and outlives the job: they are recognised
in a log, and never built.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_ANY: Final = (0, 99_999)
_FROM_ONE: Final = (1, 99_999)
_HEIGHT: Final = (1, 99)  # of bar codes, in units of the printer
_RESIDENT_FONTS: Final = range(1, 17)
_CODE_FONTS: Final = range(50, 100)  # what sizes QR, Data Matrix and Aztec codes

Limits = Sequence[tuple[int, int]]

# Command -> what it does, and the limits of its numbers.
COMMANDS: Final[dict[str, tuple[str, Limits]]] = {
    "RC": ("go to row and column", (_ANY, _ANY)),
    "NR": ("print unrotated", ()),
    "RR": ("print rotated right", ()),
    "RU": ("print upside down", ()),
    "RL": ("print rotated left", ()),
    "F": ("font", ((1, 99),)),
    "HW": ("height and width of characters", ((1, 16), (1, 16))),
    "SD": ("divide the size of characters", ((1, 16),)),
    "BS": ("width and height of the character box", (_FROM_ONE, _FROM_ONE)),
    "EI": ("white on black", ()),
    "DI": ("black on white", ()),
    "CTR": ("centre in a width", (_FROM_ONE,)),
    "RTJ": ("right-align in a width", (_FROM_ONE,)),
    "LT": ("thickness of lines", ((1, 99),)),
    "BX": ("box of height and width", (_FROM_ONE, _FROM_ONE)),
    "VX": ("vertical line", (_FROM_ONE,)),
    "HX": ("horizontal line", (_FROM_ONE,)),
    "BI": ("text under the next bar code", ()),
    "X": ("width of bars", ((1, 9),)),
    "QR": ("QR code", ()),
    "QRV": ("QR code of a version", ((1, 40),)),
    "DTM": ("Data Matrix code", ()),
    "AZ": ("Aztec code", ()),
    **{f"{letter}{way}": (f"{name} bar code", (_HEIGHT,)) for letter, name in (
        ("o", "Code 128"), ("n", "Code 39"), ("f", "Interleaved 2 of 5"), ("e", "EAN-13"),
    ) for way in "LP"},
    "G": ("columns of eight dots", ((1, 4096),)),
    "g": ("columns of eight dots in hexadecimal digits", ((2, 8192),)),
    "CB": ("clear the ticket in the making", ()),
    "P": ("ticket path", ((1, 2),)),
    "PL": ("print length", (_FROM_ONE,)),
    "RE": ("print so many more", ((0, 9999),)),
    "TC": ("load the ticket counter", ((0, 9_999_999),)),
    "p": ("print and cut", ()),
    "q": ("print", ()),
    "z": ("print and eject", ()),
    "h": ("print, cut and keep the image", ()),
    "r": ("print and keep the image", ()),
    "US": ("unload the tickets", ()),
    "DM": ("diagnostic mode until switched off", ()),
    "DA": ("open cash drawer A", ()),
    "S": ("question", ((1, 99),)),
    "ID": ("number of the next file", ((1, 999),)),
    "TF": ("files are temporary from here", ()),
    "DF": ("delete files", ((1, 11),)),
}  # fmt: skip
_UNLIKE: Final = frozenset({"PF", "DF9"})  # upper case, and yet they write or reclaim flash
_CONFIGURATION: Final = re.compile(r"[a-z]{2,}[+-]?\w*|s9[01]")
_PARTS: Final = re.compile(r"([A-Za-z]+?)(\d+(?:,\d+)*)?")
_PRINTABLE: Final = range(0x20, 0x7F)


class BadCommand(ValueError):
    """It is no command that may be sent; the message says why."""


@dataclass(frozen=True, slots=True)
class Command:
    """One command as read from a log."""

    name: str
    values: tuple[int, ...]
    meaning: str
    writes_flash: bool = False


def command(name: str, *values: int) -> str:
    """<name values>, checked. Raises BadCommand."""
    known = COMMANDS.get(name)
    if known is None or f"{name}{','.join(map(str, values))}" in _UNLIKE:
        raise BadCommand(f"<{name}> is no command that is sent to a printer")
    _, limits = known
    if len(values) != len(limits):
        raise BadCommand(f"<{name}> takes {len(limits)} numbers, not {len(values)}")
    for value, (least, most) in zip(values, limits, strict=True):
        if not least <= value <= most:
            raise BadCommand(f"<{name}>: {value} is not between {least} and {most}")
    if name == "F" and not (values[0] in _RESIDENT_FONTS or values[0] in _CODE_FONTS):
        raise BadCommand(f"<F>: there is no font {values[0]}")
    if name == "TC":
        return f"<TC{values[0]:07}>"
    return f"<{name}{','.join(map(str, values))}>"


def text(words: str) -> str:
    """Words to print in a font of the printer, without < and >, which begin and end commands.

    Raises BadCommand for a character that no such font has.
    """
    for character in words:
        if ord(character) not in _PRINTABLE:
            raise BadCommand(f"{character!r} is in no font of the printer")
    return words.replace("<", "").replace(">", "")


def enclosed(data: str, fence: str) -> str:
    """The data of a code between its delimiters ("^", "{}", …), which are not doubled when they are there.

    A missing or a further one would make the printer swallow what follows. Raises BadCommand.
    """
    first, last = fence[0], fence[-1]
    if len(data) >= 2 and data[0] == first and data[-1] == last:
        data = data[1:-1]
    if first in data or last in data:
        raise BadCommand(f"{data!r} cannot stand between {first} and {last}")
    return f"{first}{text(data)}{last}"


def read_command(inside: str) -> Command | None:
    """What stands between < and >; None when it is not known."""
    parts = _PARTS.fullmatch(inside)
    if parts is not None and inside not in _UNLIKE:
        name = parts[1]
        values = tuple(int(value) for value in parts[2].split(",")) if parts[2] else ()
        known = COMMANDS.get(name)
        if known is not None and len(known[1]) == len(values) and inside not in ("s90", "s91"):
            return Command(name, values, known[0])
    if inside in _UNLIKE or _CONFIGURATION.fullmatch(inside):
        return Command(inside, (), "writes the printer's settings or files", writes_flash=True)
    return None
