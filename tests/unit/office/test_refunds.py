"""The right to refund is the sold place's token: who is given it, and what comes of using it."""

from __future__ import annotations

import json
from collections.abc import Callable

from sqlalchemy import update

from pos.domain.books import Posting
from pos.domain.money import Money
from sync.office.clock import now_s
from sync.office.rules import recalls, sales
from sync.office.rules.claims import WAITING, Claim, Outcome
from sync.office.store.tables import SALE
from sync.wire import ClaimAnswer, FactItem, GrantItem, RecallItem
from tests.peers.small_season import SHOW
from tests.peers.till_client import TillClient
from tests.unit.office.conftest import House

Tills = Callable[..., list[TillClient]]


def claim_sold(house: House, client: TillClient, place: str, wait_s: float = 0.0) -> Outcome:
    """Ask for the right to refund what is sold at a place."""
    name, deadline = f"refund:{client.till}:{place}", now_s() + wait_s
    return house.settle(Claim(name, client.till, client.incarnation, SHOW, (place,), True, deadline, sold=True))[0]


def refund_token(house: House, client: TillClient, place: str) -> GrantItem:
    outcome = claim_sold(house, client, place)
    assert isinstance(outcome, ClaimAnswer)
    assert not outcome.refused
    return outcome.granted[0]


def codes(outcome: Outcome) -> list[tuple[str, str]]:
    assert isinstance(outcome, ClaimAnswer)
    return [(item.code, item.holder) for item in outcome.refused]


def states(house: House) -> dict[object, object]:
    return {row[0]: row[1] for row in house.rows("SELECT id, state FROM ticket ORDER BY id")}


ON_SLIP = {"kind": "card_slip", "amount": "58.00", "slip": "1"}


def correct(client: TillClient, sale: str, cash: str = "-58.00") -> FactItem:
    """A sale of 58.00 in cash was by a slip."""
    amount = Money(5_800, "EUR")
    body = {
        "id": "T1-C1", "sale": sale, "user": "anna", "till": client.till, "shift": "S1", "reason": "wrong key",
        "was": [{"kind": "cash", "amount": "58.00", "given": "58.00"}], "tenders": [ON_SLIP],
        "rounding": "0.00", "change": "0.00", "cash": cash,
    }  # fmt: skip
    postings = (Posting(f"drawer:{client.till}", -amount), Posting(f"card_slip:{client.till}", amount))
    return client.record("TenderCorrected", {"correction": body}, (), postings)


def sold_and_returned(house: House, client: TillClient, *places: str) -> None:
    """These places are sold by a till that then closes its shift."""
    grants = house.granted(client, *places)
    client.sell(SHOW, *grants, sale="S")
    client.sold_back(SHOW, *grants)
    house.push(client)


