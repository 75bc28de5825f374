"""The office at the edge of the till: it grants, forgets, is late and applies facts by the book, as told.

Behind it is the smallest office that can tell a double sale: a token a place, and
compare-and-set for every place effect that the till's facts carry.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from pos.domain.certificate import Hand
from pos.domain.facts import Fact, Kind, hash_of
from pos.domain.live import HOLD, told_in
from pos.domain.purse import is_purse, purse_of, show_of
from pos.domain.rights import Token
from pos.store.replica import ReplicaWriter
from pos.store.replica.words import ColumnsWord
from pos.till.line import AgentSide
from pos.till.ports import (
    Changed,
    ClaimAnswer,
    LeftDrawer,
    LineDown,
    LinkState,
    OfficeLine,
    Recall,
    RefusedClaim,
    Releasable,
    SoldRight,
)

NOWHERE = LinkState("offline", "no_office", "connection refused", "2027-03-01T17:30:00+01:00")


@dataclass
class Record:
    """The office's record of a place."""

    state: str = "POOL"
    holder: str = ""
    epoch: int = 0
    hop: int = 0
    since: int = 0
    ticket: str = ""


@dataclass(frozen=True)
class PlaceNews:
    place: str
    state: str
    holder: str
    since: int
    epoch: int
    hop: int


@dataclass(frozen=True)
class News:
    """An entry of the change log, as the replica's writer takes it."""

    position: int
    kind: str
    family: str = ""
    id: str = ""
    body: dict[str, Any] | None = None
    show: str = ""
    items: tuple[PlaceNews, ...] = ()


@dataclass
class Claim:
    """A claim that came in, and what to do when it is let through."""

    show: str
    places: tuple[str, ...]
    whole: bool
    sold: bool
    future: Future[ClaimAnswer]
    answer: ClaimAnswer | None = None


