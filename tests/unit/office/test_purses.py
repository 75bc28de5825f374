"""Vouchers and gift cards at the office: one holder, what is left by the books, and what was spent without a right."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pos.domain.books import Posting
from pos.domain.disputes import in_words
from pos.domain.errors import Unreadable
from pos.domain.money import Money
from pos.domain.rights import Effect, OfficeState, Token
from sync.office.clock import now_s
from sync.office.rules import deaths, disputes, recalls
from sync.office.rules.claims import WAITING, Claim, Outcome
from sync.office.rules.releasing import Order, release
from sync.office.season.importer import import_season
from sync.wire import ClaimAnswer, FactItem, GrantItem, RecallItem
from tests.peers.small_season import SEASON, SHOW, write_season
from tests.peers.till_client import TillClient
from tests.unit.office.conftest import House

Tills = Callable[..., list[TillClient]]
CARDS, VOUCHERS = "~gift_card", "~voucher"
PURSES = """
[[gift_card]]
code = "GC-1"
balance = "100.00"
[[gift_card]]
code = "EMPTY"
balance = "0.00"
[[voucher]]
code = "V-1"
amount = "20.00"
valid_until = "2027-12-31T23:59:59+01:00"
"""
ACCOUNTS = """
[[account]]
id = "club"
name = "Opera Club"
limit = "250.00"
[[account]]
id = "nobody"
name = "Without a limit"
[[currency]]
code = "USD"
rate = "0.92"
"""


@pytest.fixture
def purses(house: House, tmp_path: Path) -> House:
    import_season(house.database, write_season(tmp_path, SEASON + PURSES))
    return house


def claim(house: House, client: TillClient, code: str = "GC-1", show: str = CARDS, wait_s: float = 0.0) -> Outcome:
    name, deadline = f"{client.till}:{show}:{code}", now_s() + wait_s
    return house.settle(Claim(name, client.till, client.incarnation, show, (code,), True, deadline, sold=True))[0]


def test_an_account_is_a_purse_filled_with_its_limit(house: House, tills_at: Tills, tmp_path: Path) -> None:
    import_season(house.database, write_season(tmp_path, SEASON + ACCOUNTS))
    (client,) = tills_at("T1")
    assert token(house, client, "club", "~account").worth == 25_000
    assert token(house, client, "nobody", "~account").worth == 0, "without a limit nothing may be charged"


def token(house: House, client: TillClient, code: str = "GC-1", show: str = CARDS) -> GrantItem:
    outcome = claim(house, client, code, show)
    assert isinstance(outcome, ClaimAnswer)
    assert not outcome.refused
    return outcome.granted[0]


def refused(outcome: Outcome) -> list[tuple[str, str]]:
    assert isinstance(outcome, ClaimAnswer)
    return [(item.code, item.holder) for item in outcome.refused]


def pay(client: TillClient, purse: GrantItem, seat: GrantItem, left: str, *, holding: bool = True) -> FactItem:
    """A seat for 58.00 from a gift card, and how much that leaves by the till's own word."""
    fact = client.sell(SHOW, seat)
    client.journal.pop()
    value = json.loads(fact.envelope)
    tender = {"kind": "gift_card", "code": purse.place, "amount": "58.00", "left": left}
    body = value["body"]["sale"] | {"tenders": [tender]}
    effects = [Effect.from_json(effect) for effect in value["effects"]]
    effects += [spending(client, purse)] if holding else []
    paid = Money(5800, "EUR")
    postings = (Posting(f"gift_card:{purse.place}", paid), Posting(f"revenue:{SHOW}", -paid))
    return client.record("TicketsSold", {"sale": body}, tuple(effects), postings)


def spending(client: TillClient, purse: GrantItem, show: str = CARDS) -> Effect:
    sold = OfficeState.SOLD
    return Effect(show, purse.place, Token(purse.epoch, purse.hop), sold, sold, client.till, purse.place)


def left(house: House) -> dict[object, object]:
    return dict(house.rows("SELECT code, minor FROM purse ORDER BY code"))  # type: ignore[arg-type]


def causes(house: House) -> list[tuple[object, ...]]:
    return house.rows("SELECT fact_id, cause FROM dispute ORDER BY fact_id")


