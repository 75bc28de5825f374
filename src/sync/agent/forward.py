"""Bringing the office the journals of other tills whose copies lie here, once these tills have fallen silent.

A till that still writes sends its facts itself; of one that does not for QUIET_S the office is asked what it lacks.
Every fact is signed by its own till, so it does not matter who brings it, nor how often.
"""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from pos.domain.certificate import Hand
from pos.till.ports import KeptCopy
from sync import wire
from sync.agent.link import Channel
from sync.agent.push import ANSWER_S, BODY_S, LARGEST_PAGE
from sync.agent.trouble import LinkClosed, Trouble
from sync.agent.watch import LinkWatch

log = logging.getLogger(__name__)

LOOK_S: Final = 5.0  # between looks at what lies here
QUIET_S: Final = 10.0  # without a new fact


class Forwarder:
    """The loop, on a thread of its own. `found` are the copies that lie here now; its own till's is left out."""

    def __init__(
        self, channel: Channel, found: Callable[[], Iterable[KeptCopy]], own: Callable[[], Hand], watch: LinkWatch
    ) -> None:
        self._channel = channel
        self._found = found
        self._own = own
        self._watch = watch
        self._stopping = threading.Event()
        self._done: dict[Hand, KeptCopy] = {}  # what the office has, or has refused
        self.office_has: dict[Hand, int] = {}  # up to which fact, as it last said

    def stop(self) -> None:
        self._stopping.set()
        self._channel.close()

    def run(self) -> None:
        """Look until stopped."""
        while not self._stopping.wait(LOOK_S):
            if self._watch.state.state != "online":
                continue
            try:
                self.look()
            except LinkClosed:
                break
            except Exception:
                log.exception("copies of other tills' journals could not be sent")

    def look(self) -> None:
        """Send what the office lacks of copies that have come to rest."""
        for copy in self._found():
            if copy.hand == self._own() or self._done.get(copy.hand) == copy or time.time() - copy.at < QUIET_S:
                continue
            try:
                self._forward(copy)
            except (OSError, ValidationError) as error:
                log.warning("%s cannot be read: %s", copy.path, error)
            except LinkClosed:
                raise
            except Trouble as trouble:
                if trouble.cause != "office_refuses":
                    log.info("the copy of %s waits: %s", copy.hand.name, trouble)
                    continue
                log.warning("the office does not take the copy of %s: %s", copy.hand.name, trouble.detail)
            self._done[copy.hand] = copy

    def _forward(self, copy: KeptCopy) -> None:
        """Raises Trouble, OSError, ValidationError."""
        at = self._sent(copy.hand, ())
        began = at
        while at < copy.number and not self._stopping.is_set():
            page = page_at(copy.path, at)
            if not page:
                return
            before, at = at, self._sent(copy.hand, page)
            if at <= before:
                raise Trouble("office_refuses", f"it takes nothing from fact {before + 1} on")
        if at > began:
            log.info("the office has facts %d to %d of %s from the copy here", began + 1, at, copy.hand.name)

    def _sent(self, hand: Hand, facts: Sequence[wire.FactItem]) -> int:
        """How far the office is with these."""
        request = wire.ForwardRequest(till=hand.till, incarnation=hand.incarnation, facts=list(facts))
        answer = self._channel.ask("/v1/forward", request, wire.ForwardAnswer, ANSWER_S, BODY_S)
        self.office_has[hand] = answer.applied
        return answer.applied


def page_at(path: Path, after: int) -> list[wire.FactItem]:
    """The facts after a number, as many as make a page; a last line that is torn is none.

    Raises OSError, ValidationError.
    """
    page: list[wire.FactItem] = []
    size = 0
    with path.open("rb") as file:
        for line in itertools.islice(file, after + 1, after + 1 + wire.MAX_FACTS):
            size += len(line)
            if not line.endswith(b"\n") or (page and size > LARGEST_PAGE):
                break
            page.append(wire.FactItem.model_validate_json(line))
    return page
