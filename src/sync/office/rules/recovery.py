"""After the office was restored from a backup: no right is granted until every till has told what it has in hand.

The laws:

* What the office did after the backup it has forgotten, and the tills have not: their journals hold every fact, and
  their ledgers every right. So nothing is lost for good that a till has, and nothing of it may be given to another.
* From the restore on (`BEGIN`, in the transaction that restores) the office grants nothing. Facts are taken as ever,
  and those under tokens that it has forgotten are believed (`rules.lost`).
* The change log has another past than the tills know: its `generation` is a new one, by which they fetch all anew.
* A till that has sent its whole journal tells its rights (`report`). Until every incarnation that was ACTIVE at the
  backup has, or a person attests for it (`end`), nobody can be granted anything. Who that is stands from the restore on
  (`awaited`): one that is fenced or declared dead meanwhile still has what it has. Only a ledger that has come back to
  its `Sealed` has nothing any more. Who is attested for and still active is dead from then on.
* Only a person can end it: tills that were enrolled after the backup are not known here.
* At the end everything that the office itself has gets tokens far above those it may have forgotten, and so does
  whatever place is made later (`first_epoch`): it may have been there after the backup. What tills have told meanwhile
  says how far those went (`told_of`), also at places that are not on record: a backup that is restored a second time
  has forgotten the first, and what was granted since. Such a place is theirs once it is made (`rules.unmade`).
* No clock decides: the machine that a backup is restored on may have another than the one that made it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, Connection, case, delete, exists, func, insert, select, update

from pos.domain.certificate import Hand
from pos.domain.facts import Kind
from pos.domain.rights import Effect, OfficeState, Token
from pos.domain.season import SETTLING_ROLES
from sync.office.clock import now_iso
from sync.office.rules import changes, deaths, past, tickets, tills, unmade
from sync.office.rules.history import Author
from sync.office.rules.lost import remember
from sync.office.rules.places import lock, write
from sync.office.store.restores import AWAITED, LINEAGE, REPORTED, RESTORED
from sync.office.store.tables import DISPUTE, DOCUMENT, FACT, RETIRED, RIGHT, TILL

FORGOTTEN: Final = 1_000  # more grants of one place than there can have been since a backup
_STANDING: Final = select(LINEAGE.c.generation, exists().where(RESTORED.c.ended_at == "").label("recovering"))
# Carried out in the transaction that restores. Of codes that were not redeemed nobody knows whether they have been.
# A backup that was itself recovering goes on waiting for whoever had not told; an older one has no such tables yet.
BEGIN: Final = (
    (
        "CREATE TABLE IF NOT EXISTS awaited"
        " (till VARCHAR NOT NULL, incarnation INTEGER NOT NULL, PRIMARY KEY (till, incarnation))"
    ),
    (
        "DELETE FROM awaited WHERE EXISTS (SELECT 1 FROM reported WHERE reported.till = awaited.till"
        " AND reported.incarnation = awaited.incarnation)"
    ),
    (
        "INSERT INTO awaited (till, incarnation) SELECT id, incarnation FROM till WHERE state = 'ACTIVE' AND NOT EXISTS"
        " (SELECT 1 FROM awaited WHERE awaited.till = till.id AND awaited.incarnation = till.incarnation)"
    ),
    "DELETE FROM recall",
    "DELETE FROM reported",
    "DELETE FROM enrol_code WHERE public_key IS NULL",
    "INSERT INTO restored (generation, at, ended_at, ended_by) VALUES ('{generation}', '{at}', '', '')",
    (
        "CREATE TABLE IF NOT EXISTS lineage"
        " (id INTEGER NOT NULL PRIMARY KEY, generation VARCHAR NOT NULL, highest INTEGER NOT NULL)"
    ),
    (
        "INSERT INTO lineage (id, generation, highest) SELECT 1, '{generation}', 0"
        " WHERE NOT EXISTS (SELECT 1 FROM lineage)"
    ),
    "UPDATE lineage SET generation = '{generation}'",
)


class CannotEnd(Exception):
    """The restore goes on; the text says who has to be heard first."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Which past the change log has, and whether it is the one of a restore that has not ended."""

    generation: str
    recovering: bool


