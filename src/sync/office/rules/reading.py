"""Reading pushed facts: hash, signature, envelope, body. No database here."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import ValidationError

from pos.domain.facts import SCHEMA, Fact, Kind, hash_of
from pos.domain.live import told_in
from pos.domain.parcels import steps_in
from pos.domain.personal import restore
from pos.domain.purse import is_purse
from pos.domain.rights import OfficeState
from sync.office.rules.bodies import (
    CopyIssuedBody,
    ExchangedBody,
    OrderCollectedBody,
    OrderHandedOutBody,
    PaperIssuedBody,
    PaperReturnedBody,
    RefundedBody,
    ReturnedBody,
    SaleBody,
    SoldBody,
    TicketBody,
    TicketsAdmittedBody,
    fact_in,
    read_body,
)
from sync.office.rules.bodytypes import Body
from sync.office.rules.certificates import Passings, passings
from sync.office.rules.stockbodies import PrintReportedBody
from sync.wire import FactItem

_INTEGER_MAX: Final = 2**62  # what the ledger's columns hold, with room to add up
_NUMBER_MAX: Final = 2**31 - 1
_OTHER_TICKETS: Final = "its tickets are not those of its place effects"


class BadChain(Exception):
    """The facts are not this till's, or do not follow what the office has: nothing is applied."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A fact whose hash and signature hold, what is personal of it put back. `fact` is None when its envelope
    cannot be read; `unreadable` says why its body cannot be (money and places are known all the same).
    `passings` are the rights that went from till to till, `copies` ticket id -> the copy of it that this
    fact tells of, `issued` the tickets whose first paper it tells of, `admitted` ticket id -> the copy that let
    somebody in, `handed` where and to whom the tickets `handed_to` went (JSON)."""

    item: FactItem
    fact: Fact | None
    sale: SaleBody | None
    unreadable: str
    passings: Passings = field(default_factory=dict)
    copies: dict[str, int] = field(default_factory=dict)
    issued: tuple[str, ...] = ()
    admitted: dict[str, int] = field(default_factory=dict)
    handed: str = ""
    handed_to: tuple[str, ...] = ()


def read(items: list[FactItem], till: str, incarnation: int, public_key: bytes) -> list[Arrived]:
    """Check and read a page of facts. Raises BadChain."""
    key = Ed25519PublicKey.from_public_bytes(public_key)
    return [_read(item, till, incarnation, key) for item in items]


def again(item: FactItem) -> Arrived:
    """Read a fact that was checked when it came, and could be read then."""
    return _told(item, fact_in(item.envelope))


def _read(item: FactItem, till: str, incarnation: int, key: Ed25519PublicKey) -> Arrived:
    envelope = item.envelope.encode()
    if hash_of(envelope) != item.hash:
        raise BadChain(f"fact {item.number}: its hash is not that of its envelope")
    try:
        key.verify(base64.b64decode(item.signature, validate=True), item.hash.encode())
    except (InvalidSignature, binascii.Error, ValueError) as error:
        raise BadChain(f"fact {item.number}: its signature does not verify") from error
    if "\0" in item.envelope:
        raise BadChain(f"fact {item.number}: a NUL byte is in its envelope")
    try:
        fact = fact_in(item.envelope)
        sane(fact)
    except (ValueError, RecursionError) as error:
        return Arrived(item, None, None, str(error))
    if (fact.till, fact.incarnation, fact.number) != (till, incarnation, item.number):
        raise BadChain(f"fact {item.number}: it is {fact.fact_id} of another till or number")
    return _told(item, fact)


def _told(item: FactItem, fact: Fact) -> Arrived:
    return _body(item, replace(fact, body=restore(fact.body, item.beside)))


def sane(fact: Fact) -> None:
    """What the columns cannot take is damage. Raises ValueError."""
    if not (isinstance(fact.kind, str) and isinstance(fact.prev_hash, str) and isinstance(fact.schema, int)):
        raise ValueError("not a fact's envelope: wrong types")
    if not isinstance(fact.at, str) or datetime.fromisoformat(fact.at).tzinfo is None:
        raise ValueError(f"its time {fact.at!r} has no offset")
    if any(abs(posting.amount.minor) > _INTEGER_MAX for posting in fact.postings):
        raise ValueError("an amount is out of all bounds")
    if any(not 0 <= number <= _NUMBER_MAX for effect in fact.effects for number in effect.token):
        raise ValueError("a token is out of all bounds")


def checked(fact: Fact) -> tuple[Body, Passings]:
    """What the office needs of a fact's body. Raises ValueError, which says why it cannot be read."""
    if fact.schema > SCHEMA:
        raise ValueError(f"schema {fact.schema} is newer than {SCHEMA}, the newest known here")
    try:
        body = read_body(fact.kind, fact.body)
        passed = passings(fact)
        list(told_in(fact.body))
        list(steps_in(fact))
    except KeyError as error:
        raise ValueError(f"the kind {fact.kind!r} is not known here") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ValueError(f"{where}: {first['msg']}") from error
    return body, passed


