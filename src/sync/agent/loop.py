"""Threads that do not die: a loop that an unexpected error has ended begins again.

Each loop knows what may go wrong in it. This is for what nobody thought of: without its poll a till would hear of no
recall and no new price any more, and look as if it were online.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from sync.agent.backoff import Backoff

log = logging.getLogger(__name__)


def lasting_thread(
    name: str, run: Callable[[], None], stopping: threading.Event, complain: Callable[[str], None] | None = None
) -> threading.Thread:
    """A thread for `run`, not started, which ends when `run` returns or once `stopping` is set. `complain` hears of an
    error, for people; `run` itself has to take that back."""

    def last() -> None:
        backoff = Backoff()
        while not stopping.is_set():
            try:
                run()
                return
            except Exception as error:
                log.exception("the %s thread failed; it begins again", name)
                if complain is not None:
                    _tell(complain, f"The {name} thread failed: {type(error).__name__} in the till")
            stopping.wait(backoff.next_s())

    return threading.Thread(target=last, name=name, daemon=True)


def _tell(complain: Callable[[str], None], text: str) -> None:
    """Whoever is told may be what has failed."""
    try:
        complain(text)
    except Exception:
        log.exception("nobody could be told: %s", text)
