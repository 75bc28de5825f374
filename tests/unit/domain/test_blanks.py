"""The books of ticket paper: nothing appears, nothing gets lost, no number is in two hands, in any order of hearing."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pos.domain.blanks import Books, Move, Open, Transfer, fold, hand, transfers_in, way
from pos.domain.facts import Kind
from pos.domain.serials import Serials, each

TILLS = ("T1", "T2", "T3", "T4")


def moved(move: Move, *serials: str, other: str = "") -> dict[str, Any]:
    return {"move": move.value, "serials": [Serials.parse(text).to_json() for text in serials], "other": other}


def received(*serials: Serials) -> dict[str, Any]:
    return {"record": {"serials": [one.to_json() for one in serials]}}


class Stockroom:
    """Honest windows, each with its own books and facts, and paper that goes from hand to hand."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.own = {till: Books() for till in TILLS}
        self.facts: dict[str, list[tuple[str, str, dict[str, Any]]]] = defaultdict(list)
        self.parcels: list[tuple[str, str, Serials]] = []
        self.where: dict[str, str] = {}
        self.printed = 100

    def tell(self, till: str, kind: str, body: dict[str, Any]) -> None:
        self.facts[till].append((kind, till, body))
        for transfer in transfers_in(kind, till, body):
            self.own[till].book(transfer)

    def move(self, till: str, move: Move, serials: Serials, other: str = "") -> None:
        self.tell(till, Kind.STOCK_MOVED, {"move": move.value, "serials": [serials.to_json()], "other": other})

    def some(self, till: str) -> Serials | None:
        have = self.own[till].of(hand(till))
        if not have:
            return None
        one = self.random.choice(have)
        first = self.random.randint(one.first, one.last)
        return one.part(first, self.random.randint(first, one.last))

    def step(self) -> None:
        till = self.random.choice(TILLS)
        what = self.random.choice(("receive", "issue", "issue", "take", "take", "print", "print", "spoil", "count"))
        if what == "receive":
            size = self.random.randint(1, 9)
            box = Serials.parse(f"A{self.printed:04d}-A{self.printed + size - 1:04d}")
            self.printed += size
            self.tell(till, Kind.STOCK_RECEIVED, received(box))
            self.where |= dict.fromkeys(each([box]), hand(till))
        elif what == "take" and self.parcels:
            giver, receiver, one = self.parcels.pop(self.random.randrange(len(self.parcels)))
            self.move(receiver, Move.TAKEN, one, giver)
            self.where |= dict.fromkeys(each([one]), hand(receiver))
        elif (one := self.some(till)) is not None:
            self.act(till, what, one)

    def act(self, till: str, what: str, one: Serials) -> None:
        if what == "issue":
            other = self.random.choice([name for name in TILLS if name != till])
            self.move(till, Move.ISSUED, one, other)
            self.parcels.append((till, other, one))
            self.where |= dict.fromkeys(each([one]), way(till, other))
        elif what == "print":
            first, rest = one.part(one.first, one.first), [one.part(one.first + 1, one.last)] * (one.count > 1)
            used = [{"ticket": "t", "serials": [first.to_json()]}]
            self.tell(till, Kind.PRINT_REPORTED, {"stock": {"used": used, "spoiled": [r.to_json() for r in rest]}})
            self.where[one.number(one.first)] = f"used:{till}"
            self.where |= dict.fromkeys(each(rest), f"spoiled:{till}")
        elif what == "spoil":
            self.move(till, Move.SPOILED, one)
            self.where |= dict.fromkeys(each([one]), f"spoiled:{till}")
        elif what == "count":
            self.tell(till, Kind.STOCK_COUNTED, {"paper": {"missing": [one.to_json()]}})
            self.where |= dict.fromkeys(each([one]), f"missing:{till}")

    def heard(self, order: random.Random) -> list[tuple[str, str, dict[str, Any]]]:
        """The facts in some order in which they may reach the office: each till's in its own."""
        waiting = {till: list(facts) for till, facts in self.facts.items()}
        found = []
        while waiting:
            till = order.choice(sorted(waiting))
            found.append(waiting[till].pop(0))
            if not waiting[till]:
                del waiting[till]
        return found


