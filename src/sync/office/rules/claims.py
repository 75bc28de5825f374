"""Claims: handing out rights.

Claims that arrive together are settled in one transaction, in the order of arrival,
over the locked records of all places they name. The lock and the compare-and-set of
`places.write` are the guard: a right has one holder whatever was believed before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, bindparam, select

from pos.domain.contingency.calledoff import CalledOff
from pos.domain.purse import is_purse
from pos.domain.rights import OfficeState
from sync.office.rules import changes, recalls, tickets
from sync.office.rules import purses as purse_rules
from sync.office.rules.calledoff import called_off
from sync.office.rules.places import Key, Place, lock, write
from sync.office.rules.recovery import recovering
from sync.office.store.tables import TILL
from sync.wire import ClaimAnswer, GrantItem, RefusedItem

_CODES = {OfficeState.SOLD: "sold", OfficeState.HELD: "held"}


@dataclass(frozen=True, slots=True)
class Claim:
    """What a till asks for: rights to sell, to refund what is `sold`, or to what is `in_hold`.

    `deadline` is epoch seconds: until then it waits for recalls.
    """

    id: str
    till: str
    incarnation: int
    show: str
    places: tuple[str, ...]
    whole: bool
    deadline: float
    sold: bool = False
    in_hold: bool = False

    @property
    def held(self) -> OfficeState:
        """The state of a place whose right is in some till's hand, for this claim."""
        if self.in_hold:
            return OfficeState.HELD
        return OfficeState.SOLD if self.sold else OfficeState.LEASED

    @property
    def kept(self) -> bool:
        """Whether the place stays what it is, whoever has the right that is asked for."""
        return self.sold or self.in_hold


class Fenced(Exception):
    """This incarnation of the till may not have rights any more."""


class Recovering(Exception):
    """The office was restored, and does not know yet who has which right: nothing is granted."""


class Waiting:
    """Not settled yet: other tills have been asked to give back."""


WAITING = Waiting()
Outcome = ClaimAnswer | Fenced | Waiting


@dataclass(slots=True)
class _Batch:
    connection: Connection
    now: float
    places: dict[Key, Place]
    off: CalledOff
    online: set[str]
    asked: dict[str, dict[Key, recalls.Asked]]
    changed: dict[Key, Place] = field(default_factory=dict)
    signal: bool = False


def settle(connection: Connection, claims: Sequence[Claim], now: float) -> list[Outcome]:
    """Decide each claim: an answer, Fenced, or WAITING (ask again when something has happened). Raises Recovering."""
    if recovering(connection):
        raise Recovering
    active = _active(connection, {claim.till for claim in claims})
    places = lock(connection, ((claim.show, place) for claim in claims for place in claim.places))
    waiting = {claim.id for claim in claims if claim.whole and _contested(claim, places)}
    lent = (OfficeState.LEASED, OfficeState.SOLD, OfficeState.HELD)
    holders = {p.holder for p in places.values() if p.state in lent and p.holder} if waiting else set()
    batch = _Batch(
        connection,
        now,
        places,
        called_off(connection),
        recalls.online(connection, holders, now),
        recalls.asked(connection, waiting),
    )
    outcomes = [_decide(batch, claim) if (claim.till, claim.incarnation) in active else Fenced() for claim in claims]
    write(connection, batch.changed.values())
    done = [claim.id for claim, outcome in zip(claims, outcomes, strict=True) if outcome is not WAITING]
    recalls.forget(connection, [claim for claim in done if batch.asked.get(claim)])
    changes.log(connection, changes.of_places(batch.changed.values()), signal=batch.signal)
    return outcomes


def _active(connection: Connection, tills: set[str]) -> set[tuple[str, int]]:
    # KEY SHARE lets a push of the same till go on (it takes NO KEY UPDATE) and keeps a fence out
    # (it takes UPDATE), so that nothing is granted to an incarnation that is being fenced.
    rows = connection.execute(
        select(TILL.c.id, TILL.c.incarnation)
        .where(TILL.c.id.in_(bindparam("tills", expanding=True)), TILL.c.state == "ACTIVE")
        .order_by(TILL.c.id, TILL.c.incarnation)
        .with_for_update(read=True, key_share=True),
        {"tills": sorted(tills)},
    )
    return {(row.id, row.incarnation) for row in rows}


