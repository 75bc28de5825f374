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
_MOST_COMMANDS: Final = 500
_LONGEST: Final = 20  # characters of what is no command, shown
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
    at = 0
    while at < len(data):
        if len(found) == _MOST_COMMANDS:
            return {"error": f"more than {_MOST_COMMANDS} commands in one line"}
        if data[at : at + 1] != b"<":
            end = data.find(b"<", at)
            end = len(data) if end < 0 else end
            found.append({"text": data[at:end].decode("ascii", errors="replace")})
            at = end
            continue
        end = data.find(b">", at)
        inside = data[at + 1 : end if end >= 0 else at + _LONGEST].decode("ascii", errors="replace")
        command = read_command(inside) if end >= 0 else None
        if command is None:
            return {"error": f"<{inside[:_LONGEST]}> is no command that is known here"}
        found.append(asdict(command))
        at = end + 1
        if command.name in ("G", "g"):
            at += command.values[0]
            if at > len(data):
                return {"error": f"<{inside}> is followed by too few bytes"}
    return {"type": "commands", "commands": found}