def account_paid(client: TillClient, purse: GrantItem, minor: int, left_: str, *, used: bool = True) -> FactItem:
    """Cash for what was charged to an account."""
    amount = Money(minor, "EUR")
    tenders = [
        {"kind": "cash", "amount": str(amount)},
        {"kind": "account", "code": "club", "amount": str(-amount), "left": left_},
    ]
    body = {"id": "T1-A1", "account": "club", "user": "anna", "amount": str(amount), "tenders": tenders, "shift": "S1"}
    postings = (Posting(f"drawer:{client.till}", amount), Posting("account:club", -amount))
    effects = (spending(client, purse, "~account"),) if used else ()
    return client.record("AccountPaid", {"paid": body}, effects, postings)


def test_money_for_an_account_is_booked_and_what_is_left_of_it_grows(
    house: House, tills_at: Tills, tmp_path: Path
) -> None:
    import_season(house.database, write_season(tmp_path, SEASON + ACCOUNTS))
    (client,) = tills_at("T1")
    purse = token(house, client, "club", "~account")
    account_paid(client, purse, 2_000, "270.00")
    assert [result.verdict for result in house.push(client).results] == ["applied"]
    assert left(house)["club"] == 27_000
    assert house.violations() == []
    account_paid(client, purse, 2_000, "290.00", used=False)
    house.push(client)
    assert causes(house) == [("T1.1.2", "purse")], "without its right it is booked and disputed"


# ---- filled ------------------------------------------------------------------------------


def test_a_season_fills_purses_once_and_tells_nobody(purses: House, tmp_path: Path) -> None:
    assert left(purses) == {"EMPTY": 0, "GC-1": 10_000, "V-1": 2_000}
    rights = "SELECT show_id, place, state, holder, ticket FROM place_right WHERE place = ticket ORDER BY place"
    assert purses.rows(rights) == [
        (CARDS, "EMPTY", "SOLD", "", "EMPTY"),
        (CARDS, "GC-1", "SOLD", "", "GC-1"),
        (VOUCHERS, "V-1", "SOLD", "", "V-1"),
    ]
    assert purses.rows("SELECT sum(minor) FROM posting") == [(0,)]
    assert purses.violations() == []
    log = "".join(str(row) for row in purses.rows("SELECT kind, doc_id, show_id, body FROM change_log"))
    assert "GC-1" not in log
    assert "V-1" not in log
    before = purses.rows("SELECT position FROM change_head")
    assert import_season(purses.database, write_season(tmp_path, SEASON + PURSES)) == []
    assert purses.rows("SELECT position FROM change_head") == before


@pytest.mark.parametrize(("old", "new"), [('balance = "100.00"', 'balance = "90.00"'), ("2027-12-31", "2028-12-31")])
def test_a_purse_that_is_there_cannot_be_changed_by_an_import(
    purses: House, tmp_path: Path, old: str, new: str
) -> None:
    with pytest.raises(Unreadable, match="differs from what has been booked"):
        import_season(purses.database, write_season(tmp_path, SEASON + PURSES.replace(old, new)))


def test_no_show_is_named_like_a_purse(house: House, tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="must not begin with '~'"):
        import_season(house.database, write_season(tmp_path, SEASON.replace('id = "tosca-1"', 'id = "~voucher"')))


# ---- one holder --------------------------------------------------------------------------