def test_a_refund_frees_the_place_in_its_tills_hand_and_ends_the_ticket(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    (grant,) = house.granted(one, "A-1")
    sale = one.sell(SHOW, grant, sale="S")
    house.push(one)
    before = house.rows("SELECT position FROM change_head")[0][0]
    one.refund(sale, grant, fee="5.80")
    assert [result.verdict for result in house.push(one).results][-1] == "applied"
    assert house.place("A-1") == ("LEASED", "T1", 1, 1, 0)
    assert states(house) == {"S-1": "refunded"}
    told = house.rows(f"SELECT kind, doc_id FROM change_log WHERE position > {before} ORDER BY position")
    assert ("sale", "S") in told, "every till's look-up hears of it"
    assert house.rows("SELECT sum(minor) FROM posting WHERE account = 'drawer:T1'")[0][0] == 580
    assert house.violations() == []


def test_a_void_ends_the_ticket_as_void_and_frees_the_place(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    (grant,) = house.granted(one, "A-1")
    one.void(one.sell(SHOW, grant, sale="S"), grant)
    one.sell(SHOW, grant, sale="R")
    assert {result.verdict for result in house.push(one).results} == {"applied"}
    assert states(house) == {"S-1": "void", "R-1": "live"}
    assert house.rows("SELECT count(*) FROM dispute") == [(0,)]
    assert house.violations() == []


def test_the_freed_place_sells_again_in_the_same_page_under_another_ticket(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    (grant,) = house.granted(one, "A-1")
    first = one.sell(SHOW, grant, sale="S")
    one.refund(first, grant)
    one.sell(SHOW, grant, sale="R")
    assert {result.verdict for result in house.push(one).results} == {"applied"}
    assert states(house) == {"S-1": "refunded", "R-1": "live"}
    assert house.rows(f"SELECT ticket FROM place_right WHERE place = 'A-1' AND show_id = '{SHOW}'") == [("R-1",)]
    assert house.violations() == []


def test_the_new_ticket_is_the_places_own_when_it_comes_in_a_later_page(house: House, tills_at: Tills) -> None:
    """State, holder and token are then the same before and after."""
    (one,) = tills_at("T1")
    (grant,) = house.granted(one, "A-1")
    first = one.sell(SHOW, grant, sale="S")
    house.push(one)
    one.refund(first, grant)
    one.sell(SHOW, grant, sale="R")
    house.push(one)
    assert house.rows(f"SELECT ticket FROM place_right WHERE place = 'A-1' AND show_id = '{SHOW}'") == [("R-1",)]
    assert house.violations() == []


def test_a_token_that_was_given_back_goes_to_who_asks_with_its_ticket(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    sold_and_returned(house, one, "A-1")
    token = refund_token(house, two, "A-1")
    assert token == GrantItem(place="A-1", epoch=2, hop=0, ticket="S-1", copies=0)
    assert house.place("A-1") == ("SOLD", "T2", 1, 2, 0)
    assert refund_token(house, two, "A-1") == token, "asked again, the same token"
    two.refund(one.journal[0], token)
    assert [result.verdict for result in house.push(two).results] == ["applied"]
    assert house.place("A-1") == ("LEASED", "T2", 1, 2, 0)
    assert house.violations() == []


def test_one_of_two_gets_it(house: House, tills_at: Tills) -> None:
    one, two, three = tills_at("T1", "T2", "T3")
    sold_and_returned(house, one, "A-1")
    deadline = now_s()
    claims = [
        Claim(client.till, client.till, client.incarnation, SHOW, ("A-1",), True, deadline, sold=True)
        for client in (two, three)
    ]
    first, second = house.settle(*claims)
    assert isinstance(first, ClaimAnswer)
    assert [item.ticket for item in first.granted] == ["S-1"]
    assert codes(second) == [("right_elsewhere", "T2")]


def test_what_is_not_sold_gives_no_right_to_refund(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    assert codes(claim_sold(house, two, "A-1")) == [("not_sold", "")]
    house.granted(one, "A-1")
    assert codes(claim_sold(house, two, "A-1")) == [("not_sold", "")]
    assert codes(claim_sold(house, two, "Z-9")) == [("unknown_place", "")]
    assert house.place("A-1") == ("LEASED", "T1", 1, 1, 0)


def test_its_holder_is_asked_for_it_as_sold(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    (grant,) = house.granted(one, "A-1")
    sale = one.sell(SHOW, grant, sale="S")
    house.push(one)
    assert claim_sold(house, two, "A-1", wait_s=5.0) is WAITING
    with house.database.read() as connection:
        asked = recalls.open_for(connection, "T1", 1, now_s())
    assert asked == [RecallItem(show=SHOW, place="A-1", epoch=1, hop=0, sold=True)]
    one.sold_back(SHOW, grant)
    house.push(one)
    token = claim_sold(house, two, "A-1", wait_s=5.0)
    assert isinstance(token, ClaimAnswer)
    assert (token.granted[0].epoch, token.granted[0].ticket) == (2, "S-1")
    # The first till's late refund under the token that it gave back is booked and disputed.
    one.refund(sale, grant)
    assert house.push(one).results[-1].verdict == "disputed"
    assert states(house) == {"S-1": "live"}


def test_who_waits_for_the_right_to_refund_hears_that_it_has_been_used(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    (grant,) = house.granted(one, "A-1")
    sale = one.sell(SHOW, grant, sale="S")
    house.push(one)
    assert claim_sold(house, two, "A-1", wait_s=5.0) is WAITING
    one.refund(sale, grant)
    house.push(one)
    with house.database.read() as connection:
        assert recalls.open_for(connection, "T1", 1, now_s()) == [], "the freed place is nobody else's business"
    assert codes(claim_sold(house, two, "A-1", wait_s=5.0)) == [("not_sold", "")]
    assert house.place("A-1") == ("LEASED", "T1", 1, 1, 0)


def test_a_corrected_tender_is_told_to_every_till_and_moves_the_drawers_money(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    one.sell(SHOW, *house.granted(one, "A-1"), sale="S")
    house.push(one)
    before = house.rows("SELECT position FROM change_head")[0][0]
    fact = correct(one, "S")
    assert house.push(one).results[-1].verdict == "applied"
    (body,) = house.rows("SELECT body FROM sale WHERE id = 'S'")[0]
    document = json.loads(str(body))
    assert (document["tenders"], document["corrections"]) == ([ON_SLIP], ["T1-C1"])
    told = house.rows(f"SELECT kind, doc_id FROM change_log WHERE position > {before} ORDER BY position")
    assert ("sale", "S") in told
    assert house.violations() == []
    assert [result.verdict for result in house.push(one).results][-1] == "applied"
    assert json.loads(str(house.rows("SELECT body FROM sale WHERE id = 'S'")[0][0])) == document, "booked once"
    spoilt = json.dumps(document | {"tenders": [{"kind": "cash", "amount": "58.00"}]})
    with house.database.write() as connection:
        connection.execute(update(SALE).values(body=spoilt))
    assert house.violations() == ["I4 sale S: it is not paid as its last correction says"]
    assert fact.number == 2


def test_a_ticket_that_is_made_out_to_somebody_else_is_theirs_in_every_look_up(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    one.sell(SHOW, *house.granted(one, "A-1", "A-2"), sale="S", name="Ida")
    body = {"ticket": "S-1", "sale": "S", "user": "anna", "shift": "S1", "renamed": 1, "reason": "given away"}
    one.record("TicketRenamed", body | {"buyer": {"name": "Bo", "identity": {"kind": "id", "last4": "9001"}}})
    assert [result.verdict for result in house.push(one).results] == ["applied", "applied"]
    first, second = json.loads(str(house.rows("SELECT body FROM sale WHERE id = 'S'")[0][0]))["tickets"]
    assert (first["name"], first["identity"]["last4"], first["renamed"]) == ("Bo", "9001", 1)
    assert "renamed" not in second
    assert not house.rows("SELECT envelope FROM fact WHERE envelope LIKE '%9001%'")
    assert house.violations() == []


def test_a_correction_that_says_another_drawers_amount_than_it_books_is_seen(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    one.sell(SHOW, *house.granted(one, "A-1"), sale="S")
    correct(one, "S", cash="-57.00")
    house.push(one)
    assert any(line.startswith("I4") for line in house.violations())


def test_a_second_refund_of_one_ticket_is_disputed_and_its_money_booked(house: House, tills_at: Tills) -> None:
    """Only a forged or cloned till could: the place has been sold again under another ticket."""
    (one,) = tills_at("T1")
    (grant,) = house.granted(one, "A-1")
    first = one.sell(SHOW, grant, sale="S")
    one.refund(first, grant)
    one.sell(SHOW, grant, sale="R")
    one.refund(first, grant)
    assert house.push(one).results[-1].verdict == "disputed"
    assert house.place("A-1")[0] == "SOLD"
    assert states(house) == {"S-1": "refunded", "R-1": "live"}
    assert any(line.startswith("I7 ticket S-1 ended more than once") for line in house.violations())


def test_an_exchange_moves_the_ticket_in_one_fact(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    old, new = house.granted(one, "A-1", "A-2")
    sale = one.sell(SHOW, old, sale="S")
    fact = one.exchange(sale, old, new)
    assert {result.verdict for result in house.push(one).results} == {"applied"}
    exchange = json.loads(fact.envelope)["body"]["sale"]["id"]
    assert states(house) == {"S-1": "exchanged", f"{exchange}-1": "live"}
    assert (house.place("A-1")[0], house.place("A-2")[0]) == ("LEASED", "SOLD")
    assert house.violations() == []


def test_each_side_of_an_exchange_is_judged_alone(house: House, tills_at: Tills) -> None:
    """Its new seat is another till's: the old ticket has ended all the same, and the money is booked."""
    one, two = tills_at("T1", "T2")
    (old,) = house.granted(one, "A-1")
    (theirs,) = house.granted(two, "A-2")
    sale = one.sell(SHOW, old, sale="S")
    one.exchange(sale, old, theirs)
    assert house.push(one).results[-1].verdict == "disputed"
    assert states(house)["S-1"] == "exchanged"
    assert (house.place("A-1")[0], house.place("A-2")) == ("LEASED", ("LEASED", "T2", 1, 1, 0))


def test_a_refund_whose_tickets_are_not_those_of_its_places_is_kept_and_its_places_frozen(
    house: House, tills_at: Tills
) -> None:
    (one,) = tills_at("T1")
    one_seat, other_seat = house.granted(one, "A-1", "A-2")
    sale = one.sell(SHOW, one_seat, other_seat, sale="S")
    house.push(one)
    one.refund(sale, other_seat.model_copy(update={"place": "A-2"}), number=1)
    value = json.loads(one.journal[-1].envelope)
    one.journal.pop()
    value["effects"][0][1] = "A-2"
    one.journal.append(one.signed(2, json.dumps(value, sort_keys=True, separators=(",", ":")).encode()))
    assert house.push(one).results[-1].verdict == "disputed"
    assert house.rows("SELECT cause FROM dispute") == [("unreadable",)]
    assert house.place("A-2")[0] == "QUARANTINE"


def test_copies_are_counted_and_go_with_the_token(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    (grant,) = house.granted(one, "A-1")
    one.sell(SHOW, grant, sale="S")
    one.copy(grant, SHOW, "S-1", 1)
    one.copy(grant, SHOW, "S-1", 2)
    one.sold_back(SHOW, grant)
    assert {result.verdict for result in house.push(one).results} == {"applied"}
    assert refund_token(house, two, "A-1").copies == 2
    one.copy(grant, SHOW, "S-1", 3)
    assert house.push(one).results[-1].verdict == "disputed", "under a token that it gave back"


def test_a_refund_by_who_may_not_is_disputed(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    (grant,) = house.granted(one, "A-1")
    one.refund(one.sell(SHOW, grant, sale="S"), grant, user="otto")
    house.push(one)
    assert house.rows("SELECT cause FROM dispute") == [("role",)]


# ---- paid back without the right ---------------------------------------------------------


def test_a_ticket_that_was_paid_back_offline_is_not_refunded_again(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    grants = house.granted(one, "A-1", "A-2")
    sale = one.sell(SHOW, *grants, sale="S")
    one.sold_back(SHOW, *grants)
    house.push(one)
    before = house.rows("SELECT position FROM change_head")[0][0]
    two.claim_refund(sale)
    assert house.push(two).results[-1].verdict == "applied"
    for till in (one, two):
        assert codes(claim_sold(house, till, "A-1")) == [("not_sold", "")]
    assert refund_token(house, two, "A-2").ticket == "S-2", "the other ticket of the sale is still to be had"
    assert house.place("A-1")[0] == "SOLD", "it frees no place"
    told = house.rows(f"SELECT kind, doc_id FROM change_log WHERE position > {before}")
    assert ("sale", "S") in told
    with house.database.read() as connection:
        tickets = sales.documents_of(connection, ["S"])["S"]["tickets"]
    assert [ticket["state"] for ticket in tickets] == ["refunded", "live"]
    assert house.violations() == []


def test_whoever_had_the_right_all_along_is_not_given_it_anew(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    sale = one.sell(SHOW, *house.granted(one, "A-1"), sale="S")
    house.push(one)
    two.claim_refund(sale)
    house.push(two)
    assert codes(claim_sold(house, one, "A-1")) == [("not_sold", "")]


def test_a_claim_names_the_tickets_place_or_is_about_no_ticket(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    sale = one.sell(SHOW, *house.granted(one, "A-1"), sale="S")
    one.sold_back(SHOW, *house.granted(one))
    house.push(one)
    two.claim_refund(sale)
    value = json.loads(two.journal.pop().envelope)
    value["body"]["refund"]["tickets"][0]["unit"] = "A-2"
    two.journal.append(two.signed(1, json.dumps(value, sort_keys=True, separators=(",", ":")).encode()))
    house.push(two)
    assert house.rows("SELECT id, claimed FROM ticket") == [("S-1", 0)]


def test_a_copy_shows_the_token_of_its_own_ticket(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    (grant,) = house.granted(one, "A-1")
    one.sell(SHOW, grant, sale="S")
    body = {"user": "anna", "ticket": "S-1", "copy": 1}
    one.record("CopyIssued", body)
    assert house.push(one).results[-1].verdict == "disputed"
    one.copy(grant, SHOW, "S-1", 1)
    value = json.loads(one.journal.pop().envelope)
    value["body"]["ticket"] = "S-9"
    one.journal.append(one.signed(3, json.dumps(value, sort_keys=True, separators=(",", ":")).encode()))
    assert house.push(one).results[-1].verdict == "disputed"
    assert house.rows("SELECT cause FROM dispute") == [("unreadable",)] * 2
    assert house.rows("SELECT copies FROM ticket") == [(0,)]
