"""After the office was restored from a backup: no right is granted until every till has told what it has in hand.

The laws:

* What the office did after the backup it has forgotten, and the tills have not: their journals hold every fact, and
  their ledgers every right. So nothing is lost for good that a till has, and nothing of it may be given to another.
* From the restore on (`BEGIN`, in the transaction that restores) the office grants nothing. Facts are taken as ever,
  and those under tokens that it has forgotten are believed (`rules.lost`).
* The change log has another past than the tills know: its `generation` is a new one, by which they fetch all anew.
* A till that has sent its whole journal tells its rights (`report`). Until all that were ACTIVE at the backup have, or
  a person attests for them (`end`), nobody can be granted anything. Those who are attested for are dead from then on.
* Only a person can end it: tills that were enrolled after the backup are not known here.
* At the end everything that the office itself has gets tokens far above those it may have forgotten.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, insert, select, update

from pos.domain.certificate import Hand
from pos.domain.rights import Effect, OfficeState, Token
from pos.domain.season import SETTLING_ROLES
from sync.office.clock import now_iso
from sync.office.rules import changes, deaths, past, tills
from sync.office.rules.history import Author
from sync.office.rules.lost import remember
from sync.office.rules.places import lock, write
from sync.office.store.tables import DOCUMENT, REPORTED, RESTORED, RIGHT, TILL

FORGOTTEN: Final = 1_000  # more grants of one place than there can have been since a backup
_LATEST: Final = select(RESTORED.c.generation, RESTORED.c.ended_at).order_by(RESTORED.c.at.desc()).limit(1)
# Carried out in the transaction that restores. Of codes that were not redeemed nobody knows whether they have been.
BEGIN: Final = (
    "DELETE FROM recall",
    "DELETE FROM reported",
    "DELETE FROM enrol_code WHERE public_key IS NULL",
    "INSERT INTO restored (generation, at, ended_at, ended_by) VALUES ('{generation}', '{at}', '', '')",
)


class CannotEnd(Exception):
    """The restore goes on; the text says who has to be heard first."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Which past the change log has, and whether it is the one of a restore that has not ended."""

    generation: str
    recovering: bool


def standing(connection: Connection) -> Standing:
    row = connection.execute(_LATEST).first()
    return Standing("", False) if row is None else Standing(row.generation, not row.ended_at)


def recovering(connection: Connection) -> bool:
    """Whether nothing may be granted."""
    return standing(connection).recovering


def waited_for(connection: Connection) -> list[Hand]:
    """Who may have rights, and has not told them."""
    told = {Hand(row.till, row.incarnation) for row in connection.execute(select(REPORTED))}
    active = select(TILL.c.id, TILL.c.incarnation).where(TILL.c.state == "ACTIVE").order_by(TILL.c.id)
    return [hand for row in connection.execute(active) if (hand := Hand(row.id, row.incarnation)) not in told]


def wanted(connection: Connection, hand: Hand) -> bool:
    """Whether this till has to tell what it has in hand."""
    return recovering(connection) and hand in waited_for(connection)


_Right = tuple[str, str, int, int, str, str]  # show, place, epoch, hop, state, ticket


def report(connection: Connection, hand: Hand, number: int, rights: Sequence[_Right], now: int) -> bool:
    """Take what a till has in hand; False when the office lacks facts up to its `number`, and has to be asked again."""
    applied, _, state = tills.lock_for_push(connection, *hand)
    if state != "ACTIVE" or applied != number or not wanted(connection, hand):
        return False
    author = Author(hand, active=True)
    records = lock(connection, ((show, place) for show, place, *_ in rights))
    pasts = past.load(connection, records)
    for show, place, epoch, hop, state_then, ticket in rights:
        record = records.get((show, place))
        if record is None or Token(epoch, hop) <= record.token:
            continue
        held = OfficeState(state_then)
        effect = Effect(show, place, Token(epoch, hop), held, held, hand.till, ticket)
        remember(author, effect, record, pasts.setdefault(record.key, {}), now)
    write(connection, (record for record in records.values() if record.changed))
    past.store(connection, (account for told in pasts.values() for account in told.values()))
    connection.execute(insert(REPORTED).values(till=hand.till, incarnation=hand.incarnation, at=now_iso()))
    changes.log(connection, changes.of_places(record for record in records.values() if record.changed))
    return True


def may_end(connection: Connection, user: str) -> bool:
    """Whether this is somebody who settles what others may not."""
    body = connection.execute(
        select(DOCUMENT.c.body).where(DOCUMENT.c.family == "user", DOCUMENT.c.id == user)
    ).scalar()
    return body is not None and json.loads(body).get("role") in SETTLING_ROLES


def end(connection: Connection, by: str, without: Collection[str], now: int) -> list[Hand]:
    """Grant again. `without`: tills that will never be heard, for which the person `by` attests that they sell no more;
    they are dead from then on. Raises CannotEnd."""
    if not recovering(connection):
        raise CannotEnd("this office has not been restored, or that has ended")
    missing = waited_for(connection)
    if strange := sorted(set(without) - {hand.till for hand in missing}):
        raise CannotEnd(f"{', '.join(strange)}: not waited for")
    if left := [hand for hand in missing if hand.till not in without]:
        names = ", ".join(f"{hand.till}.{hand.incarnation}" for hand in left)
        raise CannotEnd(
            f"{names} may have rights and has not told them; switch it on with a line, or attest: --without"
        )
    gone = [hand for hand in missing if hand.till in without]
    for hand in gone:
        deaths.declare(connection, hand.till, now)
    own = (RIGHT.c.holder == "") & (RIGHT.c.state.in_(["POOL", "SOLD", "HELD"]))
    connection.execute(update(RIGHT).where(own).values(epoch=RIGHT.c.epoch + FORGOTTEN, hop=0))
    connection.execute(update(RESTORED).where(RESTORED.c.ended_at == "").values(ended_at=now_iso(), ended_by=by))
    shows = connection.execute(select(DOCUMENT.c.id).where(DOCUMENT.c.family == "show").order_by(DOCUMENT.c.id))
    changes.log(connection, [changes.Entry("reload", show=show) for show in shows.scalars()], signal=True)
    return gone
