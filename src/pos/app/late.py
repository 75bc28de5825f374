"""A front that may be used before the till behind it is open.

The window paints first and opens the till afterwards; what it asks meanwhile waits here,
but for the people who may sign in: they are named at once, as the replica has them.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

from pos.domain.errors import Refused
from pos.till.refusals import sentence

if TYPE_CHECKING:
    from pos.till.front import Front

T = TypeVar("T")
Event = dict[str, Any]


class LateFront:
    """Passes everything on to the Front that `arrive` brings. Any thread may call."""

    def __init__(self, replica: Path) -> None:
        self._replica = replica
        self._front: Future[Front] = Future()
        self._lock = Lock()
        self._listeners: list[Callable[[Event], None]] = []

    def arrive(self, front: Front) -> None:
        """The till is open."""
        with self._lock:
            for listener in self._listeners:
                front.subscribe(listener)
        self._front.set_result(front)

    def call(self, verb: str, **fields: Any) -> Future[dict[str, Any]]:
        if verb == "users" and not self._front.done() and (known := self._people()):
            at_once: Future[dict[str, Any]] = Future()
            at_once.set_result({"users": known})
            return at_once
        return self._later(lambda front: front.call(verb, **fields))

    def _people(self) -> list[dict[str, str]]:
        # Imported when it is asked, which is after the first paint.
        from pos.store.glance import people

        return people(self._replica)

    def seat_map(self, show: str) -> Future[Any]:
        return self._later(lambda front: front.seat_map(show))

    def states_of(self, show: str, indexes: list[int]) -> Future[bytes]:
        return self._later(lambda front: front.states_of(show, indexes))

    def subscribe(self, listener: Callable[[Event], None]) -> None:
        with self._lock:
            if self._front.done():
                self._front.result().subscribe(listener)
            else:
                self._listeners.append(listener)

    @staticmethod
    def sentence(refused: Refused) -> str:
        return sentence(refused)

    def _later(self, ask: Callable[[Front], Future[T]]) -> Future[T]:
        if self._front.done():
            return ask(self._front.result())
        answer: Future[T] = Future()
        self._front.add_done_callback(
            lambda arrived: ask(arrived.result()).add_done_callback(lambda f: _copy(f, answer))
        )
        return answer


def _copy(done: Future[T], into: Future[T]) -> None:
    error = done.exception()
    if error is not None:
        into.set_exception(error)
    else:
        into.set_result(done.result())
