"""Asking the office over the addresses that are not in use, so that it is known whether they work."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Final

from sync import wire
from sync.agent.lines import Lines
from sync.agent.link import Channel
from sync.agent.trouble import LinkClosed, Trouble
from sync.agent.watch import LinkWatch

log = logging.getLogger(__name__)

PROBE_S: Final = 5.0  # between looks at which addresses are due
ANSWER_S: Final = 3.0


class Prober:
    """The loop, on a thread of its own. `channels` are lines of their own, one an address in order: nothing that a
    customer waits for goes over them."""

    def __init__(self, lines: Lines, channels: list[Channel], watch: LinkWatch, tell: Callable[[], None]) -> None:
        self._lines = lines
        self._channels = channels
        self._watch = watch
        self._tell = tell
        self._stopping = threading.Event()

    def stop(self) -> None:
        self._stopping.set()
        for channel in self._channels:
            channel.close()

    def run(self) -> None:
        """Ask until stopped."""
        while not self._stopping.wait(PROBE_S):
            try:
                self.look()
            except LinkClosed:
                break
            except Exception:
                log.exception("asking the office's other addresses failed")

    def look(self) -> None:
        """Ask those that are due. While the office is away the poll tries them all itself."""
        for at in self._lines.due() if not self._watch.known_down else ():
            before = self._lines.states()[at].state
            self._lines.probed(at, self._ask(at))
            if self._lines.states()[at].state != before:
                self._tell()

    def _ask(self, at: int) -> Trouble | None:
        """What is wrong with it; None when the office answered."""
        channel = self._channels[at]
        try:
            channel.ask("/v1/hello", wire.Message(), wire.Message, ANSWER_S)
        except LinkClosed:
            raise
        except Trouble as trouble:
            return trouble
        finally:
            channel.renew()  # asked anew each time: a connection that lies idle tells nothing of the next one
        return None
