"""A real till for window tests: SQLite files, the demo season, only the office and the printers faked."""

from __future__ import annotations

import itertools
import queue
import threading
import tomllib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from argon2 import PasswordHasher

from pos.app.copyreading import CopyReading
from pos.app.layouts import LayoutShelf, LayoutWork
from pos.app.packs import PackWork
from pos.app.reports import ReportWork
from pos.data import printer_data, resource
from pos.demo.season import write_season
from pos.devices.worker.absent import AbsentTerminal
from pos.domain.certificate import Hand
from pos.domain.facts import Fact
from pos.domain.plan import read_plan
from pos.domain.purse import is_purse
from pos.domain.rights import Token
from pos.domain.season import Area
from pos.domain.seating import Seating
from pos.paper.faces import FONT_FILES
from pos.store import journal
from pos.store.replica.plans import PlanCache
from pos.store.replica.writer import ReplicaWriter
from pos.till.contingency import closing, levels
from pos.till.desk import Desk
from pos.till.front import Front
from pos.till.line import AgentSide
from pos.till.outside import Outside
from pos.till.ports import (
    Changed,
    ClaimAnswer,
    Customer,
    LeftDrawer,
    LineDown,
    LinkState,
    OfficeLine,
    Outcome,
    Recall,
    RefusedClaim,
    Releasable,
    SoldRight,
    Terminal,
)

TILL = "W1"
OTHER = "W2"
PINS = {"anna": "2468"}


@cache
def fonts() -> dict[str, bytes]:
    return {name: resource("fonts", name).read_bytes() for name in FONT_FILES}


_FAMILIES = (
    "venue",
    "tax",
    "plan",
    "price_type",
    "prices",
    "terms",
    "fee",
    "production",
    "show",
    "user",
    "till",
    "promotion",
    "product",
    "currency",
)


@dataclass(frozen=True)
class Word:
    """A document as the office would send it."""

    family: str
    id: str
    body: dict[str, Any]


@dataclass(frozen=True)
class News:
    """An entry of the change log about a document."""

    position: int
    family: str
    id: str
    body: dict[str, Any]
    kind: str = "document"
    show: str = ""
    items: tuple[()] = ()


@dataclass(frozen=True)
class Columns:
    """A show's places as the office would send them."""

    show: str
    plan_version: str
    position: int
    states: str
    holders: tuple[str, ...]
    holder: tuple[int, ...]
    since: tuple[int, ...]
    epoch: tuple[int, ...]
    hop: tuple[int, ...]


def make_replica(folder: Path, now: datetime, halls: Sequence[str] = ("studio", "opera")) -> Path:
    """A replica of the demo season, shows of other halls left out."""
    season = tomllib.loads(write_season(folder / "season", now).read_text(encoding="utf-8"))
    plans = {name: read_plan((folder / "season" / f"{name}.json").read_bytes(), name) for name in halls}
    season["show"] = [show for show in season["show"] if show.get("plan") in halls]
    season["show"].append(_standing_only(season["show"][0], now))
    season["plan"] = [plan for plan in season["plan"] if plan["id"] in halls]
    season["venue"] = [season["venue"]]
    season.setdefault("till", [])
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    words = []
    for family in _FAMILIES:
        for record in season.get(family, []):
            body = dict(record)
            if family == "user":
                PINS[body["id"]] = body.pop("pin")
                body.pop("language", None)  # tests read English; those of languages say which
                body["pin_hash"] = hasher.hash(PINS[body["id"]])
            if family == "plan":
                body["version"] = plans[body["id"]].version
            if family == "show":
                body["plan_version"] = plans[body["plan"]].version if "plan" in body else ""
            words.append(Word(family, body.get("id", body.get("code")), body))
    path = folder / "replica.db"
    writer = ReplicaWriter(path, "office")
    with writer.snapshot() as snapshot:
        snapshot.documents(words, 1)
        for plan in plans.values():
            snapshot.plan(plan.version, plan.to_bytes())
        for show in season["show"]:
            snapshot.show(
                _columns(season, show, Seating(plans.get(show.get("plan", "")), _areas(show)), int(now.timestamp()))
            )
    writer.close()
    return path


