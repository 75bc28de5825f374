"""One ZVT message as JSON, for a technician with a protocol log. Card numbers and passwords are left out."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from pos.devices.zvt.apdu import Malformed, read_apdu
from pos.devices.zvt.framing import FrameReader
from pos.devices.zvt.messages import (
    COMMANDS,
    Abort,
    Command,
    Completion,
    IntermediateStatus,
    PrintLine,
    PrintTextBlock,
    Reply,
    StatusInformation,
    decode,
)

_TYPES: Final[dict[type, str]] = {
    StatusInformation: "status_information",
    IntermediateStatus: "intermediate_status",
    PrintLine: "print_line",
    PrintTextBlock: "print_text_block",
    Completion: "completion",
    Abort: "abort",
    Reply: "reply",
}


def describe(line: str) -> dict[str, Any]:
    """What one line of hexadecimal digits says: an APDU, or a serial block around one.

    {"error": why} when it is no whole message.
    """
    try:
        data = bytes.fromhex(line)
    except ValueError:
        return {"error": "is not hexadecimal"}  # and not repeated here: it may be a card's number
    try:
        apdu = read_apdu(_unframed(data))
        message = decode(apdu)
    except Malformed as error:
        return {"error": str(error)}
    if message is None:
        return {"error": f"{apdu.control:04X} is no message that is known here"}
    if isinstance(message, StatusInformation) and message.unread:
        return {"error": message.unread}
    name = COMMANDS[apdu.control][0] if isinstance(message, Command) else _TYPES[type(message)]
    fields = asdict(message)
    fields.pop("unread", None)
    return {"type": name, **fields}


def _unframed(data: bytes) -> bytes:
    if data[:2] != b"\x10\x02":
        return data
    reader = FrameReader()
    pieces = reader.feed(data)
    if reader.inside or len(pieces) != 1 or pieces[0].kind != "block":
        raise Malformed("is not one whole serial block with the right checksum")
    return pieces[0].data
