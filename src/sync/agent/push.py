"""Pushing facts: in number order, again and again until the office says it has them.

The journal is the outbox, so nothing is queued here. A push whose answer was lost is
simply sent again: the office answers a number it has with the stored result.
"""

from __future__ import annotations

import base64
import logging
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future, wait
from typing import Final

from pos.domain.facts import SignedFact
from pos.till.ports import Ledger
from sync import wire
from sync.agent.backoff import Backoff
from sync.agent.guard import Guard
from sync.agent.lines import Lines
from sync.agent.link import Channel
from sync.agent.trouble import LinkClosed, Trouble
from sync.agent.watch import LinkWatch

log = logging.getLogger(__name__)

ANSWER_S: Final = 10.0  # applying a page of 500 facts takes the office well under a second
BODY_S: Final = 60.0  # a full page takes that long to send on a bad line
LARGEST_PAGE: Final = 1024 * 1024  # bytes of envelopes; a sale of 300 tickets is about 100 KB
NOTING_S: Final = 5.0
RECHECK_S: Final = 5.0  # looks into the journal even when nobody said so
STANDING_S: Final = ANSWER_S  # a queue that stands longer than this on a line that is up is an alarm


class Pusher:
    """The push loop, and a push on demand; whoever pushes holds the lock."""

    def __init__(self, channel: Channel, ledger: Ledger, watch: LinkWatch, guard: Guard, lines: Lines) -> None:
        self._channel = channel
        self._lines = lines
        self._ledger = ledger
        self._guard = guard
        self._watch = watch
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._pushing = threading.Lock()
        self._at: int | None = None  # the highest number that the office has, None before it was asked

    def facts_waiting(self) -> None:
        self._wake.set()

    def stop(self) -> None:
        self._stopping.set()
        self._wake.set()

    def run(self) -> None:
        """Push whenever there is something, until stopped."""
        backoff = Backoff()
        stands_since: float | None = None  # when the first of the failing tries began
        while not self._stopping.is_set():
            self._wake.clear()
            wait_s = RECHECK_S
            began = time.monotonic()
            try:
                self.push_all()
                self._watch.accepts("push")
                backoff.reset()
                stands_since = None
            except LinkClosed:
                break
            except Trouble as trouble:
                log.debug("push: %s", trouble)
                wait_s = backoff.next_s()
                stands_since = began if stands_since is None or self._watch.known_down else stands_since
                self._complain_of(trouble, time.monotonic() - stands_since)
            except Exception as error:
                log.exception("pushing facts failed")
                self._watch.refuses("push", f"Facts cannot be sent: {type(error).__name__} in the till")
                wait_s = backoff.next_s()
            self._wake.wait(wait_s)

    def _complain_of(self, trouble: Trouble, stood_s: float) -> None:
        """Polls are answered and facts are not, as where only small packets pass: nobody would notice."""
        stands = stood_s >= STANDING_S and trouble.cause != "office_refuses" and not self._watch.known_down
        if stands and not self._lines.give_up(trouble):
            self._watch.hindered("push", trouble.cause, f"Facts do not get through: {trouble.detail}")

    def push_all(self) -> None:
        """Send everything that is in the journal now. Raises Trouble."""
        with self._pushing:
            target = self._ledger.head()[0]
            noted: Future[None] | None = None
            while (after := self.position()) < target and not self._stopping.is_set():
                facts = page_of(self._ledger.facts_after(after, wire.MAX_FACTS))
                if not facts:
                    break
                noted = self._push(facts, after)
            if noted is None:
                # Until the ledger has noted it: its disk was full, perhaps, when it was to note it the last time.
                noted = self._acknowledge(self.position())
        if noted is not None:
            _await(noted, self._stopping)

    def _push(self, facts: Sequence[SignedFact], after: int) -> Future[None] | None:
        """One page. Afterwards `_at` is what the office has."""
        began, failures = time.monotonic(), self._watch.failures
        try:
            answer = self._channel.ask("/v1/push", request_of(facts), wire.PushAnswer, ANSWER_S, BODY_S)
        except Trouble as trouble:
            if trouble.cause == "office_refuses":
                # Signature or chain: sending the same again will not help, but a mended office might.
                self._watch.refuses("push", f"Facts from number {after + 1} on are refused: {trouble.detail}")
            raise
        self._watch.answered(failures, (time.monotonic() - began) * 1000)
        head = self._ledger.head()[0]
        if answer.applied > head:
            why = f"the office has facts up to {answer.applied}, the journal ends at {head}"
            self._guard.fence(why, forgot=True)
        # Facts that rival the office's history are kept there beside it: they have results, and are not applied.
        kept = max([answer.applied, *(result.number for result in answer.results)])
        if kept == after:
            raise self._stuck(f"the office took none of the facts from number {after + 1} on")
        if kept < after:
            self._step_back(kept, after)
            return None
        self._watch.accepts("push")
        # Not beyond what was sent: what the office has there may be another history.
        self._at = min(kept, facts[-1].number)
        for result in answer.results:
            if result.verdict != "applied":
                log.info("fact %d is %s", result.number, result.verdict)
        return self._acknowledge(self._at)

    def _step_back(self, applied: int, after: int) -> None:
        """The office lacks facts that it had acknowledged (its disk was restored): they are sent again."""
        log.warning("the office has facts up to %d only, %d were acknowledged; sending them again", applied, after)
        self._at = applied

    def _stuck(self, why: str) -> Trouble:
        self._watch.refuses("push", why)
        return Trouble("office_refuses", why)

    def position(self) -> int:
        """The highest number that the office is known to have."""
        if self._at is None:
            self._at = self._ledger.acknowledged()
        return self._at

    def office_has(self, applied: int, known_before: int) -> None:
        """A pull told how far the office is in this journal; `known_before` is `position()` before it was sent.

        Further than known: the last push's answer was lost. Less far: its disk was restored.
        """
        if not self._pushing.acquire(blocking=False):
            return  # the push under way will learn it from its own answer
        try:
            if applied > self.position():
                self._at = applied
                self._acknowledge(applied)
                self._watch.accepts("push")
            elif applied < known_before:
                self._step_back(applied, known_before)
                self._wake.set()
        finally:
            self._pushing.release()

    def _acknowledge(self, applied: int) -> Future[None] | None:
        if applied <= self._ledger.acknowledged():
            return None
        noted = self._ledger.acknowledge(applied)
        noted.add_done_callback(_complain)
        return noted