def _standing_only(like: dict[str, Any], now: datetime) -> dict[str, Any]:
    """A show without seats, which the demo season has none of."""
    starts = (now + timedelta(days=2)).isoformat()
    areas = [{"id": "Standing", "capacity": 50}]
    return {key: like[key] for key in ("production", "prices", "terms", "on_sale")} | {
        "id": "foyer",
        "starts": starts,
        "areas": areas,
        "allotment": {"Standing": 5},
    }


def _areas(show: dict[str, Any]) -> list[Area]:
    return [Area(area["id"], area["capacity"]) for area in show.get("areas", [])]


def _columns(season: dict[str, Any], show: dict[str, Any], seating: Seating, now: int) -> Columns:
    count = len(seating)
    states, holder, since = ["P"] * count, [0] * count, [0] * count
    holders = ["", OTHER, "Direction"]
    for hold in season.get("hold", []):
        for place in hold["places"] if hold["show"] == show["id"] else ():
            ix = seating.find(place)
            assert ix is not None
            states[ix], holder[ix] = "H", 2
    units = {area.id: iter(seating.units(area.id)) for area in seating.areas}
    for order in season.get("order", []):
        if order["show"] != show["id"]:
            continue
        for place in itertools.chain.from_iterable(line["places"] for line in order["lines"]):
            ix = next(units[place]) if place in units else seating.find(place)
            assert ix is not None
            states[ix] = "S"
    for ix in itertools.islice((ix for ix, state in enumerate(states) if state == "P"), 200, 206):
        states[ix], holder[ix], since[ix] = "L", 1, now - 600
    plan = seating.plan
    return Columns(
        show["id"],
        plan.version if plan else "",
        1,
        "".join(states),
        tuple(holders),
        tuple(holder),
        tuple(since),
        tuple(int(state != "P") for state in states),
        (0,) * count,
    )


class OfficeWire:
    """The office as the till's agent would speak for it: grants everything, unless told otherwise."""

    def __init__(self) -> None:
        self.state = LinkState("online", round_trip_ms=12.0)
        self.told_of: dict[Hand, int] = {}  # journals that were brought here from copies
        self.addresses = [OfficeLine("", "office.example:8443", "", "in_use")]
        self.slow = threading.Event()
        self.slow.set()
        self.refuses: dict[str, RefusedClaim] = {}
        self.claims: list[tuple[str, tuple[str, ...]]] = []
        self.purses: dict[tuple[str, str], int] = {}  # (show, code) -> what is left, in minor units
        self.found: dict[str, dict[str, Any]] = {}  # what -> the answer to a look
        self.unheard: list[tuple[str, int, str]] = []  # who is waited for before places are released
        self.releases: list[tuple[str, tuple[tuple[str, str], ...], tuple[str, ...]]] = []
        self._epochs = itertools.count(100)
        self._waiting: list[Callable[[], None]] = []

    def claim(
        self, show: str, places: Sequence[str], *, whole: bool, wait_s: float, sold: bool = False, held: bool = False
    ) -> Future[ClaimAnswer]:
        future: Future[ClaimAnswer] = Future()
        self.claims.append((show, tuple(places)))
        if self.state.state == "offline":
            future.set_exception(LineDown(self.state.cause))
            return future
        if sold and is_purse(show):
            future.set_result(self._purse(show, places[0]))
            return future
        refused = tuple(self.refuses[place] for place in places if place in self.refuses)
        granted = () if refused and whole else tuple((place, Token(next(self._epochs), 0)) for place in places)
        answer = ClaimAnswer(1, granted, refused)
        if self.slow.is_set():
            future.set_result(answer)
        else:
            self._waiting.append(lambda: future.set_result(answer))
        return future

    def _purse(self, show: str, code: str) -> ClaimAnswer:
        if (show, code) not in self.purses:
            return ClaimAnswer(1, refused=(RefusedClaim(code, "unknown_place"),))
        token = Token(next(self._epochs), 0)
        return ClaimAnswer(1, sold=(SoldRight(code, token, code, 0, worth=self.purses[show, code]),))

    def allot(self, show: str, places: Sequence[str], short: Mapping[str, int], wait_s: float) -> Future[ClaimAnswer]:
        return self.claim(show, places, whole=False, wait_s=wait_s)

    def look(self, what: str, fields: dict[str, Any]) -> Future[dict[str, Any]]:
        found: Future[dict[str, Any]] = Future()
        if self.state.state == "offline":
            found.set_exception(LineDown(self.state.cause))
        else:
            found.set_result(self.found.get(what, {}))
        return found

    def left_drawer(self, till: str) -> Future[LeftDrawer | None]:
        found: Future[LeftDrawer | None] = Future()
        if self.state.state == "offline":
            found.set_exception(LineDown(self.state.cause))
        else:
            found.set_result(None)
        return found

    def releasable(
        self, till: str, places: Sequence[tuple[str, str]] | None, attested: Sequence[str]
    ) -> Future[Releasable]:
        future: Future[Releasable] = Future()
        self.releases.append((till, tuple(places or ()), tuple(attested)))
        waits = [one for one in self.unheard if f"{one[0]}.{one[1]}" not in attested]
        words = "; ".join(f"{name} (incarnation {number}) has to be heard" for name, number, _ in waits)
        future.set_result(Releasable(() if waits else tuple(places or ()), words, tuple(waits)))
        return future

    def answer_now(self) -> None:
        """Let claims that were held back come through."""
        self.slow.set()
        while self._waiting:
            self._waiting.pop()()

    def facts_waiting(self) -> None:
        pass

    def sync(self) -> Future[int]:
        future: Future[int] = Future()
        if self.state.state == "offline":
            future.set_exception(LineDown(self.state.cause))
        else:
            future.set_result(1)
        return future

    def link(self) -> LinkState:
        return self.state

    def lines(self) -> Sequence[OfficeLine]:
        return self.addresses

    def brought(self) -> Mapping[Hand, int]:
        return self.told_of