def _body(item: FactItem, fact: Fact) -> Arrived:
    try:
        body, passed = checked(fact)
    except ValueError as error:
        return Arrived(item, fact, None, str(error))
    if isinstance(body, PrintReportedBody):
        return Arrived(item, fact, None, "", copies=dict.fromkeys(body.tickets, body.copy_number))
    if isinstance(body, CopyIssuedBody):
        if not _of_one_ticket(fact, body.ticket):
            return Arrived(item, fact, None, _OTHER_TICKETS)
        return Arrived(item, fact, None, "", copies={body.ticket: body.copy_number}, handed=_handed(fact))
    if isinstance(body, PaperIssuedBody | PaperReturnedBody) and not _same_paper(fact, body):
        return Arrived(item, fact, None, "its paper tickets are not those of its place effects")
    if isinstance(body, TicketsAdmittedBody):
        return Arrived(item, fact, None, "", admitted={ticket.id: ticket.copy_number for ticket in body.tickets})
    if isinstance(body, OrderCollectedBody):
        if sorted(body.tickets) != sorted(effect.ticket for effect in fact.effects):
            return Arrived(item, fact, None, _OTHER_TICKETS)
        tickets = tuple(body.tickets)
        issued = () if isinstance(body, OrderHandedOutBody) else tickets
        return Arrived(item, fact, None, "", issued=issued, handed=_handed(fact), handed_to=tickets)
    if not isinstance(body, (SoldBody, ExchangedBody, RefundedBody)):
        return Arrived(item, fact, None, "", passed)
    if fact.kind == Kind.REFUND_CLAIMED:
        touched = any(not is_purse(effect.show) for effect in fact.effects)
        return Arrived(item, fact, None, "its places are not to be touched" if touched else "")
    sale = None if isinstance(body, RefundedBody) else body.sale
    if not _same_tickets(fact, sale.tickets if sale else (), _returned(body)):
        return Arrived(item, fact, None, _OTHER_TICKETS)
    return Arrived(item, fact, sale, "")


def _handed(fact: Fact) -> str:
    """Where tickets of an order were made ready or handed out, when, and to whom."""
    to = fact.body.get("collected_by")
    told: dict[str, Any] = {"till": fact.till, "at": fact.at}
    told |= {"ready": True} if fact.body.get("ready") is True else {}
    told |= {key: str(to[key])[:200] for key in ("name", "kind", "last4") if key in to} if isinstance(to, dict) else {}
    return json.dumps(told, ensure_ascii=False)


def _returned(body: Body) -> Sequence[ReturnedBody]:
    if isinstance(body, ExchangedBody):
        return body.sale.exchanged
    return body.refund.tickets if isinstance(body, RefundedBody) else ()


def _same_tickets(fact: Fact, begun: Sequence[TicketBody], ended: Sequence[ReturnedBody]) -> bool:
    """Whether the tickets that a fact's body tells of are those that its place effects begin and end."""
    told = {effect for effect in fact.effects if OfficeState.SOLD in (effect.before, effect.after)}
    begins = {effect for effect in told if effect.before is not OfficeState.SOLD}
    ends = {effect for effect in told if effect.after is not OfficeState.SOLD}
    return all(
        sorted((effect.show, effect.place, effect.ticket) for effect in effects)
        == sorted((ticket.show, ticket.unit, ticket.id) for ticket in tickets)
        for effects, tickets in ((begins, begun), (ends, ended))
    )


def _of_one_ticket(fact: Fact, ticket: str) -> bool:
    """Whether a copy shows that its till had the token of this ticket's place, and of nothing else."""
    sold = OfficeState.SOLD
    shown = [(effect.before, effect.after, effect.holder, effect.ticket) for effect in fact.effects]
    return shown == [(sold, sold, fact.till, ticket)]


def _same_paper(fact: Fact, body: PaperIssuedBody | PaperReturnedBody) -> bool:
    """Whether the tickets of a pack that a fact tells of are those of its place effects."""
    if isinstance(body, PaperReturnedBody):
        return sorted(effect.ticket for effect in fact.effects) == sorted(body.tickets)
    named = sorted((effect.show, effect.place, effect.ticket) for effect in fact.effects)
    return named == sorted((ticket.show, ticket.unit, ticket.id) for ticket in body.tickets)
