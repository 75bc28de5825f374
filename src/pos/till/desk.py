"""The desk: the one thread that owns the ledger, and the unit of work in which things happen.

A verb is a function of the desk. One that must wait for the outside (a claim at the office) is a generator that
yields the Future it waits for; the desk goes on with other work meanwhile and resumes it here, on this thread. No
transaction is ever open across a yield.
"""

from __future__ import annotations

import json
import logging
import queue
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from pos.domain.books import Posting
from pos.domain.certificate import Hand
from pos.domain.contingency.calledoff import CalledOff
from pos.domain.errors import Refused
from pos.domain.facts import Fact, SignedFact, hash_of
from pos.domain.personal import lift
from pos.domain.rights import Effect, OwnRight, OwnState, Token, ended_elsewhere
from pos.domain.scene import Scene
from pos.domain.season import MAY, OWN, Season, User
from pos.store import journal
from pos.store.ledger import Ledger, StorageFailed
from pos.store.replica import ReplicaReader
from pos.store.shiftbook import ShiftRow
from pos.till.alarm import Alarm
from pos.till.amnesia import differs
from pos.till.belief import Belief
from pos.till.clock import TillClock
from pos.till.levelstate import LevelState
from pos.till.linelog import LineLog
from pos.till.making import Making
from pos.till.outagestate import OutageState
from pos.till.outside import Outside
from pos.till.packing import Packs
from pos.till.ports import Standing

log = logging.getLogger(__name__)
T = TypeVar("T")
Verb = Generator["Future[Any]", Any, T]


@dataclass(frozen=True, slots=True)
class Call:
    """The verb being carried out. With a `key` its answer is kept beside what it did."""

    verb: str = ""
    key: str = ""


@dataclass
class Unit:
    """One durable step: facts, rights and rows that stand or fall together."""

    desk: Desk
    call: Call
    facts: list[SignedFact] = field(default_factory=list)
    rights: list[tuple[str, str, OwnRight]] = field(default_factory=list)
    at: datetime | None = None

    @property
    def number(self) -> int:
        """The number of the last fact, those of this unit included."""
        return self.facts[-1].number if self.facts else self.desk.number

    def record(
        self, kind: str, body: dict[str, Any], *, postings: Sequence[Posting] = (), effects: Sequence[Effect] = ()
    ) -> Fact:
        """Journal a fact in this transaction; what is personal in its body (`pos.domain.personal`) lies beside it.
        Raises Refused("storage_failed" | "fenced"), the latter when sealed."""
        if self.desk.sealed:
            raise Refused("fenced", reason=self.desk.fenced)
        self.desk.check_marked()
        at = self.at = self.at or self.desk.clock.now()
        previous = self.facts[-1].hash if self.facts else self.desk.hash
        outside = self.desk.outside
        body, beside = lift(body, lambda: outside.entropy.code() + outside.entropy.code())
        fact = Fact(
            outside.till, outside.incarnation, self.number + 1, previous,
            at.isoformat(timespec="milliseconds"), kind, tuple(postings), tuple(effects), body,
        )  # fmt: skip
        envelope = fact.to_bytes()
        digest = hash_of(envelope)
        signed = SignedFact(fact.number, envelope, digest, outside.keys.sign(digest.encode()), beside)
        journal.append(self.desk.ledger.connection, signed)
        self.facts.append(signed)
        return fact

    def put_rights(self, rights: Sequence[tuple[str, str, OwnRight]]) -> None:
        """(show, place, right) as they are from now on."""
        known = self.desk.rights
        over = [ended_elsewhere(known.get(show, {}).get(place), right) for show, place, right in rights]
        self.desk.ledger.tickets.end_elsewhere([ticket for ticket in over if ticket])
        self.desk.ledger.put_rights(rights)
        self.rights.extend(rights)

    def answers(self, body: dict[str, Any]) -> dict[str, Any]:
        """Keep the verb's answer under its key, if it has one, in this transaction."""
        if self.call.key:
            self.desk.ledger.put_answer(self.call.key, self.call.verb, body)
        return body


