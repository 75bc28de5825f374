"""What is plugged into this machine, and who answers at an address that a person typed.

No network is searched: a till has no business at addresses that nobody gave it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from pos.devices.transport import TransportError, read_address
from pos.devices.usb import Plugged, addresses, plugged_in
from pos.domain.errors import Unreadable

PORT: Final = 9100  # where network printers listen
_DEVICE_FILES: Final = Path("/dev/usb")


def find(
    typed: Sequence[str] = (),
    device_files: Path = _DEVICE_FILES,
    plugged_in: Callable[[], Sequence[Plugged]] = plugged_in,
) -> list[dict[str, str]]:
    """[{`address`, `text`}] for serial ports, USB printers, and each of `typed` (HOST or HOST:PORT).

    Takes up to 1.5 s. An address that does not answer is told of, too.
    """
    found = _usb_printers(sorted(device_files.glob("lp*")), plugged_in())
    with ThreadPoolExecutor(max(1, len(typed))) as each:
        return _serial_ports() + found + list(each.map(_answers, typed))


def _usb_printers(files: Sequence[Path], plugged: Sequence[Plugged]) -> list[dict[str, str]]:
    """By what they are, which stays when they are plugged in otherwise."""
    known = addresses(plugged)
    return [{"address": known.get(file, f"file://{file}"), "text": f"a printer, now {file}"} for file in files]


def _serial_ports() -> list[dict[str, str]]:
    from serial.tools.list_ports import comports

    ports = sorted(comports(), key=lambda port: port.device)
    return [{"address": f"serial://{_path(port.device)}", "text": _described(port.description)} for port in ports]


def _described(text: str | None) -> str:
    return text if text and text != "n/a" else "a serial port"


def _path(device: str) -> str:
    return device if device.startswith("/") else f"/{device}"


def _answers(typed: str) -> dict[str, str]:
    url = f"tcp://{typed}" if ":" in typed.rpartition("]")[2] else f"tcp://{typed}:{PORT}"
    try:
        read_address(url, typed, "address").open().close()
    except (TransportError, Unreadable) as error:
        return {"address": url, "text": str(error)}
    return {"address": url, "text": "something answers there"}
