"""What lies on disks, at the office, on the line and in people's hands.

Every value is a tuple or a frozenset, so that a state can be hashed, compared and shared.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from tests.model.rules import Bounds

POOL, LEASED, SOLD, HELD, PAPER, QUARANTINE = "POOL", "LEASED", "SOLD", "HELD", "PAPER", "QUARANTINE"
GONE: Final = "GONE"  # what a till has let go, in whatever way; the token stays as its guard
OFFICE: Final = -1  # the holder of what no till has
NONE: Final = -1  # no ticket, no giver

Token = tuple[int, int]  # epoch, hop


# ---- on a till's disk --------------------------------------------------------------------


class Own(NamedTuple):
    """What a till's ledger says of a seat: the last token and what became of it."""

    state: str = ""
    token: Token = (0, 0)
    ticket: int = NONE


class Effect(NamedTuple):
    """What a fact does to a seat: compare `before` under `token`, then set `after` and `holder`.

    `giver` is the till whose certificate the fact carries.
    """

    seat: int
    token: Token
    before: str
    after: str
    holder: int
    ticket: int = NONE
    giver: int = NONE


class Fact(NamedTuple):
    """A sale has one effect, an exchange two, a closed shift as many as the till has rights.

    `sealing`: the last fact of a disk.
    """

    effects: tuple[Effect, ...]
    sealing: bool = False


class Till(NamedTuple):
    """One till: its disk, and whether it may act."""

    own: tuple[Own, ...]
    journal: tuple[Fact, ...] = ()
    fences: frozenset[int] = frozenset()  # the fenced tills that it knows of
    works: bool = True
    lost: bool = False  # the disk is gone, or an old copy of it is all there is
    sealed: bool = False  # its last fact has been written
    told: frozenset[int] = frozenset()  # seats that it has told to let go, and still has (a mutation)


# ---- on the line -------------------------------------------------------------------------


class Grant(NamedTuple):
    """The office's word that a till has a right. It grants, grants again whoever asks again, and recalls by it."""

    till: int
    seat: int
    token: Token
    state: str
    ticket: int = NONE


class Certificate(NamedTuple):
    """A giver's word that it has let go of a right for one till; `token` is the one that it has from then on."""

    giver: int
    receiver: int
    seat: int
    token: Token


class Line(NamedTuple):
    """What was sent. It stays for ever, and may arrive at any time, any number of times."""

    grants: frozenset[Grant] = frozenset()
    certificates: frozenset[Certificate] = frozenset()


# ---- at the office -----------------------------------------------------------------------


class Record(NamedTuple):
    """What the office's record says of a seat."""

    state: str = POOL
    holder: int = OFFICE
    token: Token = (0, 0)
    ticket: int = NONE


class Due(NamedTuple):
    """A passing known by the certificate alone: what the till did under this token is still to come."""

    till: int
    seat: int
    token: Token


class Answer(NamedTuple):
    """A till's last answer about fences: those it knew, and how many of its facts of then are still to come."""

    fences: frozenset[int] = frozenset()
    to_come: int = 0


class Office(NamedTuple):
    """The office's database. `applied` is empty where facts are forgotten once they have arrived."""

    records: tuple[Record, ...]
    enrolled: frozenset[int]
    answers: tuple[Answer, ...]
    applied: tuple[tuple[Fact, ...], ...]
    fenced: frozenset[int] = frozenset()
    parked: tuple[tuple[int, Effect], ...] = ()  # (till, effect), in the order in which they came
    past: frozenset[Any] = frozenset()  # what was passed on: here of Due, and as the program keeps it in `program`
    disputed: bool = False


# ---- in people's hands -------------------------------------------------------------------


class Ticket(NamedTuple):
    """A ticket and what became of it. `on_paper`: sold from a pack, and no till knows of it."""

    seller: int
    paid_back: int = 0  # by a refund or an exchange
    booked: int = 0  # how often the office has booked its sale
    on_paper: bool = False


class Slip(NamedTuple):
    """One numbered paper ticket of a pack: unsold, sold, or taken back and lying about."""

    issuer: int
    token: Token
    ticket: int = NONE
    back: bool = False


class World(NamedTuple):
    """What is true. Only people and invariants see it, no rule may."""

    tickets: tuple[tuple[Ticket, ...], ...]
    slips: tuple[tuple[Slip, ...], ...]
    copies: tuple[Till | None, ...]  # of tills' folders
    restored: bool = False


class State(NamedTuple):
    """Everything there is."""

    tills: tuple[Till, ...]
    office: Office
    line: Line
    world: World


Step = tuple[str, State]


def start(bounds: Bounds) -> State:
    tills, seats = range(bounds.tills), range(bounds.seats)
    late = bounds.joins | ({bounds.tills - 1} if bounds.successor else set())
    nothing, given = Own(), Own(LEASED, (1, 0)) if bounds.given else Own()
    return State(
        tuple(Till(tuple(nothing if t else given for _ in seats), works=t not in late) for t in tills),
        Office(
            records=tuple(Record(LEASED, 0, (1, 0)) if bounds.given else Record() for _ in seats),
            enrolled=frozenset(tills) - late,
            answers=tuple(Answer() for _ in tills),
            applied=tuple(() for _ in tills),
        ),
        Line(),
        World(tuple(() for _ in seats), tuple(() for _ in seats), tuple(None for _ in tills)),
    )


# ---- small changes -----------------------------------------------------------------------


def put(values: tuple[Any, ...], at: int, value: object) -> tuple[Any, ...]:
    """The same values with another in one place."""
    return (*values[:at], value, *values[at + 1 :])


def with_till(state: State, t: int, till: Till) -> State:
    return State(put(state.tills, t, till), state.office, state.line, state.world)


def with_record(state: State, s: int, record: Record) -> State:
    office = state.office._replace(records=put(state.office.records, s, record))
    return State(state.tills, office, state.line, state.world)


def with_ticket(state: State, s: int, n: int, ticket: Ticket) -> State:
    """Ticket `n` of a seat, or a new one."""
    tickets = put(state.world.tickets, s, put(state.world.tickets[s], n, ticket))
    return State(state.tills, state.office, state.line, state.world._replace(tickets=tickets))


def with_slips(state: State, s: int, slips: tuple[Slip, ...]) -> State:
    world = state.world._replace(slips=put(state.world.slips, s, slips))
    return State(state.tills, state.office, state.line, world)


def shown(token: Token) -> str:
    return f"{token[0]}.{token[1]}"