class Desk:
    """Start it, submit verbs, stop it. Everything below `_run` happens on its thread."""

    def __init__(self, outside: Outside) -> None:
        self.outside = outside
        self.user: User | None = None
        self.number, self.hash, self.fenced = 0, "", ""
        self.forgot = False  # facts that this till has made are missing from this ledger
        self.sealed = False  # its last fact is in the journal
        self.rights: dict[str, dict[str, OwnRight]] = {}
        self._work: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self.line = LineLog(lambda: self.clock.now())
        self._listeners: list[Callable[[dict[str, Any]], None]] = [self.line.hear]
        self._thread = threading.Thread(target=self._run, name="ledger", daemon=True)
        self._ready: Future[None] = Future()
        self._call = Call()
        self._acknowledged = 0
        self._fences: frozenset[Hand] = frozenset()  # tills that may not have rights any more
        self.paying = ""  # the payment that a terminal is at work on, for a verb of this run
        self.shown: Scene | None = None  # what the customer sees
        self.alarm = Alarm()
        self.making = Making()
        self.copied: dict[str, dict[str, Any]] = {}  # sales that were found in copies of other tills' journals
        self.packs = Packs()
        self.level = LevelState()
        self.outage = OutageState()
        self.unwritten = ""  # why the last step could not be written down
        self._unmarked = ""  # why the last fact's high-water mark is not written
        self._season: Season | None = None  # as it was looked up in this step
        self.called_off = CalledOff()  # shows and places that may not be used

    # ---- from any thread ---------------------------------------------------------------

    def start(self) -> None:
        """Open the ledger. Raises what opening raised."""
        self._thread.start()
        self._ready.result()

    def stop(self, timeout_s: float = 4.0) -> None:
        """Finish what is queued, then close the ledger."""
        self._work.put(None)
        self._thread.join(timeout_s)

    def submit(
        self, work: Callable[[], T], call: Call | None = None, then: Callable[[T], None] | None = None
    ) -> Future[T]:
        """Carry out a verb that never waits; the Future has its answer, or its Refused. `then` is done with the
        answer, on this thread and before any other work, and can make nothing of it fail any more."""
        done: Future[T] = Future()
        if then is not None:
            done.add_done_callback(lambda made: None if made.exception() else then(made.result()))
        self._work.put(lambda: self._begin(work, done, call or Call()))
        return done

    def spawn(self, work: Callable[[], Verb[T]], call: Call | None = None) -> Future[T]:
        """Carry out a verb that may wait for the outside in between."""
        done: Future[T] = Future()
        self._work.put(lambda: self._begin(work, done, call or Call()))
        return done

    def post(self, work: Callable[[], None]) -> None:
        """Do something on the desk's thread, with nobody waiting for it."""
        self._work.put(work)

    def post_in(self, seconds: float, work: Callable[[], None]) -> None:
        """The same, some time from now; not at all if the till ends before."""
        timer = threading.Timer(seconds, self.post, [work])
        timer.daemon = True
        timer.start()

    def subscribe(self, listener: Callable[[dict[str, Any]], None]) -> None:
        """Hear events, on the desk's thread: be quick, and hand them on."""
        self._listeners.append(listener)

    def acknowledged(self) -> int:
        """The highest fact number that the office is known to have applied."""
        return self._acknowledged

    # ---- on the desk's thread ----------------------------------------------------------

    def acknowledge(self, number: int) -> None:
        """The office has applied up to `number`; kept, so that a restart need not send again."""
        if number <= self._acknowledged:
            return
        with self.unit():
            self.ledger.put_meta("acknowledged", str(number))
        before, self._acknowledged = self._acknowledged, number
        self.emit("sent", unsent=self.number - number)
        for shift in self.ledger.shiftbook.sealed_between(before, number):
            self.emit("shift_final", shift=shift)  # what was provisional is agreed

    def emit(self, event: str, **fields: Any) -> None:
        for listener in self._listeners:
            listener({"event": event, **fields})

    def season(self) -> Season:
        """The season as the replica has it. Raises Refused("offline") before the first snapshot.

        The same for the whole of a step, so that a verb never sees half of a change.
        """
        if self._season is None:
            if not self.replica.complete():
                raise Refused(
                    "offline", what="season", reason="this till has not yet received the season from its office"
                )
            self._season = self.called_off.over(self.replica.season())
        return self._season

    def forget_season(self) -> None:
        """It has changed within this step."""
        self._season = None

    def signed_in(self, what: str = "look") -> User:
        """The person at the till, if `what` is theirs to do. Raises Refused."""
        if self.user is None:
            raise Refused("not_signed_in")
        if self.user.role not in MAY[what]:
            raise Refused("not_allowed", what=what, role=self.user.role)
        return self.user

    def shift(self, *, of_another: bool = False) -> ShiftRow:
        """The open shift. Where a drawer is one person's own, it is its cashier's alone, but for what may be done
        to that `of_another`. Raises Refused("no_shift" | "drawer_of_other")."""
        shift = self.ledger.open_shift()
        if shift is None:
            raise Refused("no_shift")
        if not of_another and self.user is not None and self.user.id != shift.cashier:
            season = self.season()
            if season.venue.drawer == OWN:
                name = season.users[shift.cashier].name if shift.cashier in season.users else shift.cashier
                raise Refused("drawer_of_other", shift=shift.id, user=shift.cashier, name=name, since=shift.opened_at)
        return shift

    def held(self, show: str, place: str, state: OwnState, ticket: str = "") -> Token:
        """The token of a right that a fact is about to use: the last look at it, in the same step.

        Raises Refused("right_elsewhere" | "right_to_refund_elsewhere") when it has passed on meanwhile.
        """
        own = self.rights.get(show, {}).get(place)
        if own is None or own.state is not state or (ticket and own.ticket != ticket):
            code = "right_to_refund_elsewhere" if state is OwnState.SOLD else "right_elsewhere"
            raise Refused(
                code, show=show, place=place, holder="office", since=None, **({"ticket": ticket} if ticket else {})
            )
        return own.token

    def check_not_fenced(self) -> None:
        if self.fenced:
            raise Refused("fenced", reason=self.fenced)

    @contextmanager
    def unit(self) -> Iterator[Unit]:
        """One transaction. Raises Refused("storage_failed"), and then nothing has happened."""
        unit = Unit(self, self._call)
        try:
            with self.ledger.transaction():
                yield unit
        except StorageFailed as failed:
            log.error("the ledger could not be written: %s", failed.reason)
            self._written(failed.reason)
            raise Refused("storage_failed", reason=failed.reason) from failed
        self._settled(unit)
        self._written(self._unmarked)

    def _written(self, trouble: str) -> None:
        """Whether steps can be written down at all, told when it changes."""
        before, self.unwritten = self.unwritten, trouble
        if bool(trouble) != bool(before):
            self.emit("storage", failed=bool(trouble), reason=trouble)

    def _settled(self, unit: Unit) -> None:
        """What follows a commit: the mark, what is kept in memory, and a nudge to the agent."""
        if unit.facts:
            # First of all: whatever else goes wrong, the next fact follows this one.
            last = unit.facts[-1]
            self.number, self.hash = last.number, last.hash
            if unit.at is not None:
                self.clock.saw(unit.at)
            self._write_mark()
            self.outside.office.facts_waiting()
            if self.outside.copies is not None:
                self.outside.copies.facts_waiting(self.number)
        touched: dict[str, list[str]] = {}
        for show, place, right in unit.rights:
            self.rights.setdefault(show, {})[place] = right
            touched.setdefault(show, []).append(place)
        for show, places in touched.items():
            try:
                self.belief.mend_places(show, places)
            except Exception:
                # The replica may be made anew at this moment. What is committed has happened all the same.
                log.exception("what is believed of %s is read again", show)
                self.belief.forget(show)

    def _write_mark(self) -> None:
        try:
            self.outside.mark.write(self.outside.incarnation, self.number, self.hash)
            self._unmarked = ""
        except OSError as error:
            # The fact is durable, so whoever waits for it must hear that; but nothing follows it unguarded.
            log.error("the high-water mark could not be written: %s", error)
            self._unmarked = str(error)

    def check_marked(self) -> None:
        """Raises Refused("storage_failed") while the high-water mark is behind and cannot be written."""
        if self._unmarked:
            self._write_mark()
        if self._unmarked:
            raise Refused("storage_failed", reason=self._unmarked)

    def fence(self, reason: str, *, forgot: bool = False) -> None:
        """Stop selling for good. `forgot`: this ledger lacks facts that its till has made, being an old copy."""
        if self.fenced and self.forgot >= forgot:
            return
        log.error("fenced: %s", reason)
        self.fenced, self.forgot = self.fenced or reason, self.forgot or forgot
        try:
            with self.unit():
                self.ledger.put_meta("fenced", self.fenced)
                if self.forgot:
                    self.ledger.put_meta("forgot", "1")
        except Refused as refused:
            # It holds for this run all the same, and whoever found it out finds it out again in the next.
            log.error("the fence could not be noted: %s", refused)
        self.emit("fenced", reason=self.fenced)

    def standing(self) -> Standing:
        """What the office is told with each pull; asked on this thread, so that nothing is half done.

        The fences known by then are kept in the ledger: an older replica does not undo them.
        """
        known = self._remember_fences()
        return Standing(None if self.forgot or not known else self.number, bool(self.fenced))

    def _remember_fences(self) -> bool:
        """Whether every fence that the replica tells of is in the ledger."""
        if not self.replica.complete():
            return False
        fresh = self.season().fenced - self._fences
        if fresh:
            fences = self._fences | fresh
            try:
                with self.unit():
                    self.ledger.put_meta("fences", json.dumps(sorted(fences)))
            except Refused:
                return False
            self._fences = fences
        return True

    def key_of(self, hand: Hand) -> bytes | None:
        """The public key of a till that may have rights, as far as was ever known here; None for any other."""
        return None if hand in self._fences else self.season().key_of(hand)

    # ---- the thread --------------------------------------------------------------------

    def _run(self) -> None:
        try:
            self._open()
        except BaseException as error:  # noqa: BLE001 - whoever called start() gets it
            self._ready.set_exception(error)
            return
        self._ready.set_result(None)
        while (work := self._work.get()) is not None:
            self._call = Call()  # what is posted belongs to no verb
            self._season = None
            self.belief.look_again()
            try:
                work()
            except Exception:
                log.exception("work on the ledger thread failed")
        self.replica.close()
        self.ledger.close()

    def _open(self) -> None:
        outside = self.outside
        self.ledger = Ledger(outside.ledger, lambda: self.clock.now().isoformat(timespec="seconds"))
        self.replica = ReplicaReader(outside.replica, outside.plans)
        self.number, self.hash = journal.head(self.ledger.connection)
        self.rights = self.ledger.rights()
        self.belief = Belief(outside.till, self.replica, self.rights, lambda show: self.called_off.closed.get(show, {}))
        last = journal.facts_after(self.ledger.connection, self.number - 1, 1)
        at = datetime.fromisoformat(Fact.from_bytes(last[0].envelope).at) if last else None
        self.clock = TillClock(outside.clock, at)
        self.fenced = self.ledger.meta("fenced") or ""
        self.forgot, self.sealed = (self.ledger.meta(name) == "1" for name in ("forgot", "sealed"))
        self._fences = frozenset(Hand(*hand) for hand in json.loads(self.ledger.meta("fences") or "[]"))
        self._acknowledged = int(self.ledger.meta("acknowledged") or 0)
        self._look_at_the_mark()

    def _look_at_the_mark(self) -> None:
        """The amnesia guard: a ledger that is behind its mark is an old copy and may not sell."""
        mark = self.outside.mark.read()
        if mark is not None and (why := differs(self.ledger, self.outside.incarnation, self.number, mark)):
            self.fence(why, forgot=True)

    def _begin(self, work: Callable[[], Any], done: Future[T], call: Call) -> None:
        if not done.set_running_or_notify_cancel():
            return
        self._call = call
        try:
            result = work()
        except BaseException as error:  # noqa: BLE001 - whoever holds the Future gets it
            done.set_exception(error)
            return
        if isinstance(result, Generator):
            self._resume(result, done, call, lambda: next(result))
        else:
            done.set_result(result)

    def _resume(self, verb: Verb[T], done: Future[T], call: Call, step: Callable[[], Future[Any]]) -> None:
        self._call = call
        try:
            awaited = step()
        except StopIteration as stop:
            done.set_result(stop.value)
        except BaseException as error:  # noqa: BLE001 - whoever holds the Future gets it
            done.set_exception(error)
        else:
            awaited.add_done_callback(lambda future: self._work.put(lambda: self._wake(verb, done, call, future)))

    def _wake(self, verb: Verb[T], done: Future[T], call: Call, future: Future[Any]) -> None:
        error = future.exception()
        if error is not None:
            self._resume(verb, done, call, lambda: verb.throw(error))
        else:
            self._resume(verb, done, call, lambda: verb.send(future.result()))
