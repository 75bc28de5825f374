"""A drill while it is held, at a training till: lets things fail, sends customers, and writes down what is done.

It hears every verb that is answered and every event, on the desk's thread, and decides nothing: what a drill comes to
is judged by its log (`pos.domain.drills.judging`), here for the person and at the real till for the books.

* The clock starts when the person who is drilled is signed in, has a shift open and something in hand to sell: a line
  that goes before that leaves them no customer.
* A customer is served by a sale that is what they asked for. Whoever could have been served and is turned away is a
  mistake, and so is a word about paper or money that is not true.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from pos.domain.drills.judging import What, judge
from pos.domain.drills.script import CUSTOMERS, Order, Step, Task, script
from pos.domain.errors import Refused
from pos.domain.season import name_in
from pos.till.contingency.plan import plan_of
from pos.till.contingency.wishes import category_of, label_of, wish
from pos.till.counter.passing import in_hand
from pos.till.counter.quote import quote
from pos.till.desk import Desk

log = logging.getLogger(__name__)
WAITING: Final = "waiting"
RUNNING: Final = "running"
OVER: Final = "over"
JAM_CLEARED: Final = "jam_cleared"
TURNED_AWAY: Final = "turned_away"
SAID: Final = (JAM_CLEARED, TURNED_AWAY)
HAND_S: Final = 10.0  # how long the clock waits for what the shift is given to sell
_HAND_LOOK_S: Final = 0.2
_LOOK_S: Final = 1.0  # how often it is looked whether everything was sent


class Faults(Protocol):
    """What can be made to fail. Any thread may call."""

    def cut(self) -> None: ...

    def mend(self) -> None: ...

    def jam(self) -> None:
        """The ticket printer jams at its next job, and stays so."""

    def clear(self) -> None:
        """The jam is cleared."""

    def came_out(self, job: int) -> bool:
        """Whether this job's paper really came out."""

    def lose_next(self, *, paid: bool) -> None:
        """Nobody is told what becomes of the next card payment; `paid`: it is charged."""


@dataclass(frozen=True)
class Kit:
    """What a drill is held with. `anybody`: the people of the season are not those of the house."""

    order: Order
    faults: Faults
    append: Callable[[dict[str, Any]], None]
    anybody: bool = False


class Watched(Protocol):
    """The front whose verbs are heard."""

    def watch(self, heard: Callable[[str, dict[str, Any], Future[dict[str, Any]]], None]) -> None: ...


@dataclass
class Customer:
    """Somebody at the counter, and what they want. `paid`, of a card that got lost, is what its terminal shows."""

    number: int
    task: Task
    came_s: float
    show: str
    category: str
    count: int
    place: str = ""
    paid: bool = False
    tickets: frozenset[str] = frozenset()  # what they wait for on paper
    pack: str = ""
    payment: str = ""  # their card's, of which nobody knows what became
    settled: bool = False
    ticket: str = ""  # that they bring back
    code: str = ""
    may: bool = False  # its terms let it come back


def check_said(name: str, value: Any) -> None:
    """Raises Refused("bad_request")."""
    if value not in SAID:
        raise Refused("bad_request", field=name, reason=f"{name} must be one of {', '.join(SAID)}")


