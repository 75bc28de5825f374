"""One FGL message as JSON, for a technician with a protocol log.

A status byte ("06"), a question with its answer ("3C53373E 3030303139303030", which is <S7> and its text),
or what was sent to the printer ("3C52433130302C3235303E").
"""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Any, Final

from pos.devices.fgl.commands import read_command
from pos.devices.fgl.status import MEANINGS

_ASKED: Final = re.compile(rb"<(S\d+)>(.+)", re.DOTALL)
_COUNT: Final = re.compile(r"(\d{7}) PROM = (\S+)")
_MEMORY: Final = re.compile(r"[0-9A-Fa-f]{8}")


def describe(line: str) -> dict[str, Any]:
    """What one line of hexadecimal digits says; {"error": why} when it is no whole message."""
    try:
        data = bytes.fromhex(line.strip().removeprefix("0x"))
    except ValueError:
        return {"error": f"{line.strip()!r} is not hexadecimal"}
    if not data:
        return {"error": "empty"}
    asked = _ASKED.fullmatch(data)
    if asked is not None:
        return {"question": f"<{asked[1].decode()}>", **_answer(asked[2], asked[1] == b"S7")}
    return _commands(data) if data[:1] == b"<" else _answer(data, False)


def _answer(data: bytes, memory: bool) -> dict[str, Any]:
    if len(data) == 1 and not memory:
        return _status(data[0])
    text = data.rstrip(b"\r\n\0")
    if not text or not all(0x20 <= byte < 0x7F for byte in text):
        return {"error": f"{data.hex().upper()} is neither a status byte nor text"}
    said = text.decode("ascii")
    count = _COUNT.fullmatch(said)
    if count is not None:
        return {"type": "firmware", "text": said, "tickets": int(count[1]), "firmware": count[2]}
    if memory:
        if _MEMORY.fullmatch(said) is None:
            return {"error": f"{said!r} is no amount of memory"}
        return {"type": "memory", "text": said, "free_bytes": int(said, 16)}
    return {"type": "text", "text": said}


def _status(byte: int) -> dict[str, Any]:
    meaning = MEANINGS.get(byte)
    if meaning is None:
        return {"error": f"{byte:02X} is no status byte"}
    facts = {
        "type": "status",
        "byte": f"0x{byte:02X}",
        "description": meaning.description,
        "ready": meaning.ready,
        "out_of_tickets": meaning.out_of_tickets,
        "ticket_jam": meaning.ticket_jam,
        "cutter_jam": meaning.cutter_jam,
        "ticket_acknowledged": meaning.ticket_acknowledged,
    }
    return facts | ({"also": meaning.also} if meaning.also else {})


def _commands(data: bytes) -> dict[str, Any]:
    """Commands and the text between them; the bytes of pictures are counted, not shown."""
    found: list[dict[str, Any]] = []
    while data:
        if data[:1] != b"<":
            words, less, rest = data.partition(b"<")
            found.append({"text": words.decode("ascii", errors="replace")})
            data = less + rest
            continue
        inside, end, data = data[1:].partition(b">")
        command = read_command(inside.decode("ascii", errors="replace"))
        if not end or command is None:
            return {"error": f"<{inside[:20].decode('ascii', errors='replace')}> is no command that is known here"}
        found.append(asdict(command))
        if command.name in ("G", "g"):
            if len(data) < command.values[0]:
                return {"error": f"<{inside.decode()}> is followed by {len(data)} bytes only"}
            data = data[command.values[0] :]
    return {"type": "commands", "commands": found}