class ToyLine:
    """Implements `pos.till.ports.Office`. `till` and `incarnation` are those of the one till on the line."""

    def __init__(self, till: str, replica: ReplicaWriter) -> None:
        self.till = till
        self.replica = replica
        self.records: dict[tuple[str, str], Record] = {}
        self.claims: list[Claim] = []
        self.drawers: dict[str, LeftDrawer] = {}  # till -> what it left
        self.release = Releasable()
        self.releases: list[tuple[str, Sequence[tuple[str, str]] | None, tuple[str, ...]]] = []
        self.looks: list[tuple[str, dict[str, Any]]] = []
        self.found: dict[str, dict[str, Any]] = {}  # what the office answers, by what is asked
        self.shorts: list[dict[str, int]] = []  # what allotments lacked beyond the pool
        self.holding = False  # claims are settled here, but their answers wait for `let_through`
        self.applied = 0
        self.head = "0" * 64
        self.disputes: list[str] = []
        self.sold: list[tuple[str, str, str]] = []  # show, place, ticket: everything ever sold here
        self.copies: dict[str, int] = {}  # ticket -> copies that other tills issued
        self.unprinted: set[str] = set()  # tickets of orders without a paper
        self.purses: dict[tuple[str, str], int] = {}  # what is left on vouchers and gift cards, in minor units
        self.until: dict[str, str] = {}  # code -> until when a voucher is valid
        self.live: dict[tuple[str, str], dict[str, Any]] = {}  # holds and orders, by family and id
        self.nudges = 0
        self.syncs = 0
        self._state = LinkState("online", round_trip_ms=8.0)
        self.told_of: dict[Hand, int] = {}  # journals that were brought here from copies
        self.addresses = [OfficeLine("", "office.example:8443", "", "in_use")]
        self._position = 1
        self._side: AgentSide | None = None
        self.incarnation = 1

    def serve(self, side: AgentSide) -> None:
        self._side = side

    @property
    def side(self) -> AgentSide:
        assert self._side is not None
        return self._side

    # ---- what the till calls ---------------------------------------------------------------

    def link(self) -> LinkState:
        return self._state

    def lines(self) -> Sequence[OfficeLine]:
        return self.addresses

    def brought(self) -> Mapping[Hand, int]:
        return self.told_of

    def facts_waiting(self) -> None:
        self.nudges += 1

    def claim(
        self, show: str, places: Sequence[str], *, whole: bool, wait_s: float, sold: bool = False, held: bool = False
    ) -> Future[ClaimAnswer]:
        claim = Claim(show, tuple(places), whole, sold, Future())
        self.claims.append(claim)
        if self._state.state == "offline":
            claim.future.set_exception(LineDown(self._state.cause))
            return claim.future
        claim.answer = self._settle_held(claim) if held else self._settle_sold(claim) if sold else self._settle(claim)
        if not self.holding:
            claim.future.set_result(claim.answer)
        return claim.future

    def allot(self, show: str, places: Sequence[str], short: Mapping[str, int], wait_s: float) -> Future[ClaimAnswer]:
        self.shorts.append(dict(short))
        return self.claim(show, places, whole=False, wait_s=wait_s)

    def look(self, what: str, fields: dict[str, Any]) -> Future[dict[str, Any]]:
        self.looks.append((what, fields))
        found: Future[dict[str, Any]] = Future()
        if self._state.state == "offline":
            found.set_exception(LineDown(self._state.cause))
        else:
            found.set_result(self.found.get(what, {}))
        return found

    def left_drawer(self, till: str) -> Future[LeftDrawer | None]:
        found: Future[LeftDrawer | None] = Future()
        if self._state.state == "offline":
            found.set_exception(LineDown(self._state.cause))
        else:
            found.set_result(self.drawers.get(till))
        return found

    def releasable(
        self, till: str, places: Sequence[tuple[str, str]] | None, attested: Sequence[str]
    ) -> Future[Releasable]:
        """As the test has set `release`."""
        answer: Future[Releasable] = Future()
        self.releases.append((till, places, tuple(attested)))
        if self._state.state == "offline":
            answer.set_exception(LineDown(self._state.cause))
        else:
            answer.set_result(self.release)
        return answer

    def sync(self) -> Future[int]:
        done: Future[int] = Future()
        self.syncs += 1
        if self._state.state == "offline":
            done.set_exception(LineDown(self._state.cause))
            return done
        self._push()
        self._pull()
        # The acknowledgement is queued behind the verb that waits here, the answer behind that.
        self.side.acknowledge(self.applied).add_done_callback(lambda _: done.set_result(self._position))
        return done

    # ---- what a test does ------------------------------------------------------------------

    def cut(self, to: LinkState = NOWHERE) -> None:
        self._state = to
        self.side.link_changed(self._state)

    def mend(self) -> None:
        self._state = LinkState("online", round_trip_ms=8.0)
        self.side.link_changed(self._state)

    def lose(self, claim: Claim) -> ClaimAnswer:
        """The answer to a claim gets lost on the line; what it said."""
        assert claim.answer is not None
        claim.future.set_exception(LineDown("no_office"))
        return claim.answer

    def let_through(self) -> None:
        """Answers that were held back arrive."""
        self.holding = False
        for claim in self.claims:
            if not claim.future.done() and claim.answer is not None:
                claim.future.set_result(claim.answer)

    def give(self, show: str, place: str, state: str = "LEASED", holder: str = "T2") -> Record:
        """The office passes a place to another hand."""
        record = self._record(show, place)
        record.state, record.holder, record.epoch, record.hop = state, holder, record.epoch + 1, 0
        self._tell([(show, place)])
        return record

    def recall(self, *places: tuple[str, str]) -> list[Recall]:
        """Ask for places back under the tokens the office has; what the till declined."""
        asks = [
            Recall(show, place, self._token(show, place), state == "SOLD", held=state == "HELD")
            for show, place in places
            for state in [self._record(show, place).state]
        ]
        return list(self.side.recall(asks).result(5))

    def sell_elsewhere(self, show: str, body: dict[str, Any]) -> None:
        """Another till's sale: its places, as sold and returned there, and its document."""
        for ticket in body["tickets"]:
            record = self.give(show, ticket["unit"], "SOLD", "")
            record.ticket = ticket["id"]
        self._position += 1
        self._store([News(self._position, "sale", id=body["id"], body=body)])

    def purse(self, kind: str, code: str, minor: int, until: str = "") -> None:
        """A voucher or gift card, whose token is the office's."""
        self.purses[show_of(kind), code], self.until[code] = minor, until
        record = self._record(show_of(kind), code)
        record.state, record.ticket = "SOLD", code

    def order(self, show: str, body: dict[str, Any]) -> None:
        """A sale of the office, whose tickets nobody has printed."""
        self.unprinted |= {ticket["id"] for ticket in body["tickets"]}
        self.sell_elsewhere(show, body)

    def document(self, family: str, body: dict[str, Any]) -> None:
        """A document changes."""
        self._position += 1
        self._store([News(self._position, "document", family=family, id=body["id"], body=body)])

    def reseat(self, body: dict[str, Any], columns: ColumnsWord, *, tell: bool = True) -> None:
        """A show has other places from now on; the till may not have been told yet."""
        self._position += 1
        news = News(self._position, "document", family="show", id=body["id"], body=body)
        touched = self.replica.apply_page([news], self._position, shows=[columns])
        if tell:
            self.side.changed(Changed(touched.places, touched.documents, touched.sales, touched.disputes))

    def sale(self, body: dict[str, Any]) -> None:
        """The office's word on a sale."""
        self._position += 1
        self._store([News(self._position, "sale", body=body)])

    def drain(self) -> None:
        """A full push and pull, as the agent would do it on its own."""
        self.sync().result(5)

    # ---- the office itself -----------------------------------------------------------------

    def _record(self, show: str, place: str) -> Record:
        return self.records.setdefault((show, place), Record())

    def _token(self, show: str, place: str) -> Token:
        record = self._record(show, place)
        return Token(record.epoch, record.hop)

    def _settle(self, claim: Claim) -> ClaimAnswer:
        refused = []
        for place in claim.places:
            record = self._record(claim.show, place)
            if record.state == "LEASED" and record.holder != self.till:
                refused.append(RefusedClaim(place, "right_elsewhere", record.holder, record.since))
            elif record.state not in ("POOL", "LEASED"):
                refused.append(RefusedClaim(place, record.state.lower(), record.holder, record.since))
        if refused and claim.whole:
            return ClaimAnswer(self.incarnation, (), tuple(refused))
        lost = {answer.place for answer in refused}
        granted = []
        for place in claim.places:
            if place in lost:
                continue
            record = self._record(claim.show, place)
            if record.state == "POOL":
                record.state, record.holder, record.epoch, record.hop = "LEASED", self.till, record.epoch + 1, 0
            granted.append((place, self._token(claim.show, place)))
        return ClaimAnswer(self.incarnation, tuple(granted), tuple(refused))

    def _settle_sold(self, claim: Claim) -> ClaimAnswer:
        refused, granted = [], []
        for place in claim.places:
            record = self._record(claim.show, place)
            if is_purse(claim.show) and (claim.show, place) not in self.purses:
                refused.append(RefusedClaim(place, "unknown_place"))
            elif record.state != "SOLD":
                refused.append(RefusedClaim(place, "not_sold", record.holder, record.since))
            elif record.holder not in ("", self.till):
                refused.append(RefusedClaim(place, "right_elsewhere", record.holder, record.since))
        if refused and claim.whole:
            return ClaimAnswer(self.incarnation, (), tuple(refused))
        for place in [place for place in claim.places if place not in {one.place for one in refused}]:
            record = self._record(claim.show, place)
            if not record.holder:
                record.holder, record.epoch, record.hop = self.till, record.epoch + 1, 0
            ticket, token = record.ticket, self._token(claim.show, place)
            worth, until = self.purses.get((claim.show, place), 0), self.until.get(place, "")
            issued = ticket not in self.unprinted
            granted.append(SoldRight(place, token, ticket, self.copies.get(ticket, 0), issued, worth, until))
        return ClaimAnswer(self.incarnation, refused=tuple(refused), sold=tuple(granted))

    def _settle_held(self, claim: Claim) -> ClaimAnswer:
        refused = []
        for place in claim.places:
            record = self._record(claim.show, place)
            if record.state != "HELD":
                refused.append(RefusedClaim(place, "sold" if record.state == "SOLD" else "not_held"))
            elif record.holder not in ("", self.till):
                refused.append(RefusedClaim(place, "right_elsewhere", record.holder))
        if refused:
            return ClaimAnswer(self.incarnation, refused=tuple(refused))
        granted = []
        for place in claim.places:
            record = self._record(claim.show, place)
            if record.holder != self.till:
                record.holder, record.epoch, record.hop = self.till, record.epoch + 1, 0
            granted.append((place, self._token(claim.show, place), record.ticket))
        self._tell([(claim.show, place) for place in claim.places])
        return ClaimAnswer(self.incarnation, held=tuple(granted))

    def _push(self) -> None:
        for signed in self.side.facts_after(self.applied, 500):
            fact = Fact.from_bytes(signed.envelope)
            assert hash_of(signed.envelope) == signed.hash
            assert (fact.number, fact.prev_hash) == (self.applied + 1, self.head), "the chain is broken"
            for effect in fact.effects:
                self._apply(fact, effect)
            for posting in fact.postings:
                if (purse := purse_of(posting.account)) is not None:
                    self.purses[purse] -= posting.amount.minor
            for family, document in told_in(fact.body):
                self.live[family, document["id"]] = document
            if fact.kind == Kind.ORDER_COLLECTED:
                self.unprinted -= set(fact.body["tickets"])
            self.applied, self.head = fact.number, signed.hash

    def _apply(self, fact: Fact, effect: Any) -> None:
        record = self._record(effect.show, effect.place)
        if effect.after == "SOLD" and effect.before != "SOLD":
            self.sold.append((effect.show, effect.place, effect.ticket))
        there = (record.holder, record.epoch, record.hop, record.state)
        if effect.before == effect.after == "LEASED" and effect.holder == fact.till:
            # Received from another till, which still has it here. Its certificate is the office's to judge.
            there = (fact.till, *there[1:]) if record.holder not in ("", fact.till) else ("", *there[1:])
        if there != (fact.till, effect.token.epoch, effect.token.hop, effect.before):
            self.disputes.append(f"{fact.fact_id} {effect.show} {effect.place}: {effect} but {there}")
            return
        if effect.before == "SOLD" and effect.ticket not in ("", record.ticket):
            self.disputes.append(f"{fact.fact_id}: {effect.ticket} comes back, but {record.ticket} is sold")
            return
        record.state, record.holder, record.hop = effect.after.value, effect.holder, effect.leaves.hop
        record.ticket = (effect.ticket or record.ticket) if effect.after in ("SOLD", "HELD") else ""

    def _pull(self) -> None:
        self._tell([place for place in self.records if not is_purse(place[0])])
        for (family, id), document in self.live.items():
            places = [place for (_, place), record in self.records.items() if record.ticket == id]
            if family == HOLD:
                document = document | {"places": places}
            self._position += 1
            self._store([News(self._position, "document", family=family, id=id, body=document)])

    def hold(self, hold: str, show: str, *places: str, type: str = "group", holder: str = "", **more: str) -> None:
        """The office has a hold, with its rights at `holder`."""
        for place in places:
            self.give(show, place, "HELD", holder).ticket = hold
        self.live[HOLD, hold] = {"id": hold, "show": show, "type": type, "version": 1, **more}
        self._pull()

    def _tell(self, places: list[tuple[str, str]]) -> None:
        """Everything about these places reaches the till's replica."""
        by_show: dict[str, list[PlaceNews]] = {}
        for show, place in places:
            r = self.records[show, place]
            by_show.setdefault(show, []).append(PlaceNews(place, r.state, r.holder, r.since, r.epoch, r.hop))
        news = []
        for show, items in by_show.items():
            self._position += 1
            news.append(News(self._position, "places", show=show, items=tuple(items)))
        self._store(news)

    def _store(self, news: list[News]) -> None:
        touched = self.replica.apply_page(news, self._position)
        self.side.changed(Changed(touched.places, touched.documents, touched.sales, touched.disputes, touched.records))


