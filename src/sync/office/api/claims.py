"""Claims over HTTP: gathered for a moment, settled together, waiting for recalls without a thread."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Final, TypeVar

from sqlalchemy import Connection

from sync.office.api.pulse import Pulse
from sync.office.api.signing import Caller
from sync.office.clock import now_s
from sync.office.rules import recalls
from sync.office.rules.claims import WAITING, Claim, Fenced, Outcome, settle
from sync.office.rules.grants import grant_free
from sync.office.rules.rebalance import Halls, Lack, ask_others
from sync.office.store.engine import Database
from sync.wire import ClaimAnswer, ClaimRequest, GrantItem

GATHER_S: Final = 0.003
MAX_BATCH: Final = 200  # claims
MAX_WAIT_S: Final = 10.0
AGAIN_S: Final = 0.5  # a waiting claim looks again at least this often

_Result = TypeVar("_Result")
_Entry = tuple[Claim, asyncio.Future[Outcome]]


class ClaimDesk:
    """One batch at a time in this process; other claims gather meanwhile, and cost less together."""

    def __init__(self, database: Database, pool: ThreadPoolExecutor, pulse: Pulse) -> None:
        self._database, self._pool, self._pulse = database, pool, pulse
        self._halls = Halls()
        self._queue: asyncio.Queue[_Entry] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def claim(self, caller: Caller, request: ClaimRequest) -> ClaimAnswer:
        """Settle a claim, waiting for recalls until its time is over. Raises Fenced."""
        answer = await self._claim(caller, request)
        if not request.short or request.whole or request.sold or request.held:
            return answer
        more = await self._of_others(caller, request)
        return answer.model_copy(update={"granted": [*answer.granted, *more]})

    async def _of_others(self, caller: Caller, request: ClaimRequest) -> list[GrantItem]:
        """What others gave back for this till's allotment, when it asked for more than the pool has."""
        lack = Lack(uuid.uuid4().hex, caller.till, request.show, request.short)
        deadline = now_s() + min(max(request.wait_s, 0.0), MAX_WAIT_S)
        asked = await self._work(lambda c: ask_others(c, self._halls, lack, now_s(), deadline))
        if not asked:
            return []
        self._pulse.poke()
        while (left_s := deadline - now_s()) > 0 and not self._pulse.closing:
            seen = self._pulse.position, self._pulse.signal
            if not await self._work(lambda c: recalls.unanswered(c, lack.id)):
                break
            await self._pulse.wait(
                lambda seen=seen: (self._pulse.position, self._pulse.signal) != seen,  # type: ignore[misc]
                min(AGAIN_S, left_s),
            )
        answer = await self._claim(caller, ClaimRequest(show=request.show, places=asked, whole=False))
        await self._work(lambda c: recalls.forget(c, [lack.id]))
        return answer.granted

    async def _work(self, function: Callable[[Connection], _Result]) -> _Result:
        """One transaction in the pool."""

        def run() -> _Result:
            with self._database.write() as connection:
                return function(connection)

        return await asyncio.get_running_loop().run_in_executor(self._pool, run)

    async def _claim(self, caller: Caller, request: ClaimRequest) -> ClaimAnswer:
        whole = request.whole or request.sold or request.held
        wait_s = min(max(request.wait_s, 0.0), MAX_WAIT_S) if whole else 0.0
        claim = Claim(
            uuid.uuid4().hex,
            caller.till,
            caller.incarnation,
            request.show,
            tuple(request.places),
            whole,
            now_s() + wait_s,
            request.sold,
            request.held,
        )
        while True:
            seen = self._pulse.position, self._pulse.signal
            outcome = await self._settle(claim)
            if isinstance(outcome, Fenced):
                raise outcome
            if isinstance(outcome, ClaimAnswer):
                return outcome
            # The one who was asked answers by a push or a decline: both move the head.
            await self._pulse.wait(
                lambda seen=seen: (self._pulse.position, self._pulse.signal) != seen,  # type: ignore[misc]
                min(AGAIN_S, max(0.0, claim.deadline - now_s())),
            )
            if self._pulse.closing:
                claim = replace(claim, deadline=0.0)  # answer with what there is

    async def _settle(self, claim: Claim) -> Outcome:
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._queue.put_nowait((claim, future))
        return await future

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            batch = [await self._queue.get()]
            await asyncio.sleep(GATHER_S)
            while len(batch) < MAX_BATCH and not self._queue.empty():
                batch.append(self._queue.get_nowait())
            try:
                outcomes = await loop.run_in_executor(self._pool, self._settle_batch, [claim for claim, _ in batch])
            except Exception as error:  # noqa: BLE001 - whoever claimed hears of it; the desk goes on
                for _, future in batch:
                    if not future.done():
                        future.set_exception(error)
                continue
            for (_, future), outcome in zip(batch, outcomes, strict=True):
                if not future.done():
                    future.set_result(outcome)
            if any(outcome is WAITING or isinstance(outcome, ClaimAnswer) for outcome in outcomes):
                self._pulse.poke()

    def _settle_batch(self, claims: list[Claim]) -> list[Outcome]:
        return settle_batch(self._database, claims, now_s())


def settle_batch(database: Database, claims: Sequence[Claim], now: float) -> list[Outcome]:
    """Settle claims that arrived together: what is free at once, the rest after it."""
    granted: dict[str, ClaimAnswer] = {}
    if not database.sqlite:
        with database.at_once() as connection:
            granted = grant_free(connection, claims, int(now))
    rest = [claim for claim in claims if claim.id not in granted]
    outcomes: dict[str, Outcome] = {**granted}
    if rest:
        with database.write() as connection:
            outcomes.update(zip((claim.id for claim in rest), settle(connection, rest, now), strict=True))
    return [outcomes[claim.id] for claim in claims]
