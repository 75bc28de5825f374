"""USB printers on Linux: which /dev/usb/lpN has a vendor, product and serial number.

The numbers of lpN change with the order of plugging in; vendor, product and serial number do not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

SYS_CLASS: Final = Path("/sys/class/usbmisc")
_DEVICES: Final = Path("/dev/usb")
_DEEP: Final = 3  # from the printer's interface up to the device that it belongs to


@dataclass(frozen=True, slots=True)
class Plugged:
    """A USB printer as the kernel names it; vendor and product in four hexadecimal digits."""

    path: Path
    vendor: str
    product: str
    serial: str

    @property
    def url(self) -> str:
        """How it is named in till.toml."""
        return _url(self.vendor, self.product, quote(self.serial, safe=""))


def plugged_in(sys_class: Path = SYS_CLASS) -> list[Plugged]:
    """The USB printers of this machine, in the order of their numbers."""
    found = [_read(entry) for entry in sorted(sys_class.glob("lp*"))]
    return [printer for printer in found if printer is not None]


def find(vendor: str, product: str, serial: str, sys_class: Path = SYS_CLASS) -> Path:
    """The device file of the one printer that these name. Raises LookupError, saying what there is."""
    there = plugged_in(sys_class)
    wanted = [one for one in there if (one.vendor, one.product) == (vendor, product) and serial in ("", one.serial)]
    if len(wanted) == 1:
        return wanted[0].path
    name = _url(vendor, product, quote(serial, safe=""))
    listed = ", ".join(addresses(wanted or there).values()) or "none"
    if wanted:
        raise LookupError(f"{len(wanted)} USB printers are {name}; name one of: {listed}")
    raise LookupError(f"there is no USB printer {name}; plugged in: {listed}")


def addresses(printers: Sequence[Plugged]) -> dict[Path, str]:
    """Device file -> how to name it: by what it is, and by its file where two are the same."""
    urls = [one.url for one in printers]
    return {one.path: one.url if urls.count(one.url) == 1 else f"file://{one.path}" for one in printers}


def _url(vendor: str, product: str, serial: str) -> str:
    return f"usb://{vendor}:{product}" + (f":{serial}" if serial else "")


def _read(entry: Path) -> Plugged | None:
    device = (entry / "device").resolve()
    for folder in (device, *device.parents[:_DEEP]):
        try:
            vendor = (folder / "idVendor").read_text(encoding="ascii").strip()
            product = (folder / "idProduct").read_text(encoding="ascii").strip()
        except OSError:
            continue  # an interface, or unplugged this moment
        try:
            serial = (folder / "serial").read_text(encoding="utf-8", errors="replace").strip()
        except OSError:
            serial = ""  # many have none
        return Plugged(_DEVICES / entry.name, vendor.lower(), product.lower(), serial)
    return None
