"""Pulls: what happened since a cursor, waiting when there is nothing yet."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from pos.domain.certificate import Hand
from sync.office.api.pulse import SEEN_EVERY_S, Pulse
from sync.office.api.signing import Caller
from sync.office.clock import now_iso, now_s
from sync.office.rules import changes, recalls, recovery, tills
from sync.office.rules.claims import Fenced
from sync.office.rules.heard import STOPPED, Pulled
from sync.office.store.engine import Database
from sync.wire import MAX_WAIT_S, PullAnswer, PullRequest, RecallItem

REPEAT_S: Final = 0.5  # an unanswered recall alone ends a long poll again after this


@dataclass(frozen=True, slots=True)
class _Told:
    """Which recalls a till was last told of, and when: so that a long poll need not spin."""

    recalls: tuple[RecallItem, ...]
    at: float


class Puller:
    def __init__(self, database: Database, pool: ThreadPoolExecutor, pulse: Pulse) -> None:
        self._database, self._pool, self._pulse = database, pool, pulse
        self._told: dict[str, _Told] = {}

    async def pull(self, caller: Caller, request: PullRequest, max_page: int) -> PullAnswer:
        """A page of changes; at the latest after `wait_s` an empty one. Raises Fenced."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + min(max(request.wait_s, 0.0), MAX_WAIT_S)
        limit = min(max(request.limit, 1), max_page)
        if request.stopped:
            # Before its state is looked at: a till stops because it was fenced or declared dead, and nothing else
            # tells how far it got.
            self._pulse.pulled(Pulled(caller.till, caller.incarnation, STOPPED, request.head))
        first = True
        while True:
            seen = self._pulse.position, self._pulse.signal
            answer = await loop.run_in_executor(self._pool, self._read, caller, request, limit)
            # A cursor beyond the log's end is of a history that this office has lost.
            same = request.generation == answer.generation
            if first and same and not request.stopped and request.cursor <= answer.latest:
                self._pulse.pulled(Pulled(caller.till, caller.incarnation, request.cursor, request.head))
            first = False
            left = deadline - loop.time()
            if answer.changes or not same or left <= 0 or self._pulse.closing:
                break
            quiet = self._quiet_s(caller.till, tuple(answer.recalls))
            if answer.recalls and quiet <= 0:
                break
            await self._pulse.wait(
                lambda seen=seen: (self._pulse.position, self._pulse.signal) != seen,  # type: ignore[misc]
                min(left, SEEN_EVERY_S, quiet if answer.recalls else left),
            )
            self._pulse.heard(caller.till)
        self._told[caller.till] = _Told(tuple(answer.recalls), now_s())
        return answer

    def _quiet_s(self, till: str, asked: tuple[RecallItem, ...]) -> float:
        """How long these recalls need not be repeated yet."""
        told = self._told.get(till)
        return told.at + REPEAT_S - now_s() if told is not None and told.recalls == asked else 0.0

    def _read(self, caller: Caller, request: PullRequest, limit: int) -> PullAnswer:
        cursor = request.cursor
        with self._database.read() as connection:
            latest, _ = changes.head(connection)
            applied, head_hash, state = tills.standing(connection, caller.till, caller.incarnation)
            if state != "ACTIVE":
                raise Fenced
            past = recovery.standing(connection)
            same = request.generation == past.generation
            found = changes.after(connection, cursor, limit) if same and latest > cursor else []
            return PullAnswer.model_construct(
                changes=found,
                cursor=found[-1].position if found else max(cursor, 0),
                latest=latest,
                recalls=recalls.open_for(connection, caller.till, caller.incarnation, now_s()),
                applied=applied,
                head_hash=head_hash,
                state=state,
                office_time=now_iso(),
                generation=past.generation,
                tell=past.recovering and recovery.wanted(connection, Hand(caller.till, caller.incarnation)),
            )
