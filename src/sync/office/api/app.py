"""The routes. Blocking work runs in a pool of threads; waiting takes no thread."""

from __future__ import annotations

import asyncio
import base64
import binascii
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any, Final, TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import BaseModel
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError, OperationalError
from starlette.routing import Route, Router

from pos.domain.certificate import Hand
from sync.office.api import forwards, gates
from sync.office.api.claims import ClaimDesk
from sync.office.api.endpoint import Body, Endpoint, parsed
from sync.office.api.pulls import Puller
from sync.office.api.pulse import Pulse
from sync.office.api.signing import Asked, Caller, Gate, Rejected, Signer
from sync.office.clock import now_s
from sync.office.rules import changes, drawers, enrolment, facts, look, recalls, recovery, releasing, snapshot
from sync.office.rules.disputes import page as page_of_disputes
from sync.office.rules.reading import read
from sync.office.store.engine import CONNECTIONS, Database
from sync.wire import (
    MAX_FACTS,
    PREFIX,
    ClaimRequest,
    DeclineRequest,
    DisputesAnswer,
    DisputesRequest,
    DrawerAnswer,
    DrawerRequest,
    EnrolAnswer,
    EnrolRequest,
    ForwardRequest,
    HandAnswer,
    HandRequest,
    LookAnswer,
    LookRequest,
    Message,
    PlacesRequest,
    PullRequest,
    PushAnswer,
    PushRequest,
    ReleaseAnswer,
    ReleaseRequest,
    SalesAnswer,
    SalesRequest,
    WaitsFor,
)

MAX_PLACES: Final = 5_000  # in one claim
MAX_PAGE: Final = 2_000  # changes, sales or disputes in one answer
_LOG: Final = logging.getLogger("housefull.office")
_Model = TypeVar("_Model", bound=BaseModel)
_Result = TypeVar("_Result")


class Office:
    """What the handlers share. Truth is in the database; here are only threads, keys and waiters."""

    def __init__(self, database: Database, key: Ed25519PrivateKey) -> None:
        self.database = database
        self.pool = ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="office")
        self.gate = Gate(database)
        self.signer = Signer(key)
        self.pulse = Pulse(database, self.pool)
        self.claims = ClaimDesk(database, self.pool, self.pulse)
        self.puller = Puller(database, self.pool, self.pulse)

    @asynccontextmanager
    async def running(self, _app: object) -> AsyncIterator[None]:
        self.pulse.start()
        self.claims.start()
        yield
        await self.claims.stop()
        await self.pulse.stop()
        self.pool.shutdown()

    async def work(self, function: Callable[..., _Result], *args: Any) -> _Result:
        """Run blocking code in the pool."""
        return await asyncio.get_running_loop().run_in_executor(self.pool, function, *args)

    async def writing(self, function: Callable[[Connection], _Result]) -> _Result:
        """Run one transaction in the pool, and tell who waits."""

        def run() -> _Result:
            with self.database.write() as connection:
                return function(connection)

        result = await self.work(run)
        self.pulse.poke()
        return result

    async def reading(self, function: Callable[[Connection], _Result]) -> _Result:
        def run() -> _Result:
            with self.database.read() as connection:
                return function(connection)

        return await self.work(run)

    # ---- requests in, answers out ------------------------------------------------------

    async def caller(self, asked: Asked) -> Caller:
        """Verify the signature. Raises Rejected(401)."""
        till, incarnation = self.gate.claimed(asked)
        key = self.gate.known(till, incarnation) or await self.work(self.gate.lookup, till, incarnation)
        caller = self.gate.verify(asked, till, incarnation, key)
        self.pulse.heard(caller.till)
        return caller

    def signed(self, model: type[_Model], handler: Callable[[Caller, _Model], Awaitable[Body]]) -> Endpoint:
        """A signed POST with a JSON body."""

        async def answer(asked: Asked) -> Body:
            caller = await self.caller(asked)
            return await handler(caller, parsed(model, asked.body))

        return Endpoint(self.signer, answer)


