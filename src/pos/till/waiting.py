"""Waiting for the outside no longer than it may take."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


def within(future: Future[T], seconds: float) -> Future[T | None]:
    """The future's result, or None when it takes longer or fails; the future itself goes on."""
    soon: Future[T | None] = Future()
    guard = threading.Lock()

    def settle(value: T | None) -> None:
        with guard:
            if not soon.done():
                soon.set_result(value)

    timer = threading.Timer(seconds, settle, [None])
    timer.daemon = True
    timer.start()

    def finished(done: Future[T]) -> None:
        timer.cancel()
        settle(None if done.cancelled() or done.exception() else done.result())

    future.add_done_callback(finished)
    return soon
