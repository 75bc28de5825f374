"""What is plugged into this machine, and who answers at an address that a person typed.

No network is searched: a till has no business at addresses that nobody gave it.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from pos.devices import usb
from pos.devices.transport import TransportError, read_address
from pos.domain.errors import Unreadable

PORT: Final = 9100  # where network printers listen
_DEVICE_FILES: Final = Path("/dev/usb")


def find(
    addresses: Sequence[str] = (), device_files: Path = _DEVICE_FILES, sys_class: Path = usb.SYS_CLASS
) -> list[dict[str, str]]:
    """[{`address`, `text`}] for serial ports, USB printers and other printers' device files, and each of
    `addresses` (HOST or HOST:PORT).

    Takes up to 1.5 s. An address that does not answer is told of, too.
    """
    with ThreadPoolExecutor(max(1, len(addresses))) as each:
        return _serial_ports() + _printers(device_files, sys_class) + list(each.map(_answers, addresses))


def _printers(device_files: Path, sys_class: Path) -> list[dict[str, str]]:
    """By vendor and product where that is known: the number of a device file changes with the next plug."""
    named = {path.name: url for path, url in usb.addresses(usb.plugged_in(sys_class)).items()}
    found = []
    for path in sorted(device_files.glob("lp*")):
        url = named.get(path.name, f"file://{path}")
        found.append({"address": url, "text": f"a printer, at {path} now"})
    return found


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