def _contested(claim: Claim, places: dict[Key, Place]) -> bool:
    return any(
        (record := places.get((claim.show, place))) is not None
        and record.state is claim.held
        and record.holder not in ("", claim.till)
        for place in claim.places
    )


def _decide(batch: _Batch, claim: Claim) -> Outcome:
    granted: list[Place] = []
    blocked: list[Place] = []
    refused: list[RefusedItem] = []
    paid_back = _paid_back(batch, claim)
    for place in dict.fromkeys(claim.places):
        record = batch.places.get((claim.show, place))
        if record is None:
            refused.append(RefusedItem(place=place, code="unknown_place"))
        elif claim.sold and (record.state is not OfficeState.SOLD or record.ticket in paid_back):
            refused.append(RefusedItem(place=place, code="not_sold"))
        elif claim.in_hold and record.state is not OfficeState.HELD:
            refused.append(RefusedItem(place=place, code="sold" if record.state is OfficeState.SOLD else "not_held"))
        elif not claim.kept and batch.off.of(claim.show, place) is not None:
            # As of a hold: what it is closed for, a till knows by its record; one of an older version knows this.
            refused.append(RefusedItem(place=place, code="held"))
        elif _idle(record, claim) or _recorded(record, claim):
            granted.append(record)
        else:
            blocked.append(record)
    if claim.whole and blocked and not refused and _ask(batch, claim, blocked):
        return WAITING
    refused.extend(_refused(record, claim) for record in blocked)
    if claim.whole and refused:
        return ClaimAnswer(incarnation=claim.incarnation, refused=refused)
    for record in granted:
        # The recorded holder asks again when the grant was lost on the way: the same token.
        if _idle(record, claim):
            record.grant(claim.held, claim.till, claim.incarnation, int(batch.now), record.ticket)
            batch.changed[record.key] = record
    sold = [record.ticket for record in granted] if claim.sold else []
    papers = tickets.papers(batch.connection, sold) if sold else {}
    purses = [record.key for record in granted if is_purse(record.show)]
    worth = purse_rules.worth(batch.connection, purses) if purses else {}
    items = [
        GrantItem.model_validate(
            {"place": record.place, "epoch": record.epoch, "hop": record.hop, "ticket": record.ticket}
            | papers.get(record.ticket, {})
            | worth.get(record.key, {})
        )
        for record in granted
    ]
    return ClaimAnswer(incarnation=claim.incarnation, granted=items, refused=refused)


def _paid_back(batch: _Batch, claim: Claim) -> set[str]:
    """The tickets of these places that were paid back already, without the right to: it is not given again."""
    if not claim.sold:
        return set()
    records = (batch.places.get((claim.show, place)) for place in claim.places)
    return tickets.paid_back(batch.connection, [record.ticket for record in records if record and record.ticket])


def _idle(record: Place, claim: Claim) -> bool:
    """Whether the office itself has the right that is asked for."""
    return record.state is claim.held and not record.holder if claim.kept else record.state is OfficeState.POOL


def _recorded(record: Place, claim: Claim) -> bool:
    return record.state is claim.held and record.holder == claim.till and record.incarnation == claim.incarnation


def _ask(batch: _Batch, claim: Claim, blocked: list[Place]) -> bool:
    """Whether it makes sense to wait for these; if so their holders are asked."""
    before = batch.asked.get(claim.id, {})
    if batch.now >= claim.deadline:
        return False
    for record in blocked:
        if record.state is not claim.held or record.holder == claim.till or record.holder not in batch.online:
            return False
        seen = before.get(record.key)
        if seen is not None and seen.declined and seen.token == record.token:
            return False
    if any(before.get(record.key) != recalls.Asked(record.token, False) for record in blocked):
        recalls.ask(batch.connection, claim.id, blocked, claim.deadline)
        batch.signal = True
    return True


def _refused(record: Place, claim: Claim) -> RefusedItem:
    code = "right_elsewhere" if claim.kept else _CODES.get(record.state, "right_elsewhere")
    return RefusedItem.model_validate(
        {"place": record.place, "code": code, "holder": record.holder, "since": record.since}
    )
