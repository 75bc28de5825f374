"""Claiming rights: a request each, on a few threads of their own."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, Future
from typing import Any, Final, TypeVar

from pos.domain.rights import Token
from pos.till.ports import ClaimAnswer, LeftDrawer, LineDown, RefusedClaim, Releasable, SoldRight
from sync import wire
from sync.agent.link import Channel
from sync.agent.trouble import Trouble
from sync.agent.watch import LinkWatch

log = logging.getLogger(__name__)

LONGEST_WAIT_S: Final = 4.0  # at the office, for other tills to give back
LATE_S: Final = 0.8  # on top, for the way there and back
RELEASE_S: Final = 4.0  # the office looks at every till there ever was
FIGURES_S: Final = 60.0  # a page of figures may be large, and comes to nobody who waits at a counter
THREADS: Final = 4

A = TypeVar("A", bound=wire.Message)
R = TypeVar("R", bound=wire.Message)
T = TypeVar("T")


class Claims:
    """A claim is answered or fails within LONGEST_WAIT_S + LATE_S; its Future is set on another thread."""

    def __init__(self, channel: Channel, watch: LinkWatch, executor: Executor) -> None:
        self._channel = channel
        self._watch = watch
        self._executor = executor

    def claim(
        self, show: str, places: Sequence[str], *, whole: bool, wait_s: float, sold: bool, held: bool
    ) -> Future[ClaimAnswer]:
        """Ask the office. Fails with LineDown, at once when the last poll has failed."""
        return self._submit(
            wire.ClaimRequest(show=show, places=list(places), whole=whole, wait_s=_within(wait_s), sold=sold, held=held)
        )

    def allot(self, show: str, places: Sequence[str], short: Mapping[str, int], wait_s: float) -> Future[ClaimAnswer]:
        """The same for an allotment."""
        return self._submit(
            wire.ClaimRequest(show=show, places=list(places), whole=False, wait_s=_within(wait_s), short=dict(short))
        )

    def releasable(
        self, till: str, places: Sequence[tuple[str, str]] | None, attested: Sequence[str]
    ) -> Future[Releasable]:
        """Ask whether a dead till's places may be released. Fails as a claim does."""
        request = wire.ReleaseRequest(
            till=till, places=None if places is None else list(places), attested=list(attested)
        )
        return self._run(self._may_release, request, RELEASE_S)

    def _may_release(self, request: wire.ReleaseRequest, deadline: float) -> Releasable:
        answer = self._asked("/v1/release", request, wire.ReleaseAnswer, deadline)
        waits = tuple((item.till, item.incarnation, item.why) for item in answer.waits_for)
        return Releasable(tuple(answer.places), answer.refused, waits)

    def left_drawer(self, till: str) -> Future[LeftDrawer | None]:
        """Ask what should be in the drawer of a till that has ended. Fails as a claim does."""
        return self._run(self._drawer, wire.DrawerRequest(till=till), RELEASE_S)

    def _drawer(self, request: wire.DrawerRequest, deadline: float) -> LeftDrawer | None:
        answer = self._asked("/v1/drawer", request, wire.DrawerAnswer, deadline)
        if not answer.shift:
            return None
        return LeftDrawer(request.till, answer.incarnation, answer.shift, answer.user, answer.since, answer.expected)

    def look(self, what: str, fields: dict[str, Any]) -> Future[dict[str, Any]]:
        """Ask what only the office knows. Fails as a claim does."""
        return self._run(self._look, wire.LookRequest(what=what, fields=fields), RELEASE_S)

    def _look(self, request: wire.LookRequest, deadline: float) -> dict[str, Any]:
        body_s = FIGURES_S if request.what == "figures" else 0.0
        return self._asked("/v1/look", request, wire.LookAnswer, deadline, body_s).found

    def _submit(self, request: wire.ClaimRequest) -> Future[ClaimAnswer]:
        return self._run(self._ask, request, request.wait_s + LATE_S)

    def _run(self, work: Callable[[R, float], T], request: R, within_s: float) -> Future[T]:
        if self._watch.known_down:
            return _failed(LineDown(self._watch.state.cause or "no_office"))
        try:
            return self._executor.submit(work, request, time.monotonic() + within_s)
        except RuntimeError:  # stopped
            return _failed(LineDown("no_office"))

    def _asked(self, path: str, request: wire.Message, answer: type[A], deadline: float, body_s: float = 0.0) -> A:
        left_s = deadline - time.monotonic()
        if left_s <= 0:
            raise LineDown("no_office")
        try:
            return self._channel.ask(path, request, answer, left_s, body_s)
        except Trouble as trouble:
            log.info("%s got no answer: %s", path, trouble)
            raise LineDown(trouble.cause) from trouble

    def _ask(self, request: wire.ClaimRequest, deadline: float) -> ClaimAnswer:
        began = time.monotonic()
        answer = self._asked("/v1/claim", request, wire.ClaimAnswer, deadline)
        if request.wait_s == 0 or time.monotonic() - began < LATE_S:
            self._watch.measured((time.monotonic() - began) * 1000)
        refused = tuple(RefusedClaim(item.place, item.code, item.holder, item.since) for item in answer.refused)
        if request.sold:
            sold = (
                SoldRight(i.place, Token(i.epoch, i.hop), i.ticket, i.copies, i.issued, i.worth, i.valid_until)
                for i in answer.granted
            )
            return ClaimAnswer(answer.incarnation, (), refused, tuple(sold))
        if request.held:
            held = tuple((item.place, Token(item.epoch, item.hop), item.ticket) for item in answer.granted)
            return ClaimAnswer(answer.incarnation, (), refused, held=held)
        granted = tuple((item.place, Token(item.epoch, item.hop)) for item in answer.granted)
        return ClaimAnswer(answer.incarnation, granted, refused)


def _within(wait_s: float) -> float:
    return max(0.0, min(wait_s, LONGEST_WAIT_S))


def _failed(error: LineDown) -> Future[Any]:
    future: Future[Any] = Future()
    future.set_exception(error)
    return future
