"""A ZPL printer: how labels are sent, and when they count as printed.

    nothing sent yet     no connection, no answer to ~HS, halted, labels of an earlier job   -> failed
    from the first byte  connection broken, halted, no answer, labels that stay             -> unknown
    twice in a row       ~HS answered with nothing left to print                            -> done

The second look comes a label's time after the first: between the buffer and the head a label may be
counted in neither. A printer that does not answer may be out of labels, so silence is a fault.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Protocol

from pos.devices.condition import HALTED, STUCK
from pos.devices.dots import Dots
from pos.devices.profile import Profile
from pos.devices.transport import Address, TransportError
from pos.devices.worker.connected import SLICE_S, ConnectedPrinter, NothingSent, Tell
from pos.devices.worker.outcome import DeviceState, Result
from pos.devices.worker.pieces import pieces
from pos.devices.zpl import encode
from pos.devices.zpl.dialogue import SILENT, Dialogue

_ANSWER_S: Final = 2.0
_CONFIRM_S: Final = 8.0  # beyond the time the paper needs, since fewer labels were left
_ASK_EVERY_S: Final = 0.2
_AHEAD: Final = 4


class Press(Protocol):
    """Sets a job's pages; raises Unreadable when it cannot be printed."""

    def bitmaps(self, job: Mapping[str, Any], width_mm: float, dots_per_mm: float) -> Sequence[Dots]: ...


class LabelPrinter(ConnectedPrinter[Dots]):
    """One ZPL printer at an address. See `Printer`."""

    def __init__(self, profile: Profile, address: Address, press: Press, stopping: Callable[[], bool]) -> None:
        super().__init__(address, stopping)
        self._profile, self._press = profile, press
        self._dialogue = Dialogue()

    def drawer_open(self) -> bool | None:
        return None

    def _kick(self) -> bytes:
        raise TransportError("no drawer can hang on a label printer")

    def _sheets(self, content: Mapping[str, Any]) -> list[Dots]:
        profile = self._profile
        rows = round(profile.length_mm * profile.dots_per_mm)
        pictures = self._press.bitmaps(content, profile.printed_mm, profile.dots_per_mm)
        return [piece for picture in pictures for piece in pieces(picture, rows)]

    def _greet(self) -> None:
        self._dialogue = Dialogue()
        self._send(encode.HELLO)

    def _receive(self, data: bytes) -> None:
        self._dialogue.receive(data)

    def _look(self) -> DeviceState:
        if not self._ask():
            self._drop()  # a late answer must not be taken for that to the next question
            return DeviceState("unknown", SILENT)
        state, text = self._dialogue.condition()
        return DeviceState(state, text + self._keeping() if state in HALTED else text)

    def _why_not(self) -> str:
        if not self._ask():
            self._drop()
            return SILENT
        state, text = self._dialogue.condition()
        if state in HALTED:
            return text + self._keeping()
        return "the printer is still busy with an earlier job" + self._keeping() if self._left() else ""

    def _ask(self) -> bool:
        """Ask how it is; whether the answer came in time. Raises TransportError."""
        self._listen(0.0)
        self._send(self._dialogue.ask())
        deadline = time.monotonic() + _ANSWER_S
        while self._dialogue.waiting:
            if time.monotonic() > deadline or self._stopping():
                return False
            self._listen(SLICE_S)
        return True

    def _left(self) -> int:
        """Labels that it still has, as it said last."""
        status = self._dialogue.status
        return status.waiting if status is not None else 0

    def _keeping(self) -> str:
        left = self._left()
        return f"; it still has {left} labels, which come out when it goes on: look before you print again" * bool(left)

    # A job

    def _deliver(self, sheets: Sequence[Dots], tell: Tell) -> Result:
        """Send, then wait until nothing is left. From the first byte on, nothing is certain but what it says."""
        sent = 0
        try:
            for sheet in sheets:
                trouble = self._await(_AHEAD - 1) if sent >= _AHEAD else ""
                if trouble:
                    break
                self._send(encode.label(sheet), nothing_before=sent == 0)
                sent += 1
            else:
                trouble = self._await(0) or self._await_again()
        except NothingSent as error:
            self._drop()
            return Result("failed", str(error))
        except TransportError as error:
            trouble = str(error)
        if not trouble:
            return Result("done", "printed", len(sheets))
        kept = self._keeping()
        self._drop()
        return Result("unknown", f"{trouble}; {sent} of {len(sheets)} were sent{kept}")

    def _await_again(self) -> str:
        """Look once more when the last label must be out."""
        until = time.monotonic() + self._profile.length_mm / self._profile.speed_mm_s
        while time.monotonic() < until and not self._stopping():
            self._listen(min(SLICE_S, max(0.0, until - time.monotonic())))
        return self._await(0)

    def _await(self, most: int) -> str:
        """Wait until at most so many labels are left; what is wrong if they stay."""
        grace = _CONFIRM_S + 2 * _AHEAD * self._profile.length_mm / self._profile.speed_mm_s
        fewest, deadline = 0, time.monotonic() + grace
        while True:
            if not self._ask():
                return "the till was closed before the printer had finished" if self._stopping() else SILENT
            state, text = self._dialogue.condition()
            left = self._left()
            if state in STUCK or (state == "offline" and self._paused()):
                return text
            if left <= most:
                return ""
            if not fewest or left < fewest:
                fewest, deadline = left, time.monotonic() + grace
            if time.monotonic() > deadline:
                return "the printer has not finished in time"
            self._listen(_ASK_EVERY_S)

    def _paused(self) -> bool:
        status = self._dialogue.status
        return status is not None and bool(status["paused"])
