"""`housefull devices`: what helps a technician with a device's protocol log."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any, BinaryIO, Final

Describe = Callable[[str], dict[str, Any]]


class UnknownProtocol(Exception):
    """There is no such protocol here; the message lists those there are."""


def decode_lines(protocol: str, lines: Iterable[bytes], out: BinaryIO) -> None:
    """Read one hexadecimal message a line, write what it says as one JSON object a line.

    A line that is no whole message gives {"error": why}, and the next is read. Raises UnknownProtocol.
    """
    load = _PROTOCOLS.get(protocol)
    if load is None:
        raise UnknownProtocol(f"{protocol!r} is not a protocol that is read here; these are: {', '.join(_PROTOCOLS)}")
    describe = load()
    for line in lines:
        found = describe(line.decode("ascii", errors="replace"))
        out.write(json.dumps(found, ensure_ascii=False).encode() + b"\n")
        out.flush()


def _escpos_status() -> Describe:
    from pos.devices.escpos.describe import describe

    return describe


def _fgl() -> Describe:
    from pos.devices.fgl.describe import describe

    return describe


def _zpl_status() -> Describe:
    from pos.devices.zpl.describe import describe

    return describe


def _zvt() -> Describe:
    from pos.devices.zvt.describe import describe

    return describe


_PROTOCOLS: Final[dict[str, Callable[[], Describe]]] = {
    "escpos_status": _escpos_status,
    "fgl": _fgl,
    "zpl_status": _zpl_status,
    "zvt": _zvt,
}
