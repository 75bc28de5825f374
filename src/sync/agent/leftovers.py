"""Sending what earlier incarnations of this till left unsent, in their name and with their keys.

It goes on from where each of them had got to until the office has it all, as its history
or, of an old copy, beside it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from typing import Final

from pos.till.ports import Outbox
from sync import wire
from sync.agent.backoff import Backoff
from sync.agent.link import Channel
from sync.agent.push import ANSWER_S, BODY_S, page_of, request_of
from sync.agent.trouble import LinkClosed, Trouble
from sync.agent.watch import LinkWatch

log = logging.getLogger(__name__)

WHAT: Final = "leftovers"  # as the link's watch knows it


class Leftovers:
    """The loop that sends them, one after the other."""

    def __init__(self, outboxes: Sequence[Outbox], channel_of: Callable[[Outbox], Channel], watch: LinkWatch) -> None:
        self._outboxes = outboxes
        self._channel_of = channel_of
        self._watch = watch
        self._stopping = threading.Event()
        self._channel: Channel | None = None

    @property
    def any(self) -> bool:
        """Whether there is something to send."""
        return any(outbox.unsent for outbox in self._outboxes)

    def stop(self) -> None:
        self._stopping.set()
        channel = self._channel
        if channel is not None:
            channel.close()

    def run(self) -> None:
        """Send until the office has everything, or until stopped."""
        for outbox in self._outboxes:
            if outbox.unsent == 0:
                continue
            channel = self._channel = self._channel_of(outbox)
            backoff = Backoff()
            while outbox.unsent and not self._stopping.is_set():
                try:
                    self._send(channel, outbox)
                    backoff.reset()
                    continue
                except LinkClosed:
                    return
                except Trouble as trouble:
                    log.debug("facts of %s.%d: %s", outbox.till, outbox.incarnation, trouble)
                except Exception:
                    log.exception("sending facts of %s.%d failed", outbox.till, outbox.incarnation)
                self._stopping.wait(backoff.next_s())
            channel.close()

    def _send(self, channel: Channel, outbox: Outbox) -> None:
        """One page. Raises Trouble."""
        facts = page_of(outbox.facts_after(outbox.acknowledged(), wire.MAX_FACTS))
        last = facts[-1].number
        try:
            answer = channel.ask("/v1/push", request_of(facts), wire.PushAnswer, ANSWER_S, BODY_S)
        except Trouble as trouble:
            if trouble.cause == "office_refuses":
                self._refused(outbox, facts[0].number, trouble.detail)
            raise
        # Facts that rival the office's history are kept there beside it: they have results, too.
        kept = max([answer.applied, *(result.number for result in answer.results)])
        if kept < last:
            raise self._refused(outbox, kept + 1, "the office does not take them")
        outbox.acknowledge(last)
        self._watch.accepts(WHAT)
        log.info("the office has facts of %s.%d up to %d", outbox.till, outbox.incarnation, last)

    def _refused(self, outbox: Outbox, number: int, why: str) -> Trouble:
        said = f"Facts of {outbox.till}.{outbox.incarnation} from number {number} on are refused: {why}"
        self._watch.refuses(WHAT, said)
        return Trouble("office_refuses", said)
