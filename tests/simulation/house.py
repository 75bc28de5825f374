"""One evening from one seed: a house is built, everything goes wrong, it drains, and the judge looks at it."""

from __future__ import annotations

import hashlib
import logging
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pos.domain.errors import Refused
from sync.office.rules import enrolment
from tests.simulation.judge import Window, judge, two_hands
from tests.simulation.lan import Neighbour
from tests.simulation.machine import Machine, TillDied
from tests.simulation.mutations import MUTATIONS, mutated
from tests.simulation.names import TILLS
from tests.simulation.network import FINE, Line, SimCarrier, Weather
from tests.simulation.office import SimOffice
from tests.simulation.people.cashier import Cashier
from tests.simulation.people.customers import Customers
from tests.simulation.people.webshop import WebShop
from tests.simulation.scheduler import Process, Scheduler
from tests.simulation.season import Templates
from tests.simulation.stage import played
from tests.simulation.threads import office_now, world
from tests.simulation.trouble import Trouble

_CABLE: Final = Weather(latency_s=0.005)
DRAIN_S: Final = 180  # from when all lines are up to when everything agrees
_ENROLLED_ANEW: Final = 0.1  # of the evenings; the others begin with tills that have joined, which costs less
# Errors that the program logs, as it should: when it is told that it is an old copy, and when its disk is full.
_EXPECTED_ERRORS: Final = ("fenced: ",)
_TWICE: Final = "the ledger could not be written: UNIQUE constraint failed: ticket.show, ticket.place"
_FULL_DISK_ERRORS: Final = (
    "the ledger could not be written: database or disk is full",
    "the high-water mark could not be written: ",
    "the fence could not be noted: ",
    "the ledger could not note what the office has: ",
    "the ledger could not answer a recall: ",
)


@dataclass
class Outcome:
    """What became of an evening. `digest` is that of its whole history."""

    seed: int
    violations: list[str]
    operations: int = 0
    sales: int = 0
    requests: int = 0
    simulated_s: float = 0.0
    digest: str = ""
    faults: Counter[str] = field(default_factory=Counter)
    deeds: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    facts: Counter[str] = field(default_factory=Counter)  # at the office, by kind
    trace: list[str] = field(default_factory=list)
    failed: bool = False  # the simulation itself


