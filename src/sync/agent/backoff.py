"""How long to wait before trying again."""

from __future__ import annotations

import random
from typing import Final

FIRST_S: Final = 0.25
LONGEST_S: Final = 5.0


class Backoff:
    """Doubles from FIRST_S up to `longest_s`, each with jitter downwards, so that tills that
    lost their office together do not all come back in the same instant."""

    def __init__(self, longest_s: float = LONGEST_S) -> None:
        self._longest_s = longest_s
        self._next_s = FIRST_S

    def reset(self) -> None:
        self._next_s = FIRST_S

    def next_s(self) -> float:
        """The wait before the next try, in seconds."""
        wait_s, self._next_s = self._next_s, min(self._next_s * 2, self._longest_s)
        return wait_s * random.uniform(0.5, 1.0)