def page_of(facts: Sequence[SignedFact]) -> Sequence[SignedFact]:
    """As many of the first facts as make a page, at least one."""
    size = 0
    for count, fact in enumerate(facts):
        size += len(fact.envelope) + len(fact.beside)
        if count and size > LARGEST_PAGE:
            return facts[:count]
    return facts


def request_of(facts: Sequence[SignedFact]) -> wire.PushRequest:
    """A push of these facts."""
    return wire.PushRequest(facts=[item_of(fact) for fact in facts])


def item_of(fact: SignedFact) -> wire.FactItem:
    """A fact as it is sent."""
    return wire.FactItem(
        number=fact.number,
        envelope=fact.envelope.decode(),
        hash=fact.hash,
        signature=base64.b64encode(fact.signature).decode(),
        beside=fact.beside,
    )


def _complain(noted: Future[None]) -> None:
    if not noted.cancelled() and (error := noted.exception()) is not None:
        log.error("the ledger could not note what the office has: %s", error)


def _await(noted: Future[None], stopping: threading.Event) -> None:
    """Until the ledger has noted it, so that nothing counts as unsent that was sent."""
    deadline = time.monotonic() + NOTING_S
    while not stopping.is_set() and time.monotonic() < deadline:
        if wait((noted,), 0.1).done:
            return
