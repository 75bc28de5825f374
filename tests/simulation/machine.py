"""A counter PC: its folder, its high-water mark, its printers and its cable outlast the till that runs on it.

The till is put together as `pos.app.counter` does it: the real desk, ledger, replica and
agent. In their place stand only the socket, the printers, the clock, the key's keyring and
the lots.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Final

from pos.app.joining import join
from pos.domain.certificate import Hand
from pos.domain.errors import Refused
from pos.domain.facts import hash_of
from pos.domain.rights import Effect, OfficeState, OwnRight, OwnState
from pos.store.aside import leftovers
from pos.store.identity import TillKeys
from pos.store.ledger import Ledger
from pos.store.replica import PlanCache
from pos.till.counter.passing import in_use
from pos.till.desk import Desk
from pos.till.front import Front
from pos.till.line import AgentSide
from pos.till.outside import Outside
from sync.agent import Agent
from tests.simulation.disk import AFTER_THE_MARK, Disk, Mark
from tests.simulation.names import TILLS
from tests.simulation.network import Line
from tests.simulation.paper import Paper, SimPrinters
from tests.simulation.scheduler import Process, Scheduler, Task
from tests.simulation.terminal import CardMachine, SimTerminal
from tests.simulation.threads import office_now, world

CRASHES: Final = ("before a commit", "after a commit, before the mark", AFTER_THE_MARK)
_LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class TillDied(Exception):
    """The till ended while its cashier waited for an answer."""


class WatchedLedger(Ledger):
    """The ledger, with places to die at."""

    @contextmanager
    def transaction(self) -> Iterator[None]:
        here = world()
        process = here.current.process
        process.check()
        with super().transaction():
            yield
            process.point(CRASHES[0])
        process.point(CRASHES[1])
        here.breathe()


class Keys:
    """The till's key, which a dead till does not use."""

    def __init__(self, world: Scheduler, keys: TillKeys) -> None:
        self._world, self._keys = world, keys

    def sign(self, message: bytes) -> bytes:
        self._world.current.process.check()
        return self._keys.sign(message)


class Clock:
    """This PC's clocks: the wall may be wrong, the seconds since the start are not."""

    def __init__(self, world: Scheduler) -> None:
        self._world = world
        self.wrong_by = timedelta()

    def now(self) -> datetime:
        return (office_now() + self.wrong_by).astimezone(timezone(timedelta(hours=1)))

    def boottime_s(self) -> float:
        return self._world.now


class Codes:
    """Ticket codes from the seed's lots."""

    def __init__(self, world: Scheduler) -> None:
        self._world = world

    def code(self) -> str:
        return "".join(self._world.random.choice(_LETTERS) for _ in range(12))


