"""A real till in a folder: desk, ledger, replica, identity and mark; only the line and the printers are toys."""

from __future__ import annotations

import base64
import contextlib
import itertools
import json
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher

from pos.devices.worker.absent import AbsentTerminal
from pos.domain.certificate import Hand, key_document
from pos.domain.errors import Refused
from pos.domain.plan import Plan, read_plan
from pos.domain.season import Area
from pos.domain.seating import Seating
from pos.store.aside import leftovers
from pos.store.identity import MarkFile, TillKeys, new_identity, read_identity, write_identity
from pos.store.replica import PlanCache, ReplicaWriter
from pos.till.desk import Desk
from pos.till.front import Front
from pos.till.limits import due_to_the_office
from pos.till.line import AgentSide
from pos.till.making import ReportFiles
from pos.till.outside import Outside
from pos.till.packing import PackFiles
from pos.till.ports import Customer, Neighbours, Terminal
from pos.till.setup import Copies, DeviceSetup, KeptCopies
from pos.till.shelf import Layouts
from tests.peers.small_season import hall
from tests.unit.till.toy_line import ToyLine, ToyPrinters

TILL = "T1"
OFFICE_KEY = base64.b64encode(bytes(range(32))).decode()
NOW = datetime.fromisoformat("2027-03-01T18:00:00+01:00")
PINS = {"anna": "2468", "beth": "8642", "sam": "1111", "otto": "1357", "ada": "9999"}
_ROLES = {"anna": "cashier", "beth": "cashier", "sam": "supervisor", "otto": "auditor", "ada": "admin"}
_QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@dataclass
class ToyClock:
    """A wall clock and running seconds, apart from each other when a test says so."""

    wall: datetime = NOW
    seconds: float = 1000.0

    def now(self) -> datetime:
        return self.wall

    def boottime_s(self) -> float:
        self.seconds += 0.05  # looking takes time, so that whoever waits for a moment sees it come
        return self.seconds

    def wait(self, **time: float) -> None:
        """Time passes."""
        self.wall += timedelta(**time)
        self.seconds += timedelta(**time).total_seconds()


@dataclass
class Codes:
    """Ticket codes one after the other."""

    numbers: Any = field(default_factory=lambda: itertools.count(1))

    def code(self) -> str:
        return f"CODE{next(self.numbers):08d}"


@dataclass(frozen=True)
class Word:
    """A document as the office would send it."""

    family: str
    id: str
    body: dict[str, Any]


@dataclass(frozen=True)
class Columns:
    """A show's places as the office would send them: all in the pool."""

    show: str
    plan_version: str
    states: str
    position: int = 1
    holders: tuple[str, ...] = ("",)

    @property
    def holder(self) -> tuple[int, ...]:
        return (0,) * len(self.states)

    since = epoch = hop = holder


def show_document(name: str, **more: Any) -> dict[str, Any]:
    """A show in two days, with the hall's seats and a foyer of ten."""
    return {
        "id": name,
        "production": "opera",
        "starts": (NOW + timedelta(days=2)).isoformat(),
        "plan": "hall",
        "prices": "usual",
        "terms": "standard",
        "areas": [{"id": "Foyer", "capacity": 10}],
    } | more


def documents(shows: list[dict[str, Any]], **venue: str) -> list[Word]:
    house = {"id": "house", "name": "The House", "timezone": "Europe/Vienna", "currency": "EUR"} | venue
    table = {
        "Stalls": {"adult": "58.00", "student": "29.00"},
        "Wheelchair": {"adult": "40.00"},
        "Foyer": {"adult": "12.00"},
    }
    counter = {"id": "counter", "name": {"en": "Counter fee"}, "per": "ticket", "amount": "1.00"}
    terms = {
        "id": "standard", "refund_until": "24h", "refund_fee": "10%", "exchange_until": "2h", "exchange_fee": "0.00",
    }  # fmt: skip
    return [
        Word("venue", "house", house),
        Word("tax", "reduced", {"id": "reduced", "rate": "10"}),
        Word("price_type", "adult", {"id": "adult", "name": {"en": "Adult"}}),
        Word("price_type", "student", {"id": "student", "name": {"en": "Student"}, "proof": "student card"}),
        Word("prices", "usual", {"id": "usual", "tax": "reduced", "table": table}),
        Word("terms", "standard", terms),
        Word("production", "opera", {"id": "opera", "title": {"en": "Tosca"}}),
        Word("fee", "counter", counter),
        *(
            Word("user", name, {"id": name, "name": name.title(), "role": role, "pin_hash": _QUICK.hash(PINS[name])})
            for name, role in _ROLES.items()
        ),
        *(Word("till", name, {"id": name, "name": f"Window {name[1:]}"}) for name in ("T1", "T2")),
        *(Word("show", show["id"], show) for show in shows),
    ]


