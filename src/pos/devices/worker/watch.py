"""What is seen of one device: since when it is as it is, what it last did, and the last bytes both ways.

Bytes are for a technician's eyes, and for none that could be misused. What is kept of a terminal is
made of whole messages (terminal_watch) and says only what zvt.trace lets through; what is kept of anything else is
masked when it is shown, over all that is kept, so that a number cut in two by the line is masked, too.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, Final, Protocol

from pos.devices.transport import Transport
from pos.domain.mask import scrub

_A_LINE: Final = 8  # bytes
_SHOWN: Final = 15 * _A_LINE
_AHEAD: Final = 40  # a card's number in groups that begins before what is shown


class Trace(Protocol):
    """The last bytes in one direction."""

    def begin(self) -> None:
        """A new connection was made: what was cut short on the old one is not continued."""

    def feed(self, data: bytes) -> None: ...

    def lines(self) -> list[str]:
        """What may be shown of them, the newest last."""


class Dump:
    """Bytes in hexadecimal and as text, 8 a line; card numbers are stars in both."""

    def __init__(self) -> None:
        self._bytes = b""

    def begin(self) -> None:
        """Bytes are bytes: those before a break are what somebody looks for."""

    def feed(self, data: bytes) -> None:
        self._bytes = (self._bytes + data[-_SHOWN - _AHEAD :])[-_SHOWN - _AHEAD :]

    def lines(self) -> list[str]:
        text = scrub(self._bytes.decode("latin-1"))
        pairs = [
            (f"{byte:02X}", letter if 0x20 <= byte < 0x7F else "·") if letter == chr(byte) else ("**", "*")
            for byte, letter in zip(self._bytes, text, strict=True)
        ][-_SHOWN:]
        cut = [pairs[at : at + _A_LINE] for at in range(0, len(pairs), _A_LINE)]
        return [f"{' '.join(pair[0] for pair in line):<36}{''.join(pair[1] for pair in line)}" for line in cut]


class Counted:
    """How many bytes there were, where none of them may be seen: what a card reader reads."""

    def __init__(self) -> None:
        self._count = 0

    def begin(self) -> None:
        """It goes on counting."""

    def feed(self, data: bytes) -> None:
        self._count += len(data)

    def lines(self) -> list[str]:
        return [f"{self._count} bytes"] if self._count else []


class Watch:
    """Watches one device from any thread. `make_trace` makes what keeps the bytes of one direction."""

    def __init__(self, make_trace: Callable[[], Trace] = Dump) -> None:
        self._lock = threading.Lock()
        self._sent, self._heard = make_trace(), make_trace()
        self._at: dict[str, float] = {}
        self._did = ""

    def tap(self, transport: Transport) -> Transport:
        """The transport with an eye on it."""
        with self._lock:
            self._sent.begin()
            self._heard.begin()
        return _Tapped(transport, self)

    def changed(self) -> None:
        """It is in another state than before."""
        with self._lock:
            self._at["since"] = time.monotonic()

    def did(self, what: str) -> None:
        """It has done something, or has failed to."""
        with self._lock:
            self._at["did"], self._did = time.monotonic(), what

    def sent(self, data: bytes) -> None:
        with self._lock:
            self._at["sent"] = time.monotonic()
            self._sent.feed(data)

    def heard(self, data: bytes) -> None:
        with self._lock:
            self._at["heard"] = time.monotonic()
            self._heard.feed(data)

    def seen(self) -> dict[str, Any]:
        """`did`, and how many seconds ago: `since_s`, `did_s`, `sent_s`, `heard_s`; None for never."""
        now = time.monotonic()
        with self._lock:
            ages = {f"{what}_s": round(now - at, 1) for what, at in self._at.items()}
            return {"since_s": None, "did": self._did, "did_s": None, "sent_s": None, "heard_s": None} | ages

    def traffic(self) -> dict[str, list[str]]:
        """The last bytes each way, as they may be shown."""
        with self._lock:
            return {"sent": self._sent.lines(), "heard": self._heard.lines()}


class _Tapped:
    """Passes everything on, and tells the watch what really went through."""

    def __init__(self, inner: Transport, watch: Watch) -> None:
        self._inner, self._watch = inner, watch

    def write(self, data: memoryview, timeout_s: float) -> int:
        taken = self._inner.write(data, timeout_s)
        if taken:
            self._watch.sent(bytes(data[:taken]))
        return taken

    def read(self, timeout_s: float) -> bytes:
        data = self._inner.read(timeout_s)
        if data:
            self._watch.heard(data)
        return data

    def close(self) -> None:
        self._inner.close()