def standing(connection: Connection) -> Standing:
    row = connection.execute(_STANDING).first()
    return Standing("", False) if row is None else Standing(row.generation, bool(row.recovering))


def recovering(connection: Connection) -> bool:
    """Whether nothing may be granted."""
    return standing(connection).recovering


def lock_past(connection: Connection, *, alone: bool) -> None:
    """Before any other lock. Who holds it `alone` shares it with nobody; the others only keep those out."""
    connection.execute(select(LINEAGE.c.id).with_for_update(read=not alone)).all()


def told_of(connection: Connection, epochs: Iterable[int]) -> None:
    """Remember how far the tokens go that tills tell of while the office recovers. The past is locked."""
    if known := [epoch for epoch in epochs if epoch < unmade.MOST]:
        highest = max(known)
        connection.execute(update(LINEAGE).where(LINEAGE.c.highest < highest).values(highest=highest))


def _highest(connection: Connection) -> int:
    return connection.execute(select(LINEAGE.c.highest)).scalar() or 0


def first_epoch(connection: Connection) -> int:
    """What the tokens of new places begin at: an office that was restored may have made this place before."""
    restores = connection.execute(select(func.count()).select_from(RESTORED)).scalar_one()
    return max(_highest(connection), FORGOTTEN * restores) + FORGOTTEN if restores else 0


def enrolled(connection: Connection, hand: Hand) -> None:
    """A new incarnation, which may be an old one with its journal: it tells its rights, too, if the office recovers."""
    if recovering(connection):
        connection.execute(insert(AWAITED).values(till=hand.till, incarnation=hand.incarnation))


def waited_for(connection: Connection) -> list[Hand]:
    """Who may have rights, and has not told them."""
    # A last fact of a newer program is on record by its kind, too, but has not ended its ledger here.
    unread = exists().where(DISPUTE.c.fact_id == FACT.c.fact_id, DISPUTE.c.cause == "unreadable")
    rows = connection.execute(
        select(AWAITED.c.till, AWAITED.c.incarnation, FACT.c.kind.label("last"), unread.label("unread"))
        .join(TILL, (TILL.c.id == AWAITED.c.till) & (TILL.c.incarnation == AWAITED.c.incarnation))
        .join(FACT, tills.LAST_FACT, isouter=True)
        .order_by(AWAITED.c.till, AWAITED.c.incarnation)
    ).all()
    told = {Hand(row.till, row.incarnation) for row in connection.execute(select(REPORTED))}
    missing = [(Hand(row.till, row.incarnation), row.last == Kind.SEALED and not row.unread) for row in rows]
    return [hand for hand, ended in missing if hand not in told and not (ended and not tills.forked(connection, hand))]


def wanted(connection: Connection, hand: Hand) -> bool:
    """Whether this till has to tell what it has in hand."""
    return recovering(connection) and hand in waited_for(connection)


_Right = tuple[str, str, int, int, str, str]  # show, place, epoch, hop, state, ticket


