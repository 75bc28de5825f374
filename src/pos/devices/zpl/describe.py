"""One answer of a ZPL printer to ~HS or ~HQES as JSON, for a technician with a protocol log."""

from __future__ import annotations

from typing import Any

from pos.devices.zpl.status import NO_ANSWER, Malformed, StringReader, decode, decode_faults


def describe(line: str) -> dict[str, Any]:
    """What one line of hexadecimal digits says; {"error": why} when it is no whole answer.

    No answer at all is not a state: the conditions in which a printer keeps silent are named.
    """
    try:
        data = bytes.fromhex(line)
    except ValueError:
        return {"error": f"{line.strip()!r} is not hexadecimal"}
    if not data:
        return {"error": "no answer: its state is unknown", "possible_causes": [*NO_ANSWER, "connection lost"]}
    reader = StringReader()
    strings = reader.feed(data)
    if reader.pending:
        return {"error": "is incomplete: a string has no end"}
    if len(strings) == 1 and (faults := decode_faults(strings[0])) is not None:
        return {"type": "~HQES", "errors": list(faults.errors), "paper_near_end": faults.paper_near_end}
    try:
        return {"type": "~HS", **decode(strings).fields}
    except Malformed as error:
        return {"error": str(error)}
