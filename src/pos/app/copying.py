"""Copies of the journal while the till sells: each fact goes to a second medium and to other tills as well.

The laws:

* A sale is the ledger's commit, as ever. Its answer waits for the first copy, but only for one that had kept up until
  then, and only so long: a medium that is slow, full or gone never stops a sale, nor the ledger's thread.
* Every copy has a thread of its own, which follows the journal from where the copy ends, and so catches up on what
  it missed.
* A copy that is another journal is put aside and begun anew; one that has more than the till itself is left alone,
  for then it is the till that is old.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Final, Protocol

from pos.domain.certificate import Hand
from pos.domain.facts import SignedFact
from pos.domain.journaltext import NoCopy, fact_line
from pos.store.copyfile import CopyFile
from pos.store.copyshelf import packed
from pos.store.journal import JournalReader
from sync.agent.neighbour import Neighbours

log = logging.getLogger(__name__)

NAME: Final = "copies"  # among the devices
PAGE: Final = 200  # facts that are added at once
LOOK_S: Final = 5.0  # between looks at a copy that has everything: is it still there?
RETRY_S: Final = 2.0
PORTION: Final = 128_000  # bytes of lines in one request to another till, which packs them to a third or less
ANSWER_S: Final = 5.0  # for another till to have written them
SILENT_S: Final = 7.0  # a copy that lacks something for longer than this is behind, and nobody waits for it
TICK_S: Final = 1.0  # between looks at whether a copy is behind
STOP_S: Final = 2.0


class Medium(Protocol):
    """Where one copy is. Every method raises NoCopy, with the reason in a few words that stay the same."""

    name: str
    where: str

    def end(self) -> tuple[int, str]:
        """Number and hash of the last fact that is there."""

    def add(self, facts: Sequence[SignedFact]) -> None:
        """Add the next ones; they are durable there when it returns."""

    def put_aside(self) -> None:
        """What is there is another journal: begin anew beside it."""


class Folder:
    """A folder on a second medium. `data` is the till's own: what lies in there is no copy, nor what lies on its disk,
    as where a stick should be and none is; but `same_disk` lets it."""

    name = "medium"

    def __init__(self, to: Path, data: Path, hand: Hand, office_key: bytes, *, same_disk: bool = False) -> None:
        self._to, self._data, self._office_key, self._same_disk = to, data, office_key, same_disk
        self.where = str(to)
        self._file = CopyFile(to, hand)

    def end(self) -> tuple[int, str]:
        if self._to.resolve().is_relative_to(self._data.resolve()):
            raise NoCopy("lies in the till's own folder, and would be lost with it")
        if not self._same_disk and _disk(self._to) == _disk(self._data):
            raise NoCopy("is on the till's own disk: no medium is there")
        return self._file.end()

    def add(self, facts: Sequence[SignedFact]) -> None:
        self._file.add(lines_of(facts, self._office_key))

    def put_aside(self) -> None:
        self._file.put_aside()


def _disk(folder: Path) -> int | None:
    """None for what is not there."""
    try:
        return folder.stat().st_dev
    except OSError:
        return None


class AtNeighbour:
    """Another till on the local network, which keeps the copy in its own data folder."""

    def __init__(self, till: str, neighbours: Neighbours, office_key: bytes) -> None:
        self.name = self.where = till
        self._neighbours, self._office_key = neighbours, office_key

    def end(self) -> tuple[int, str]:
        return self._neighbours.copy(self.name, b"", ANSWER_S)

    def add(self, facts: Sequence[SignedFact]) -> None:
        for lines in _portions(facts, self._office_key):
            end = self._neighbours.copy(self.name, packed(lines), ANSWER_S)
        if end != (facts[-1].number, facts[-1].hash):
            raise NoCopy("was exchanged")

    def put_aside(self) -> None:
        self._neighbours.copy(self.name, b"", ANSWER_S, anew=True)


def _portions(facts: Sequence[SignedFact], office_key: bytes) -> Iterator[bytes]:
    """The lines of these facts, as many at once as one request carries; one fact at least."""
    some = b""
    for fact in facts:
        line = lines_of([fact], office_key)
        if some and len(some) + len(line) > PORTION:
            yield some
            some = b""
        some += line
    yield some


def lines_of(facts: Sequence[SignedFact], office_key: bytes) -> bytes:
    """Facts as a copy has them: what is personal can be read by the office alone."""
    return b"".join(fact_line(fact, office_key, secrets.token_bytes(32)) for fact in facts)


class Copier:
    """One copy, and the thread that keeps it. `went_on` is called whenever that changes."""

    def __init__(
        self, medium: Medium, journal: JournalReader, went_on: Callable[[], None], now_s: Callable[[], float]
    ) -> None:
        self.medium = medium
        self._journal, self._went_on, self._now_s = journal, went_on, now_s
        self._wake, self._stopping = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"copy {medium.name}", daemon=True)
        self.at = 0  # the last fact that is there
        self.kept_up = False  # it is there, and had everything when it was last looked at
        self.problem = ""  # why it does not go on
        self.level_s = now_s()  # when it last had everything

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """A medium that hangs is left to the end of the program."""
        self._stopping.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(STOP_S)

    def wake(self) -> None:
        self._wake.set()

    def _run(self) -> None:
        met = False
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                if not met:
                    self._meet()
                    met = True
                wait_s = self._go_on()
            except NoCopy as lost:
                self._lost(str(lost))
                met, wait_s = False, RETRY_S
            except Exception as error:
                log.exception("the copy %s failed", self.medium.name)
                self._lost(type(error).__name__)
                met, wait_s = False, RETRY_S
            self._went_on()
            # While it is away a new fact changes nothing: it is looked for when its time has come.
            if wait_s and not (self._wake if met else self._stopping).wait(wait_s):
                met = False

    def _lost(self, why: str) -> None:
        if why != self.problem:
            log.warning("no copy of the journal at %s: it %s", self.medium.where, why)
        self.problem, self.kept_up = why, False

    def _meet(self) -> None:
        """Find out where the copy ends, and that it is one of this journal."""
        number, digest = self.medium.end()
        head, _ = self._journal.head()
        if number > head:
            raise NoCopy("has more of this till than the till itself, whose folder is old")
        if number and self._journal.facts_after(number - 1, 1)[0].hash != digest:
            log.warning("%s has another journal of this till; it is put aside", self.medium.where)
            self.medium.put_aside()
            number, _ = self.medium.end()
        self.at = number

    def _go_on(self) -> float:
        """Add what is lacking, a page of it; for how long there is nothing to do then."""
        facts = self._journal.facts_after(self.at, PAGE)
        if facts:
            self.medium.add(facts)
            self.at = facts[-1].number
        if self.problem:
            log.info("the journal is copied to %s again, from fact %d on", self.medium.where, self.at)
        self.problem = ""
        if len(facts) == PAGE:
            return 0.0
        self.kept_up, self.level_s = True, self._now_s()
        return LOOK_S


class Copying:
    """Implements setup.Copies. `tell` hears (name, state, text), as of a device, when something has changed."""

    def __init__(
        self,
        media: Sequence[Medium],
        ledger: Path,
        wait_ms: int,
        tell: Callable[[str, str, str], None],
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._journal = JournalReader(ledger)
        self._wait_s, self._tell, self._now_s = wait_ms / 1000, tell, now_s
        self._changed = threading.Condition()
        self._waiting: list[tuple[int, float, Future[None]]] = []  # fact, until when, who waits
        self._head = 0
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="copies", daemon=True)
        self.copiers = [Copier(medium, self._journal, self._went_on, now_s) for medium in media]

    def start(self) -> None:
        self._head, _ = self._journal.head()
        for copier in self.copiers:
            copier.start()
        self._thread.start()

    def stop(self) -> None:
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        self._thread.join(STOP_S)
        for copier in self.copiers:
            copier.stop()
        self._journal.close()

    # ---- setup.Copies --------------------------------------------------------------------

    def facts_waiting(self, number: int) -> None:
        with self._changed:
            self._head = number
        for copier in self.copiers:
            copier.wake()

    def copied(self, number: int) -> Future[None]:
        done: Future[None] = Future()
        with self._changed:
            if self._wait_s and not self._stopping and self._awaited(number):
                self._waiting.append((number, self._now_s() + self._wait_s, done))
                self._changed.notify_all()
                return done
        done.set_result(None)
        return done

    def told(self) -> list[dict[str, Any]]:
        with self._changed:
            head = self._head
        return [
            {
                "copy": one.medium.name,
                "where": one.medium.where,
                "number": one.at,
                "behind": max(0, head - one.at),
                "problem": self._problem(one),
            }
            for one in self.copiers
        ]

    def states(self) -> dict[str, dict[str, str]]:
        """One device for all of them: a fact that has one copy is safe."""
        whole = [one for one in self.copiers if not self._problem(one)]
        if whole:
            return {NAME: {"state": "ready", "text": ""}}
        behind = min(max(0, self._head - one.at) for one in self.copiers)
        there = any(not one.problem for one in self.copiers)
        return {NAME: {"state": "error", "text": f"behind by {behind}" if there else "none is there"}}

    # ---- what is waited for ----------------------------------------------------------------

    def _awaited(self, number: int) -> bool:
        """Whether no copy has it yet, and one that had kept up will: nobody waits for what is away or behind."""
        return all(one.at < number for one in self.copiers) and any(
            one.kept_up and not self._silent(one) for one in self.copiers
        )

    def _problem(self, one: Copier) -> str:
        if one.problem:
            return one.problem
        behind = self._head - one.at
        return f"is behind by {behind}" if behind > 0 and self._silent(one) else ""

    def _silent(self, one: Copier) -> bool:
        return self._now_s() - one.level_s > SILENT_S

    def _went_on(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _run(self) -> None:
        """Answer who waits, in time, and say when something has changed."""
        before = {NAME: {"state": "ready", "text": ""}}  # as whoever is not told takes it to be
        while True:
            with self._changed:
                due = min((until for _, until, _ in self._waiting), default=self._now_s() + TICK_S)
                self._changed.wait(max(0.0, min(due - self._now_s(), TICK_S)))
                if self._stopping:
                    over = self._waiting
                else:
                    best, now_s = max((one.at for one in self.copiers), default=0), self._now_s()
                    over = [one for one in self._waiting if one[0] <= best or one[1] <= now_s]
                self._waiting = [one for one in self._waiting if one not in over]
                stopping = self._stopping
            for _, _, done in over:
                done.set_result(None)
            if stopping:
                return
            if (states := self.states()) != before:
                before = states
                self._tell(NAME, states[NAME]["state"], states[NAME]["text"])
