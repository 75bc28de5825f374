"""Asking other tills on the local network for rights, all at once, while the office is away."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from concurrent.futures import TimeoutError as FutureTimeout
from typing import Final, TypeVar

from pos.domain.certificate import Certificate, Hand
from pos.domain.contingency.evacuation import Document
from pos.domain.journaltext import NoCopy
from pos.domain.lockbox import lock
from pos.till.ports import Clock, Ledger, LinkState, Wanted
from sync import lanwire, wire
from sync.agent.carrier import Carrier
from sync.agent.link import Channel, Till
from sync.agent.neighbour_window import COPY, COPY_ANEW, HELLO, NeighbourWindow
from sync.agent.presence import Presence
from sync.agent.trouble import Trouble

log = logging.getLogger(__name__)

HELLO_S: Final = 1.5  # to hear that another is there
IDLE_S: Final = 1.5  # to hear what the others have; one that is off must not cost a customer more
LEDGER_S: Final = 2.0  # for this till's own ledger to say who the other is
ROUNDS: Final = 2  # rounds of questions at a time

T = TypeVar("T")
A = TypeVar("A", bound=wire.Message)


class Neighbours:
    """Implements ports.Neighbours. `tills` are the addresses (HOST:PORT) of the others, by till;
    `window` is where they ask this one, None where they cannot."""

    def __init__(
        self, ledger: Ledger, caller: Till, clock: Clock, tills: Mapping[str, str], window: NeighbourWindow | None
    ) -> None:
        self._ledger = ledger
        self._caller = caller
        self._window = window
        self._carriers = {
            till: Carrier(f"http://{address}", None) for till, address in tills.items() if till != caller.id
        }
        self._rounds = ThreadPoolExecutor(ROUNDS, "neighbours")
        self._asking = ThreadPoolExecutor(max((ROUNDS + 1) * len(self._carriers), 1), "neighbour")
        self._presence = Presence(self._greet, clock)

    def start(self) -> None:
        if self._window is not None:
            self._window.start()
        if self._carriers:
            self._presence.start()

    def stop(self) -> None:
        """End every question at once, and answer none any more."""
        self._presence.stop()
        if self._window is not None:
            self._window.stop()
        for carrier in self._carriers.values():
            carrier.close()
        for pool in (self._rounds, self._asking):
            pool.shutdown(wait=False, cancel_futures=True)

    def link_changed(self, link: LinkState) -> None:
        """The line to the office went up or down."""
        self._presence.office_is(link.state == "offline")

    # ---- ports.Neighbours ------------------------------------------------------------------

    def idle(self, show: str, wait_s: float) -> Future[Mapping[str, tuple[str, ...]]]:
        def ask(till: str, within_s: float) -> tuple[str, ...]:
            def request(to: Hand) -> lanwire.IdleRequest:
                return lanwire.IdleRequest(to=to.till, to_incarnation=to.incarnation, show=show)

            answer = self._ask(till, "/v1/neighbour/idle", request, lanwire.IdleAnswer, within_s)
            return tuple(answer.places) if answer is not None else ()

        return self._round(lambda: self._all(tuple(self._carriers), ask, min(IDLE_S, wait_s / 2)), {})

    def ask(self, show: str, wanted: Mapping[str, Wanted], wait_s: float) -> Future[Sequence[Certificate]]:
        def ask(till: str, within_s: float) -> list[Certificate]:
            places, more = list(wanted[till].places), list(wanted[till].more)

            def request(to: Hand) -> lanwire.PassRequest:
                return lanwire.PassRequest(
                    to=to.till, to_incarnation=to.incarnation, show=show, places=places, more=more
                )

            answer = self._ask(till, "/v1/neighbour/pass", request, lanwire.PassAnswer, within_s)
            return _read(till, answer) if answer is not None else []

        def run() -> Sequence[Certificate]:
            came = self._all(tuple(wanted), ask, wait_s)
            return [certificate for each in came.values() for certificate in each]

        return self._round(run, [])

    def evacuation(
        self, documents: Sequence[Document], told: Collection[str], wait_s: float
    ) -> Future[Mapping[str, bool]]:
        tills, said = [till for till in self._carriers if till not in told], [dict(one) for one in documents]

        def ask(till: str, within_s: float) -> bool:
            def request(to: Hand) -> lanwire.EvacuationRequest:
                return lanwire.EvacuationRequest(to=to.till, to_incarnation=to.incarnation, documents=said)

            path = "/v1/neighbour/evacuation"
            return self._ask(till, path, request, lanwire.EvacuationAnswer, within_s) is not None

        return self._round(lambda: dict.fromkeys(tills, False) | self._all(tills, ask, wait_s), {})

    def copy(self, till: str, lines: bytes, within_s: float, *, anew: bool = False) -> tuple[int, str]:
        """Have another till keep these packed lines of this one's journal; b"" only asks how far it is. Waits for the
        answer: number and hash of the last fact that is there. Raises NoCopy."""
        known = self._known(till)
        if known is None:
            raise NoCopy("does not answer")
        hand, key = known
        box = lock(lines, key, secrets.token_bytes(32)) if lines else ""
        request = lanwire.CopyRequest(to=hand.till, to_incarnation=hand.incarnation, facts=box)
        answer = self._ask_as(till, key, COPY_ANEW if anew else COPY, request, lanwire.CopyAnswer, within_s)
        if answer is None:
            raise NoCopy("does not answer")
        if answer.problem:
            raise NoCopy(answer.problem)
        return answer.number, answer.hash

    def present(self) -> Mapping[str, str]:
        return self._presence.now()

    def states(self) -> dict[str, dict[str, str]]:
        return {"neighbours": self._window.state} if self._window is not None else {}

    def _greet(self) -> Collection[str]:
        """The tills that answer."""

        def ask(till: str, within_s: float) -> bool:
            def request(to: Hand) -> lanwire.HelloRequest:
                return lanwire.HelloRequest(to=to.till, to_incarnation=to.incarnation)

            return self._ask(till, HELLO, request, lanwire.HelloAnswer, within_s) is not None

        return [till for till, there in self._all(tuple(self._carriers), ask, HELLO_S).items() if there]

    # ---- one round -------------------------------------------------------------------------

    def _round(self, run: Callable[[], T], nothing: T) -> Future[T]:
        """The answers of a round, on another thread; nothing when this till is being stopped."""

        def guarded() -> T:
            try:
                return run()
            except RuntimeError:
                return nothing

        try:
            return self._rounds.submit(guarded)
        except RuntimeError:
            future: Future[T] = Future()
            future.set_result(nothing)
            return future

    def _all(self, tills: Sequence[str], ask: Callable[[str, float], T], within_s: float) -> dict[str, T]:
        """What those said that answered in time."""
        asked = {self._asking.submit(ask, till, within_s): till for till in tills if till in self._carriers}
        done, late = wait(asked, within_s)
        for question in late:
            question.cancel()
        return {asked[answer]: answer.result() for answer in done}

    def _ask(
        self, till: str, path: str, request: Callable[[Hand], wire.Message], answer: type[A], within_s: float
    ) -> A | None:
        """One question; None without an answer that counts."""
        known = self._known(till)
        if known is None:
            return None
        hand, key = known
        return self._ask_as(till, key, path, request(hand), answer, within_s)

    def _ask_as(
        self, till: str, key: bytes, path: str, request: wire.Message, answer: type[A], within_s: float
    ) -> A | None:
        """One question to a till whose key is known; None without an answer that counts."""
        try:
            return Channel(self._carriers[till], key, self._caller).ask(path, request, answer, within_s)
        except Trouble as trouble:
            log.info("%s on the local network: %s", till, trouble.detail)
            return None

    def _known(self, till: str) -> tuple[Hand, bytes] | None:
        """Another till as this one's ledger knows it, and its public key."""
        try:
            known = self._ledger.neighbour(till).result(LEDGER_S)
        except FutureTimeout:
            log.warning("%s is not asked: the ledger is busy", till)
            return None
        if known is None:
            log.info("%s is not asked: it is no till that may have rights, as far as is known here", till)
        return known


def _read(till: str, answer: lanwire.PassAnswer) -> list[Certificate]:
    found: list[Certificate] = []
    for item in answer.certificates:
        try:
            found.append(Certificate.from_json(item))
        except ValueError as error:
            log.warning("%s sent what is no certificate: %s", till, error)
    return found
