"""An ESC/POS printer: how a job is sent, and when it counts as printed.

    nothing sent yet     cannot be reached, offline, no paper, cover open    -> failed
    from the first byte  connection broken, halted, no answer in time        -> unknown
    after the cut        GS r 1 answered for every page                      -> done

A printer that has never answered anything may be one that cannot: it is printed on
all the same. It ends as unknown, or, if its profile says `confirms = false`, as done
in the sense of "sent in full". One that has answered before and is silent now is
broken, and nothing is sent to it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Protocol

from pos.devices.condition import HALTED, STUCK
from pos.devices.dots import Dots
from pos.devices.escpos import encode
from pos.devices.escpos.dialogue import Dialogue
from pos.devices.profile import Profile
from pos.devices.transport import Address, TransportError
from pos.devices.worker.connected import SLICE_S, ConnectedPrinter, NothingSent, Tell
from pos.devices.worker.outcome import DeviceState, Result

_ANSWER_S: Final = 1.0  # DLE EOT is answered in a few ms
_CONFIRM_S: Final = 6.0  # beyond the time the paper needs
_DUMB_CONFIRM_S: Final = 2.0  # the same, for one that has never answered anything
_QUIET_S: Final = 2.0  # after a break: no more late confirmations are on their way
_ASK_EVERY_S: Final = 0.5  # while waiting for a confirmation


class Press(Protocol):
    """Sets a job's pages; raises Unreadable when it cannot be printed."""

    def bitmaps(self, job: Mapping[str, Any], width_mm: float, dots_per_mm: float) -> Sequence[Dots]: ...

    def lines(
        self, job: Mapping[str, Any], width_mm: float, cell_mm: float, dots_per_mm: float
    ) -> Sequence[Sequence[encode.Line]]: ...


