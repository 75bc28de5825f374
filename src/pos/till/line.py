"""The till as its sync agent sees it: the journal to read, and rights to pass."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from pos.domain.audit.items import FAMILY as AUDIT_ITEM
from pos.domain.certificate import Certificate, Hand
from pos.domain.contingency.calledoff import FAMILY as CALLED_OFF
from pos.domain.contingency.evacuation import FAMILY as EVACUATION
from pos.domain.contingency.evacuation import Document
from pos.domain.customers import FAMILY
from pos.domain.facts import SignedFact
from pos.domain.live import HOLD
from pos.store.journal import JournalReader
from pos.till.audit.items import announce as announce_items
from pos.till.contingency import calledoff, evacuation
from pos.till.counter import neighbours
from pos.till.counter.announcing import take_note
from pos.till.counter.disputes import announce
from pos.till.counter.holding import take_home
from pos.till.counter.passing import allot, answer_recalls, held_now
from pos.till.desk import Desk
from pos.till.orders.customers import follow_erasures
from pos.till.ports import Changed, LinkState, Recall, Standing, Wanted


class AgentSide:
    """Implements `pos.till.ports.Ledger`. Any thread may call any of it."""

    def __init__(self, ledger: Path, incarnation: int) -> None:
        self._journal = JournalReader(ledger)
        self._incarnation = incarnation
        self._online = False
        self._items: set[str] = set()  # audit items that were told of

    def serve(self, desk: Desk) -> None:
        """The desk behind it. Agent and desk need each other; this closes the circle before either starts."""
        self._desk = desk

    def close(self) -> None:
        """Let go of the ledger, after the agent has ended and before the desk does: whoever closes it last writes its
        WAL back, and a reader may not."""
        self._journal.close()

    @property
    def incarnation(self) -> int:
        return self._incarnation

    def facts_after(self, number: int, limit: int) -> Sequence[SignedFact]:
        return self._journal.facts_after(number, limit)

    def head(self) -> tuple[int, str]:
        return self._journal.head()

    def standing(self) -> Future[Standing]:
        return self._desk.submit(self._desk.standing)

    def acknowledged(self) -> int:
        return self._desk.acknowledged()

    def acknowledge(self, number: int) -> Future[None]:
        return self._desk.submit(lambda: self._desk.acknowledge(number))

    def recall(self, asks: Sequence[Recall]) -> Future[Sequence[Recall]]:
        asked = tuple(asks)
        return self._desk.submit(lambda: self._recall(asked))

    def _recall(self, asks: Sequence[Recall]) -> Sequence[Recall]:
        declined = answer_recalls(self._desk, asks)
        self._desk.emit("recall", asked=len(asks), declined=len(declined))
        return declined

    def neighbour(self, till: str) -> Future[tuple[Hand, bytes] | None]:
        return self._desk.submit(lambda: neighbours.known(self._desk, till))

    def idle(self, asker: Hand, show: str) -> Future[Sequence[str]]:
        return self._desk.submit(lambda: neighbours.idle(self._desk, asker, show))

    def pass_on(self, asker: Hand, show: str, wanted: Wanted) -> Future[Sequence[Certificate]]:
        return self._desk.submit(lambda: neighbours.pass_on(self._desk, asker, show, wanted))

    def evacuation(self, asker: Hand, documents: Sequence[Document]) -> Future[None]:
        told = tuple(documents)
        return self._desk.submit(lambda: evacuation.hear(self._desk, asker.till, told))

    def fence(self, reason: str, *, forgot: bool = False) -> Future[None]:
        return self._desk.submit(lambda: self._desk.fence(reason, forgot=forgot))

    def in_hand(self) -> Future[tuple[int, Sequence[tuple[str, str, int, int, str, str]]]]:
        return self._desk.submit(lambda: (self._desk.number, held_now(self._desk)))

    def link_changed(self, link: LinkState) -> None:
        self._desk.post(lambda: self._link(link))

    def _link(self, link: LinkState) -> None:
        self._desk.emit("link", **asdict(link))
        came_back = link.state == "online" and not self._online
        self._online = link.state == "online"
        if came_back:
            self._fill()

    def _fill(self) -> None:
        """A shift that is open with a line has its allotment, also when it was opened without one."""
        desk = self._desk
        if desk.ledger.open_shift() is not None and desk.replica.complete() and not desk.fenced:
            desk.spawn(lambda: allot(desk))
            desk.spawn(lambda: take_home(desk))

    def changed(self, what: Changed) -> None:
        self._desk.post(lambda: self._changed(what))

    def _changed(self, what: Changed) -> None:
        belief = self._desk.belief
        if what.documents:
            belief.forget()
        for show, indexes in what.places.items():
            if indexes:
                belief.mend(show, indexes)
            else:
                belief.forget(show)
        places = {show: list(indexes) for show, indexes in what.places.items()}
        self._desk.emit(
            "changed",
            places=places,
            documents=what.documents,
            disputes=list(what.disputes),
            records=list(what.records),
            sales=what.sales,
        )
        if EVACUATION in what.records or what.documents:
            evacuation.look(self._desk)
        if CALLED_OFF in what.records or what.documents:
            calledoff.look(self._desk)
        announce(self._desk, what.disputes)
        if what.documents:
            take_note(self._desk)
        if AUDIT_ITEM in what.records:
            self._items = announce_items(self._desk, self._items)
        if what.documents or FAMILY in what.records:
            follow_erasures(self._desk)
        if HOLD in what.records and self._desk.ledger.open_shift() is not None and not self._desk.fenced:
            self._desk.spawn(lambda: take_home(self._desk))
        if what.documents:
            self._fill()

    def office_time(self, iso: str) -> None:
        heard = datetime.fromisoformat(iso)
        self._desk.post(lambda: self._desk.clock.hear(heard))
