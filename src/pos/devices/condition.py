"""How a device can be, in the till's own words, whatever language it speaks."""

from __future__ import annotations

from typing import Final, Literal

State = Literal["ready", "offline", "paper_low", "paper_out", "cover_open", "error", "absent", "unknown"]

# In these states nothing can be printed; in those of STUCK a job that was begun waits for a person.
HALTED: Final[frozenset[State]] = frozenset({"offline", "paper_out", "cover_open", "error"})
STUCK: Final[frozenset[State]] = HALTED - {"offline"}
