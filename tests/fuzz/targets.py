"""What is fuzzed: each target takes any bytes, raises nothing, and keeps no more than it may.

Imported with atheris' instrumentation in place, so this is the only module here that imports the program.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from pos.devices.escpos.describe import describe as describe_escpos
from pos.devices.escpos.status import ReplyReader
from pos.devices.fgl.describe import describe as describe_fgl
from pos.devices.fgl.dialogue import Dialogue as FglDialogue
from pos.devices.readers.lines import MOST, LineReader
from pos.devices.readers.magstripe import Unread, is_swipe, read_swipe
from pos.devices.zpl.describe import describe as describe_zpl
from pos.devices.zpl.dialogue import Dialogue as ZplDialogue
from pos.devices.zvt.apdu import ApduReader, Malformed
from pos.devices.zvt.describe import describe as describe_zvt
from pos.devices.zvt.framing import FrameReader
from pos.devices.zvt.messages import decode
from pos.devices.zvt.trace import MessageTrace
from pos.domain.errors import Unreadable
from pos.domain.mask import scrub
from pos.paper.layout import read_layout
from tests.fuzz.names import NAMES

_PIECE: Final = 7  # bytes at a time, as a slow line brings them


def _in_pieces(data: bytes, feed: Callable[[bytes], object]) -> None:
    for at in range(0, len(data), _PIECE):
        feed(data[at : at + _PIECE])


def _described(describe: Callable[[str], dict[str, Any]]) -> Callable[[bytes], None]:
    """A line of a protocol log, both as it is and in hexadecimal digits."""

    def target(data: bytes) -> None:
        for line in (data.hex(), data.decode("latin-1")):
            found = describe(line)
            assert found.keys() & {"error", "type"}, found
            assert len(json.dumps(found)) < 300 + 60 * len(line), "a flood"

    return target


def escpos_replies(data: bytes) -> None:
    reader = ReplyReader()
    _in_pieces(data, reader.feed)
    assert len(reader.pending) < 8


def fgl_status(data: bytes) -> None:
    dialogue = FglDialogue()
    _in_pieces(data, dialogue.receive)
    assert dialogue.condition()[1]


def zpl_status(data: bytes) -> None:
    dialogue = ZplDialogue()
    _in_pieces(data, dialogue.receive)
    assert dialogue.condition()[1]


def zvt_tcp(data: bytes) -> None:
    """Every message of a stream is read, or is malformed and says so."""
    for apdu in ApduReader().feed(data):
        with suppress(Malformed):
            decode(apdu)
    _in_pieces(data, MessageTrace(serial=False).feed)


def zvt_serial(data: bytes) -> None:
    frames = FrameReader()
    _in_pieces(data, frames.feed)
    _in_pieces(data, MessageTrace(serial=True).feed)


def scanner(data: bytes) -> None:
    reader = LineReader("~", "#")
    for text in reader.feed(data) + reader.give_up():
        assert text
        assert len(text) <= MOST
        if is_swipe(text):
            with suppress(Unread):
                read_swipe(text)
        assert len(scrub(text)) == len(text)


def layout(data: bytes) -> None:
    with suppress(Unreadable):
        read_layout(data.decode("utf-8", errors="replace"), "any.toml")


TARGETS: Final[dict[str, Callable[[bytes], None]]] = dict(
    zip(
        NAMES,
        (
            _described(describe_escpos), _described(describe_fgl), _described(describe_zpl), _described(describe_zvt),
            escpos_replies, fgl_status, zpl_status, zvt_tcp, zvt_serial, scanner, layout,
        ),
        strict=True,
    )
)  # fmt: skip
