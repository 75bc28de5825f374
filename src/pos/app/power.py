"""Whether this machine has mains, or runs on its battery or its UPS.

Linux says it in /sys/class/power_supply, Windows by GetSystemPowerStatus, which counts a UPS on USB as a battery. Where
neither knows, as on a desktop without a UPS, nothing is told.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

EVERY_S: Final = 5.0
SUPPLIES: Final = Path("/sys/class/power_supply")


def of_supplies(root: Path = SUPPLIES) -> bool | None:
    """What the kernel says of the supplies of this machine. A mouse's battery is none."""
    mains: list[bool] = []
    batteries: list[str] = []
    for supply in sorted(root.glob("*")):
        if _said(supply, "scope") == "Device":
            continue
        if _said(supply, "type") == "Battery":
            batteries.append(_said(supply, "status"))
        elif (online := _said(supply, "online")) != "":
            mains.append(online != "0")
    if any(mains):
        return True
    return False if batteries and (mains or "Discharging" in batteries) else None


def _said(supply: Path, name: str) -> str:
    try:
        return (supply / name).read_text("ascii", "replace").strip()
    except OSError:
        return ""  # not every driver has every file, and some fail while a plug is pulled


def of_windows() -> bool | None:
    """What Windows says of the line: SYSTEM_POWER_STATUS, whose first byte is 0 offline, 1 online, 255 unknown."""
    import ctypes

    status = (ctypes.c_ubyte * 12)()
    if not ctypes.windll.kernel32.GetSystemPowerStatus(status):  # type: ignore[attr-defined]
        return None
    return {0: False, 1: True}.get(status[0])


class PowerWatch:
    """Fulfils the till's port. Looks now and again on a thread of its own, and tells when it has changed."""

    def __init__(self, tell: Callable[[bool], None], look: Callable[[], bool | None] | None = None) -> None:
        self._look = look or (of_windows if sys.platform == "win32" else of_supplies)
        self._tell = tell
        self._mains = self._look()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="power", daemon=True)

    def mains(self) -> bool | None:
        return self._mains

    def start(self, every_s: float = EVERY_S) -> None:
        """Only where anything can be told: what knows nothing now has nothing to say later."""
        if self._mains is not None:
            self._every_s = every_s
            self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(1.0)

    def _run(self) -> None:
        while not self._stopping.wait(self._every_s):
            found = self._look()
            if found is not None and found is not self._mains:
                self._mains = found
                self._tell(found)
