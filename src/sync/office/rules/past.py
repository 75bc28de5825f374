"""The past of a place: what became of its right under each token that it has left behind.

A certificate moves a place on before the facts that led there have arrived, perhaps by
several passings at once. What the earlier holders did meanwhile (a sale and its refund,
say) is still to come then. It is held against these records, each the account of one
holder under one token, and changes the place no more. An account is closed by its holder's
own fact that it let go.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Connection, bindparam, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from pos.domain.certificate import Hand
from pos.domain.rights import OfficeState, Token
from sync.office.rules.places import Key, Place
from sync.office.store.tables import PASSING

_CHUNK: Final = 5_000  # keys in one statement
Past = dict[Token, "Account"]  # one place's

UNKNOWN: Final = Hand("", 0)  # the receiver of a passing that nobody has told of yet


@dataclass(slots=True)
class Account:
    """What `holder` did under one token, as far as it has told, and to whom the right went from there.

    `given` and `taken` say that the holder's and the receiver's own facts of that passing
    have arrived. A right that goes on paper stays with its holder.
    """

    show: str
    place: str
    token: Token
    holder: Hand
    receiver: Hand
    state: OfficeState = OfficeState.LEASED
    ticket: str = ""
    given: bool = False
    taken: bool = False
    changed: bool = field(default=True, compare=False)

    @classmethod
    def of(cls, place: Place, receiver: Hand, *, given: bool = False, taken: bool = False) -> Account:
        """The place as it is, about to be passed on to `receiver`."""
        holder = Hand(place.holder, place.incarnation)
        return cls(
            place.show, place.place, place.token, holder, receiver, place.state, place.ticket, given, taken
        )  # fmt: skip


def load(connection: Connection, keys: Iterable[Key]) -> dict[Key, Past]:
    """The past of these places. Their records should be locked: nobody else writes here then."""
    wanted = sorted(set(keys))
    found: dict[Key, Past] = {}
    for at in range(0, len(wanted), _CHUNK):
        for row in connection.execute(_OF_PLACES, {"keys": wanted[at : at + _CHUNK]}):
            account = Account(
                row.show_id, row.place, Token(row.epoch, row.hop), Hand(row.holder, row.incarnation),
                Hand(row.receiver, row.receiver_incarnation), OfficeState(row.state), row.ticket,
                bool(row.given), bool(row.taken), changed=False,
            )  # fmt: skip
            found.setdefault((account.show, account.place), {})[account.token] = account
    return found


def store(connection: Connection, accounts: Iterable[Account]) -> None:
    """Write those that changed."""
    rows = [
        {
            "show_id": account.show,
            "place": account.place,
            "epoch": account.token.epoch,
            "hop": account.token.hop,
            "holder": account.holder.till,
            "incarnation": account.holder.incarnation,
            "receiver": account.receiver.till,
            "receiver_incarnation": account.receiver.incarnation,
            "state": account.state.value,
            "ticket": account.ticket,
            "given": int(account.given),
            "taken": int(account.taken),
        }
        for account in accounts
        if account.changed
    ]
    if not rows:
        return
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(PASSING)
    moving = ("receiver", "receiver_incarnation", "state", "ticket", "given", "taken")
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["show_id", "place", "epoch", "hop"],
            set_={name: statement.excluded[name] for name in moving},
        ),
        rows,
    )


_OF_PLACES: Final = select(PASSING).where(
    tuple_(PASSING.c.show_id, PASSING.c.place).in_(bindparam("keys", expanding=True))
)
