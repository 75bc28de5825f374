"""One message of an ESC/POS printer as JSON, for a technician with a protocol log.

An answer of one byte does not say what it answers, so the question may stand before
it: "100401 1A" is the answer 1A to DLE EOT 1. Without it only the kind is told.
"""

from __future__ import annotations

from typing import Any, Final

from pos.devices.escpos.status import Kind, ReplyReader, decode, decode_asb

_QUESTIONS: Final = {
    bytes.fromhex(code): name
    for code, name in (
        ("100401", "DLE EOT 1"), ("100402", "DLE EOT 2"), ("100403", "DLE EOT 3"), ("100404", "DLE EOT 4"),
        ("1D7201", "GS r 1"), ("1D7231", "GS r 1"), ("1D7202", "GS r 2"), ("1D7232", "GS r 2"),
    )
}  # fmt: skip
_KINDS: Final[dict[Kind, str]] = {"realtime": "DLE EOT", "in_order": "GS r", "xon": "XON", "xoff": "XOFF"}


def describe(line: str) -> dict[str, Any]:
    """What one line of hexadecimal digits says; {"error": why} when it is no whole message."""
    try:
        data = bytes.fromhex(line)
    except ValueError:
        return {"error": f"{line.strip()!r} is not hexadecimal"}
    question = _QUESTIONS.get(data[:3])
    if question is not None and len(data) > 3:
        facts = decode(question, data[3]) if len(data) == 4 else None
        if facts is None:
            return {"error": f"{data[3:].hex().upper()} cannot be an answer to {question}"}
        return {"type": question, **facts}
    reader = ReplyReader()
    replies = reader.feed(data)
    if reader.pending or len(replies) != 1:
        return {"error": "not one whole message" if data else "empty"}
    (reply,) = replies
    if reply.kind == "asb":
        facts = decode_asb(reply.data)
        return {"type": "ASB", **facts} if facts is not None else {"error": "not an automatic status"}
    if reply.kind == "stray":
        return {"error": f"{reply.data.hex().upper()} is nothing that a printer answers"}
    return {"type": _KINDS[reply.kind]}