class _Errors(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if world().current.process.dead:
            return  # the last words of a killed process are nobody's
        text = record.getMessage()
        if record.exc_info and record.exc_info[1] is not None:
            text += f" ({record.exc_info[1]!r})"
        full = world().faults["disk full"] + world().faults["state folder full"] and text.startswith(_FULL_DISK_ERRORS)
        # What a clone has sold, and the other one has taken back, comes to the clone once more: it cannot take it.
        twice = world().faults["disk cloned"] and text.startswith(_TWICE)
        if not (full or twice or text.startswith(_EXPECTED_ERRORS)):
            self.texts.append(text)


class House:
    """An office, its tills, their cashiers, and whoever breaks things."""

    def __init__(
        self, world: Scheduler, folder: Path, templates: Templates, *, long: bool, kinds: Sequence[str]
    ) -> None:
        self.world, self._long = world, long
        lots = world.random
        shutil.copy(templates.office, folder / "office.db")
        self.office = SimOffice(world, folder / "office.db")
        self.people = Process(world, "people")
        self.machines: list[Machine] = []
        self.cashiers: list[Cashier] = []
        self.cables: list[Line] = []  # of the local network
        self._jams = lots.choice((0.0, 0.05, 0.15))
        self.roughness = lots.choice((0.0, 0.02, 0.08))
        self._rush = bool(kinds) or lots.random() < 0.3
        self._trouble = Trouble(self, kinds)
        self._folder, self._templates = folder, templates
        self._customers = Customers(world)
        for n in range(lots.choice((2, 3, 4)) if long else lots.choice((2, 2, 2, 3))):
            self.furnish(f"T{n + 1}", f"T{n + 1}")
        self.web = WebShop(world, self.office, self._customers, pace_s=lots.uniform(4.0, 20.0))

    def furnish(self, name: str, label: str) -> Cashier:
        """A counter with its PC, cable and cashier."""
        line = SimCarrier.lines[label] = Line(self.world, label, self.office)
        cables = [Line(self.world, f"{label}>{other}", Neighbour(other), _CABLE) for other in TILLS if other != name]
        SimCarrier.lines.update({cable.name: cable for cable in cables})
        self.cables += cables
        made = Machine(self.world, name, self._folder / label, line, jams=self._jams, ledger=self._templates.ledger)
        pace_s = self.world.random.uniform(0.2, 0.8) if self._rush else self.world.random.uniform(0.3, 1.5)
        self.machines.append(made)
        self.cashiers.append(Cashier(self.world, made, self.office, self._customers, pace_s=pace_s, rush=self._rush))
        return self.cashiers[-1]

    # ---- the evening ---------------------------------------------------------------------

    def play(self) -> None:
        self.world.leap(self._templates.took_s)
        self.office.start()
        self.world.run(1.0)
        anew = self.world.chance(_ENROLLED_ANEW)
        for made in self.machines:
            if anew:
                self.enrol(made, replace=True)
            else:
                self._templates.furnish(made.disk)
        for cashier in self.cashiers:
            self.world.spawn(f"cashier of {cashier.machine.name}", cashier.work, self.people)
        self.world.spawn("web shop", self.web.work, self.people)
        self.world.run(self.world.random.uniform(2.0, 6.0))
        events, longest_s = (8, 20.0) if self._long else (3, 6.0)
        for _ in range(self.world.random.randint(events // 2, events)):
            self._trouble.happen()
            self.world.run(self.world.random.uniform(1.0, longest_s))
            self._look_at_hands()
        self._drain()

    def enrol(self, made: Machine, *, replace: bool = False) -> None:
        with self.office.writing() as connection:
            code = enrolment.offer(connection, made.name, int(office_now().timestamp()), replace=replace)
        made.enrol(code)

    def _look_at_hands(self) -> None:
        """No right is in two hands, at no moment; what is off holds nothing until it starts."""
        running = {
            made.label: made.disk.ledger
            for made in self.machines
            if made.incarnation and not made.process.dead and not made.disk.forked
        }
        cloned = {place for made in self.machines for place in made.disk.cloned()}
        if both := two_hands(running, cloned):
            raise AssertionError("; ".join(both))

    # ---- the end -------------------------------------------------------------------------

    def _drain(self) -> None:
        """All lines up, everybody goes home, and every till sends what it has."""
        self.world.note("the house closes")
        for made in self.machines:
            made.line.change(FINE)
            made.process.doom("")
            made.disk.make_room()
            self.world.wake_up(made.process)
        for cable in self.cables:
            cable.change(_CABLE)
        if self.office.process.dead:
            self.office.start()
        self.office.process.doom("")
        self._trouble.office.over = True
        self._wait("the office has all back", lambda: not self.office.at_risk)
        self.web.closing = True
        for cashier in self.cashiers:
            cashier.closing = True
        self._wait("the cashiers go home", lambda: all(cashier.done for cashier in self.cashiers))
        self._wait(
            "the lines have nothing left", lambda: not any(line.repetitions for line in SimCarrier.lines.values())
        )
        for made in self.machines:
            self._wait(f"{made.label} has sent everything", lambda made=made: self._sent(made))  # type: ignore[misc]
        self.office.look_for_the_last_time()
        for made in self.machines:
            self._sent(made)

    def _wait(self, what: str, condition: Callable[[], bool]) -> None:
        for _ in range(DRAIN_S):
            if condition():
                return
            self.world.run(1.0)
        raise AssertionError(f"not within {DRAIN_S} s: {what}")

    def _sent(self, made: Machine) -> bool:
        try:
            if not made.incarnation:
                return True  # it never joined
            if made.process.dead:
                made.boot()
            status = made.ask("status")
            if status["fenced"]:
                return bool(status["unsent"] == 0)
            return bool(made.ask("sync")["unsent"] == 0)
        except TillDied:
            return False
        except Refused as refused:
            if refused.code != "offline":
                raise
            return False

    def windows(self) -> list[Window]:
        return [
            Window(
                made.name,
                made.disk.ledgers(),
                None if made.desk is None or made.desk.fenced else made.disk.replica,
                made.pile,
                cashier.sold,
                None if made.disk.doubtful or cashier.unsure else cashier.drawer + cashier.left,
                frozenset(made.disk.doubtful),
                made.disk.unseen,
                cashier.returned,
                cashier.refunds,
                cashier.copies,
                cashier.spent,
                frozenset(cashier.cut_short),
                frozenset(cashier.unprinted),
                frozenset(made.poisoned),
                frozenset(made.disk.cloned()),
                frozenset(cashier.brought_back),
                None if made.disk.doubtful or cashier.unsure else made.cards.moved,
            )
            for made, cashier in zip(self.machines, self.cashiers, strict=True)
            if made.incarnation
        ]


def play(
    seed: int,
    folder: Path,
    templates: Templates,
    *,
    long: bool = False,
    mutation: str = "",
    kinds: Sequence[str] = (),
) -> Outcome:
    """One seed's whole evening in an empty folder; a `long` one has more tills and more trouble, of these `kinds` only
    if any are named.

    `mutation` names a guard that the program has to do without (mutations.py).
    """
    here = Scheduler(seed)
    errors = _Errors()
    with ExitStack() as undo:
        undo.enter_context(played(here, folder / "states"))
        undo.enter_context(mutated(mutation))
        undo.callback(_hush(errors))
        kinds = MUTATIONS[mutation].kinds if mutation else kinds
        house = House(here, folder, templates, long=long, kinds=kinds)
        violations: list[str] = []
        try:
            house.play()
        except AssertionError as failed:
            violations.append(str(failed))
        here.end()
        windows = house.windows()
        for made in house.machines:
            made.bury()
        house.office.close()
    if not violations:
        violations += judge(house.office.file, windows)
    violations += [complaint for cashier in house.cashiers for complaint in cashier.complaints]
    violations += [f"logged as an error: {text}" for text in errors.texts]
    return _outcome(seed, here, house, violations)


def _hush(errors: _Errors) -> Callable[[], None]:
    """The program's log goes to the judge, and nowhere else."""
    loggers = [logging.getLogger(name) for name in ("pos", "sync", "housefull", "concurrent.futures", "asyncio")]
    before = [(logger, logger.level, logger.propagate) for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
        logger.propagate = False
        logger.addHandler(errors)

    def undo() -> None:
        for logger, level, propagate in before:
            logger.removeHandler(errors)
            logger.setLevel(level)
            logger.propagate = propagate

    return undo


def _outcome(seed: int, world: Scheduler, house: House, violations: list[str]) -> Outcome:
    outcome = Outcome(
        seed, violations, simulated_s=world.now, faults=world.faults, deeds=world.deeds, trace=world.trace
    )
    for cashier in house.cashiers:
        outcome.operations += cashier.operations
        outcome.sales += len(cashier.sold)
        outcome.refusals += cashier.refusals
    outcome.operations += house.web.orders
    outcome.requests = sum(made.line.requests for made in house.machines)
    with closing(sqlite3.connect(house.office.file)) as db:
        # Every fact as the office has it, by its hash: time, money and lots are all in it.
        facts = [f"{id} {digest}" for id, digest in db.execute("SELECT fact_id, hash FROM fact ORDER BY fact_id")]
        outcome.facts.update(dict(db.execute("SELECT kind, count(*) FROM fact GROUP BY kind")))
        outcome.facts["rival"] = db.execute("SELECT count(*) FROM rival_fact").fetchone()[0]
    outcome.digest = hashlib.sha256("\n".join(world.trace + facts).encode()).hexdigest()
    return outcome
