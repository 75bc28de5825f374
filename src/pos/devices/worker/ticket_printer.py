"""An FGL printer: how tickets are sent, and when they count as printed.

    nothing sent yet     no connection, no answer to <S1><S2>, jam, out of tickets   -> failed
    from the first byte  connection broken, jam, refused, switched off, no sign      -> unknown
    each ticket          its acknowledgement                                         -> done, when all have come

A printer that runs out of tickets keeps those that it was sent, and prints them when it is loaded again.
So the job is not over: it waits for the tickets, for as long as that takes, and nothing else is sent
meanwhile. A job that ends unknown may leave tickets in the printer, too. Then nothing is sent before the
printer has answered a question that it comes to only after them, and what it acknowledges until then
counts for no other job.

A printer may have three tickets ahead: it never pauses, and trouble leaves no more than those in doubt.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from pos.devices.condition import HALTED
from pos.devices.dots import Dots
from pos.devices.fgl import encode
from pos.devices.fgl.dialogue import Dialogue
from pos.devices.profile import Profile
from pos.devices.transport import Address, TransportError
from pos.devices.worker.connected import SLICE_S, ConnectedPrinter, Tell
from pos.devices.worker.outcome import DeviceState, Result
from pos.devices.worker.pieces import pieces

_ANSWER_S: Final = 1.5
_CONFIRM_S: Final = 10.0  # beyond the time the paper needs, since the last sign of life
_QUIET_S: Final = 2.0  # after a break: no more late acknowledgements are on their way
_AHEAD: Final = 3
_SILENT: Final = "does not answer: out of tickets, jammed, busy, or its status reports are switched off"


class Press(Protocol):
    """Sets a job's pages; raises Unreadable when it cannot be printed."""

    def bitmaps(self, job: Mapping[str, Any], width_mm: float, dots_per_mm: float) -> Sequence[Dots]: ...


@dataclass
class _Run:
    """How far a job has come: tickets handed over in full, and what is left of the one under way."""

    count: int
    before: int  # what was acknowledged before it
    restarts: int
    sent: int = 0
    begun: bool = False  # whether its first byte has left
    rest: memoryview = field(default_factory=lambda: memoryview(b""))
    whole: bool = True  # whether nothing of the ticket under way has left

    @property
    def in_printer(self) -> int:
        """Tickets that it was sent, if only the beginning of the last one."""
        return self.sent + (not self.whole)

    def advance(self, taken: int) -> None:
        """So many bytes were handed over."""
        if taken:
            self.rest, self.begun, self.whole = self.rest[taken:], True, False
            if not self.rest:
                self.sent, self.whole = self.sent + 1, True