class PrinterWire:
    """Printers that print at once, on a thread of their own, or fail as they are told."""

    def __init__(self) -> None:
        self.outcome: tuple[Outcome, str] = ("done", "")
        self.paper: list[tuple[str, dict[str, Any]]] = []
        self.kicks = 0
        self.numbers: tuple[str, ...] = ()  # printers whose blanks have serial numbers
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()

    def stop(self) -> None:
        self._jobs.put(None)
        self._thread.join(5)

    def submit(
        self,
        role: str,
        job: str,
        content: dict[str, Any],
        started: Callable[[], None],
        finished: Callable[[Outcome, str], None],
    ) -> None:
        def work() -> None:
            started()
            outcome, text = self.outcome
            if outcome == "done":
                self.paper.append((role, content))
            finished(outcome, text)

        self._jobs.put(work)

    def withdraw(self, role: str, job: str) -> bool:
        return False  # everything is printed at once

    def kick_drawer(self) -> None:
        self.kicks += 1

    def states(self) -> dict[str, dict[str, str]]:
        away = self.outcome[0] != "done"
        ticket = {"state": "error", "text": self.outcome[1]} if away else {"state": "ready", "text": ""}
        return {"printer.ticket": ticket, "printer.receipt": {"state": "ready", "text": ""}}

    def present(self, role: str) -> bool:
        return role in ("ticket", "receipt")

    def numbered(self, role: str) -> bool:
        return role in self.numbers


class _Keys:
    def sign(self, message: bytes) -> bytes:
        return bytes(64)


class _Mark:
    def __init__(self) -> None:
        self._value: tuple[int, int, str] | None = None

    def read(self) -> tuple[int, int, str] | None:
        return self._value

    def write(self, incarnation: int, number: int, hash: str) -> None:
        self._value = (incarnation, number, hash)


class _Clock:
    def now(self) -> datetime:
        return datetime.now(ZoneInfo("Europe/Vienna"))

    def boottime_s(self) -> float:
        import time

        return time.monotonic()


@dataclass
class _Codes:
    numbers: Any = field(default_factory=lambda: itertools.count(1))

    def code(self) -> str:
        return f"CODE{next(self.numbers):06d}"


