"""Places that a restored office does not have, and that tills tell of: their show was imported after the backup.

The laws:

* Nothing can be booked at a place that is not on record. But a till that has the right to it sells it without asking,
  or has sold it. So who had it last is kept (`keep`), by the highest token, until it is made.
* When the place is made by an import it is theirs (`hand_over`): idle in the hand of a till that may act, under the
  token that it has there; else frozen, until a person has looked at it. Only what a till gave back is free.
* Purses are left out: their money is booked whether they are on record or not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from pos.domain.certificate import Hand
from pos.domain.purse import is_purse
from pos.domain.rights import Effect, OfficeState, Token
from sync.office.rules.places import Key
from sync.office.store.restores import TOLD_PLACE
from sync.office.store.tables import RIGHT, TILL

MOST: Final = 1_000_000_000  # no token is ever so high: a damaged entry shall not use up what the columns hold
_POOL, _LEASED, _QUARANTINE = OfficeState.POOL, OfficeState.LEASED, OfficeState.QUARANTINE
_THIS: Final = (RIGHT.c.show_id == bindparam("b_show"), RIGHT.c.place == bindparam("b_place"))
_HAND_OVER: Final = (
    update(RIGHT)
    .where(*_THIS)
    .values({name: bindparam(f"n_{name}") for name in ("state", "holder", "incarnation", "epoch", "hop", "ticket")})
)

Told = tuple[Key, Token, OfficeState, str]  # what is so under which token, and the ticket there


def by_effects(hand: Hand, effects: Iterable[Effect]) -> Iterator[Told]:
    """What facts tell of places."""
    for effect in effects:
        # What it has passed on to another till, that one tells of.
        token = effect.leaves if effect.holder == hand.till else effect.token
        state = _POOL if effect.after is _POOL else _QUARANTINE
        yield (effect.show, effect.place), token, state, "" if effect.after is _LEASED else effect.ticket


def keep(connection: Connection, hand: Hand, told: Iterable[Told]) -> None:
    """Whose these places are, that are not on record."""
    rows: dict[Key, dict[str, Any]] = {}
    tokens: dict[Key, Token] = {}
    for key, token, state, ticket in told:
        if not is_purse(key[0]) and max(token) < MOST and token >= tokens.get(key, token):
            tokens[key] = token
            rows[key] = {
                "show_id": key[0], "place": key[1], "state": state.value, "holder": hand.till,
                "incarnation": hand.incarnation, "epoch": token.epoch, "hop": token.hop, "ticket": ticket,
            }  # fmt: skip
    if not rows:
        return
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(TOLD_PLACE)
    new, old = statement.excluded, TOLD_PLACE.c
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["show_id", "place"],
            set_={name: new[name] for name in ("state", "holder", "incarnation", "epoch", "hop", "ticket")},
            where=(old.epoch < new.epoch) | ((old.epoch == new.epoch) & (old.hop <= new.hop)),
        ),
        [rows[key] for key in sorted(rows)],  # two tills may tell of the same ones at once
    )


def hand_over(connection: Connection, show: str, made: Collection[str]) -> int:
    """Give places that have just been made to those who had them; how many."""
    of_show = select(TOLD_PLACE, TILL.c.state.label("standing")).join(
        TILL, (TILL.c.id == TOLD_PLACE.c.holder) & (TILL.c.incarnation == TOLD_PLACE.c.incarnation)
    )
    rows = [row for row in connection.execute(of_show.where(TOLD_PLACE.c.show_id == show)) if row.place in made]
    theirs = [
        {
            "b_show": show,
            "b_place": row.place,
            "n_state": row.state if row.standing == "ACTIVE" else _QUARANTINE.value,
            "n_holder": row.holder,
            "n_incarnation": row.incarnation,
            "n_epoch": row.epoch,
            "n_hop": row.hop,
            "n_ticket": row.ticket,
        }
        for row in rows
        if row.state != _POOL.value
    ]
    if theirs:
        connection.execute(_HAND_OVER, theirs)
    if rows:
        this = (TOLD_PLACE.c.show_id == show, TOLD_PLACE.c.place == bindparam("b_place"))
        connection.execute(delete(TOLD_PLACE).where(*this), [{"b_place": row.place} for row in rows])
    return len(theirs)
