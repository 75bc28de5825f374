"""What comes of a job, and what a printer is to its worker."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from pos.devices.condition import State

Outcome = Literal["done", "failed", "unknown"]


@dataclass(frozen=True, slots=True)
class Result:
    """done: it is on paper. failed: nothing was sent. unknown: a person must look.

    `sheets` is how many tickets or labels are known to have come out, None where that is not counted."""

    outcome: Outcome
    text: str
    sheets: int | None = None


class Finished(Protocol):
    """Who is told of a result, once."""

    def __call__(self, outcome: Outcome, text: str, sheets: int | None = None, /) -> None: ...


@dataclass(frozen=True, slots=True)
class DeviceState:
    """A state and a sentence for a person."""

    state: State
    text: str


class Printer(Protocol):
    """One printer, used by its worker's thread only. Nothing here raises for a device's sake."""

    @property
    def poll_s(self) -> float:
        """Seconds until `probe` should be called again when there is nothing else to do."""

    def probe(self) -> DeviceState:
        """Reach the printer if need be, and ask how it is."""

    def print(
        self, job: str, content: Mapping[str, Any], started: Callable[[], None], tell: Callable[[DeviceState], None]
    ) -> Result:
        """Print a job. `started` is called once, right before the first byte of it leaves; `tell` whenever
        it shows meanwhile that the printer is not as it was."""

    def kick_drawer(self) -> Result:
        """Open the drawer that hangs on this printer."""

    def drawer_open(self) -> bool | None:
        """What the drawer's sensor said last, None when it says nothing."""

    def close(self) -> None:
        """Let go of the device."""
