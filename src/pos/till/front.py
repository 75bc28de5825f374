"""The front of the till: every verb (`pos.till.verbs`), for the headless face and the window alike.

Anything malformed is refused before the till does anything; a `key` makes a verb that changes something
happen once.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from functools import partial
from threading import Lock
from typing import Any

from pos.domain.errors import Refused
from pos.domain.mask import scrub
from pos.till import limits
from pos.till.contingency import calledoff, drills, evacuation, incident, packwatch
from pos.till.counter import announcing, charge, customer, house, issue, limit, terminal
from pos.till.counter.house import SeatMapData
from pos.till.desk import Call, Desk, Verb
from pos.till.fields import checked
from pos.till.orders import customers, ending
from pos.till.refusals import sentence
from pos.till.verbs import VERBS, WRITTEN
from pos.till.verbspec import VerbSpec

__all__ = ["VERBS", "Front"]


class Front:
    """Calls verbs on the desk's thread. Any thread may call."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        desk.outside.terminal.subscribe(lambda shown: desk.post(lambda: terminal.tell(desk, shown)))
        self._lock = Lock()
        self._running: dict[str, tuple[str, Future[dict[str, Any]]]] = {}
        self._watchers: list[Callable[[str, dict[str, Any], Future[dict[str, Any]]], None]] = []
        self._drawer_over = False  # whether faces were told so

    def call(self, verb: str, /, **fields: Any) -> Future[dict[str, Any]]:
        """Carry out a verb. The Future has its answer or fails with Refused."""
        done = self._called(verb, fields)
        for heard in self._watchers:
            heard(verb, fields, done)
        return done

    def watch(self, heard: Callable[[str, dict[str, Any], Future[dict[str, Any]]], None]) -> None:
        """Hear every call, in its caller's thread, before it is answered."""
        self._watchers.append(heard)

    def _called(self, verb: str, fields: dict[str, Any]) -> Future[dict[str, Any]]:
        try:
            spec = VERBS.get(verb)
            if spec is None:
                raise Refused("bad_request", field="do", reason=f"there is no verb {verb!r}")
            fields = dict(fields)
            key = _key(fields.pop("key", None))
            checked(spec.needs, spec.takes, fields)
            fields |= {name: scrub(fields[name]) for name in WRITTEN if name in fields}
        except Refused as refused:
            return _refused(refused)
        if not (key and spec.changes):
            done = self._desk.submit(lambda: self._run(verb, spec, fields), Call(verb), self._then(verb, spec))
            return self._copied(done) if spec.changes else done
        return self._once(key, verb, spec, fields)

    def _once(self, key: str, verb: str, spec: VerbSpec, fields: dict[str, Any]) -> Future[dict[str, Any]]:
        """The same key gives the same answer, also while the first call is still under way."""
        with self._lock:
            other, running = self._running.get(key, (verb, None))
            if running is not None and not running.done():
                return running if other == verb else _refused(_used(other))
            work = partial(self._first_time, key, verb, spec, fields)
            done = self._copied(self._desk.submit(work, Call(verb, key), self._then(verb, spec)))
            self._running[key] = (verb, done)
        done.add_done_callback(lambda _: self._ended(key, done))
        return done

    def _run(self, verb: str, spec: VerbSpec, fields: dict[str, Any]) -> Any:
        """A verb's answer, or the generator that comes to it. Raises Refused."""
        with self._refusals(verb, spec):
            if spec.changes:
                evacuation.check(self._desk, verb)
            made = spec.run(self._desk, **fields)
        return self._go_on(verb, spec, made) if isinstance(made, Generator) else made

    def _go_on(self, verb: str, spec: VerbSpec, made: Verb[Any]) -> Verb[Any]:
        with self._refusals(verb, spec):
            return (yield from made)

    @contextmanager
    def _refusals(self, verb: str, spec: VerbSpec) -> Iterator[None]:
        """What is refused in here gets its ways out, and is noted when it was asked for in an outage."""
        try:
            yield
        except Refused as refused:
            if spec.changes:
                incident.note_refusal(self._desk, verb, refused)
            limits.advise(self._desk, verb, refused)
            raise

    def _copied(self, done: Future[dict[str, Any]]) -> Future[dict[str, Any]]:
        """The same answer, once a first copy has what it stands on, or need not be waited for any longer. Whoever waits
        is the one who asked: the ledger's thread goes on."""
        copies = self._desk.outside.copies
        if copies is None:
            return done
        answer: Future[dict[str, Any]] = Future()
        answer.set_running_or_notify_cancel()

        def made(_: Future[dict[str, Any]]) -> None:
            error = done.exception()
            if error is not None:
                answer.set_exception(error)
            else:
                copies.copied(self._desk.number).add_done_callback(lambda _: answer.set_result(done.result()))

        done.add_done_callback(made)
        return answer

    def _ended(self, key: str, done: Future[dict[str, Any]]) -> None:
        with self._lock:
            if self._running.get(key, ("", None))[1] is done:
                del self._running[key]

    def _first_time(self, key: str, verb: str, spec: VerbSpec, fields: dict[str, Any]) -> Any:
        kept = self._desk.ledger.answer(key)
        if kept is None:
            return self._run(verb, spec, fields)
        if kept[0] != verb:
            raise _used(kept[0])
        return kept[1]

    def _then(self, verb: str, spec: VerbSpec) -> Callable[[dict[str, Any]], None]:
        """What follows a verb: what the customer is shown, if that is anything, and a look at the drawer."""
        shows = verb in customer.VERBS and self._desk.outside.customer is not None

        def then(answer: dict[str, Any]) -> None:
            if shows:
                customer.after(self._desk, verb, answer)
            if verb == "open_shift":
                packwatch.shift_opened(self._desk)
            if spec.changes:
                self._watch_drawer()

        return then

    def _watch_drawer(self) -> None:
        """After whatever may have moved cash: say so when the drawer has come over its limit, or under it again."""
        over = limit.is_over(self._desk)
        if over != self._drawer_over:
            self._drawer_over = over
            most = self._desk.season().venue.drawer_limit if over else None
            self._desk.emit("drawer_limit", over=over, limit=str(most) if most is not None else None)

    def seat_map(self, show: str) -> Future[SeatMapData]:
        """A show's map data; not JSON."""
        return self._desk.submit(lambda: house.seat_map(self._desk, show=show))

    def states_of(self, show: str, indexes: list[int]) -> Future[bytes]:
        """Codes of some places, for a repaint of just those."""
        return self._desk.submit(lambda: house.states_of(self._desk, show=show, indexes=indexes))

    def subscribe(self, listener: Callable[[dict[str, Any]], None]) -> None:
        """Hear events; called on the desk's thread, so hand them on at once."""
        self._desk.subscribe(listener)

    def resume(self) -> None:
        """After subscribing: take up print jobs and payments that were left by the last run."""
        self._desk.post(lambda: evacuation.resume(self._desk))
        self._desk.post(lambda: calledoff.look(self._desk))
        self._desk.post(lambda: issue.resume(self._desk))
        self._desk.post(lambda: charge.resume(self._desk))
        self._desk.post(lambda: customer.show_basket(self._desk))
        self._desk.post(lambda: customers.follow_erasures(self._desk))
        self._desk.post(lambda: ending.watch(self._desk))
        self._desk.post(lambda: announcing.take_note(self._desk))
        self._desk.post(lambda: packwatch.begin(self._desk))
        self._desk.post(lambda: drills.resume(self._desk))
        self._desk.post(self._watch_drawer)

    @staticmethod
    def sentence(refused: Refused) -> str:
        """What a person reads."""
        return sentence(refused)


def _key(key: Any) -> str:
    if key is None:
        return ""
    if not isinstance(key, str) or not key:
        raise Refused("bad_request", field="key", reason="must be a string that is not empty")
    return key


def _used(verb: str) -> Refused:
    return Refused("bad_request", field="key", reason=f"this key was used for {verb!r}")


def _refused(refused: Refused) -> Future[dict[str, Any]]:
    failed: Future[dict[str, Any]] = Future()
    failed.set_exception(refused)
    return failed
