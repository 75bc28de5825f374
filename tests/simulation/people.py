"""The people: cashiers who sell, count and restart their till, and buyers at the office's web shop.

A cashier's drawer is real money here: what was given, less the change, and only when the
till has answered. It is counted at the end of each shift, and the till must agree.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from pos.domain.errors import Refused, Unreadable
from sync.agent import EnrolFailed
from sync.office.rules import enrolment
from tests.simulation.machine import Machine, TillDied
from tests.simulation.office import SimOffice
from tests.simulation.scheduler import Scheduler
from tests.simulation.season import AREA, PINS, SHOWS
from tests.simulation.threads import office_now

FLOAT: Final = Decimal("100.00")
# What a till may say no with in an evening like this. Any other refusal is a mistake.
EXPECTED: Final = frozenset(
    "right_elsewhere sold held orphan_seat basket_expired basket_empty offline fenced drawer_short check_needed".split()
)


RUSHED: Final = ("A-1", "A-2", "A-3", "B-1")  # what everybody wants when there is a rush


class Cashier:
    """Works at one machine until the house closes. `drawer` is the money that lies in it."""

    def __init__(
        self, world: Scheduler, machine: Machine, office: SimOffice, *, pace_s: float, rush: bool = False
    ) -> None:
        self.world, self.machine, self.office = world, machine, office
        self._pace_s, self._rush = pace_s, rush
        self.user = PINS[int(machine.name[1:]) % len(PINS)]
        self.drawer = Decimal(0)
        self.sold: list[dict[str, Any]] = []  # sales that the till has answered with
        self.operations = 0
        self.refusals: dict[str, int] = {}
        self.complaints: list[str] = []
        self.closing = False
        self.done = False
        self.replaced = False  # another machine is this till by now; a fenced one is switched off for good
        self._keys = 0

    # ---- the day -------------------------------------------------------------------------

    def work(self) -> None:
        """Until the house closes; then the shift is closed, too."""
        self._come_in()
        while not self.closing and not self._off():
            self._next()
            self.world.sleep(self.world.random.expovariate(1.0 / self._pace_s))
        for _ in range(20):
            status = self._ask("status")
            if status["fenced"] or status["shift"] is None or self._end_of_day():
                break
            self.world.sleep(1.0)
        else:
            self.complaints.append(f"{self.machine.label} could not close its shift")
        self._wait_for_paper()
        self.done = True

    def _off(self) -> bool:
        return self.replaced and bool(self._ask("status")["fenced"])

    def _wait_for_paper(self) -> None:
        """Nobody goes home while something is to be printed."""
        quiet = 0
        for _ in range(60):
            self.world.sleep(1.0)
            unresolved = self._ask("status")["unresolved"]
            self._mend_printing(unresolved)
            quiet = 0 if unresolved else quiet + 1
            if quiet == 3:
                return
        self.complaints.append(f"{self.machine.label} has paper that does not come out")

    def _end_of_day(self) -> bool:
        """Whether everything is printed and the shift is closed."""
        if self._ask("basket")["basket"]["lines"]:
            self._do("clear")
        return self._close()

    def _next(self) -> None:
        """One thing that a cashier does."""
        self.operations += 1
        status = self._ask("status")
        if status["fenced"]:
            self._call_the_supervisor()
            return
        self._mend_printing(status["unresolved"])
        if status["shift"] is None and not self._open():
            return
        what = self.world.random.choices(
            (self._serve, self._change_mind, self._move_cash, self._look, self._new_shift), (70, 10, 6, 8, 6)
        )[0]
        what()

    # ---- asking the till -----------------------------------------------------------------

    def _ask(self, verb: str, **fields: Any) -> dict[str, Any]:
        """A verb's answer; the till is started again as often as it must. Raises Refused."""
        while True:
            try:
                return self.machine.ask(verb, **fields)
            except TillDied:
                self._come_in()

    def _do(self, verb: str, **fields: Any) -> dict[str, Any] | None:
        """A verb's answer, None when it was refused. Repeated with the same key when the till died."""
        self.operations += 1
        self._keys += 1
        key = f"{self.machine.label}-{self._keys}"
        try:
            answer = self._ask(verb, key=key, **fields)
        except Refused as refused:
            self._refused(verb, refused)
            return None
        self.world.note(f"{self.machine.label} {verb} ok")
        return answer

    def _refused(self, verb: str, refused: Refused) -> None:
        offline = ", line down" if refused.fields.get("cause") else ""
        self.refusals[refused.code + offline] = self.refusals.get(refused.code + offline, 0) + 1
        self.world.note(f"{self.machine.label} {verb} refused {refused}")
        own_basket = refused.fields.get("reason") == "is in the basket already"
        # A till that came back with an old folder in between is in another state, but may not sell.
        if refused.code not in EXPECTED and not own_basket and not self._ask("status")["fenced"]:
            self.complaints.append(f"{self.machine.label} {verb}: {refused}")

    def _come_in(self) -> None:
        """Start the till if it is off, and sign in."""
        while True:
            try:
                if self.machine.process.dead or not self.machine.runs:
                    self.world.sleep(self.world.random.uniform(1.0, 8.0))
                    self.machine.boot()
                self._sign_in()
                return
            except TillDied:
                continue

    def _sign_in(self) -> None:
        while True:
            try:
                self.machine.ask("sign_in", user=self.user, pin="2468")
                return
            except Refused as refused:
                if refused.code != "offline":  # the season has not come yet
                    raise
                self.world.sleep(1.0)

    # ---- selling -------------------------------------------------------------------------

    def _serve(self) -> None:
        """A customer wants some places, and mostly takes them."""
        show = self.world.random.choice(SHOWS)
        rows = self._ask("places", show=show)["places"]
        wanted = self._wishes(rows)
        if not wanted or self._do("add", show=show, places=wanted, price_type="adult") is None:
            return
        self.world.sleep(self.world.random.expovariate(0.5))
        if self.world.chance(0.15):
            self._do("add", show=show, places=[AREA], price_type="adult")
        self._pay()

    def _wishes(self, rows: list[dict[str, Any]]) -> list[str]:
        lots = self.world.random
        if lots.random() < 0.25:
            return [AREA] * lots.randint(1, 2)
        if self._rush:
            return [lots.choice(RUSHED)]
        seats = [row for row in rows if row["category"] == "Stalls"]
        state = lots.choices(("here", "free", "elsewhere", "sold"), (60, 25, 12, 3))[0]
        fitting = [row["place"] for row in seats if row["state"] == state]
        if not fitting:
            fitting = [row["place"] for row in seats if row["state"] != "sold"]
        at = lots.randrange(len(fitting)) if fitting else 0
        return fitting[at : at + lots.choice((1, 1, 2, 2, 3))]

    def _pay(self) -> None:
        total = Decimal(self._ask("basket")["basket"]["total"])
        if not total:
            return
        given = (total / 50).to_integral_value(rounding="ROUND_CEILING") * 50
        paid = self._do("pay", tenders=[{"kind": "cash", "amount": str(total), "given": str(given)}])
        if paid is not None:
            sale = paid["sale"]
            self.drawer += given - Decimal(sale["change"])
            self.sold.append(sale)
            self.world.note(f"{self.machine.label} sold {sale['id']} {sale['total']}")

    def _change_mind(self) -> None:
        """A basket that is not paid: emptied, or left standing until its time is over."""
        show = self.world.random.choice(SHOWS)
        wanted = self._wishes(self._ask("places", show=show)["places"])
        if not wanted or self._do("add", show=show, places=wanted, price_type="adult") is None:
            return
        if self.world.chance(0.5):
            self._do("clear")
        else:
            self.world.sleep(self.world.random.uniform(1.0, 20.0))

    # ---- money and shifts ----------------------------------------------------------------

    def _open(self) -> bool:
        if self._do("open_shift", float=str(FLOAT)) is None:
            return False
        self.drawer = FLOAT
        return True

    def _move_cash(self) -> None:
        kind = self.world.random.choice(("drop", "paid_in", "paid_out"))
        amount = Decimal(self.world.random.randint(1, 80))
        if self._do("move_cash", kind=kind, amount=str(amount), reason="change") is not None:
            self.drawer += amount if kind == "paid_in" else -amount

    def _look(self) -> None:
        self._ask("status")
        if self.sold and self.world.chance(0.5):
            sale = self.world.random.choice(self.sold)
            found = self._ask("find", sale=sale["id"])["sales"]
            if not found and sale["tickets"][0]["id"].startswith(f"{self.machine.name}.{self.machine.incarnation}-"):
                self.complaints.append(f"{self.machine.label} does not know its own sale {sale['id']}")

    def _new_shift(self) -> None:
        if self._ask("basket")["basket"]["lines"]:
            self._do("clear")
        self._close()

    def _close(self) -> bool:
        """Count the drawer; the till must have expected exactly that."""
        closed = self._do("close_shift", counted={"total": str(self.drawer)})
        if closed is None:
            return False
        difference = closed["report"]["difference"]
        if Decimal(difference) != 0 and not self.machine.forked:
            self.complaints.append(f"{self.machine.label}: drawer differs by {difference}, {closed['report']}")
        self.drawer = Decimal(0)
        return True

    # ---- what goes wrong -----------------------------------------------------------------

    def _mend_printing(self, unresolved: list[dict[str, Any]]) -> None:
        """Whatever the printer has not finished: print again, or look whether it came out."""
        for job in unresolved:
            if job["state"] == "failed":
                self._do("retry", job=job["job"])
            else:
                out = {paper.ticket for paper in self.machine.pile}
                self._do("printed", job=job["job"], came_out=out.issuperset(job["tickets"]))

    def _call_the_supervisor(self) -> None:
        """A fenced till's shift is closed, or not; it sends what it still has, and is enrolled again."""
        if self._ask("status")["shift"] and self.world.chance(0.5):
            self._new_shift()
        for _ in range(30):
            if self._ask("status")["unsent"] == 0:
                break
            self.world.sleep(1.0)
        self.machine.kill("switched off by the supervisor")
        while True:
            with self.office.writing() as connection:
                code = enrolment.offer(connection, self.machine.name, int(office_now().timestamp()), replace=True)
            try:
                self.machine.enrol(code)
                break
            except EnrolFailed as failed:
                self.world.note(f"{self.machine.label}: {failed}")
                self.world.sleep(5.0)
        self.drawer = Decimal(0)  # the old ledger's money is counted apart
        self._come_in()


class WebShop:
    """Buyers at the office's own shop: each order takes free places from the pool."""

    def __init__(self, world: Scheduler, office: SimOffice, pace_s: float) -> None:
        self.world, self.office, self._pace_s = world, office, pace_s
        self.closing = False
        self.sold = 0
        self.orders = 0

    def work(self) -> None:
        while not self.closing:
            self.world.sleep(self.world.random.expovariate(1.0 / self._pace_s))
            if not self.closing:
                self.buy()

    def buy(self) -> None:
        self.orders += 1
        show = self.world.random.choice(SHOWS)
        row, seat = self.world.random.choice("AB"), self.world.random.randint(1, 11)
        places = [AREA] if self.world.chance(0.3) else [f"{row}-{seat}"]
        names = ", ".join(f'"{place}"' for place in places)
        try:
            self.office.import_text(
                f'[[order]]\ncode = "W{self.orders}"\nshow = "{show}"\n'
                f'lines = [{{ places = [{names}], price_type = "adult" }}]\n'
            )
        except Unreadable as error:
            self.world.note(f"web: {error}")
            return
        self.sold += 1
        self.world.note(f"web order W{self.orders}: {show} {names}")