class Machine:
    """One counter PC, enrolled as the till `name`. `pile` is all paper that ever came out of it."""

    def __init__(self, world: Scheduler, name: str, folder: Path, line: Line, *, jams: float, ledger: Path) -> None:
        self.world, self.name, self.line = world, name, line
        self.label = folder.name
        self.disk = Disk(world, name, folder, ledger)
        self.clock = Clock(world)
        self.cards = CardMachine(world, self.label, jams)
        self.pile: list[Paper] = []
        self.process = Process(world, f"{folder.name} not started")
        self.runs = 0
        self._jams = jams
        self._front: Front | None = None
        self.desk: Desk | None = None
        self.poisoned: set[str] = set()  # ids of facts that the office cannot read
        self._open = ExitStack()

    @property
    def incarnation(self) -> int:
        """0 before it has joined."""
        return self.disk.incarnation

    @property
    def hand(self) -> Hand:
        """Who it is by now. Only of one that has joined."""
        return Hand(self.name, self.incarnation)

    # ---- its life ------------------------------------------------------------------------

    def enrol(self, code: str) -> None:
        """Join the office, as `housefull --enrol` does; an earlier ledger is set aside. Raises EnrolFailed."""
        self.bury()
        join(self.disk.folder, f"sim://{self.line.name}", code)
        self.disk.make_ledger()
        self.world.note(f"{self.label} is enrolled, incarnation {self.incarnation}")

    def boot(self) -> None:
        """Start the till and wait until it answers. Raises TillDied."""
        self.bury()
        self.runs += 1
        process = self.process = Process(self.world, f"{self.label} run {self.runs}")
        waiting = self.world.current
        process.on_death.append(lambda: self.world.wake(waiting))
        self._front = None
        self.world.spawn("start", lambda: self._start(process, waiting), process)
        while self._front is None:
            self.world.park()
            if process.dead:
                raise TillDied(self.name)

    def _start(self, process: Process, waiting: Task) -> None:
        """As `pos.app.counter.Till` does it."""
        disk, identity = self.disk, self.disk.identity
        keys = Keys(self.world, TillKeys(identity))
        side = AgentSide(disk.ledger, identity.incarnation)
        plans = PlanCache()
        left = leftovers(disk.folder, identity.office_key)
        agent = Agent(
            side, keys, self.clock, till=self.name, url=f"sim://{self.line.name}", office_key=identity.office_key,
            replica=disk.replica, plans=plans, neighbours={n: f"{self.label}>{n}" for n in TILLS if n != self.name},
            listen=self.label, leftovers=[one for one in left if not one.hindrance],
        )  # fmt: skip
        printers = SimPrinters(self.world, self.label, self.pile, self._jams)
        desk = Desk(
            Outside(
                till=self.name, incarnation=identity.incarnation, locale="en", ledger=disk.ledger,
                replica=disk.replica, plans=plans, office=agent, printers=printers,
                terminal=SimTerminal(self.cards, process),
                keys=keys, mark=Mark(disk), clock=self.clock, entropy=Codes(self.world),
                neighbours=agent.neighbours, leftovers=left,
            )
        )  # fmt: skip
        side.serve(desk)
        self._open.callback(_close, side, desk, agent)
        desk.start()
        printers.start()
        front = Front(desk)
        front.resume()
        agent.start()
        self.desk, self._front = desk, front
        self.world.note(f"{self.label} runs, fact {desk.number}" + (f", fenced: {desk.fenced}" if desk.fenced else ""))
        self.world.wake(waiting)

    def bury(self) -> None:
        """What the operating system does for a killed process: its files are closed."""
        while any(not task.done for task in self.process.tasks):
            self.world.sleep(0.001)
        undo, self._open = self._open, ExitStack()
        undo.close()

    def set_clock(self, hours: int) -> None:
        """Somebody sets the wall clock of this PC."""
        self.clock.wrong_by = timedelta(hours=hours)
        self.world.fault("clock set wrong", f"{self.label}: clock wrong by {hours} h")

    def poison(self, how: str) -> None:
        """Have the desk write a fact that the office of this version cannot read, with a place of the till in it."""
        desk = self.desk
        if desk is None:
            return
        self.world.fault(f"poisoned fact: {how}", f"{self.label} writes {how}")

        def write() -> None:
            used = in_use(desk)  # no version lets go of what a customer is paying for
            held = [
                (show, place, right)
                for show, places in desk.rights.items()
                for place, right in places.items()
                if right.state is OwnState.LEASED and (show, place) not in used
            ][:1]
            kind, body = ("SeatsBlessed", {"by": "a newer version"}) if how == "newer kind" else ("CashMoved", {})
            effects = [Effect(s, p, right.token, OfficeState.LEASED, OfficeState.POOL, "") for s, p, right in held]
            fact = None
            try:
                with desk.unit() as unit:
                    fact = unit.record(kind, body, effects=effects)
                    unit.put_rights([(s, p, OwnRight(OwnState.RETURNED, right.token)) for s, p, right in held])
            except Refused:
                return  # its disk is full, or its ledger was sealed
            finally:
                if fact is not None and self.disk.has(fact.number, hash_of(fact.to_bytes())):  # it may have died since
                    self.poisoned.add(fact.fact_id)

        desk.post(write)

    def kill(self, why: str = "killed") -> None:
        if not self.process.dead:
            self.world.fault(f"till {why}", f"{self.label} is {why}")
            self.process.kill()

    # ---- asking it -----------------------------------------------------------------------

    def ask(self, verb: str, **fields: Any) -> dict[str, Any]:
        """A verb's answer. Raises Refused, or TillDied."""
        process, front = self.process, self._front
        if process.dead or front is None:
            raise TillDied(self.name)
        answer: Future[dict[str, Any]] = front.call(verb, **fields)
        waiting = self.world.current
        process.on_death.append(lambda: self.world.wake(waiting))
        answer.add_done_callback(lambda _: self.world.wake(waiting))
        while not answer.done() and not process.dead:
            self.world.park()
        if process.dead:
            raise TillDied(self.name)  # also when the answer was on its way: the screen is dark
        return answer.result()


def _close(side: AgentSide, desk: Desk, agent: Agent) -> None:
    for connection in side._journal._opened:
        connection.close()
    if hasattr(desk, "replica"):
        desk.replica.close()
    if hasattr(desk, "ledger"):
        desk.ledger.close()
    agent._writer.close()
