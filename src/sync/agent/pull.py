"""Pulling changes: a long poll that is also the heartbeat of the line.

A poll waits POLL_S at the office and a little longer here, so that a line that has
silently become a black hole shows within ten seconds.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import TimeoutError as FutureTimeout
from typing import Final

from pos.domain.errors import Unreadable
from pos.store.replica import LayoutMoved, ReplicaDamaged, ReplicaUnavailable, ReplicaWriter
from pos.till.ports import Changed, Ledger
from sync import wire
from sync.agent import fetch
from sync.agent.backoff import Backoff
from sync.agent.guard import Guard
from sync.agent.lines import Lines
from sync.agent.link import Channel
from sync.agent.push import Pusher
from sync.agent.recall import Recalls
from sync.agent.trouble import LinkClosed, Trouble
from sync.agent.watch import LinkWatch

log = logging.getLogger(__name__)

FENCED: Final = "fenced"  # the code with which the office disowns a till
POLL_S: Final = 4.0
LATE_S: Final = 3.0  # an answer that has not begun this long after its poll's end is none
BODY_S: Final = 120.0  # a full page after an outage is about 1 MB
PAGE: Final = 1000  # changes in one answer
RETRY_S: Final = 2.0  # the longest wait between tries while the line is down
HAND_S: Final = 30.0  # some thousand places are looked up and written
STANDING_S: Final = 1.0  # for the ledger to say how it stands
REPEATED_S: Final = 0.2  # between polls while the office repeats recalls that are being answered


class Puller:
    """The poll loop, and a pull on demand. Pages are stored by one thread at a time."""

    def __init__(
        self,
        channel: Channel,
        writer: ReplicaWriter,
        ledger: Ledger,
        watch: LinkWatch,
        guard: Guard,
        pusher: Pusher,
        recalls: Recalls,
        lines: Lines,
    ) -> None:
        self._lines = lines
        self._channel = channel
        self._writer = writer
        self._ledger = ledger
        self._watch = watch
        self._guard = guard
        self._pusher = pusher
        self._recalls = recalls
        self.restored: Callable[[], None] = lambda: None  # the office was: it may lack what it had
        # The past of its change log by which that was last told. The replica is no measure of it: by whatever way a
        # snapshot came into it, it has the new one before anybody has been told.
        self._told_past: str | None = None
        self._storing = threading.Lock()
        self._stopping = threading.Event()

    def stop(self) -> None:
        self._stopping.set()

    def run(self) -> None:
        """Poll until stopped."""
        backoff = Backoff(RETRY_S)
        first = True  # the first poll, and the first after a failure, does not wait: is it there?
        while not self._stopping.is_set():
            line = self._lines.at
            try:
                self._poll(self._channel, 0.0 if first else POLL_S)
                backoff.reset()
                first = self._lines.at != line  # turned away from while it answered: what of the one in use now?
                if not first:
                    self._lines.answered(line)
                continue
            except LinkClosed:
                break
            except Trouble as trouble:
                if trouble.code == FENCED:
                    self._guard.fence(trouble.detail)
                if self._lines.at != line:  # turned away from meanwhile, and cut off perhaps: nothing is wrong with it
                    first = True
                    continue
                away = self._lines.failed(line, trouble)
                if away is None:
                    first = True
                    continue  # by another address, at once
                self._watch.failed(away)
            except ReplicaDamaged as error:
                log.warning("%s", error)
                self._start_over()
            except (Unreadable, LayoutMoved, ReplicaUnavailable) as error:
                self._cannot_store(error)
            except Exception as error:
                log.exception("pulling changes failed")
                self._watch.refuses("pull", f"Changes cannot be taken: {type(error).__name__} in the till")
            first = True
            self._stopping.wait(backoff.next_s())

    def _start_over(self) -> None:
        """Set a damaged replica aside, so that it is fetched again. While that cannot be done the line says so, and it
        is found damaged, and tried, again."""
        try:
            self._writer.start_over("damaged")
        except ReplicaUnavailable as error:
            self._cannot_store(error)

    def _cannot_store(self, error: Exception) -> None:
        log.warning("changes cannot be stored: %s", error)
        self._watch.refuses("pull", f"Changes cannot be stored: {error}")

    def pull_all(self, channel: Channel) -> int:
        """Pull up to the office's latest change; the cursor. Raises Trouble, Unreadable, ReplicaUnavailable."""
        target: int | None = None
        while not self._stopping.is_set():
            answer = self._poll(channel, 0.0)
            if answer is None:
                continue
            target = answer.latest if target is None else target
            if answer.cursor >= target or not answer.changes:
                break
        return self._writer.cursor()

    def _poll(self, channel: Channel, wait_s: float) -> wire.PullAnswer | None:
        """One pull and what follows from it; None when a whole snapshot was fetched instead."""
        if self._told_past is None:
            self._told_past = self._writer.generation()
        if not self._writer.complete():
            self._fetch_all(channel, only_if_incomplete=True)
            return None
        cursor, generation = self._writer.cursor(), self._writer.generation()
        known = self._pusher.position()
        began, failures = time.monotonic(), self._watch.failures
        head, stopped = self._standing()
        request = wire.PullRequest(
            cursor=cursor, wait_s=wait_s, limit=PAGE, head=head, stopped=stopped, generation=generation
        )
        answer = channel.ask("/v1/pull", request, wire.PullAnswer, wait_s + LATE_S, BODY_S)
        took_s = time.monotonic() - began
        self._watch.answered(failures, took_s * 1000 if wait_s == 0 else None)
        if self._guard.check(answer.applied, answer.head_hash, answer.state):
            self._pusher.office_has(answer.applied, known)
        self._ledger.office_time(answer.office_time)
        news = self._recalls.take(answer.recalls)
        if answer.generation != self._told_past or answer.latest < cursor:
            self.restored()  # before anything that may fail; once too often does no harm
            self._told_past = answer.generation
        if answer.generation != generation or answer.latest < cursor:
            log.warning("the office has been restored: its change log is another one; fetching all anew")
            self._fetch_all(channel)
            return None
        if answer.changes:
            self._store(channel, answer)
        elif not news and took_s < REPEATED_S < wait_s:
            # It repeats recalls that are being answered.
            self._stopping.wait(REPEATED_S)
        self._watch.accepts("pull")
        if answer.tell and answer.applied == self._ledger.head()[0]:
            self._tell(channel)
        return answer

    def _tell(self, channel: Channel) -> None:
        """The office was restored, and asks what this till has in hand. It asks again with every pull."""
        try:
            number, rights = self._ledger.in_hand().result(STANDING_S)
        except FutureTimeout:
            return
        told = channel.ask("/v1/hand", wire.HandRequest(number=number, rights=list(rights)), wire.HandAnswer, HAND_S)
        log.info("told the office %d rights in hand at fact %d: taken %s", len(rights), number, told.taken)

    def _standing(self) -> tuple[int, bool]:
        """Where the journal ends, -1 when that cannot be told, and whether the till has stopped.

        Asked after the replica is at the cursor, of the ledger's own thread: nothing that it decided
        by an older replica is then still to be written.
        """
        try:
            standing = self._ledger.standing().result(STANDING_S)
        except FutureTimeout:
            return -1, False
        return -1 if standing.head is None else standing.head, standing.stopped

    def _store(self, channel: Channel, answer: wire.PullAnswer) -> None:
        with self._storing:
            plans, shows = fetch.needed(channel, self._writer.needs(answer.changes))
            try:
                touched = self._writer.apply_page(answer.changes, answer.cursor, plans, shows)
            except LayoutMoved as moved:
                # A later page changes the layout once more; rather than wait for it, all is fetched.
                log.info("%s has another layout by now; fetching all anew", moved)
                fetch.snapshot(channel, self._writer)
                self._ledger.changed(Changed(documents=True, sales=True))
                return
        self._ledger.changed(
            Changed(touched.places, touched.documents, touched.sales, touched.disputes, touched.records)
        )

    def _fetch_all(self, channel: Channel, *, only_if_incomplete: bool = False) -> None:
        with self._storing:
            if only_if_incomplete and self._writer.complete():
                return  # the other thread has just done it
            failures = self._watch.failures
            fetch.snapshot(channel, self._writer)
        self._watch.answered(failures)
        self._watch.accepts("pull")
        self._ledger.changed(Changed(documents=True, sales=True))