def test_a_grant_says_what_it_is_worth(purses: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    assert token(purses, one) == GrantItem(place="GC-1", epoch=1, hop=0, ticket="GC-1", worth=10_000)
    voucher = token(purses, one, "V-1", VOUCHERS)
    assert (voucher.worth, voucher.valid_until) == (2_000, "2027-12-31T23:59:59+01:00")
    assert token(purses, one) == token(purses, one), "asked again, the same token"
    assert purses.violations() == []


def test_one_of_two_gets_it_and_its_holder_is_asked(purses: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    mine = token(purses, one)
    assert refused(claim(purses, two)) == [("right_elsewhere", "T1")]
    assert claim(purses, two, wait_s=5.0) is WAITING
    with purses.database.read() as connection:
        asked = recalls.open_for(connection, "T1", 1, now_s())
    assert asked == [RecallItem(show=CARDS, place="GC-1", epoch=1, hop=0, sold=True)]
    (seat,) = purses.granted(one, "A-1")
    pay(one, mine, seat, "42.00")
    one.sold_back(CARDS, mine)
    purses.push(one)
    answer = claim(purses, two, wait_s=5.0)
    assert isinstance(answer, ClaimAnswer)
    assert (answer.granted[0].epoch, answer.granted[0].worth) == (2, 4_200), "what the first left, to the cent"
    assert purses.violations() == []


def test_a_code_that_does_not_exist_and_one_of_another_kind(purses: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    assert refused(claim(purses, one, "NOPE")) == [("unknown_place", "")]
    assert refused(claim(purses, one, "V-1")) == [("unknown_place", "")]


def test_it_cannot_be_had_to_sell(purses: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    outcome = purses.settle(Claim("c", one.till, 1, CARDS, ("GC-1",), True, now_s()))[0]
    assert refused(outcome) == [("sold", "")]


def test_a_fenced_tills_purse_stays_with_it(purses: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    token(purses, one)
    again = purses.enrol("T1", replace=True)
    purses.seen(again)
    assert refused(claim(purses, again)) == [("right_elsewhere", "T1")]
    assert purses.violations() == []


def test_a_dead_tills_purse_is_released_by_a_person_and_stays_a_purse(purses: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    mine = token(purses, one)
    (seat,) = purses.granted(one, "A-1")
    with purses.database.write() as connection:
        deaths.declare(connection, "T1", int(now_s()))
    assert refused(claim(purses, two)) == [("right_elsewhere", "T1")]
    order = Order("T1", frozenset({(CARDS, "GC-1")}), frozenset(), "sam", "shown unused on its last receipt")
    with purses.database.write() as connection:
        release(connection, order, int(now_s()))
    again = token(purses, two)
    assert (again.epoch, again.worth, again.ticket) == (3, 10_000, "GC-1")
    assert purses.violations() == []
    # What the dead till still tells of it is booked, and disputed.
    pay(one, mine, seat, "42.00")
    purses.push(one)
    assert causes(purses) == [("T1.1.1", "purse")]
    assert left(purses)["GC-1"] == 4_200


def test_a_sealed_tills_purse_is_free_at_once(purses: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    one.seal(CARDS, sold=[token(purses, one)])
    assert [result.verdict for result in purses.push(one).results] == ["applied"]
    assert token(purses, two).worth == 10_000
    assert purses.violations() == []


# ---- spent -------------------------------------------------------------------------------


def test_what_is_spent_is_off_it_and_the_sale_is_live(purses: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    (seat,) = purses.granted(one, "A-1")
    pay(one, token(purses, one), seat, "42.00")
    assert [result.verdict for result in purses.push(one).results] == ["applied"]
    assert left(purses)["GC-1"] == 4_200
    assert purses.rows("SELECT state FROM ticket") == [("live",)]
    assert causes(purses) == []
    assert purses.violations() == []


def test_money_goes_back_to_it(purses: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    (seat,) = purses.granted(one, "A-1")
    mine = token(purses, one)
    sale = pay(one, mine, seat, "42.00")
    refund = one.refund(sale, seat)
    one.journal.pop()
    value = json.loads(refund.envelope)
    tender = {"kind": "gift_card", "code": "GC-1", "amount": "58.00", "left": "100.00"}
    body = value["body"]["refund"] | {"tenders": [tender]}
    back = Money(5800, "EUR")
    postings = (Posting("gift_card:GC-1", -back), Posting(f"revenue:{SHOW}", back))
    effects = tuple(Effect.from_json(effect) for effect in value["effects"])
    one.record("TicketsRefunded", {"refund": body}, (*effects, spending(one, mine)), postings)
    assert {result.verdict for result in purses.push(one).results} == {"applied"}
    assert left(purses)["GC-1"] == 10_000
    assert purses.violations() == []


def words(house: House) -> list[str]:
    with house.database.read() as connection:
        return [in_words(document) for document in disputes.documents(connection)]


def test_more_than_there_was_is_booked_and_disputed(purses: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    mine = token(purses, one)
    for seat, rest in zip(purses.granted(one, "A-1", "A-2"), ("42.00", "-16.00"), strict=True):
        pay(one, mine, seat, rest)
    assert {result.verdict for result in purses.push(one).results} == {"applied"}
    assert left(purses)["GC-1"] == -1_600
    assert causes(purses) == [("T1.1.2", "purse")]
    assert words(purses) == [
        "Money of gift card GC-1 was moved at T1, which the office does not agree with: only 42.00 was left."
    ]
    assert purses.violations() == []


def test_a_spend_under_a_right_that_went_on_is_booked_and_disputed(purses: House, tills_at: Tills) -> None:
    """A copy of the first till's disk spends, after the second till has the token."""
    one, two = tills_at("T1", "T2")
    mine = token(purses, one)
    (seat,) = purses.granted(one, "A-1")
    one.sold_back(CARDS, mine)
    purses.push(one)
    token(purses, two)
    pay(one, mine, seat, "42.00")
    assert purses.push(one).results[-1].verdict == "disputed"
    assert causes(purses) == [("T1.1.2", "purse")]
    assert left(purses)["GC-1"] == 4_200, "the money has moved"
    assert purses.rows("SELECT state FROM ticket") == [("live",)], "and the seat is sold all the same"
    assert purses.violations() == []


def test_a_spend_without_any_right_is_disputed(purses: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    (seat,) = purses.granted(one, "A-1")
    pay(one, GrantItem(place="GC-1", epoch=1, hop=0), seat, "42.00", holding=False)
    assert purses.push(one).results[-1].verdict == "applied"
    assert causes(purses) == [("T1.1.1", "purse")]
    assert purses.violations() == []


def test_a_code_that_nobody_issued_is_disputed(purses: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    (seat,) = purses.granted(one, "A-1")
    pay(one, GrantItem(place="NOPE", epoch=1, hop=0), seat, "42.00", holding=False)
    purses.push(one)
    assert words(purses)[0].endswith("there is no such code.")
    assert purses.violations() == []


def test_what_cannot_be_read_is_booked_and_freezes_the_purse(purses: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    (seat,) = purses.granted(one, "A-1")
    fact = pay(one, token(purses, one), seat, "42.00")
    one.journal.pop()
    value = json.loads(fact.envelope) | {"schema": 99}
    one.journal.append(one.signed(1, json.dumps(value, sort_keys=True, separators=(",", ":")).encode()))
    purses.push(one)
    assert causes(purses) == [("T1.1.1", "unreadable")]
    assert left(purses)["GC-1"] == 4_200
    assert refused(claim(purses, two)) == [("not_sold", "")]
    assert purses.violations() == []


# ---- the checker -------------------------------------------------------------------------


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("corruption", "violation"),
    [
        ("UPDATE purse SET minor = 1 WHERE code = 'GC-1'", "I4 gift_card:GC-1: 1 minor units are left on it"),
        ("UPDATE posting SET account = 'gift_card:X' WHERE account = 'gift_card:GC-1'", "I4 T1.1.1: it moves money of"),
        ("DELETE FROM place_right WHERE place = 'EMPTY'", "I6 ~gift_card EMPTY: nobody can have the right"),
        ("DELETE FROM purse WHERE code = 'EMPTY'", "I6 ~gift_card EMPTY: there is a right to it"),
    ],
)
def test_a_corruption_is_named(purses: House, tills_at: Tills, corruption: str, violation: str) -> None:
    (one,) = tills_at("T1")
    (seat,) = purses.granted(one, "A-1")
    pay(one, token(purses, one), seat, "42.00")
    purses.push(one)
    purses.run(corruption)
    found = purses.violations()
    assert any(line.startswith(violation) for line in found), found


def test_a_till_that_leaves_another_sum_than_the_books_is_named(purses: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    (seat,) = purses.granted(one, "A-1")
    pay(one, token(purses, one), seat, "43.00")
    purses.push(one)
    told = "I4 T1.1.1: it leaves 4300 minor units on gift_card:GC-1, by the books there are 4200"
    assert purses.violations() == [told]


def test_a_missing_dispute_is_named(purses: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    (seat,) = purses.granted(one, "A-1")
    pay(one, GrantItem(place="GC-1", epoch=1, hop=0), seat, "42.00", holding=False)
    purses.push(one)
    purses.run("DELETE FROM dispute")
    purses.run("DELETE FROM change_log WHERE family = 'dispute'")
    told: list[Any] = purses.violations()
    assert "I6 T1.1.1: it moves money of gift_card:GC-1 without the right to it, but no dispute says so" in told
