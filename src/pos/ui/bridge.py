"""From the till's futures to the window's thread: nothing here ever waits.

One action has one result, and it arrives on the window's thread. An answer that a newer
question of the same channel has overtaken is dropped, so that a slow read never
overwrites what is already newer on the screen.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from typing import Any, Protocol, TypeVar

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from pos.domain.errors import Refused

log = logging.getLogger(__name__)
T = TypeVar("T")
Answer = dict[str, Any]


class Till(Protocol):
    """The till as the window sees it; `pos.till.front.Front` is the one that is."""

    def call(self, verb: str, **fields: Any) -> Future[Answer]: ...
    def subscribe(self, listener: Callable[[Answer], None]) -> None: ...
    def seat_map(self, show: str) -> Future[Any]: ...
    def states_of(self, show: str, indexes: list[int]) -> Future[bytes]: ...


class Bridge(QObject):
    """Asks the till and hands its answers and events to the window's thread.

    `heard` carries the till's events, `refused` a Refused that nobody handled, `failed`
    the words of a defect. `asked` says that a person had something done, `settled` that nothing of that is
    under way any more, `declined` that something of it was refused, whoever handles that.
    """

    heard = Signal(object)
    refused = Signal(object)
    failed = Signal(str)
    asked = Signal()
    settled = Signal()
    declined = Signal()
    _landed = Signal(object)

    def __init__(self, till: Till, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.till = till
        self._open = True
        self.acting = 0  # how many things that a person had done are not answered yet
        self._newest: dict[str, int] = {}
        self._landed.connect(self._deliver)
        till.subscribe(self._hear)

    def close(self) -> None:
        """Hear no more answers; those under way are dropped."""
        self._open = False

    def call(
        self,
        verb: str,
        done: Callable[[Answer], None] | None = None,
        refused: Callable[[Refused], None] | None = None,
        ended: Callable[[], None] | None = None,
        **fields: Any,
    ) -> None:
        """Do `verb`. `done` or `refused` is called later, on this thread, exactly once.

        `ended` is called before either, and also when a defect leaves neither to call.
        """
        self.asked.emit()
        self.acting += 1

        def landed() -> None:
            self.acting -= 1
            if ended is not None:
                ended()
            if not self.acting:
                self.settled.emit()

        def declined(refusal: Refused) -> None:
            self.declined.emit()
            (refused or self.refused.emit)(refusal)

        self.follow(self.till.call(verb, **fields), done, declined, ended=landed)

    def latest(
        self,
        channel: str,
        verb: str,
        done: Callable[[Answer], None],
        refused: Callable[[Refused], None] | None = None,
        **fields: Any,
    ) -> None:
        """Like `call`, for reads: only the newest question of `channel` is answered."""
        self.follow(self.till.call(verb, **fields), done, refused, channel=channel)

    def follow(
        self,
        future: Future[T],
        done: Callable[[T], None] | None,
        refused: Callable[[Refused], None] | None = None,
        *,
        ended: Callable[[], None] | None = None,
        channel: str = "",
    ) -> None:
        """Bring the outcome of `future` to this thread."""
        number = 0
        if channel:
            number = self._newest[channel] = self._newest.get(channel, 0) + 1

        def deliver() -> None:
            if ended is not None:
                ended()
            if not channel or self._newest[channel] == number:
                self._settle(future, None if _gone(done) else done, None if _gone(refused) else refused)

        def land(_: Future[T]) -> None:
            if self._open:
                self._landed.emit(deliver)

        future.add_done_callback(land)

    def _hear(self, event: Answer) -> None:
        if self._open:
            self.heard.emit(event)

    def _deliver(self, deliver: Callable[[], None]) -> None:
        if self._open:
            deliver()

    def _settle(
        self,
        future: Future[T],
        done: Callable[[T], None] | None,
        refused: Callable[[Refused], None] | None,
    ) -> None:
        try:
            answer = future.result()
        except Refused as refusal:
            if refused is not None:
                refused(refusal)
            else:
                self.refused.emit(refusal)
        except CancelledError:
            log.info("a question to the till was cancelled")
        except Exception as error:
            # A defect below must be seen, and must not end the window.
            log.error("the till failed", exc_info=error)
            self.failed.emit(str(error) or type(error).__name__)
        else:
            if done is not None:
                done(answer)


def _gone(callback: Callable[..., None] | None) -> bool:
    """Whether a callback belongs to what was taken off the screen while the till worked, as another language does."""
    owner = getattr(callback, "__self__", None)
    return isinstance(owner, QObject) and not isValid(owner)