class TillHouse:
    """The till, its office and its printers, and with `packs` the paper packs that are made by themselves. `stop` when
    done."""

    def __init__(
        self, folder: Path, replica: Path, terminal: Terminal | None = None, locale: str = "en", *, packs: bool = False
    ) -> None:
        self.office, self.printers = OfficeWire(), PrinterWire()
        self.shelf = LayoutShelf(printer_data("layouts"), folder / "layouts")
        self.shelf.in_use("ticket", ["ticket-standard"])
        self.layouts = LayoutWork(self.shelf, printer_data("samples.toml"), fonts)
        self.reports = ReportWork(fonts)
        self.copies = folder / "copies"  # of other tills' journals
        self.kept = CopyReading([self.copies], TILL)
        self.packs = PackWork(folder / "paperpack", lambda: self.reports.face)
        outside = Outside(
            TILL,
            1,
            locale,
            folder / "ledger.db",
            replica,
            PlanCache(),
            self.office,
            self.printers,
            terminal or AbsentTerminal(),
            _Keys(),
            _Mark(),
            _Clock(),
            _Codes(),
            layouts=self.layouts,
            reports=self.reports,
            packs=self.packs if packs else None,
            customer=Customer("en"),
            kept_copies=self.kept,
        )
        self.desk = Desk(outside)
        self.desk.start()
        self.front = Front(self.desk)
        self.front.resume()
        levels.watch(self.desk)
        self.desk.post(lambda: closing.watch(self.desk))

    def ask(self, verb: str, **fields: Any) -> dict[str, Any]:
        """A verb, waited for: for setting up and for looking, never for what is tested."""
        return self.front.call(verb, **fields).result(10)

    def bodies(self, kind: str) -> list[dict[str, Any]]:
        """The bodies of all facts of a kind, in order."""
        rows = self.desk.submit(lambda: journal.facts_after(self.desk.ledger.connection, 0, 10_000)).result(10)
        facts = [Fact.from_bytes(row.envelope) for row in rows]
        return [fact.body for fact in facts if fact.kind == kind]

    def sign_in(self, user: str, float_: str | None = "100.00") -> None:
        self.ask("sign_in", user=user, pin=PINS[user])
        if float_ is not None and self.ask("status")["shift"] is None:
            self.ask("open_shift", float=float_)

    def cut(self, cause: str = "no_office") -> None:
        """The line goes down."""
        since = _Clock().now().isoformat()
        self.office.state = LinkState("offline", cause, "connection refused", since)
        self.say(event="link", state="offline", cause=cause, detail="connection refused", since=since)

    def mend(self) -> None:
        """The line comes back."""
        self.office.state = replace(LinkState("online"), round_trip_ms=12.0)
        self.say(
            event="link", state="online", cause="", detail="", since=_Clock().now().isoformat(), round_trip_ms=12.0
        )

    def say(self, event: str, **fields: Any) -> None:
        """An event, from the thread that events come from."""
        self.desk.post(lambda: self.desk.emit(event, **fields))

    def settle(self) -> None:
        """Wait until the till's thread has done all it was asked so far."""
        self.desk.submit(lambda: None).result(10)

    def recall(self, show: str, place: str) -> None:
        """The office asks for a right back."""
        right = self.desk.rights[show][place]
        self._side().recall([Recall(show, place, right.token)]).result(10)

    def document(self, family: str, body: dict[str, Any]) -> None:
        """The office tells of a document, as a page of changes."""
        writer = ReplicaWriter(self.desk.outside.replica, "office")
        position = writer.cursor() + 1
        touched = writer.apply_page([News(position, family, body["id"], body)], position)
        writer.close()
        self._side().changed(
            Changed(touched.places, touched.documents, touched.sales, touched.disputes, touched.records)
        )

    def _side(self) -> AgentSide:
        side = AgentSide(self.desk.outside.ledger, 1)
        side.serve(self.desk)
        return side

    def stop(self) -> None:
        self.layouts.close()
        self.reports.close()
        self.kept.close()
        self.packs.close()
        self.desk.stop()
        self.printers.stop()
