"""Whether there is mains, as the kernel says it of the supplies of a machine."""

from __future__ import annotations

from pathlib import Path
from threading import Event

import pytest

from pos.app.power import PowerWatch, of_supplies

AC = {"type": "Mains", "online": "1"}
AC_OUT = {"type": "Mains", "online": "0"}
USB_OUT = {"type": "USB", "online": "0"}
BATTERY = {"type": "Battery", "status": "Discharging"}
MOUSE = {"type": "Battery", "status": "Discharging", "scope": "Device"}


@pytest.mark.parametrize(
    ("supplies", "mains"),
    [
        ([], None),
        ([AC, BATTERY], True),
        ([AC_OUT, BATTERY], False),
        ([AC_OUT, USB_OUT, BATTERY | {"status": "Unknown"}], False),
        ([USB_OUT, AC], True),
        ([USB_OUT], None),  # a desktop's port that nothing is plugged into
        ([BATTERY], False),
        ([BATTERY | {"status": "Full"}], None),
        ([MOUSE], None),
        ([AC, MOUSE], True),
    ],
)
def test_what_the_supplies_say(tmp_path: Path, supplies: list[dict[str, str]], mains: bool | None) -> None:
    for at, files in enumerate(supplies):
        (tmp_path / f"S{at}").mkdir()
        for name, text in files.items():
            (tmp_path / f"S{at}" / name).write_text(text + "\n")
    assert of_supplies(tmp_path) is mains


def test_no_folder_of_supplies_tells_nothing(tmp_path: Path) -> None:
    assert of_supplies(tmp_path / "nowhere") is None


def test_a_change_is_told_once() -> None:
    looks, told, seen = iter([True, True, None, False, False, True]), [], Event()

    def tell(mains: bool) -> None:
        told.append(mains)
        if len(told) == 2:
            seen.set()

    watch = PowerWatch(tell, lambda: next(looks, True))
    watch.start(every_s=0.001)
    assert seen.wait(5)
    watch.stop()
    assert told == [False, True]


def test_what_knows_nothing_is_not_looked_at_again() -> None:
    watch = PowerWatch(lambda _: None, lambda: None)
    watch.start()
    assert watch.mains() is None
    watch.stop()