def write_replica(path: Path, shows: list[dict[str, Any]], plan: Plan, **venue: str) -> ReplicaWriter:
    """The replica of a season as it stands before anything is sold; its writer stays open for changes."""
    shows = [show | ({"plan_version": plan.version} if show.get("plan") else {}) for show in shows]
    writer = ReplicaWriter(path, OFFICE_KEY)
    with writer.snapshot() as snapshot:
        version = {"id": "hall", "version": plan.version, "companions": {}}
        snapshot.documents([Word("plan", "hall", version), *documents(shows, **venue)], 1)
        snapshot.plan(plan.version, plan.to_bytes())
        for show in shows:
            areas = [Area(area["id"], area["capacity"]) for area in show.get("areas", [])]
            places = Seating(plan if show.get("plan") else None, areas)
            snapshot.show(Columns(show["id"], show.get("plan_version", ""), "P" * len(places)))
    return writer


def small_hall(rows: int = 2, seats: int = 12) -> Plan:
    return read_plan(json.dumps(hall(rows, seats)).encode(), "hall.json")


class Counter:
    """One till at one counter. `stop` when done; `restart` is a program that ends and begins again."""

    def __init__(
        self,
        folder: Path,
        shows: list[dict[str, Any]] | None = None,
        *,
        plan: Plan | None = None,
        roles: tuple[str, ...] = ("ticket", "receipt"),
        printers: Any = None,
        terminal: Terminal | None = None,
        till: str = TILL,
        incarnation: int = 1,
        neighbours: Neighbours | None = None,
        members: str = "",
        customer: Customer | None = None,
        setup: DeviceSetup | None = None,
        layouts: Layouts | None = None,
        reports: ReportFiles | None = None,
        packs: PackFiles | None = None,
        copies: Copies | None = None,
        kept_copies: KeptCopies | None = None,
        **venue: str,
    ) -> None:
        self.folder, self.till, self.neighbours = folder, till, neighbours
        self.members, self.customer = members, customer
        self.setup, self.layouts, self.reports = setup, layouts, reports
        self.packs, self.copies, self.kept_copies = packs, copies, kept_copies
        folder.mkdir(parents=True, exist_ok=True)
        self.shows = shows if shows is not None else [show_document("aida")]
        if read_identity(folder) is None:
            fresh = new_identity(folder)
            write_identity(folder, replace(fresh, till=till, incarnation=incarnation, office_key=OFFICE_KEY))
        identity = read_identity(folder)
        assert identity is not None
        self.identity = identity
        self.clock = ToyClock()
        self.codes = Codes()
        self.writer = write_replica(folder / "replica.db", self.shows, plan or small_hall(), **venue)
        self.line = ToyLine(till, self.writer)
        self.line.incarnation = identity.incarnation
        self.printers = printers or ToyPrinters(roles)
        self.terminal = terminal or AbsentTerminal()
        self.events: list[dict[str, Any]] = []
        self.mark: Any = MarkFile(identity.state_folder)
        self._start()

    def _start(self) -> None:
        outside = Outside(
            till=self.till,
            incarnation=self.identity.incarnation,
            locale="en",
            ledger=self.folder / "ledger.db",
            replica=self.folder / "replica.db",
            plans=PlanCache(),
            office=self.line,
            printers=self.printers,
            terminal=self.terminal,
            keys=TillKeys(self.identity),
            mark=self.mark,
            clock=self.clock,
            entropy=self.codes,
            neighbours=self.neighbours,
            leftovers=leftovers(self.folder, OFFICE_KEY),
            members=self.members,
            customer=self.customer,
            setup=self.setup,
            layouts=self.layouts,
            reports=self.reports,
            packs=self.packs,
            copies=self.copies,
            kept_copies=self.kept_copies,
        )
        self.desk = Desk(outside)
        side = AgentSide(self.folder / "ledger.db", self.identity.incarnation)
        side.serve(self.desk)
        self.line.serve(side)
        self.desk.start()
        self.front = Front(self.desk)
        self.front.subscribe(self.events.append)
        self.front.resume()
        self.settle()

    def stop(self) -> None:
        self.desk.stop()
        self.writer.close()

    def restart(self, between: Callable[[], object] = lambda: None) -> None:
        """The program ends and begins again; `between` happens in between."""
        self.desk.stop()
        self.printers.jobs.clear()
        between()
        self._start()

    def copy_folder(self) -> Path:
        """A copy of the data folder as it lies there, for a restore."""
        copy = self.folder.with_name(self.folder.name + "-copy")
        shutil.copytree(self.folder, copy)
        return copy

    def restore(self, copy: Path) -> None:
        for old in self.folder.glob("ledger.db*"):
            old.unlink()
        for kept in copy.glob("ledger.db*"):
            shutil.copy(kept, self.folder)

    @property
    def hand(self) -> Hand:
        return Hand(self.till, self.identity.incarnation)

    def meet(self, *others: Counter) -> None:
        """Hear from the office of other tills, and of this one."""
        for other in (self, *others):
            self.line.document("key", key_document(other.hand, TillKeys(other.identity).public()))

    # ---- what people do --------------------------------------------------------------------

    def ask(self, verb: str, **fields: Any) -> dict[str, Any]:
        """A verb's answer. Raises Refused."""
        return self.front.call(verb, **fields).result(10)

    def refusal(self, verb: str, **fields: Any) -> Refused:
        """The refusal of a verb that must be refused. One that is due to the office being away says what to do
        instead: all tests that cut the line see to it that no rule forgets."""
        try:
            answer = self.ask(verb, **fields)
        except Refused as refused:
            if due_to_the_office(refused) and not refused.fields.get("instead"):
                raise AssertionError(f"{verb}: {refused} has no way out") from refused
            return refused
        raise AssertionError(f"{verb} was not refused: {answer}")

    def sign_in(self, user: str = "anna") -> None:
        self.ask("sign_in", user=user, pin=PINS[user])

    def open(self, user: str = "anna", float_: str = "100.00") -> None:
        """Sign in and open a shift."""
        self.sign_in(user)
        self.ask("open_shift", float=float_)

    def add(self, *places: str, show: str = "aida", price_type: str = "adult", **more: Any) -> dict[str, Any]:
        return self.ask("add", show=show, places=list(places), price_type=price_type, **more)

    def pay(self, given: str | None = None, **more: Any) -> dict[str, Any]:
        """Pay the basket in cash."""
        total = self.ask("basket")["basket"]["total"]
        tender = {"kind": "cash", "amount": total} | ({"given": given} if given else {})
        sale: dict[str, Any] = self.ask("pay", tenders=[tender], **more)["sale"]
        return sale

    def sell(self, *places: str, **more: Any) -> dict[str, Any]:
        self.add(*places, **more)
        return self.pay()

    def settle(self) -> None:
        """Wait until the till's thread has done what it was asked so far."""
        for _ in range(3):  # work may queue more work
            self.desk.submit(lambda: None).result(10)

    # ---- what there is ---------------------------------------------------------------------

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the ledger, past everything that wrote them."""
        db = sqlite3.connect(f"file:{self.folder / 'ledger.db'}?mode=ro", uri=True)
        try:
            return db.execute(sql).fetchall()
        finally:
            db.close()

    def write(self, sql: str) -> None:
        """Change the ledger behind the till's back, while it is not running."""
        with contextlib.closing(sqlite3.connect(self.folder / "ledger.db")) as db, db:
            db.execute(sql)

    def kinds(self) -> list[str]:
        """The kinds of all facts, in order."""
        return [json.loads(row[0])["kind"] for row in self.rows("SELECT envelope FROM journal ORDER BY number")]

    def bodies(self, kind: str) -> list[dict[str, Any]]:
        """The bodies of all facts of a kind, in order."""
        facts = [json.loads(row[0]) for row in self.rows("SELECT envelope FROM journal ORDER BY number")]
        return [fact["body"] for fact in facts if fact["kind"] == kind]

    def token(self, place: str, show: str = "aida") -> tuple[str, int, int] | None:
        """(state, epoch, hop) of this till's own right."""
        found = self.rows(f"SELECT state, epoch, hop FROM own_right WHERE show = '{show}' AND place = '{place}'")
        return found[0] if found else None

    def right(self, place: str, show: str = "aida") -> tuple[str, int] | None:
        """(state, epoch) of this till's own right."""
        found = self.rows(f"SELECT state, epoch FROM own_right WHERE show = '{show}' AND place = '{place}'")
        return found[0] if found else None

    def said(self, event: str) -> list[dict[str, Any]]:
        """The events of one kind, so far."""
        self.settle()
        return [item for item in self.events if item["event"] == event]

    def state_of(self, place: str, show: str = "aida") -> str:
        rows = {row["place"]: row for row in self.ask("places", show=show)["places"]}
        return str(rows[place].get("state", rows[place]))
