"""Tickets in FGL: as pictures, since the printer's own fonts are Latin only.

A picture goes in bands of eight rows: <RCrow,column><Gn> and n bytes, each a column of eight dots, the
highest bit on top. Where nothing is black nothing is sent. On lines with XON/XOFF, which two of those
bytes would be taken for, the columns go in hexadecimal digits: <gn> and n digits.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

import numpy as np

from pos.devices.dots import Dots
from pos.devices.fgl.commands import command
from pos.devices.profile import Profile

ASK: Final = (command("S", 1) + command("S", 2)).encode()
KICK: Final = command("DA").encode()
_COLUMNS: Final = 100  # at once; a broken ticket leaves at most this much open
_COMMAND_BYTES: Final = 18  # what going somewhere and beginning a picture costs
_BAND: Final = 8
# Fills up whatever an earlier job left unfinished, a picture of either kind, text or a command, and clears it.
HELLO: Final = b"0" * (2 * _COLUMNS) + b">" + command("CB").encode()


def ticket(dots: Dots, profile: Profile, *, hexadecimal: bool) -> bytes:
    """One ticket as a picture, printed, and cut where the printer has a cutter."""
    path = command("P", profile.path) if profile.path != 1 else ""
    end = command("q" if profile.cut == "none" else "p")
    return b"".join([path.encode(), *_bands(dots, hexadecimal), end.encode()])


def _bands(dots: Dots, hexadecimal: bool) -> Iterator[bytes]:
    rows = np.frombuffer(dots.data, np.uint8).reshape(dots.height, math.ceil(dots.width / 8))
    black = np.unpackbits(rows, axis=1, count=dots.width)
    filled = np.zeros((math.ceil(dots.height / _BAND) * _BAND, dots.width), np.uint8)
    filled[: dots.height] = black
    bands = np.packbits(filled.reshape(-1, _BAND, dots.width), axis=1)[:, 0]
    for number, band in enumerate(bands):
        for start, end in _runs(band):
            piece = band[start:end].tobytes()
            go = command("RC", number * _BAND, start)
            if hexadecimal:
                yield (go + command("g", 2 * len(piece)) + piece.hex().upper()).encode()
            else:
                yield (go + command("G", len(piece))).encode() + piece


def _runs(band: np.ndarray[tuple[int], np.dtype[np.uint8]]) -> Iterator[tuple[int, int]]:
    """Where something is black, from and to; gaps that cost less than a new command are sent along."""
    (inked,) = np.nonzero(band)
    if not len(inked):
        return
    breaks = np.nonzero(np.diff(inked) > _COMMAND_BYTES)[0]
    starts = [int(inked[0]), *(int(inked[ix + 1]) for ix in breaks)]
    ends = [*(int(inked[ix]) + 1 for ix in breaks), int(inked[-1]) + 1]
    for start, end in zip(starts, ends, strict=True):
        for at in range(start, end, _COLUMNS):
            yield at, min(at + _COLUMNS, end)
