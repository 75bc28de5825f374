"""A cashier's day at one window: the shift, the drawer, the customers, and a till that has to be started again.

The drawer is real money here: what was given, less the change, and only when the till has
answered. It is counted at the end of each shift, and the till must agree.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, Final

from pos.domain.errors import Refused
from tests.simulation import technician
from tests.simulation.judge import Refund, Return
from tests.simulation.machine import Machine, TillDied
from tests.simulation.names import CASHIERS, PIN
from tests.simulation.office import SimOffice
from tests.simulation.people import cards, drawers, keeping, oversight, paperwork, returning, selling
from tests.simulation.people.customers import Customers, Ticket
from tests.simulation.people.waiting import Queue
from tests.simulation.scheduler import Scheduler

FLOAT: Final = Decimal("100.00")
# What a till may say no with in an evening like this. Any other refusal is a mistake.
EXPECTED: Final = frozenset(
    "right_elsewhere sold held orphan_seat basket_expired basket_empty offline fenced drawer_short check_needed"
    " unknown_ticket already_refunded exchanged right_to_refund_elsewhere right_to_issue_elsewhere"
    " already_resolved already_collected payment_unknown payment_declined drawer_uncounted show_cancelled"
    " underpaid overpaid limit_exceeded unknown_hold unknown_order".split()
)

_BUSY: Final = ("is in a basket", "is in a basket already", "all of it is in a basket")


class Cashier:
    """Works at one machine until the house closes. `drawer` is the money that lies in it."""

    def __init__(
        self,
        world: Scheduler,
        machine: Machine,
        office: SimOffice,
        customers: Customers,
        *,
        pace_s: float,
        rush: bool = False,
    ) -> None:
        self.world, self.machine, self.office, self.customers = world, machine, office, customers
        self.pace_s, self.rush = pace_s, rush
        self.user = CASHIERS[int(machine.name[1:]) % len(CASHIERS)]
        self.drawer = Decimal(0)
        self.left = Decimal(0)  # in drawers of shifts that nobody could close any more
        # What the till has answered with.
        self.sold: list[dict[str, Any]] = []
        self.returned: list[Return] = []
        self.refunds: list[Refund] = []
        self.copies: list[tuple[str, int]] = []
        self.spent: list[tuple[str, str, Decimal]] = []  # of vouchers and gift cards; negative: paid back to them
        self.voiding: dict[str, Any] = {}  # a sale that was to be undone; a card may have its money already
        self.packs: list[dict[str, Any]] = []
        self.brought_back: set[str] = set()  # tickets of packs, torn up
        self.operations = 0
        self.refusals: Counter[str] = Counter()
        self.complaints: list[str] = []
        self.closing = False
        self.done = False
        self.replaced = False  # another machine is this till by now; a fenced one is switched off for good
        self.unprinted: set[str] = set()  # tickets whose paper nobody could print any more
        self._tries: Counter[int] = Counter()
        self._queue = Queue()
        self.broken = False  # the PC does not start any more
        self.forgotten = False  # the office was restored, and does not know that this PC was enrolled
        self.deposited: dict[str, Decimal] = {}  # of sales: what of them an order's deposit had paid before
        self.cut_short: set[str] = set()  # incarnations that ended so, whatever waited to be printed
        self.unsure = False  # what is in the drawer: a PC broke before it had said whether a thing was done
        self.refusal = ""  # the code of the last one
        self._waiting = False  # for the answer to something that changes the till
        self._keys = 0
        self._served_at = 0  # the till's incarnation when the present errand began
        self._errands: Sequence[tuple[Callable[[], object], int]] = (
            (lambda: selling.serve(self), 60),
            (lambda: selling.change_mind(self), 8),
            (lambda: selling.wait_and_see(self), 6),
            (lambda: returning.refund(self), 8),
            (lambda: returning.exchange(self), 5),
            (lambda: returning.void(self), 2),
            (lambda: returning.correct(self), 2),
            (lambda: returning.reprint(self), 4),
            (lambda: paperwork.pack(self), 5),
            (lambda: paperwork.collect(self), 3),
            (lambda: paperwork.make_ready(self), 1),
            (lambda: keeping.hold(self), 3),
            (lambda: keeping.go_on_with_a_hold(self), 4),
            (lambda: keeping.reserve(self), 3),
            (lambda: keeping.go_on_with_an_order(self), 4),
            (lambda: oversight.settle(self), 3),
            (lambda: drawers.open_without_sale(self), 2),
            (lambda: drawers.hand_over(self), 2),
            (lambda: drawers.verify(self), 3),
            (self._move_cash, 5),
            (self._look, 4),
            (self._new_shift, 5),
        )

    # ---- the day -------------------------------------------------------------------------

    def work(self) -> None:
        """Until the house closes; then the shift is closed, too."""
        self._come_in()
        while not self.closing and not self._off():
            self._next()
            self.world.sleep(self.world.random.expovariate(1.0 / self.pace_s))
        self._go_home()
        self.done = True

    def _go_home(self) -> None:
        """When nothing is left to be printed, and the shift is closed."""
        quiet = 0
        for _ in range(90):
            self._served_at = self.machine.incarnation
            status = self.status()
            self._mend_printing(status["unresolved"])
            if status["fenced"]:
                cards.see_to(self)
            if status["unresolved"] or not (status["fenced"] or status["shift"] is None or self._new_shift()):
                quiet = 0
            else:
                quiet += 1
                if quiet == 4:
                    return
            self.world.sleep(1.0)
        self.complaints.append(f"{self.machine.label} could not close its shift, or has paper that does not come out")

    def _off(self) -> bool:
        return self.replaced and bool(self.ask("status")["fenced"])

    def _next(self) -> None:
        """One thing that a cashier does."""
        self._served_at = self.machine.incarnation
        self.operations += 1
        status = self.status()
        if status["fenced"]:
            self._call_the_supervisor()
            return
        self._mend_printing(status["unresolved"])
        cards.see_to(self)
        if self.ask("status")["shift"] is None and not self._open():
            return
        errands, weights = zip(*self._errands, strict=True)
        self.world.random.choices(errands, weights)[0]()

    # ---- asking the till -----------------------------------------------------------------

    def ask(self, verb: str, **fields: Any) -> dict[str, Any]:
        """A verb's answer; the till is started again as often as it must. Raises Refused."""
        while True:
            try:
                return self.machine.ask(verb, **fields)
            except TillDied:
                self._come_in()

    def status(self) -> dict[str, Any]:
        """The till's status; that it tells of a queue that stands is seen to."""
        status = self.ask("status")
        if wrong := self._queue.look(self.machine.runs, status, self.world.now):
            self.complaints.append(f"{self.machine.label}: {wrong}")
        return status

    def do(self, verb: str, **fields: Any) -> dict[str, Any] | None:
        """A verb's answer, None when it was refused. Repeated with the same key when the till died."""
        self.operations += 1
        self._keys += 1
        key = f"{self.machine.label}-{self._keys}"
        self._waiting = True
        try:
            answer = self.ask(verb, key=key, **fields)
        except Refused as refused:
            self._refused(verb, refused)
            return None
        finally:
            self._waiting = False
        self.world.deeds[verb] += 1
        self.world.note(f"{self.machine.label} {verb} ok")
        return answer

    def _refused(self, verb: str, refused: Refused) -> None:
        offline = ", line down" if refused.fields.get("cause") else ""
        what = f"{verb}: " if refused.code == "right_elsewhere" else ""
        self.refusals[what + refused.code + offline] += 1
        self.world.note(f"{self.machine.label} {verb} refused {refused}")
        self.refusal = refused.code
        reason = refused.fields.get("reason")
        excused = str(reason).startswith("is in the basket") or reason in _BUSY
        excused = excused or (refused.code == "not_allowed" and "dispute" in str(reason))
        # It may have found out by itself meanwhile what became of a payment.
        excused = excused or "payment" in (refused.fields.get("what"), refused.fields.get("field"))
        # Another window was quicker, or has told that it was only since.
        excused = excused or refused.fields.get("what") in ("take_order", "cancel_order", "release")
        # Somebody else was quicker, or a clone of this machine has its own people.
        excused = excused or refused.fields.get("what") in ("hand_over", "verify_shift", "SettlementSubmitted")
        excused = excused or refused.code == "unknown_audit_item" or "audit item" in str(refused.fields.get("what"))
        # Of a machine that was cloned: what the other one sold comes back to this one, or was paid otherwise there.
        twice = refused.fields.get("what") == "tender" or str(reason).startswith("UNIQUE constraint failed: ticket")
        excused = excused or (twice and self.machine.disk.forked)
        # Minutes have passed, or another shift has begun.
        excused = excused or refused.fields.get("what") in ("void", "correct_tender")
        if refused.fields.get("field") == "tenders":
            # A cancelled show waives the fee of an exchange; and prices may change while the customer counts.
            excused = excused or bool(self.world.faults["show cancelled"] + self.world.faults["prices changed"])
        if refused.code == "no_shift" or refused.fields.get("field") in ("pack", "number", "job"):
            # Another PC stands here since the customer came; or this one has forgotten what no mark told it of.
            excused = self.machine.incarnation != self._served_at or self.machine.disk.forked
        if refused.code == "storage_failed":
            excused = excused or bool(self.world.faults["disk full"] + self.world.faults["state folder full"])
        # A till that came back with an old folder in between is in another state, but may not sell.
        if refused.code not in EXPECTED and not excused and not self.ask("status")["fenced"]:
            self.complaints.append(f"{self.machine.label} {verb}: {refused}")

    def _come_in(self) -> None:
        """Start the till if it is off, and sign in."""
        while True:
            try:
                if self.machine.process.dead or not self.machine.runs:
                    self.world.sleep(self.world.random.uniform(1.0, 8.0))
                    self._see_to_the_pc()
                    self.machine.boot()
                self._sign_in()
                return
            except TillDied:
                continue

    def _sign_in(self) -> None:
        while True:
            try:
                self.machine.ask("sign_in", user=self.user, pin=PIN)
                return
            except Refused as refused:
                if refused.code != "offline":  # the season has not come yet
                    raise
                self.world.sleep(1.0)

    def acts_as(self, user: str) -> None:
        """Somebody else takes the till over, or it is theirs again."""
        self.user = user
        self.ask("sign_in", user=user, pin=PIN)

    # ---- what has been done, for the judge -----------------------------------------------

    def has_sold(self, sale: dict[str, Any], by: str = "cash") -> None:
        self.sold.append(sale)
        self.world.deeds[f"sold by {by}"] += 1
        self.customers.bought(sale, by=by)
        self.world.note(f"{self.machine.label} sold {sale['id']} {sale['total']}")

    def has_taken_back(self, tickets: Sequence[Ticket], by: str) -> None:
        self.returned += [Return(ticket.id, by) for ticket in tickets]
        self.customers.gave_back(tickets)
        self.world.note(f"{self.machine.label} took back {', '.join(ticket.id for ticket in tickets)} by {by}")

    # ---- money and shifts ----------------------------------------------------------------

    def _open(self) -> bool:
        if self.do("open_shift", float=str(FLOAT)) is None:
            return self.refusal == "drawer_uncounted" and self._take_over()
        self.drawer = FLOAT
        return True

    def _take_over(self) -> bool:
        """Count the drawer that was left with its shift open, before this PC was enrolled again. Never opens one."""
        if not self.left:
            return False
        done = self.do("take_over", counted={"total": str(self.left)})
        if done is not None:
            # The other of two machines that are this till may have counted it.
            difference = Decimal(done["taken_over"]["difference"]) if done["taken_over"] is not None else Decimal(0)
            if difference and not (self.machine.disk.doubtful or self.unsure):
                self.complaints.append(f"{self.machine.label}: the drawer that was left differs by {difference}")
            self.left = Decimal(0)
        return False

    def _move_cash(self) -> None:
        kind = self.world.random.choice(("drop", "paid_in", "paid_out"))
        amount = Decimal(self.world.random.randint(1, 80))
        if self.do("move_cash", kind=kind, amount=str(amount), reason="change") is not None:
            self.drawer += amount if kind == "paid_in" else -amount

    def _look(self) -> None:
        self.ask("status")
        if self.sold and self.world.chance(0.5):
            sale = self.world.random.choice(self.sold)
            found = self.ask("find", sale=sale["id"])["sales"]
            if not found and sale["tickets"][0]["id"].startswith(f"{self.machine.name}.{self.machine.incarnation}-"):
                self.complaints.append(f"{self.machine.label} does not know its own sale {sale['id']}")

    def _new_shift(self) -> bool:
        """Whether the shift is closed, so that another can be opened."""
        cards.see_to(self)
        if self.ask("basket")["basket"]["lines"] and self.do("clear") is None:
            return False
        for row in self.ask("parked")["parked"]:  # those customers went home
            if self.do("drop_parked", number=row["number"]) is None:
                return False  # the disk is full, perhaps; later
        return self._close()

    def _close(self) -> bool:
        """Count the drawer; the till must have expected exactly that."""
        # At a machine that is a clone nobody has ever put the float into the drawer.
        counted = max(self.drawer, Decimal(0)) if self.machine.disk.forked else self.drawer
        closed = self.do("close_shift", counted={"total": str(counted)})
        if closed is None:
            return False
        difference = closed["report"]["difference"]
        if Decimal(difference) != 0 and not self.machine.disk.forked:
            self.complaints.append(f"{self.machine.label}: drawer differs by {difference}, {closed['report']}")
        self.drawer = Decimal(0)
        return True

    # ---- what goes wrong -----------------------------------------------------------------

    def _mend_printing(self, unresolved: list[dict[str, Any]]) -> None:
        """Whatever the printer has not finished: print again, or look whether it came out. Not always at once."""
        if not self.closing and self.world.chance(0.3):
            return
        for job in unresolved:
            if job["state"] == "failed":
                self.do("retry", job=job["job"])
                continue
            out = {paper.ticket for paper in self.machine.pile}
            if out.issuperset(job["tickets"]):
                self.do("printed", job=job["job"], came_out=True)
            else:
                self._print_again(job)

    def _print_again(self, job: dict[str, Any]) -> None:
        """As copies, which needs a shift, and the tickets' tokens: where nobody gives them the customer comes again."""
        if self.ask("status")["shift"] is None and not self._open():
            return
        if self.do("printed", job=job["job"], came_out=False) is None and self.closing:
            self._tries[job["job"]] += 1
            if self._tries[job["job"]] == 5:
                self.unprinted |= set(job["tickets"])
                self.do("printed", job=job["job"], came_out=True)

    def _call_the_supervisor(self) -> None:
        """A fenced till's shift is closed, or not; it sends what it still has, and is enrolled again."""
        cards.see_to(self)
        if self.ask("status")["shift"] and self.world.chance(0.5):
            self._new_shift()
        for _ in range(30):
            if self.ask("status")["unsent"] == 0:
                break
            self.world.sleep(1.0)
        self.machine.kill("switched off by the supervisor")
        technician.enrol(self.world, self.office, self.machine, replace=True)
        self._leave_the_drawer()
        self._come_in()

    def _see_to_the_pc(self) -> None:
        """Another PC, when this one is broken or gone."""
        made = self.machine
        if self.broken:
            self.cut_short.add(f"{made.name}.{made.incarnation}")
            technician.import_ledger(self.world, self.office, made)
        if self.forgotten:
            before = self.incarnation
            technician.enrol(self.world, self.office, made, replace=True)
            self.forgotten = False
            if self.incarnation != before:
                self._leave_the_drawer()
        if self.broken or made.disk.gone:
            self.unsure = self.unsure or self._waiting
            technician.declare_dead(self.world, self.office, made.name)
            technician.enrol(self.world, self.office, made, replace=False)
            self.broken = False
            self._leave_the_drawer()

    def _leave_the_drawer(self) -> None:
        """The money of a shift that is still open is counted apart."""
        self.left, self.drawer = self.left + self.drawer, Decimal(0)

    @property
    def incarnation(self) -> str:
        """Of the PC that stands here, as the judge names it."""
        return f"{self.machine.name}.{self.machine.incarnation}"

    @property
    def fit(self) -> bool:
        """Whether something can still happen to this PC."""
        made = self.machine
        return bool(made.incarnation) and not (
            self.replaced or self.broken or made.disk.gone or made.process.dead or self.closing
        )
