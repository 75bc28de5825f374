"""The till's side of a test: a journal in memory, keys and a clock, around the real agent."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pos.domain.certificate import Certificate, Hand, PassedRight
from pos.domain.facts import FIRST_HASH, Fact, SignedFact, hash_of
from pos.domain.rights import Effect, OfficeState, Token
from pos.store.replica import ReplicaReader
from pos.till.ports import Changed, LinkState, Recall, Standing, Wanted
from sync.agent import Address, Agent, enrol
from tests.peers.toy_office import CODE, ToyOffice

NAMES: dict[str, Any] = {"en": "x"}


class Keys:
    def __init__(self) -> None:
        self.private = Ed25519PrivateKey.generate()

    @property
    def public(self) -> bytes:
        return self.private.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        return self.private.sign(message)


class Clock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def boottime_s(self) -> float:
        return time.monotonic()


@dataclass
class Journal:
    """ports.Ledger over a list of facts: hash-chained and signed like a till's own."""

    keys: Keys
    till: str = "T1"
    incarnation: int = 1
    facts: list[SignedFact] = field(default_factory=list)
    acked: list[int] = field(default_factory=lambda: [0])
    full: bool = False  # its disk, for what the office has
    links: list[LinkState] = field(default_factory=list)
    changes: list[Changed] = field(default_factory=list)
    fenced: list[str] = field(default_factory=list)
    recalled: list[Recall] = field(default_factory=list)
    office_times: list[str] = field(default_factory=list)
    keeps: Callable[[Recall], bool] = lambda ask: False
    lock: threading.Lock = field(default_factory=threading.Lock)
    neighbours: dict[str, tuple[Hand, bytes]] = field(default_factory=dict)
    in_hand: list[tuple[str, str, Token]] = field(default_factory=list)  # show, place, token: idle rights
    evacuations: list[tuple[Hand, dict[str, Any]]] = field(default_factory=list)  # who told of what
    asked: list[tuple[Hand, str, Wanted]] = field(default_factory=list)

    @property
    def hand(self) -> Hand:
        return Hand(self.till, self.incarnation)

    def write(self, kind: str = "CashMoved", effects: tuple[Effect, ...] = (), /, **body: Any) -> SignedFact:
        with self.lock:
            number, prev = self.head()
            fact = Fact(self.till, self.incarnation, number + 1, prev, "2026-11-22T10:00:00Z", kind, (), effects, body)
            envelope = fact.to_bytes()
            digest = hash_of(envelope)
            signed = SignedFact(number + 1, envelope, digest, self.keys.sign(digest.encode()))
            self.facts.append(signed)
            return signed

    def facts_after(self, number: int, limit: int) -> Sequence[SignedFact]:
        return self.facts[number : number + limit]

    def head(self) -> tuple[int, str]:
        return (self.facts[-1].number, self.facts[-1].hash) if self.facts else (0, FIRST_HASH)

    def standing(self) -> Future[Standing]:
        return _done(Standing(self.head()[0], bool(self.fenced)))

    def acknowledged(self) -> int:
        return self.acked[-1]

    def acknowledge(self, number: int) -> Future[None]:
        if self.full:
            failed: Future[None] = Future()
            failed.set_exception(OSError(28, "No space left on device"))
            return failed
        self.acked.append(number)
        return _done(None)

    def recall(self, asks: Sequence[Recall]) -> Future[Sequence[Recall]]:
        self.recalled += asks
        declined = [ask for ask in asks if self.keeps(ask)]
        for ask in asks:
            if ask not in declined:
                effect = Effect(ask.show, ask.place, ask.token, OfficeState.LEASED, OfficeState.POOL, "")
                self.write("RightsReturned", (effect,))
        return _done(declined)

    def neighbour(self, till: str) -> Future[tuple[Hand, bytes] | None]:
        return _done(self.neighbours.get(till))

    def evacuation(self, asker: Hand, documents: Sequence[dict[str, Any]]) -> Future[None]:
        self.evacuations += [(asker, one) for one in documents]
        return _done(None)

    def idle(self, asker: Hand, show: str) -> Future[Sequence[str]]:
        return _done([place for of, place, _ in self.in_hand if of == show])

    def pass_on(self, asker: Hand, show: str, wanted: Wanted) -> Future[Sequence[Certificate]]:
        self.asked.append((asker, show, wanted))
        given = [right for right in self.in_hand if right[0] == show and right[1] in wanted.places]
        if not given:
            return _done([])
        self.in_hand = [right for right in self.in_hand if right not in given]
        leased = OfficeState.LEASED
        effects = tuple(Effect(*right, leased, leased, asker.till) for right in given)
        fact = self.write("RightsTransferred", effects, receiver=list(asker))
        rights = tuple(PassedRight(effect.show, effect.place, effect.leaves) for effect in effects)
        bare = Certificate(self.hand, fact.number, fact.hash, asker, rights)
        return _done([replace(bare, signature=self.keys.sign(bare.message()))])

    def fence(self, reason: str, *, forgot: bool = False) -> Future[None]:
        self.fenced.append(reason)
        return _done(None)

    def link_changed(self, link: LinkState) -> None:
        self.links.append(link)

    def changed(self, what: Changed) -> None:
        self.changes.append(what)

    def office_time(self, iso: str) -> None:
        self.office_times.append(iso)


def _done(value: Any) -> Future[Any]:
    future: Future[Any] = Future()
    future.set_result(value)
    return future


def season(office: ToyOffice) -> None:
    """The documents that every season has, without a show."""
    for family, body in (
        ("venue", {"id": "opera", "name": "Opera", "timezone": "Europe/Vienna", "currency": "EUR"}),
        ("price_type", {"id": "adult", "name": NAMES}),
        ("prices", {"id": "tosca", "table": {"Standing": {"adult": "12.00"}}}),
        ("production", {"id": "tosca", "title": NAMES}),
        ("user", {"id": "anna", "name": "Anna", "role": "cashier", "pin_hash": "$argon2id$x"}),
        ("till", {"id": "T1", "name": "Window 1"}),
    ):
        office.document(family, body["id"], body)


@dataclass
class Till:
    """An enrolled till; `agent` is the real one."""

    office: ToyOffice
    keys: Keys
    journal: Journal
    agent: Agent
    replica: Path

    @contextmanager
    def reading(self) -> Iterator[ReplicaReader]:
        reader = ReplicaReader(self.replica)
        try:
            yield reader
        finally:
            reader.close()


def join(office: ToyOffice, folder: Path, url: str = "", backups: Sequence[Address] = ()) -> Till:
    """Enrol at the office; the agent is not started. It calls `url`, or else the office itself, and `backups`."""
    keys = Keys()
    replica = folder / "replica.db"
    enrol(office.url, CODE, keys.public, keys, replica)
    journal = Journal(keys)
    agent = Agent(
        journal, keys, Clock(), till=office.till, url=url or office.url, backups=backups,
        office_key=office.office_key, replica=replica,
    )  # fmt: skip
    return Till(office, keys, journal, agent, replica)


def soon(what: Callable[[], Any], within_s: float = 5.0) -> Any:
    """Wait until `what()` is true; its value. Fails after `within_s`."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if value := what():
            return value
        time.sleep(0.01)
    value = what()
    assert value, f"not within {within_s} s"
    return value