def places(books: Books) -> dict[str, Counter[str]]:
    """Number -> account -> count, one number at a time."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for (account, series), runs in books.accounts.items():
        for first, last, count in runs:
            for number in each([Serials(series, first, last)]):
                found[number][account] += count
    return found


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 60))
def test_no_blank_is_lost_or_in_two_hands_whatever_order_tills_are_heard_in(seed: int, steps: int) -> None:
    room = Stockroom(seed)
    for _ in range(steps):
        room.step()
    books, everything = Books(), [Serials.parse("A0000-A9999")]
    for kind, till, body in room.heard(random.Random(seed + 1)):
        for transfer in transfers_in(kind, till, body):
            books.book(transfer)
        # Honest windows never contradict each other, however little of it has been heard.
        assert [one for serials in everything for one in books.contested(serials)] == []
        assert all(sum(counts.values()) == 0 for counts in places(books).values())
    assert books.accounts == fold(room.heard(random.Random(seed + 2))).accounts
    found = {
        number: [account for account, count in counts.items() if count > 0] for number, counts in places(books).items()
    }
    assert found == {number: [account] for number, account in room.where.items()}
    assert {one.what for one in books.open_items()} <= {"underway", "missing"}
    for till in TILLS:
        assert room.own[till].of(hand(till)) == books.of(hand(till))


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32), st.integers(5, 60))
def test_a_number_used_by_two_windows_is_contested_in_every_order(seed: int, steps: int) -> None:
    room = Stockroom(seed)
    for _ in range(steps):
        room.step()
    used = [(number, account) for number, account in sorted(room.where.items()) if account.startswith("used:")]
    if not used:
        return
    number, account = used[0]
    cheat = next(till for till in TILLS if f"used:{till}" != account)
    pair = Serials.parse(number).to_json()
    room.facts[cheat].append(
        (Kind.STOCK_MOVED, cheat, {"move": "found", "serials": [pair]}),
    )
    room.facts[cheat].append(
        (Kind.PRINT_REPORTED, cheat, {"stock": {"used": [{"ticket": "x", "serials": [pair]}], "spoiled": []}})
    )
    for order in (seed, seed + 1):
        books = fold(room.heard(random.Random(order)))
        assert [(str(one.serials), one.claims) for one in books.contested(Serials.parse("A0000-A9999"))] == [
            (number, tuple(sorted((account, f"used:{cheat}"))))
        ]
        assert Open("found", Serials.parse(number), cheat) in books.open_items()


def test_who_used_a_number_never_gave_it_away() -> None:
    books = fold(
        [
            (Kind.STOCK_RECEIVED, "T1", received(Serials.parse("A1-A9"))),
            (Kind.STOCK_MOVED, "T2", moved(Move.TAKEN, "A1-A3", other="T1")),
        ]
    )
    assert books.contested(Serials.parse("A1-A9")) == []
    assert books.open_items() == [Open("unconfirmed", Serials.parse("A1-A3"), "T2", "T1")]
    books.book(Transfer(Serials.parse("A2"), hand("T1"), "used:T1"))
    (one,) = books.contested(Serials.parse("A1-A9"))
    assert (str(one.serials), one.claims) == ("A2", ("hand:T2", "used:T1"))


def test_a_delivery_that_arrives_in_part_leaves_the_rest_on_its_way() -> None:
    facts = [
        (Kind.STOCK_RECEIVED, "T1", received(Serials.parse("A001-A100"))),
        (Kind.STOCK_MOVED, "T1", moved(Move.ISSUED, "A001-A050", other="T2")),
        (Kind.STOCK_MOVED, "T2", moved(Move.TAKEN, "A001-A040", other="T1")),
    ]
    books = fold(facts)
    assert books.open_items() == [Open("underway", Serials.parse("A041-A050"), "T2", "T1")]
    assert books.lacking(hand("T2"), Serials.parse("A001-A050")) == [Serials.parse("A041-A050")]
    books = fold([*facts, (Kind.STOCK_MOVED, "T1", moved(Move.WITHDRAWN, "A041-A050", other="T2"))])
    assert books.open_items() == []
    assert books.of(hand("T1")) == [Serials.parse("A041-A100")]


def test_what_a_window_never_had_is_an_open_item() -> None:
    books = fold([(Kind.STOCK_MOVED, "T3", moved(Move.SPOILED, "B7"))])
    assert books.open_items() == [Open("never_here", Serials.parse("B7"), "T3")]