class ReceiptPrinter(ConnectedPrinter[bytes]):
    """One ESC/POS printer at an address. See `Printer`."""

    def __init__(self, profile: Profile, address: Address, press: Press, stopping: Callable[[], bool]) -> None:
        super().__init__(address, stopping)
        self._profile, self._press = profile, press
        self._dialogue = Dialogue()
        self._talks = False  # has ever answered
        self._dumb = False  # did not answer on this connection
        self._unsettled = 0  # confirmations of a broken job that may still come
        self._broken = False

    def drawer_open(self) -> bool | None:
        high = self._dialogue.drawer_pin_high()
        return None if high is None else high == self._profile.drawer_open_high

    def _look(self) -> DeviceState:
        if self._dumb and not self._profile.confirms:
            self._listen(0.0)
            return DeviceState("unknown", "connected; this printer does not say how it is")
        return DeviceState(*self._dialogue.condition()) if self._ask() else self._silent()

    def _kick(self) -> bytes:
        return encode.kick(self._profile)

    # Setting and sending

    def _sheets(self, content: Mapping[str, Any]) -> list[bytes]:
        profile = self._profile
        if self._address.slow:
            pages = self._press.lines(content, profile.printed_mm, profile.cell_mm, profile.dots_per_mm)
            return [encode.typed_sheet(page, profile) for page in pages]
        pictures = self._press.bitmaps(content, profile.printed_mm, profile.dots_per_mm)
        return [encode.picture_sheet(picture, profile) for picture in pictures]

    def _why_not(self) -> str:
        if not (self._dumb and not self._profile.confirms):
            if self._ask():
                state, text = self._dialogue.condition()
                if state in HALTED:
                    return text
            elif self._talks:
                return self._silent().text
        return self._settle() if self._broken else ""

    def _deliver(self, sheets: Sequence[bytes], tell: Tell) -> Result:
        """Send, then wait for the confirmations. From the first byte on, nothing is certain but they."""
        before = self._dialogue.confirmations
        trouble = ""
        try:
            for number, sheet in enumerate(sheets):
                self._send(sheet, nothing_before=number == 0)
            if not self._profile.confirms:
                return Result("done", "sent in full; this printer does not say whether it printed", len(sheets))
            trouble = self._await(before, sheets)
        except NothingSent as error:
            self._drop()
            return Result("failed", str(error))
        except TransportError as error:
            trouble = str(error)
        confirmed = self._dialogue.confirmations - before
        if confirmed >= len(sheets):
            return Result("done", "printed", len(sheets))
        self._broken, self._unsettled = True, self._unsettled + len(sheets) - confirmed
        # A late answer must not count for the next job.
        self._drop()
        return Result("unknown", f"{trouble}; {confirmed} of {len(sheets)} confirmed", confirmed)

    def _await(self, before: int, sheets: Sequence[bytes]) -> str:
        """Wait until every page is confirmed; what is wrong if they are not."""
        grace = _CONFIRM_S if self._talks else _DUMB_CONFIRM_S
        pace = self._paper_s(sheets) / len(sheets)
        deadline = time.monotonic() + grace + pace * len(sheets)
        asked = time.monotonic()
        while (done := self._dialogue.confirmations - before) < len(sheets):
            now = time.monotonic()
            if now > deadline:
                return "the printer has not confirmed in time"
            if self._stopping():
                return "the till was closed before the printer confirmed"
            if now - asked > _ASK_EVERY_S and not self._dialogue.waiting:
                self._send(self._dialogue.ask())
                asked = now
            self._listen(SLICE_S)
            now_done = self._dialogue.confirmations - before
            state, text = self._dialogue.condition()
            if state in STUCK and now_done < len(sheets):
                return text
            if now_done > done:
                deadline = time.monotonic() + grace + pace * (len(sheets) - now_done)
        return ""

    def _paper_s(self, sheets: Sequence[bytes]) -> float:
        """A ceiling for how long the sheets take: each byte is at most eight dots of one row."""
        row_bytes = self._profile.dots / 8
        if self._address.slow:
            return sum(map(len, sheets)) * 10 / self._address.baud + 5.0 * len(sheets)
        rows = sum(map(len, sheets)) / row_bytes
        return rows / self._profile.dots_per_mm / self._profile.speed_mm_s * 2 + 1.0

    def _settle(self) -> str:
        """After a break: cut off what is half printed, and wait out what was still to be confirmed.

        Why that did not work; empty when it did. All confirmations on this connection are late ones.
        """
        self._send(encode.separate(self._profile))
        self._unsettled += 1
        if self._talks:
            quiet_from = time.monotonic()
            while (heard := self._dialogue.confirmations) < self._unsettled:
                if time.monotonic() - quiet_from > _QUIET_S or self._stopping():
                    break
                self._listen(SLICE_S)
                if self._dialogue.confirmations > heard:
                    quiet_from = time.monotonic()
            if not self._dialogue.confirmations:
                self._drop()
                return "the printer is still busy with an earlier job"
        self._broken, self._unsettled = False, 0
        return ""

    # Talking

    def _greet(self) -> None:
        self._dialogue = Dialogue()
        self._dumb = False
        self._send(encode.hello(self._profile, self._address.slow))

    def _ask(self) -> bool:
        """Ask how it is; whether all answers came in time. Raises TransportError."""
        if not self._dialogue.waiting:
            self._listen(0.0)
            self._send(self._dialogue.ask())
        deadline = time.monotonic() + _ANSWER_S
        while self._dialogue.waiting:
            if time.monotonic() > deadline or self._stopping():
                self._dumb = not self._dialogue.answered_ever
                return False
            self._listen(SLICE_S)
        self._talks = True
        return True

    def _silent(self) -> DeviceState:
        """It did not answer. Only a new connection makes sure that no late answer is mistaken."""
        if self._talks or self._profile.confirms:
            self._drop()
        if self._talks:
            return DeviceState("offline", "does not answer any more")
        return DeviceState("unknown", "connected, but does not answer")

    def _receive(self, data: bytes) -> None:
        self._dialogue.receive(data)
        self._talks = self._talks or self._dialogue.answered_ever