@dataclass
class Exercise:
    """Begin it when the till is open. Fulfils `pos.till.setup.Exercise`; everything below `begin` happens on the
    desk's thread."""

    kit: Kit
    _state: str = WAITING
    _entries: list[dict[str, Any]] = field(default_factory=list)
    _customers: list[Customer] = field(default_factory=list)
    _steps: list[Step] = field(default_factory=list)
    _bought: dict[str, Any] = field(default_factory=dict)  # a ticket of the first customer's
    _cut = False
    _mended = False
    _drained = False
    _count = 0
    _ready_s: float | None = None  # since when the clock could run but for an empty hand
    _began_s = 0.0
    _turn = 0

    def begin(self, desk: Desk, front: Watched) -> None:
        """From any thread."""
        self._desk = desk
        desk.subscribe(self._hear_event)
        front.watch(self._watch)

    # ---- the port --------------------------------------------------------------------------

    def told(self) -> dict[str, Any]:
        order = self.kit.order
        passed = self._passed() if self._state == RUNNING else 0.0
        return {
            "person": order.person,
            "supervisor": order.supervisor,
            "plan": order.plan,
            "state": self._state,
            "seconds": order.seconds,
            "left_s": max(0, round(order.seconds - passed)) if self._state != OVER else 0,
            "customers": [self._shown(customer) for customer in self._customers],
            "result": judge(self._entries).to_json() if self._state == OVER else None,
        }

    def say(self, what: str, customer: int) -> None:
        if self._state != RUNNING:
            raise Refused("not_allowed", what="drill", reason=f"the drill is {self._state}")
        if what == JAM_CLEARED:
            self.kit.faults.clear()
            return
        found = next((one for one in self._customers if one.number == customer), None)
        if found is None:
            raise Refused("bad_request", field="customer", reason=f"there is no customer {customer} waiting")
        if found.task is Task.ELSEWHERE or (found.task is Task.REFUND and not found.may):
            self._end(found)
        else:
            self._end(found, "turned_away")

    # ---- the clock -------------------------------------------------------------------------

    def _passed(self) -> float:
        return self._desk.outside.clock.boottime_s() - self._began_s

    def _start(self) -> None:
        desk, order = self._desk, self.kit.order
        theirs = desk.user is not None and (self.kit.anybody or desk.user.id == order.person)
        if self._state != WAITING or not theirs or desk.ledger.open_shift() is None:
            return
        if not any(in_hand(desk, show) for show in desk.rights) and self._may_come():
            desk.post_in(_HAND_LOOK_S, self._start)
            return
        self._state, self._steps = RUNNING, list(script(order.seed, order.seconds))
        self._began_s = desk.outside.clock.boottime_s()
        self._note(What.BEGAN, user=desk.user.id if desk.user is not None else "")
        self._tell()
        self.tick()

    def _may_come(self) -> bool:
        """Whether what the shift is given to sell may still be on its way."""
        now = self._desk.outside.clock.boottime_s()
        self._ready_s = now if self._ready_s is None else self._ready_s
        return now - self._ready_s < HAND_S

    def tick(self) -> None:
        """Let happen what is due, and look again when the next thing is."""
        if self._state != RUNNING:
            return
        while self._steps and self._steps[0].at_s <= self._passed():
            self._happen(self._steps.pop(0))
        self._look_drained()
        if not self._steps and self._drained and not self._customers:
            self._over("done")
        elif self._passed() >= self.kit.order.seconds:
            self._over("time")
        if self._state != RUNNING:
            return
        until = self._steps[0].at_s if self._steps else float(self.kit.order.seconds)
        wait = until - self._passed()
        self._turn += 1
        turn = self._turn
        self._desk.post_in(max(0.01, min(wait, _LOOK_S if self._mended else wait)), lambda: self._woken(turn))

    def _woken(self, turn: int) -> None:
        """Only the last one that was set wakes it: it is looked in between as well."""
        if turn == self._turn:
            self.tick()

    def _happen(self, step: Step) -> None:
        faults = self.kit.faults
        if step.task is Task.CUT:
            self._cut = True
            faults.cut()
            self._note(What.CUT, people=len(plan_of(self._desk).people))
        elif step.task is Task.MEND:
            self._mended = True
            faults.mend()
            self._note(What.MENDED)
        elif step.task in CUSTOMERS:
            self._come(step)
        self._tell()

    def _over(self, why: str) -> None:
        self._note(What.OVER, why=why)
        self._state, self._customers = OVER, []
        self._tell()

    def _look_drained(self) -> None:
        desk = self._desk
        online = desk.outside.office.link().state == "online"
        if self._mended and not self._drained and online and desk.number == desk.acknowledged():
            self._drained = True
            self._note(What.DRAINED)

    # ---- customers -------------------------------------------------------------------------

    def _come(self, step: Step) -> None:
        self._count += 1
        customer = self._back() if step.task is Task.REFUND else self._buyer(step)
        if customer is None:
            self._note(What.CAME, customer=self._count, task=step.task.value)
            self._note(What.SKIPPED, customer=self._count)
            return
        self._customers.append(customer)
        if step.task is Task.JAM:
            self.kit.faults.jam()
        elif step.task is Task.CARD:
            self.kit.faults.lose_next(paid=step.paid)
        what = {name: getattr(customer, name) for name in ("show", "category", "count", "place", "ticket")}
        self._note(What.CAME, customer=customer.number, task=step.task.value, **what)

    def _buyer(self, step: Step) -> Customer | None:
        wanted = wish(self._desk, step)
        if wanted is None:
            return None
        show, category, place = wanted
        return Customer(self._count, step.task, self._passed(), show, category, step.count, place, step.paid)

    def _back(self) -> Customer | None:
        """The first customer with a ticket that they do not want any more."""
        if not self._bought:
            return None
        show, place, ticket = (str(self._bought[name]) for name in ("show", "place", "id"))
        try:
            late = "outside_terms" in quote(self._desk, tickets=[ticket])["refund"]["needs"]
        except Refused:
            return None  # it has come back already, or nobody is signed in who could take it
        customer = Customer(self._count, Task.REFUND, self._passed(), show, category_of(self._desk, show, place), 1)
        customer.place, customer.ticket, customer.code = place, ticket, str(self._bought["code"])
        customer.may = not late
        return customer

    def _shown(self, customer: Customer) -> dict[str, Any]:
        show = self._desk.season().shows[customer.show]
        lost = customer.payment and not customer.settled
        return {
            "customer": customer.number,
            "task": customer.task.value,
            "since_s": round(self._passed() - customer.came_s) if self._state == RUNNING else 0,
            "show": customer.show,
            "title": name_in(show.titles, self._desk.outside.locale) or show.production,
            "titles": show.titles,
            "starts": show.starts.isoformat(),
            "category": customer.category,
            "place": customer.place,
            "label": label_of(self._desk, customer.show, customer.place),
            "count": customer.count,
            "code": customer.code,
            "tender": "card" if customer.task is Task.CARD else "cash",
            # What the terminal's own display says while the till knows nothing of it.
            "terminal": ("approved" if customer.paid else "declined") if lost else None,
        }

    def _end(self, customer: Customer, wrong: str = "") -> None:
        self._customers.remove(customer)
        if wrong:
            self._note(What.WRONG, customer=customer.number, why=wrong)
        else:
            self._note(What.SERVED, customer=customer.number)
        self._tell()
        self._desk.post(self.tick)

    # ---- what is heard ---------------------------------------------------------------------

    def _watch(self, verb: str, fields: dict[str, Any], done: Future[dict[str, Any]]) -> None:
        done.add_done_callback(lambda answered: self._desk.post(lambda: self._hear_verb(verb, fields, answered)))

    def _hear_verb(self, verb: str, fields: dict[str, Any], done: Future[dict[str, Any]]) -> None:
        if done.cancelled() or done.exception() is not None:
            return
        answer = done.result()
        if self._state == WAITING:
            if verb in ("sign_in", "open_shift"):
                self._start()
        elif self._state == RUNNING:
            self._answered(verb, fields, answer)

    def _answered(self, verb: str, fields: dict[str, Any], answer: dict[str, Any]) -> None:
        match verb:
            case "contingency" | "told_person":
                self._first(What.SHEET if verb == "contingency" else What.TOLD)
            case "pay":
                self._sold(answer["sale"]["tickets"], {tender["kind"] for tender in fields["tenders"]})
            case "refund":
                self._refunded(fields["tickets"])
            case "settle_payment":
                self._settled(fields["payment"], fields["outcome"])
            case "issue_paper":
                self._issued(answer["pack"])
            case "rekey_paper" | "book_paper":
                self._keyed()

    def _first(self, what: What) -> None:
        """What counts once, after the line has gone."""
        if self._cut and not any(entry["what"] == what for entry in self._entries):
            self._note(what)

    def _sold(self, tickets: Sequence[dict[str, Any]], tenders: set[str]) -> None:
        sold = {(ticket["show"], category_of(self._desk, ticket["show"], ticket["place"])) for ticket in tickets}
        for customer in self._customers:
            if sold != {(customer.show, customer.category)} or len(tickets) != customer.count:
                continue
            if customer.task in (Task.PAPER, Task.REFUND) or not self._paid_right(customer, tenders):
                continue
            if customer.task is Task.JAM:
                if not customer.tickets:
                    customer.tickets = frozenset(ticket["id"] for ticket in tickets)
                    return
                continue
            if customer.task is Task.SELL:
                self._bought = dict(tickets[0])
            self._end(customer)
            return

    def _paid_right(self, customer: Customer, tenders: set[str]) -> bool:
        if customer.task is not Task.CARD:
            return "card" not in tenders
        # They have only their card, unless it has become clear that it does not work.
        return "card" in tenders or (customer.settled and not customer.paid)

    def _refunded(self, tickets: Sequence[str]) -> None:
        for customer in self._customers:
            if customer.task is Task.REFUND and {customer.ticket, customer.code} & set(tickets):
                self._end(customer, "" if customer.may else "against_terms")
                return

    def _settled(self, payment: str, outcome: str) -> None:
        for customer in self._customers:
            if customer.payment == payment and not customer.settled:
                if (outcome == "approved") != customer.paid:
                    self._end(customer, f"said_{outcome}")
                else:
                    customer.settled = True
                    self._tell()
                return

    def _issued(self, pack: dict[str, Any]) -> None:
        made = [ticket["category"] for ticket in pack["tickets"]]
        for customer in self._customers:
            wanted = [customer.category] * customer.count
            if customer.task is Task.PAPER and not customer.pack and (pack["show"], made) == (customer.show, wanted):
                customer.pack = pack["id"]
                return

    def _keyed(self) -> None:
        for customer in list(self._customers):
            if customer.pack and any(ticket.state == "sold" for ticket in self._desk.ledger.packs.of(customer.pack)):
                self._end(customer)

    def _hear_event(self, event: dict[str, Any]) -> None:
        if self._state != RUNNING:
            return
        if event["event"] == "printed" and event["outcome"] == "done":
            self._printed(int(event["job"]), set(event["tickets"]))
        elif event["event"] == "payment" and event["state"] == "unknown":
            for customer in self._customers:
                if customer.task is Task.CARD and not customer.payment:
                    customer.payment = event["payment"]
                    self._desk.post(self._tell)
                    return

    def _printed(self, job: int, tickets: set[str]) -> None:
        for customer in self._customers:
            if customer.tickets and customer.tickets <= tickets:
                self._end(customer, "" if self.kit.faults.came_out(job) else "said_printed")
                return

    # ---- telling ---------------------------------------------------------------------------

    def _note(self, what: What, **more: Any) -> None:
        entry = {"s": round(self._passed(), 1), "what": what.value, **more}
        self._entries.append(entry)
        try:
            self.kit.append(entry)
        except OSError:
            log.exception("the drill's log could not be written")

    def _tell(self) -> None:
        self._desk.emit("drill", **self.told())
