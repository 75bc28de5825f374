"""What a person has asked for faster than the till answers: one step after the other, in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer


class Steps:
    """Each step begins when everything before it has been answered; it has to call `answered` itself."""

    def __init__(self, owner: QObject) -> None:
        self._owner = owner
        self._steps: deque[Callable[[], None]] = deque()  # the first of them is being done

    def __len__(self) -> int:
        return len(self._steps)

    def then(self, step: Callable[[], None]) -> None:
        self._steps.append(step)
        if len(self._steps) == 1:
            step()

    def answered(self) -> None:
        """Whatever came of the step, a defect, too. What is done about it is done before the next one begins."""
        QTimer.singleShot(0, self._owner, self._next)

    def _next(self) -> None:
        self._steps.popleft()
        if self._steps:
            self._steps[0]()
