"""I9: what waits to be sent never stands longer than one retry cycle without the window saying so."""

from __future__ import annotations

from typing import Any, Final

# An answer is waited for up to 10 s, the next try comes at most 5 s later, and the alarm is raised when that one
# has failed too; the rest is what passes between two looks at the window.
SILENT_S: Final = 10.0 + 5.0 + 10.0 + 3.0
APART_S: Final = (
    8.0  # between two looks an alarm may have come and gone: what they see says nothing of the time between
)


class Queue:
    """What a cashier sees at the foot of the window, each time they look."""

    def __init__(self) -> None:
        self._stands: tuple[object, float] | None = None  # what the office has by this run of the till, since when
        self._looked = 0.0

    def look(self, run: int, status: dict[str, Any], now: float) -> str:
        """What is wrong with what the window shows; "" when nothing is."""
        alarm = status["link"]["state"] != "online" or status["fenced"]
        standing = (run, status["applied"])
        apart = now - self._looked > APART_S  # also where hours have passed at once: the till has had no time to try
        self._looked = now
        if alarm or apart or not status["unsent"]:
            self._stands = None
        elif self._stands is None or self._stands[0] != standing:
            self._stands = standing, now
        elif now - self._stands[1] > SILENT_S:
            return (
                f"{status['unsent']} facts wait behind {status['applied']} for {now - self._stands[1]:.0f} s, all calm"
            )
        return ""
