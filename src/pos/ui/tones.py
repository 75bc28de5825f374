"""Short tones, made here, and whatever on this machine can play them. Nobody waits for a tone, and none is needed."""

from __future__ import annotations

import io
import logging
import math
import queue
import shutil
import subprocess
import sys
import threading
import wave
from array import array
from collections.abc import Callable, Iterator
from functools import cache
from typing import Final

log = logging.getLogger(__name__)

RATE: Final = 22_050  # samples a second
_LOUDNESS: Final = 0.35
_FADE_S: Final = 0.006  # in and out, so that nothing clicks
_PLAYED_S: Final = 3.0  # a player that takes longer hangs
# What plays a WAV file from its standard input, the best first.
_PLAYERS: Final = (("pw-play", "-"), ("paplay",), ("aplay", "-q", "-"))

# name -> (Hz, seconds) one after the other; they differ in pitch, direction and number, so that none needs a good ear.
TONES: Final[dict[str, tuple[tuple[float, float], ...]]] = {
    "accepted": ((1047, 0.06), (1568, 0.09)),
    "refused": ((196, 0.13), (0, 0.04), (196, 0.13)),
    "line_lost": ((659, 0.1), (494, 0.1), (330, 0.16)),
    "line_back": ((330, 0.1), (494, 0.1), (659, 0.16)),
}

Player = Callable[[bytes], None]
"""Plays a WAV file and returns when it has ended. Raises OSError or subprocess.SubprocessError."""


@cache
def tone(name: str) -> bytes:
    """A tone as a WAV file. Raises KeyError."""
    samples = array("h")
    for hertz, seconds in TONES[name]:
        samples.extend(_note(hertz, seconds))
    if sys.byteorder == "big":
        samples.byteswap()
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(RATE)
        writer.writeframes(samples.tobytes())
    return file.getvalue()


def _note(hertz: float, seconds: float) -> Iterator[int]:
    count = int(RATE * seconds)
    fade = int(RATE * _FADE_S)
    for at in range(count):
        envelope = min(1.0, at / fade, (count - at) / fade)
        yield int(32_767 * _LOUDNESS * envelope * math.sin(2 * math.pi * hertz * at / RATE))


def find_player() -> Player | None:
    """What this machine plays sounds with, None for nothing."""
    if sys.platform == "win32":
        return _windows
    for name, *arguments in _PLAYERS:
        if (program := shutil.which(name)) is not None:
            return _piped([program, *arguments])
    return None


def _piped(command: list[str]) -> Player:
    def play(wav: bytes) -> None:
        subprocess.run(
            command, input=wav, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=_PLAYED_S, check=True
        )

    return play


def _windows(wav: bytes) -> None:
    if sys.platform == "win32":
        import winsound

        winsound.PlaySound(wav, winsound.SND_MEMORY | winsound.SND_NODEFAULT)


class Loudspeaker:
    """Plays tones one after the other on a thread of its own. Of what piles up only the newest is played.

    `bell` is asked instead where nothing plays, or what there is has failed; it is called from that thread.
    """

    def __init__(self, player: Player | None, bell: Callable[[], None]) -> None:
        self._player, self._bell = player, bell
        self._wanted: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def play(self, name: str) -> None:
        """Returns at once."""
        if self._player is None:
            self._bell()
            return
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="sounds", daemon=True)
            self._thread.start()
        self._wanted.put(name)

    def close(self) -> None:
        """Play nothing more."""
        self._wanted.put(None)

    def _run(self) -> None:
        while (name := self._wanted.get()) is not None:
            while not self._wanted.empty():
                if (newer := self._wanted.get()) is None:
                    return
                name = newer
            self._play(name)

    def _play(self, name: str) -> None:
        player = self._player
        if player is None:
            self._bell()
            return
        try:
            player(tone(name))
        except (OSError, RuntimeError, subprocess.SubprocessError) as error:
            log.info("no sound from here on, the bell instead: %s", error)
            self._player = None
            self._bell()
