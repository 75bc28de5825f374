"""A screen without a monitor, and hands and eyes at it: Xvfb, xdotool, and ImageMagick's `import`.

There is no window manager: what has the keyboard is what asked for it last.
"""

from __future__ import annotations

import ctypes
import os
import select
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final

import numpy as np
from PIL import Image, ImageColor

from tests import guards

SCREEN: Final = (1920, 1080)
_START_S: Final = 20.0
_HAND_S: Final = 10.0
END_S: Final = 15.0
_LOOK_S: Final = 0.15  # between two looks; a picture of the screen takes about as long
_KEY_PAUSE_MS: Final = 40

Box = tuple[int, int, int, int]  # left, top, right, bottom, as in Pillow


@dataclass(frozen=True)
class Place:
    """Where a window is, px on the screen."""

    x: int
    y: int
    width: int
    height: int

    @property
    def box(self) -> Box:
        return self.x, self.y, self.x + self.width, self.y + self.height


class Display:
    """An X server of its own, on a number that is free; ended by `close`."""

    def __init__(self, size: tuple[int, int] = SCREEN) -> None:
        reading, writing = os.pipe()
        width, height = size
        command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp"]
        try:
            self._server = subprocess.Popen(
                [*command, "-noreset"], pass_fds=(writing,), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            os.close(writing)
            number = ""
            # It may be written in pieces; the line's end says that it is whole.
            while not number.endswith("\n") and select.select([reading], [], [], _START_S)[0]:
                number += (piece := os.read(reading, 16).decode())
                if not piece:
                    break
        finally:
            os.close(reading)
        if not number.endswith("\n"):
            self.close()
            raise RuntimeError(f"Xvfb did not start within {_START_S} s")
        self.name = f":{number.strip()}"

    def __enter__(self) -> Display:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._server.terminate()
        self._server.wait(_HAND_S)

    def environment(self, **more: str) -> dict[str, str]:
        """What a program that shall open its windows here is started with."""
        kept = {name: value for name, value in os.environ.items() if name not in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY")}
        return {**kept, "DISPLAY": self.name, **more}

    # ---- hands ---------------------------------------------------------------------------

    def press(self, *keys: str) -> None:
        """Keys by their X names ("Return", "ctrl+n"), to whatever has the keyboard."""
        self._xdotool("key", "--delay", str(_KEY_PAUSE_MS), *keys)

    def type(self, text: str) -> None:
        self._xdotool("type", "--delay", str(_KEY_PAUSE_MS), text)

    def click(self, x: int, y: int) -> None:
        self._xdotool("mousemove", str(x), str(y), "click", "1")

    def close_window(self, title: str) -> None:
        """Ask a window to close, as the cross of its title bar does; xdotool cannot."""
        (window,) = self._search(title)
        _ask_to_close(self.name, window)

    # ---- eyes ----------------------------------------------------------------------------

    def find(self, title: str) -> Place | None:
        """The visible window of exactly this title."""
        for window in self._search(title):
            said = self._xdotool("getwindowgeometry", "--shell", str(window))
            values = dict(line.split("=") for line in said.split())
            return Place(int(values["X"]), int(values["Y"]), int(values["WIDTH"]), int(values["HEIGHT"]))
        return None

    def picture(self, path: Path) -> Image.Image:
        """The whole screen as it is now, kept in a file for whoever reads a failure."""
        command = ["import", "-display", self.name, "-window", "root", "-define", "png:compression-level=1", str(path)]
        subprocess.run(command, check=True, timeout=_HAND_S, capture_output=True)
        return Image.open(path).convert("RGB")

    def _search(self, title: str) -> list[int]:
        command = ["xdotool", "search", "--onlyvisible", "--name", f"^{title}$"]
        done = subprocess.run(
            command, env=self.environment(), capture_output=True, text=True, timeout=_HAND_S, check=False
        )
        return [int(line) for line in done.stdout.split()]  # none is its exit code 1

    def _xdotool(self, *words: str) -> str:
        done = subprocess.run(
            ["xdotool", *words], env=self.environment(), capture_output=True, text=True, timeout=_HAND_S, check=False
        )
        assert done.returncode == 0, f"xdotool {words}: {done.stderr}"
        return done.stdout


def wait_until(seen: Callable[[], bool], seconds: float, what: str) -> float:
    """Look until it is so; how long that took, in seconds. AssertionError when it takes longer."""
    began = time.monotonic()
    while not seen():
        waited = time.monotonic() - began
        assert waited < seconds, f"not within {seconds} s: {what}"
        time.sleep(_LOOK_S)
    return time.monotonic() - began


# ---- pictures ----------------------------------------------------------------------------


def share(picture: Image.Image, wanted: str, box: Box | None = None) -> float:
    """How much of the picture, or of a part, has exactly this colour, 0 to 1."""
    return float(_is(picture, wanted, box).mean())


def newly(before: Image.Image, after: Image.Image, wanted: str, box: Box) -> int:
    """How many pixels of a part have this colour now and had another before."""
    return int((_is(after, wanted, box) & ~_is(before, wanted, box)).sum())


def runs(picture: Image.Image, wanted: str, box: Box) -> list[int]:
    """The heights of what has this colour over the whole width of a part, from the top."""
    rows = np.concatenate(([False], _is(picture, wanted, box).all(axis=1), [False]))
    edges = np.flatnonzero(rows[1:] != rows[:-1])
    heights: list[int] = (edges[1::2] - edges[::2]).tolist()
    return heights


def _is(picture: Image.Image, wanted: str, box: Box | None) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    part = np.asarray(picture.crop(box) if box else picture)
    return (part == np.array(ImageColor.getrgb(wanted), np.uint8)).all(axis=2)


# ---- closing -----------------------------------------------------------------------------


class _ClientMessage(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("serial", ctypes.c_ulong),
        ("send_event", ctypes.c_int),
        ("display", ctypes.c_void_p),
        ("window", ctypes.c_ulong),
        ("message_type", ctypes.c_ulong),
        ("format", ctypes.c_int),
        ("data", ctypes.c_long * 5),
        ("rest_of_the_union", ctypes.c_long * 24),
    )


_CLIENT_MESSAGE: Final = 33


def _ask_to_close(display: str, window: int) -> None:
    """Send WM_DELETE_WINDOW, as a window manager would (ICCCM 4.2.8.1)."""
    x11 = ctypes.CDLL("libX11.so.6")
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XInternAtom.restype = ctypes.c_ulong
    x11.XInternAtom.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int)
    x11.XSendEvent.argtypes = (ctypes.c_void_p, ctypes.c_ulong, ctypes.c_int, ctypes.c_long, ctypes.c_void_p)
    x11.XCloseDisplay.argtypes = (ctypes.c_void_p,)
    opened = x11.XOpenDisplay(display.encode())
    message = _ClientMessage(type=_CLIENT_MESSAGE, window=window, format=32)
    message.message_type = x11.XInternAtom(opened, b"WM_PROTOCOLS", 0)
    message.data[0] = x11.XInternAtom(opened, b"WM_DELETE_WINDOW", 0)
    x11.XSendEvent(opened, window, 0, 0, ctypes.byref(message))
    x11.XCloseDisplay(opened)  # sends what is still waiting


# ---- programs on it ----------------------------------------------------------------------


class Program:
    """`housefull …` in a process of its own; `family` are the processes it has started."""

    def __init__(self, command: list[str], environment: dict[str, str], log: Path) -> None:
        with log.open("ab") as said:
            self.process = subprocess.Popen(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True
            )
        self._log = log

    @property
    def said(self) -> str:
        return self._log.read_text("utf-8", "replace")

    @property
    def ended(self) -> bool:
        return self.process.poll() is not None

    def family(self) -> list[int]:
        """Itself and all below it."""
        return [self.process.pid, *guards.descendants(self.process.pid)]

    def end(self, number: int, seconds: float = END_S) -> int:
        """Send it a signal and wait for the end of the family; its exit code, negative for a signal."""
        return self.gone(lambda: self.process.send_signal(number), seconds)

    def gone(self, after: Callable[[], object], seconds: float = END_S) -> int:
        """Do what ends it and wait until nothing of the family runs; its exit code."""
        family = self.family()
        after()
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"still runs after {seconds} s: {self.said}") from None
        wait_until(lambda: not alive(family), seconds, "the end of what it had started")
        return code

    def close(self) -> None:
        """However it is, it ends now."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(_HAND_S)


def alive(pids: list[int]) -> list[int]:
    """Those of these processes that still run; those that only wait to be buried do not."""
    return [pid for pid in pids if pid in guards.descendants()]
