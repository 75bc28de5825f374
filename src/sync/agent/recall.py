"""Recalls: the office asks for rights back, the ledger answers, and a refusal is told.

What is given back travels as a fact through the journal. Only what the till keeps is
said here.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from typing import Final

from pos.domain.rights import Token
from pos.till.ports import Ledger, Recall
from sync import wire
from sync.agent.link import Channel
from sync.agent.trouble import Trouble

log = logging.getLogger(__name__)

AGAIN_S: Final = 2.0  # a recall that is repeated this long after it was answered is answered again
ANSWER_S: Final = 4.0


class Recalls:
    """Hands each open recall to the ledger once, however often a pull repeats it."""

    def __init__(self, channel: Channel, ledger: Ledger, executor: Executor, pushed: Callable[[], None]) -> None:
        self._channel = channel
        self._ledger = ledger
        self._executor = executor
        self._pushed = pushed
        self._lock = threading.Lock()
        self._asked: dict[Recall, float] = {}  # when it may be asked again

    def take(self, items: Sequence[wire.RecallItem]) -> bool:
        """Every recall that is open. Whether one was new. Returns at once."""
        now = time.monotonic()
        open_now = {_recall(item): item for item in items}
        with self._lock:
            self._asked = {ask: again for ask, again in self._asked.items() if ask in open_now or again > now}
            asks = [ask for ask in open_now if self._asked.get(ask, 0.0) <= now]
            self._asked.update(dict.fromkeys(asks, now + AGAIN_S))
        if asks:
            self._ledger.recall(asks).add_done_callback(self._answered)
        return bool(asks)

    def _answered(self, answer: Future[Sequence[Recall]]) -> None:
        if answer.cancelled():
            return
        if (error := answer.exception()) is not None:
            log.error("the ledger could not answer a recall: %s", error)
            return
        self._pushed()
        if declined := answer.result():
            try:
                self._executor.submit(self._decline, declined)
            except RuntimeError:
                log.debug("stopping: %d declined recalls are not told", len(declined))

    def _decline(self, asks: Sequence[Recall]) -> None:
        items = [
            wire.RecallItem(show=ask.show, place=ask.place, epoch=ask.token.epoch, hop=ask.token.hop, spare=ask.spare)
            for ask in asks
        ]
        try:
            self._channel.ask("/v1/decline", wire.DeclineRequest(items=items), wire.Message, ANSWER_S)
        except Trouble as trouble:
            log.info("a declined recall could not be told: %s; the office will ask again", trouble)


def _recall(item: wire.RecallItem) -> Recall:
    return Recall(item.show, item.place, Token(item.epoch, item.hop), item.sold, item.spare, item.held)