@dataclass
class Job:
    """A print job on its way to the paper."""

    role: str
    name: str
    content: dict[str, Any]
    started: Callable[[], None]
    finished: Callable[..., None]


@dataclass
class ToyPrinters:
    """Implements `pos.till.ports.Printers`: jobs wait until the test prints them."""

    roles: tuple[str, ...] = ("ticket", "receipt")
    jobs: list[Job] = field(default_factory=list)
    paper: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    kicks: int = 0
    numbers: tuple[str, ...] = ()  # printers whose blanks have serial numbers

    def submit(
        self,
        role: str,
        job: str,
        content: dict[str, Any],
        started: Callable[[], None],
        finished: Callable[..., None],
    ) -> None:
        self.jobs.append(Job(role, job, content, started, finished))

    def withdraw(self, role: str, job: str) -> bool:
        found = next((each for each in self.jobs if (each.role, each.name) == (role, job)), None)
        if found is not None:
            self.jobs.remove(found)
        return found is not None

    def kick_drawer(self) -> None:
        self.kicks += 1

    def states(self) -> dict[str, dict[str, str]]:
        return {f"printer.{role}": {"state": "ready", "text": ""} for role in self.roles}

    def present(self, role: str) -> bool:
        return role in self.roles

    def numbered(self, role: str) -> bool:
        return role in self.numbers

    # ---- what a test does ------------------------------------------------------------------

    def run(self, outcome: str = "done", text: str = "", sheets: int | None = None) -> list[str]:
        """Print everything that waits, with this outcome; the names of the jobs."""
        jobs, self.jobs = self.jobs, []
        for job in jobs:
            job.started()
            if outcome == "done":
                self.paper.append((job.role, job.content))
            job.finished(outcome, text, sheets)
        return [job.name for job in jobs]

    def begin(self) -> None:
        """Everything that waits has begun, and nothing is heard of it again."""
        jobs, self.jobs = self.jobs, []
        for job in jobs:
            job.started()