def make_app(office: Office) -> Router:
    """The office's web application."""
    database = office.database

    async def claim(caller: Caller, asked: ClaimRequest) -> BaseModel:
        if len(asked.places) > MAX_PLACES:
            raise Rejected(422, "bad_request", f"a claim may name {MAX_PLACES} places")
        return await office.claims.claim(caller, asked)

    async def push(caller: Caller, asked: PushRequest) -> BaseModel:
        numbers = [item.number for item in asked.facts]
        if len(numbers) > MAX_FACTS or numbers != sorted(set(numbers)) or any(n < 1 for n in numbers):
            raise Rejected(422, "bad_request", f"facts: at most {MAX_FACTS}, in the order of their numbers")

        def book() -> PushAnswer:
            arrived = read(asked.facts, caller.till, caller.incarnation, caller.public_key)
            with database.write() as connection:
                return facts.accept(connection, caller.till, caller.incarnation, arrived, int(now_s()))

        answer = await office.work(book)
        office.pulse.poke()
        return answer

    async def sales(_caller: Caller, asked: SalesRequest) -> BaseModel:
        limit = min(max(asked.limit, 1), MAX_PAGE)
        found, more = await office.reading(lambda c: snapshot.sales(c, asked.after, limit))
        return SalesAnswer(sales=found, more=more)

    async def disputes(_caller: Caller, asked: DisputesRequest) -> BaseModel:
        limit, open_only = min(max(asked.limit, 1), MAX_PAGE), asked.state == "open"
        found, more = await office.reading(lambda c: page_of_disputes(c, asked.after, limit, open_only=open_only))
        return DisputesAnswer(disputes=found, more=more)

    async def places(_caller: Caller, asked: PlacesRequest) -> BaseModel:
        answer = await office.reading(lambda c: snapshot.places(c, asked.show))
        if answer is None:
            raise Rejected(404, "unknown_show", f"there is no show {asked.show!r}")
        return answer

    async def whole(_caller: Caller, _asked: Message) -> BaseModel:
        return await office.reading(snapshot.documents)

    async def pull(caller: Caller, asked: PullRequest) -> Body:
        return await office.puller.pull(caller, asked, MAX_PAGE)

    signed: list[tuple[str, type[Any], Callable[..., Awaitable[Body]]]] = [
        ("claim", ClaimRequest, claim),
        ("push", PushRequest, push),
        ("decline", DeclineRequest, _decline(office)),
        ("pull", PullRequest, pull),
        ("hand", HandRequest, _hand(office)),
        ("snapshot", Message, whole),
        ("places", PlacesRequest, places),
        ("sales", SalesRequest, sales),
        ("release", ReleaseRequest, _release(office)),
        ("drawer", DrawerRequest, _drawer(office)),
        ("disputes", DisputesRequest, disputes),
        ("look", LookRequest, _look(office)),
        ("hello", Message, _hello),
        ("forward", ForwardRequest, _forward(office)),
    ]
    routes = [Route(f"{PREFIX}/{name}", office.signed(model, handler)) for name, model, handler in signed]
    routes.append(Route(f"{PREFIX}/enrol", _enrol(office)))
    routes += [Route(f"{PREFIX}/plan/{{version}}", _plan(office)), *gates.routes(office)]
    return Router(routes, default=_nowhere(office), redirect_slashes=False, lifespan=office.running)


def _decline(office: Office) -> Callable[[Caller, DeclineRequest], Awaitable[Body]]:
    async def decline(caller: Caller, asked: DeclineRequest) -> Body:
        def note(connection: Connection) -> None:
            changes.log(connection, [], signal=recalls.decline(connection, caller.till, asked.items))

        await office.writing(note)
        return {}

    return decline


def _forward(office: Office) -> Callable[[Caller, ForwardRequest], Awaitable[Body]]:
    async def forward(_caller: Caller, asked: ForwardRequest) -> Body:
        answer = await office.work(forwards.forward, office.database, office.signer.secret, asked)
        office.pulse.poke()
        return answer

    return forward