class TicketPrinter(ConnectedPrinter[Dots]):
    """One FGL printer at an address. See `Printer`."""

    def __init__(self, profile: Profile, address: Address, press: Press, stopping: Callable[[], bool]) -> None:
        super().__init__(address, stopping)
        self._profile, self._press = profile, press
        self._dialogue = Dialogue(profile.path)
        self._held = 0  # tickets of a job that ended unknown, which may still come out
        # Whether acknowledgements or answers may come that an earlier connection, or an earlier till, is owed.
        self._unsettled = True

    def drawer_open(self) -> bool | None:
        return None

    def _kick(self) -> bytes:
        return encode.KICK

    def _sheets(self, content: Mapping[str, Any]) -> list[Dots]:
        profile = self._profile
        rows = round(profile.length_mm * profile.dots_per_mm)
        pictures = self._press.bitmaps(content, profile.printed_mm, profile.dots_per_mm)
        return [piece for picture in pictures for piece in pieces(picture, rows)]

    def _bytes(self, sheet: Dots) -> bytes:
        return encode.ticket(sheet, self._profile, hexadecimal=self._address.flow == "xonxoff")

    def _greet(self) -> None:
        self._unsettled = self._unsettled or self._dialogue.waiting
        self._dialogue = Dialogue(self._profile.path, self._dialogue)
        self._send(encode.HELLO)

    def _receive(self, data: bytes) -> None:
        before = self._dialogue.restarts
        self._dialogue.receive(data)
        if self._dialogue.restarts > before:
            self._held = 0  # it has forgotten them

    def _look(self) -> DeviceState:
        if not self._profile.confirms:
            self._listen(0.0)
            return DeviceState("unknown", "connected; this printer does not say how it is")
        answered = self._ask()
        state, text = self._dialogue.condition()
        if not answered and state not in HALTED:
            return DeviceState("unknown", self._keeping() or _SILENT)
        return DeviceState(state, text + self._also_keeping() if state in HALTED else text)

    def _why_not(self) -> str:
        if not self._profile.confirms:
            return ""
        answered = self._ask()
        state, text = self._dialogue.condition()
        if state in HALTED:
            return text + self._also_keeping()
        return "" if answered else self._keeping() or _SILENT

    def _ask(self) -> bool:
        """Ask how it is; whether the answer came in time. Raises TransportError.

        One that does not answer now does so when it is ready again, so it is not asked twice.
        """
        self._listen(0.0)
        if not self._dialogue.waiting:
            self._send(self._dialogue.ask())
        deadline = time.monotonic() + _ANSWER_S
        while self._dialogue.waiting:
            if time.monotonic() > deadline or self._stopping():
                return False
            self._listen(SLICE_S)
        self._settle()
        return True

    def _settle(self) -> None:
        """It has dealt with all that it was sent; what it last had to say may still be on its way."""
        quiet_from = time.monotonic()
        while self._unsettled and time.monotonic() - quiet_from < _QUIET_S and not self._stopping():
            before = self._dialogue.acknowledged
            self._listen(SLICE_S)
            if self._dialogue.acknowledged > before:
                quiet_from = time.monotonic()
        self._held, self._unsettled = 0, False

    def _keeping(self) -> str:
        if not self._held:
            return ""
        return f"up to {self._held} tickets of an earlier job are still in the printer and may come out"

    def _also_keeping(self) -> str:
        return f"; {self._keeping()}" if self._held else ""

    # A job

    def _deliver(self, sheets: Sequence[Dots], tell: Tell) -> Result:
        """Send, and count acknowledgements. From the first byte on, nothing is certain but they."""
        run = _Run(len(sheets), self._dialogue.acknowledged, self._dialogue.restarts)
        try:
            trouble = self._run(run, sheets, tell)
        except TransportError as error:
            if not run.begun:
                self._drop()
                return Result("failed", str(error))
            trouble = str(error)
        if not trouble and not self._profile.confirms:
            return Result("done", "sent in full; this printer does not say whether it printed", len(sheets))
        printed = self._printed(run)
        if printed >= len(sheets):
            return Result("done", "printed", len(sheets))
        left = run.in_printer - printed
        self._held = 0 if self._dialogue.restarts > run.restarts else left
        self._unsettled = True
        # A late acknowledgement must not count for the next job.
        self._drop()
        kept = f"; {left} may still come out of the printer: look before you print again" if self._held else ""
        return Result("unknown", f"{trouble}; {printed} of {len(sheets)} confirmed{kept}", printed)

    def _run(self, run: _Run, sheets: Sequence[Dots], tell: Tell) -> str:
        """Send tickets and wait for their acknowledgements; what is wrong if they do not come."""
        grace = _CONFIRM_S + _AHEAD * self._profile.printed_mm / self._profile.speed_mm_s
        told, deadline = False, time.monotonic() + grace
        while not self._over(run):
            before = self._printed(run)
            moved = self._feed(run, sheets)
            self._listen(0.0 if moved else SLICE_S)
            trouble = self._trouble(run)
            if trouble or self._over(run):
                return trouble
            if self._stopping():
                return "the till was closed before the printer confirmed"
            if self._dialogue.out_of_tickets:
                told = told or self._tell_out(run, tell)
            elif told:
                told = False
                tell(DeviceState(*self._dialogue.condition()))
            if moved or self._dialogue.out_of_tickets or self._printed(run) > before:
                deadline = time.monotonic() + grace
            elif time.monotonic() > deadline:
                return "the printer has not confirmed in time"
        return ""

    def _over(self, run: _Run) -> bool:
        if not self._profile.confirms:
            return run.sent == run.count
        return self._printed(run) >= run.count

    def _printed(self, run: _Run) -> int:
        return self._dialogue.acknowledged - run.before

    def _feed(self, run: _Run, sheets: Sequence[Dots]) -> int:
        """Hand over some of the next ticket, unless the printer has enough; how many bytes were taken."""
        ahead = run.sent - self._printed(run) if self._profile.confirms else 0
        # Where the line itself heeds X-on and X-off, it takes nothing while the printer rests, and we hear neither.
        resting = self._address.flow != "xonxoff" and (self._dialogue.busy or self._dialogue.out_of_tickets)
        if run.sent == run.count or ahead >= _AHEAD or resting:
            return 0
        if not run.rest:
            run.rest = memoryview(self._bytes(sheets[run.sent]))
        taken = self._push(run.rest)
        run.advance(taken)
        return taken

    def _trouble(self, run: _Run) -> str:
        """What ends the job before it is printed."""
        if self._dialogue.restarts > run.restarts:
            return "the printer was switched off and on, and has forgotten what it had not printed"
        state, text = self._dialogue.condition()
        return text if state == "error" else ""

    def _tell_out(self, run: _Run, tell: Tell) -> bool:
        left = run.count - self._printed(run)
        text = f"out of tickets; {left} of the job come out when it is loaded: do not print them again"
        tell(DeviceState("paper_out", text))
        return True