def report(connection: Connection, hand: Hand, number: int, rights: Sequence[_Right], now: int) -> bool:
    """Take what a till has in hand; False when the office lacks facts up to its `number`, and has to be asked again."""
    lock_past(connection, alone=True)
    applied, _, state = tills.lock_for_push(connection, *hand)
    if state != "ACTIVE" or applied != number or not wanted(connection, hand):
        return False
    told_of(connection, (epoch for _, _, epoch, *_ in rights))
    author = Author(hand, active=True)
    records = lock(connection, ((show, place) for show, place, *_ in rights))
    pasts = past.load(connection, records)
    ended: list[dict[str, str]] = []
    strange: list[unmade.Told] = []
    for show, place, epoch, hop, state_then, ticket in rights:
        record = records.get((show, place))
        held = OfficeState(state_then)
        if record is None:
            state = held if held is OfficeState.LEASED else OfficeState.QUARANTINE
            strange.append(((show, place), Token(epoch, hop), state, ticket))
        if record is None or Token(epoch, hop) <= record.token:
            continue
        effect = Effect(show, place, Token(epoch, hop), held, held, hand.till, ticket)
        if gone := remember(author, effect, record, pasts.setdefault(record.key, {}), now):
            ended.append(tickets.named(gone, show, place) | {"t_state": "void"})
    unmade.keep(connection, hand, strange)
    write(connection, (record for record in records.values() if record.changed))
    past.store(connection, (account for told in pasts.values() for account in told.values()))
    connection.execute(insert(REPORTED).values(till=hand.till, incarnation=hand.incarnation, at=now_iso()))
    tickets.end(connection, ended)
    entries = changes.of_places(record for record in records.values() if record.changed)
    sales = tickets.sales_of(connection, [row["t_id"] for row in ended])
    changes.log(connection, [*entries, *(changes.Entry("sale", id=sale) for sale in sales)])
    return True


def may_end(connection: Connection, user: str) -> bool:
    """Whether this is somebody who settles what others may not."""
    body = connection.execute(
        select(DOCUMENT.c.body).where(DOCUMENT.c.family == "user", DOCUMENT.c.id == user)
    ).scalar()
    return body is not None and json.loads(body).get("role") in SETTLING_ROLES


def end(connection: Connection, by: str, without: Collection[str], now: int) -> list[Hand]:
    """Grant again. `without`: tills, or incarnations of them ("T1.2"), that will never be heard, for which the person
    `by` attests that they sell no more. Those of them that are active are dead from then on: which they are. Raises
    CannotEnd."""
    lock_past(connection, alone=True)  # whatever is told now is told before or after the end
    # Whoever declares a till dead or enrols it anew locks it before its places, and the change log last: it waits here.
    connection.execute(select(TILL.c.id).order_by(TILL.c.id, TILL.c.incarnation).with_for_update()).all()
    if not recovering(connection):
        raise CannotEnd("this office has not been restored, or that has ended")
    missing = waited_for(connection)
    if strange := sorted(set(without) - {name for hand in missing for name in (hand.till, hand.name)}):
        raise CannotEnd(f"{', '.join(strange)}: not waited for")
    if left := [hand for hand in missing if not {hand.till, hand.name} & set(without)]:
        names = ", ".join(hand.name for hand in left)
        raise CannotEnd(
            f"{names} may have rights and has not told them; switch it on with a line, absorb its ledger if it was set "
            "aside sealed (housefull journal, then housefull-office absorb), or attest: --without"
        )
    gone = [hand for hand in missing if tills.standing(connection, *hand)[2] == "ACTIVE"]
    for hand in gone:
        deaths.declare(connection, hand.till, now)
    own = (RIGHT.c.holder == "") & (RIGHT.c.state.in_(["POOL", "SOLD", "HELD"]))
    highest = _highest(connection)
    connection.execute(update(RIGHT).where(own).values(epoch=_above(RIGHT.c.epoch, highest), hop=0))
    connection.execute(update(RETIRED).values(epoch=_above(RETIRED.c.epoch, highest), hop=0))
    connection.execute(delete(AWAITED))
    connection.execute(update(RESTORED).where(RESTORED.c.ended_at == "").values(ended_at=now_iso(), ended_by=by))
    shows = connection.execute(select(DOCUMENT.c.id).where(DOCUMENT.c.family == "show").order_by(DOCUMENT.c.id))
    changes.log(connection, [changes.Entry("reload", show=show) for show in shows.scalars()], signal=True)
    return gone


def _above(epoch: ColumnElement[int], highest: int) -> ColumnElement[int]:
    """Far above this epoch, and above all that tills have told of."""
    return case((epoch < highest, highest), else_=epoch) + FORGOTTEN