async def _hello(_caller: Caller, _asked: Message) -> Body:
    return {}


def _release(office: Office) -> Callable[[Caller, ReleaseRequest], Awaitable[Body]]:
    async def release(_caller: Caller, asked: ReleaseRequest) -> Body:
        places = None if asked.places is None else frozenset(asked.places)
        order = releasing.Order(asked.till, places, frozenset(asked.attested), "", "")
        try:
            found = await office.reading(lambda c: releasing.check(c, order))
        except releasing.CannotRelease as refused:
            waits = [WaitsFor(till=w.hand.till, incarnation=w.hand.incarnation, why=w.why) for w in refused.waits_for]
            return ReleaseAnswer(refused=str(refused), waits_for=waits)
        return ReleaseAnswer(places=sorted(found))

    return release


def _hand(office: Office) -> Callable[[Caller, HandRequest], Awaitable[Body]]:
    async def hand(caller: Caller, asked: HandRequest) -> Body:
        told = Hand(caller.till, caller.incarnation)
        return HandAnswer(
            taken=await office.writing(lambda c: recovery.report(c, told, asked.number, asked.rights, int(now_s())))
        )

    return hand


def _look(office: Office) -> Callable[[Caller, LookRequest], Awaitable[Body]]:
    async def answer(caller: Caller, asked: LookRequest) -> Body:
        if asked.what not in look.KINDS:
            raise Rejected(404, "no_such_request", f"nothing is known here of {asked.what!r}")
        run = office.writing if asked.what in look.WRITING else office.reading
        try:
            return LookAnswer(found=await run(lambda c: look.KINDS[asked.what](c, caller.till, asked.fields)))
        except (KeyError, TypeError, ValueError) as error:
            raise Rejected(422, "bad_request", f"fields: {error!r}") from error

    return answer


def _drawer(office: Office) -> Callable[[Caller, DrawerRequest], Awaitable[Body]]:
    async def drawer(_caller: Caller, asked: DrawerRequest) -> Body:
        found = await office.reading(lambda c: drawers.left(c, asked.till))
        if found is None:
            return DrawerAnswer()
        return DrawerAnswer(
            incarnation=found.incarnation,
            shift=found.shift,
            user=found.user,
            since=found.since,
            expected=str(found.expected),
        )

    return drawer


def _enrol(office: Office) -> Endpoint:
    def redeem(code: str, key: bytes) -> enrolment.Enrolled:
        with office.database.write() as connection:
            return enrolment.redeem(connection, code, key, int(now_s()))

    async def enrol(asked: Asked) -> BaseModel:
        request = parsed(EnrolRequest, asked.body)
        key = _public_key(request.public_key)
        try:
            done = await office.work(redeem, request.code, key)
        except (IntegrityError, OperationalError):
            # Two machines redeemed two codes for one till at the same moment: look again.
            done = await office.work(redeem, request.code, key)
        office.pulse.poke()
        own = base64.b64encode(office.signer.public_key).decode()
        return EnrolAnswer(till=done.till, incarnation=done.incarnation, office_key=own)

    return Endpoint(office.signer, enrol)


def _public_key(text: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Rejected(422, "bad_request", "public_key: not base64") from error
    if len(key) != 32:
        raise Rejected(422, "bad_request", f"public_key: {len(key)} bytes, not 32")
    return key


def _plan(office: Office) -> Endpoint:
    async def plan(asked: Asked) -> bytes:
        await office.caller(asked)
        version = asked.parameters["version"]
        blob = await office.reading(lambda c: snapshot.plan(c, version))
        if blob is None:
            raise Rejected(404, "unknown_plan", f"there is no plan of version {version!r}")
        return blob

    return Endpoint(office.signer, plan, "GET")


def _nowhere(office: Office) -> Endpoint:
    async def nowhere(asked: Asked) -> Body:
        raise Rejected(404, "no_such_request", f"there is no {asked.path} here")

    return Endpoint(office.signer, nowhere, "")
