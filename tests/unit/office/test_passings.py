"""Rights that went from till to till, or to paper, while the office was away: whatever order the facts come in."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from pos.domain.books import Posting
from pos.domain.certificate import Hand
from pos.domain.money import Money
from pos.domain.rights import Effect, OfficeState, Token
from sync.office.rules.sales import documents_of
from sync.wire import ClaimAnswer, GrantItem
from tests.peers.small_season import SHOW
from tests.peers.till_client import TillClient
from tests.unit.office.conftest import House

Tills = Callable[..., list[TillClient]]
SEAT = "A-1"


def refund(till: TillClient, grant: GrantItem, ticket: str, price: int = 5800) -> None:
    """The ticket's price is paid out in cash; the place is free again, in this till's hand."""
    amount = Money(price, "EUR")
    body = {
        "id": f"R-{ticket}", "at": "2026-11-22T19:10:00+01:00", "till": till.till, "user": "anna", "shift": "S1",
        "reason": "changed their mind", "amount": str(amount), "rounding": "0.00",
        "tenders": [{"kind": "cash", "amount": str(amount)}],
        "tickets": [
            {
                "id": ticket, "sale": ticket.rpartition("-")[0], "show": SHOW, "place": grant.place,
                "unit": grant.place, "price": str(amount), "fee": "0.00", "tax_id": "reduced", "tax": "0.00",
            }
        ],
    }  # fmt: skip
    effect = Effect(
        SHOW, grant.place, Token(grant.epoch, grant.hop), OfficeState.SOLD, OfficeState.LEASED, till.till, ticket
    )
    postings = (Posting(f"drawer:{till.till}", -amount), Posting(f"revenue:{SHOW}", amount))
    till.record("TicketsRefunded", {"refund": body}, (effect,), postings)


def push(house: House, till: TillClient, count: int = 0) -> list[str]:
    """The verdicts on the first `count` facts, or on all."""
    return [result.verdict for result in house.push(till, *till.journal[: count or len(till.journal)]).results]


def tickets(house: House) -> dict[str, str]:
    return {str(row[0]): str(row[1]) for row in house.rows("SELECT id, state FROM ticket")}


def told(house: House, sale: str) -> list[str]:
    """The states of a sale's tickets, as every till's look-up has them."""
    with house.database.read() as connection:
        return [ticket["state"] for ticket in documents_of(connection, [sale])[sale]["tickets"]]


def no_trouble(house: House) -> None:
    assert house.rows("SELECT fact_id, cause, detail FROM dispute") == []
    assert house.violations() == []


# ---- one passing ---------------------------------------------------------------------------


@pytest.mark.parametrize("giver_first", [True, False])
def test_a_right_that_was_passed_on_is_sold_by_its_receiver(house: House, tills_at: Tills, giver_first: bool) -> None:
    one, two = tills_at("T1", "T2")
    certificate = two.pass_on(SHOW, one, *house.granted(two, SEAT, "Foyer#1"))
    one.sell(SHOW, *one.receive(certificate), sale="S")
    for till in (two, one) if giver_first else (one, two):
        assert set(push(house, till)) == {"applied"}
        assert house.violations() == []
    assert house.place(SEAT) == ("SOLD", "T1", 1, 1, 1)
    assert house.place("Foyer#1") == ("SOLD", "T1", 1, 1, 1)
    assert tickets(house) == {"S-1": "live", "S-2": "live"}
    assert house.notes() == []
    no_trouble(house)


def test_the_certificate_alone_moves_the_place(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    one.receive(two.pass_on(SHOW, one, *house.granted(two, SEAT)))
    assert push(house, one) == ["applied"]
    assert house.place(SEAT) == ("LEASED", "T1", 1, 1, 1)
    assert "T2.1 has not told all it did under 1.0" in house.notes()[0]
    no_trouble(house)
    ((since,),) = house.rows("SELECT since FROM place_right WHERE place = 'A-1'")
    item = {"place": SEAT, "state": "LEASED", "holder": "T1", "since": since, "epoch": 1, "hop": 1}
    assert json.loads(str(house.rows("SELECT body FROM change_log ORDER BY position DESC LIMIT 1")[0][0])) == [item]


def test_a_receiver_whose_certificate_was_lost_gets_its_token_by_a_claim(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    two.pass_on(SHOW, one, *house.granted(two, SEAT))
    push(house, two)
    assert house.granted(one, SEAT) == [GrantItem(place=SEAT, epoch=1, hop=1)]
    one.sell(SHOW, GrantItem(place=SEAT, epoch=1, hop=1))
    assert push(house, one) == ["applied"]
    no_trouble(house)


def test_a_right_that_was_passed_on_is_recalled_from_its_receiver(house: House, tills_at: Tills) -> None:
    one, two, three = tills_at("T1", "T2", "T3")
    certificate = two.pass_on(SHOW, one, *house.granted(two, SEAT))
    push(house, two)
    assert not isinstance(house.claim(three, SEAT, wait_s=5.0), ClaimAnswer)
    assert house.rows("SELECT holder, epoch, hop FROM recall") == [("T1", 1, 1)]
    one.give_back(SHOW, *one.receive(certificate))
    assert push(house, one) == ["applied", "applied"]
    assert house.granted(three, SEAT) == [GrantItem(place=SEAT, epoch=2, hop=0)]
    no_trouble(house)


def test_a_claim_that_waits_turns_to_the_receiver_when_its_certificate_arrives(house: House, tills_at: Tills) -> None:
    one, two, three = tills_at("T1", "T2", "T3")
    (grant,) = house.granted(two, SEAT)
    assert not isinstance(house.claim(three, SEAT, wait_s=5.0), ClaimAnswer)
    one.receive(two.pass_on(SHOW, one, grant))
    push(house, one)
    assert house.rows("SELECT * FROM recall") == [], "nobody need ask the giver any more"
    assert not isinstance(house.claim(three, SEAT, wait_s=5.0), ClaimAnswer)
    assert house.rows("SELECT holder, epoch, hop FROM recall") == [("T1", 1, 1)]


# ---- history -------------------------------------------------------------------------------


def test_a_sale_and_its_refund_before_the_passing_book_as_history(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    (grant,) = house.granted(two, SEAT)
    two.sell(SHOW, grant, sale="first")
    refund(two, grant, "first-1")
    certificate = two.pass_on(SHOW, one, grant)
    one.sell(SHOW, *one.receive(certificate), sale="second")
    assert push(house, one) == ["applied", "applied"]
    before = house.place(SEAT)
    assert push(house, two) == ["applied", "applied", "applied"]
    assert house.place(SEAT) == before == ("SOLD", "T1", 1, 1, 1)
    assert tickets(house) == {"first-1": "refunded", "second-1": "live"}
    assert house.rows("SELECT sum(minor) FROM posting WHERE account = 'drawer:T2'") == [(0,)]
    assert (told(house, "first"), told(house, "second")) == (["refunded"], ["live"])
    no_trouble(house)


def test_history_may_come_in_pages(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    (grant,) = house.granted(two, SEAT)
    two.sell(SHOW, grant, sale="first")
    refund(two, grant, "first-1")
    one.sell(SHOW, *one.receive(two.pass_on(SHOW, one, grant)), sale="second")
    push(house, one)
    push(house, two, 1)
    assert tickets(house) == {"first-1": "void", "second-1": "live"}, "it has ended, by a fact that is still to come"
    assert house.violations() == []
    push(house, two)
    assert tickets(house) == {"first-1": "refunded", "second-1": "live"}
    no_trouble(house)


def test_a_ticket_that_is_live_ends_by_the_certificate(house: House, tills_at: Tills) -> None:
    """The office has heard of the giver's sale, but not yet of its refund."""
    one, two = tills_at("T1", "T2")
    (grant,) = house.granted(two, SEAT)
    two.sell(SHOW, grant, sale="first")
    refund(two, grant, "first-1")
    certificate = two.pass_on(SHOW, one, grant)
    push(house, two, 1)
    assert tickets(house) == {"first-1": "live"}
    one.sell(SHOW, *one.receive(certificate), sale="second")
    assert push(house, one) == ["applied", "applied"]
    assert tickets(house) == {"first-1": "void", "second-1": "live"}
    assert told(house, "first") == ["void"]
    assert ("sale", "first") in house.rows("SELECT kind, doc_id FROM change_log")
    no_trouble(house)
    assert push(house, two) == ["applied", "applied", "applied"]
    assert tickets(house) == {"first-1": "refunded", "second-1": "live"}
    no_trouble(house)


def test_history_is_history_also_after_the_office_passed_the_place_on(house: House, tills_at: Tills) -> None:
    one, two, three = tills_at("T1", "T2", "T3")
    (grant,) = house.granted(two, SEAT)
    two.sell(SHOW, grant, sale="first")
    refund(two, grant, "first-1")
    one.give_back(SHOW, *one.receive(two.pass_on(SHOW, one, grant)))
    push(house, one)
    three.sell(SHOW, *house.granted(three, SEAT), sale="third")
    push(house, three)
    assert push(house, two) == ["applied"] * 3
    assert house.place(SEAT) == ("SOLD", "T3", 1, 2, 0)
    assert tickets(house) == {"first-1": "refunded", "third-1": "live"}
    no_trouble(house)


def test_nothing_happens_under_a_token_that_its_holder_has_told_to_have_passed_on(
    house: House, tills_at: Tills
) -> None:
    one, two = tills_at("T1", "T2")
    (grant,) = house.granted(two, SEAT)
    two.pass_on(SHOW, one, grant)
    two.sell(SHOW, grant, sale="S")
    assert push(house, two) == ["applied", "disputed"]
    assert house.place(SEAT) == ("LEASED", "T1", 1, 1, 1)
    assert tickets(house) == {"S-1": "disputed"}


def test_history_is_told_once(house: House, tills_at: Tills) -> None:
    """A giver that has told of its passing and then of a sale before it, cannot be."""
    one, two = tills_at("T1", "T2")
    (grant,) = house.granted(two, SEAT)
    one.receive(two.pass_on(SHOW, one, grant))
    push(house, one)
    two.sell(SHOW, grant, sale="S")
    assert push(house, two) == ["applied", "disputed"]
    assert tickets(house) == {"S-1": "disputed"}


def test_what_is_told_of_the_past_must_end_idle(house: House, tills_at: Tills) -> None:
    """A giver that sold, and then let go of what it had sold, cannot be."""
    one, two = tills_at("T1", "T2")
    (grant,) = house.granted(two, SEAT)
    two.sell(SHOW, grant, sale="S")
    one.receive(two.pass_on(SHOW, one, grant))
    push(house, one)
    assert push(house, two) == ["applied", "disputed"]
    assert "it was SOLD then" in str(house.rows("SELECT detail FROM dispute")[0][0])
    assert [line for line in house.violations() if "I7" in line] == [], "the passing is not sure"


def test_a_passing_to_another_than_the_certificate_says_is_disputed(house: House, tills_at: Tills) -> None:
    """Two copies of one disk were at work: each has passed the same right on."""
    one, two, three = tills_at("T1", "T2", "T3")
    (grant,) = house.granted(two, SEAT)
    clone = two.twin()
    clone.journal = []
    one.receive(two.pass_on(SHOW, one, grant))
    three.receive(clone.pass_on(SHOW, three, grant))
    assert push(house, one) == ["applied"]
    assert push(house, three) == ["disputed"]
    assert push(house, clone) == ["disputed"]
    assert house.place(SEAT) == ("LEASED", "T1", 1, 1, 1)


# ---- chains --------------------------------------------------------------------------------


def chain(house: House, one: TillClient, two: TillClient, three: TillClient) -> None:
    """T1 sells and refunds, passes on to T2, which does the same, to T3, which sells."""
    (grant,) = house.granted(one, SEAT)
    for till, to in ((one, two), (two, three)):
        till.sell(SHOW, grant, sale=f"of-{till.till}")
        refund(till, grant, f"of-{till.till}-1")
        (grant,) = to.receive(till.pass_on(SHOW, to, grant))
    three.sell(SHOW, grant, sale="of-T3")


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_a_chain_is_booked_in_whatever_order_its_facts_come(
    house: House, tills_at: Tills, order: tuple[int, ...]
) -> None:
    tills = tills_at("T1", "T2", "T3")
    chain(house, *tills)
    for at in order:
        assert set(push(house, tills[at])) == {"applied"}
        assert house.violations() == []
    assert house.place(SEAT) == ("SOLD", "T3", 1, 1, 2)
    assert tickets(house) == {"of-T1-1": "refunded", "of-T2-1": "refunded", "of-T3-1": "live"}
    assert house.notes() == []
    no_trouble(house)


@pytest.mark.parametrize("seed", range(6))
def test_a_chain_is_booked_fact_by_fact(house: House, tills_at: Tills, seed: int) -> None:
    """Every till's facts come in order, but tills take turns in any way."""
    lots = random.Random(seed)
    tills = tills_at("T1", "T2", "T3")
    chain(house, *tills)
    sent = dict.fromkeys(range(3), 0)
    while any(sent[at] < len(till.journal) for at, till in enumerate(tills)):
        at = lots.choice([at for at, till in enumerate(tills) if sent[at] < len(till.journal)])
        sent[at] += 1
        assert push(house, tills[at], sent[at])[-1] == "applied"
        assert house.violations() == []
    assert house.place(SEAT) == ("SOLD", "T3", 1, 1, 2)
    assert tickets(house) == {"of-T1-1": "refunded", "of-T2-1": "refunded", "of-T3-1": "live"}
    no_trouble(house)


def test_a_right_that_goes_round_and_comes_back(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    (grant,) = house.granted(one, SEAT)
    (there,) = two.receive(one.pass_on(SHOW, two, grant))
    (back,) = one.receive(two.pass_on(SHOW, one, there))
    one.sell(SHOW, back)
    assert push(house, one) == ["applied"] * 3
    assert house.place(SEAT) == ("SOLD", "T1", 1, 1, 2)
    assert push(house, two) == ["applied"] * 2
    assert house.notes() == []
    no_trouble(house)


def test_the_last_of_a_chain_sells_although_both_others_are_gone(house: House, tills_at: Tills) -> None:
    one, two, three = tills_at("T1", "T2", "T3")
    chain(house, one, two, three)
    house.enrol("T1", replace=True)
    house.enrol("T2", replace=True)
    assert push(house, three) == ["applied", "applied"]
    assert house.place(SEAT) == ("SOLD", "T3", 1, 1, 2)
    no_trouble(house)


def test_a_certificate_does_not_lead_over_what_came_back_to_the_office(house: House, tills_at: Tills) -> None:
    one, two, three = tills_at("T1", "T2", "T3")
    (grant,) = house.granted(one, SEAT)
    one.give_back(SHOW, grant)
    push(house, one)
    three.receive(two.pass_on(SHOW, three, grant.model_copy(update={"hop": 1})))
    assert push(house, three) == ["disputed"]
    assert house.place(SEAT) == ("POOL", "", 0, 1, 0)


# ---- certificates that prove nothing ---------------------------------------------------------


def test_a_forged_certificate_moves_nothing(house: House, tills_at: Tills) -> None:
    one, two, three = tills_at("T1", "T2", "T3")
    good = two.pass_on(SHOW, one, *house.granted(two, SEAT, "A-2"))
    forged = [
        one.certified(good),  # signed by another
        replace(good, rights=good.rights[:1], signature=good.signature),  # not what was signed
        replace(good, number=good.number + 1),
        two.certified(replace(good, giver=Hand("T2", 7))),  # an incarnation that never was
        two.certified(replace(good, receiver=three.hand)),  # made out to another
        two.certified(replace(good, receiver=Hand("T1", 2))),
    ]
    for certificate in forged:
        one.receive(certificate)
    assert set(push(house, one)) == {"disputed"}
    assert house.place(SEAT) == ("LEASED", "T2", 1, 1, 0)
    one.receive(good)
    assert push(house, one)[-1] == "applied"


def test_a_right_without_its_certificate_is_unreadable(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    good = two.pass_on(SHOW, one, *house.granted(two, SEAT, "A-2"))
    effect = Effect(SHOW, SEAT, Token(1, 0), OfficeState.LEASED, OfficeState.LEASED, "T1")
    bodies: list[dict[str, object]] = [
        {}, {"certificates": "good"}, {"certificates": [{}]}, {"certificates": []},
        {"certificates": [replace(good, rights=good.rights[1:]).to_json()]},
        {"certificates": [good.to_json() | {"rights": [[SHOW, SEAT, 1, 0]]}]},
        {"certificates": [good.to_json() | {"signature": "no base64!"}]},
    ]  # fmt: skip
    for body in bodies:
        one.record("RightsReceived", body, (effect,))
    assert set(push(house, one)) == {"disputed"}
    assert {row[0] for row in house.rows("SELECT cause FROM dispute")} == {"unreadable"}
    assert house.place(SEAT) == ("LEASED", "T2", 1, 1, 0)


@pytest.mark.parametrize("receiver", [Hand("T9", 1), Hand("T1", 9), Hand("T2", 1), Hand("T2", 2)])
def test_nobody_passes_on_to_nobody(house: House, tills_at: Tills, receiver: Hand) -> None:
    _, two = tills_at("T1", "T2")
    two.pass_on(SHOW, receiver, *house.granted(two, SEAT))
    assert push(house, two) == ["disputed"]
    assert house.place(SEAT) == ("LEASED", "T2", 1, 1, 0)


def test_the_same_certificate_is_taken_once(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    certificate = two.pass_on(SHOW, one, *house.granted(two, SEAT))
    one.give_back(SHOW, *one.receive(certificate))
    one.receive(certificate)
    assert push(house, one) == ["applied", "applied", "disputed"]
    assert house.place(SEAT)[0] == "POOL"


# ---- fenced tills ----------------------------------------------------------------------------


def test_the_certificate_of_a_till_that_died_later_is_true(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    certificate = two.pass_on(SHOW, one, *house.granted(two, SEAT))
    one.sell(SHOW, *one.receive(certificate), sale="S")
    house.enrol("T2", replace=True)
    assert house.place(SEAT)[0] == "QUARANTINE"
    assert push(house, one) == ["applied", "applied"]
    assert house.place(SEAT) == ("SOLD", "T1", 1, 1, 1)
    no_trouble(house)
    assert push(house, two) == ["applied"], "its disk was found after all"
    no_trouble(house)


def test_what_a_fenced_till_alone_says_to_have_passed_on_stays_in_quarantine(house: House, tills_at: Tills) -> None:
    """A second copy of its disk may have sold it; with the receiver's word it is where it says."""
    one, two = tills_at("T1", "T2")
    certificate = two.pass_on(SHOW, one, *house.granted(two, SEAT))
    house.enrol("T2", replace=True)
    assert push(house, two) == ["applied"]
    assert house.place(SEAT) == ("QUARANTINE", "T1", 1, 1, 1)
    refused = house.claim(one, SEAT)
    assert isinstance(refused, ClaimAnswer)
    assert [item.code for item in refused.refused] == ["right_elsewhere"]
    one.receive(certificate)
    assert push(house, one) == ["applied"]
    assert house.place(SEAT) == ("LEASED", "T1", 1, 1, 1)
    no_trouble(house)


def test_a_fenced_receiver_has_no_lease_by_its_own_word(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    one.receive(two.pass_on(SHOW, one, *house.granted(two, SEAT)))
    house.enrol("T1", replace=True)
    for till in (one, two):
        assert push(house, till) == ["applied"]
        assert house.place(SEAT) == ("QUARANTINE", "T1", 1, 1, 1)
    no_trouble(house)


def test_a_fenced_receiver_has_no_lease_by_the_givers_word(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    one.sell(SHOW, *one.receive(two.pass_on(SHOW, one, *house.granted(two, SEAT))))
    house.enrol("T1", replace=True)
    assert push(house, two) == ["applied"]
    assert house.place(SEAT) == ("QUARANTINE", "T1", 1, 1, 1)
    assert push(house, one) == ["applied", "applied"], "its paper is out"
    assert house.place(SEAT) == ("SOLD", "T1", 1, 1, 1)
    no_trouble(house)


def test_what_a_fenced_till_refunds_is_not_free(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    (grant,) = house.granted(one, SEAT)
    one.sell(SHOW, grant, sale="S")
    push(house, one)
    house.enrol("T1", replace=True)
    refund(one, grant, "S-1")
    assert push(house, one) == ["applied", "applied"]
    assert house.place(SEAT) == ("QUARANTINE", "T1", 1, 1, 0)
    assert tickets(house) == {"S-1": "refunded"}
    no_trouble(house)


# ---- parked ----------------------------------------------------------------------------------


def test_what_waited_for_a_passing_is_taken_when_that_has_arrived(house: House, tills_at: Tills) -> None:
    """The receiver's certificate is of a newer version than this office can read; the giver's fact it can."""
    one, two = tills_at("T1", "T2")
    (grant,) = house.granted(two, SEAT)
    (other,) = house.granted(one, "A-2")
    certificate = two.pass_on(SHOW, one, grant)
    (received,) = one.receive(certificate)
    one.journal.clear()
    one.record("RightsReceived", {"certificates": [{"form": "of next year"}]}, schema=2)
    one.sell(SHOW, received, other, sale="S")
    refund(one, received, "S-1")
    one.sell(SHOW, received, sale="again")
    assert push(house, one) == ["disputed", "parked", "parked", "parked"]
    assert house.place("A-2")[0] == "SOLD", "each effect is judged alone"
    assert house.rows("SELECT sum(minor) FROM posting WHERE account = 'drawer:T1'") == [(11600,)]
    assert tickets(house) == {"S-1": "disputed", "S-2": "live", "again-1": "disputed"}
    assert house.violations() == []
    before = house.rows("SELECT position FROM change_head")
    assert push(house, two) == ["applied"]
    assert house.place(SEAT) == ("SOLD", "T1", 1, 1, 1)
    assert house.rows("SELECT ticket FROM place_right WHERE place = 'A-1'") == [("again-1",)]
    assert tickets(house) == {"S-1": "refunded", "S-2": "live", "again-1": "live"}
    assert push(house, one) == ["disputed", "applied", "applied", "applied"], "the stored verdicts have followed"
    assert house.rows("SELECT * FROM parked") == []
    assert house.rows("SELECT sum(minor) FROM posting WHERE account = 'drawer:T1'") == [(11600,)], "booked once"
    news = house.rows(f"SELECT kind, doc_id FROM change_log WHERE position > {before[0][0]} ORDER BY position")
    assert news == [("places", ""), ("sale", "S"), ("sale", "again")]
    assert told(house, "S") == ["refunded", "live"]
    assert house.violations() == []


def test_what_waited_in_vain_is_disputed(house: House, tills_at: Tills) -> None:
    """The passing that arrives is to another till than the one whose sale waits for it."""
    one, two, three = tills_at("T1", "T2", "T3")
    (grant,) = house.granted(two, SEAT)
    one.sell(SHOW, grant.model_copy(update={"hop": 1}), sale="S")
    assert push(house, one) == ["parked"]
    two.pass_on(SHOW, three, grant)
    assert push(house, two) == ["applied"]
    assert push(house, one) == ["disputed"]
    assert house.rows("SELECT fact_id, cause FROM dispute") == [("T1.1.1", "place")]
    assert (house.rows("SELECT * FROM parked"), tickets(house)) == ([], {"S-1": "disputed"})
    assert house.violations() == []


def test_an_effect_that_still_waits_keeps_its_fact_parked(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    grants = house.granted(two, SEAT, "A-2")
    one.sell(SHOW, *(grant.model_copy(update={"hop": 1}) for grant in grants), sale="S")
    assert push(house, one) == ["parked"]
    two.pass_on(SHOW, one, grants[0])
    push(house, two)
    assert push(house, one) == ["parked"]
    assert tickets(house) == {"S-1": "live", "S-2": "disputed"}
    two.pass_on(SHOW, one, grants[1])
    push(house, two)
    assert push(house, one) == ["applied"]
    assert tickets(house) == {"S-1": "live", "S-2": "live"}
    no_trouble(house)


# ---- paper -----------------------------------------------------------------------------------


def test_a_pack_holds_its_places_until_each_ticket_comes_back(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    sold, back, lost = [
        one.step("PaperIssued", SHOW, grant, "LEASED PAPER", f"P-{n}")
        for n, grant in enumerate(house.granted(one, SEAT, "A-2", "A-3"), 1)
    ]
    assert push(house, one) == ["applied"] * 3
    assert house.place(SEAT) == ("PAPER", "T1", 1, 1, 1)
    assert house.rows("SELECT ticket FROM place_right WHERE place = 'A-1'") == [("P-1",)]
    refused = house.claim(two, SEAT, wait_s=5.0)
    assert isinstance(refused, ClaimAnswer), "paper is not asked back"
    assert [(item.code, item.holder) for item in refused.refused] == [("right_elsewhere", "T1")]
    one.step("PaperReturned", SHOW, back, "PAPER LEASED", "P-2")
    one.step("PaperLost", SHOW, lost, "PAPER QUARANTINE", "P-3")
    rekeyed = Effect(SHOW, SEAT, Token(sold.epoch, sold.hop), OfficeState.PAPER, OfficeState.SOLD, "T1", "P-1")
    one.sell(SHOW, sold, sale="P", effects=(rekeyed,))
    assert push(house, one)[3:] == ["applied"] * 3
    assert house.place(SEAT) == ("SOLD", "T1", 1, 1, 1)
    assert house.place("A-2") == ("LEASED", "T1", 1, 1, 1)
    assert house.place("A-3") == ("QUARANTINE", "T1", 1, 1, 1)
    assert house.rows("SELECT ticket FROM place_right WHERE place = 'A-3'") == [("P-3",)]
    assert house.rows("SELECT cause FROM dispute") == [("paper_lost",)], "a person has to see to it"
    assert house.violations() == []


@pytest.mark.parametrize(
    ("kind", "change", "body"),
    [
        ("PaperIssued", "LEASED PAPER", {"tickets": [{"id": "P-2", "show": SHOW, "unit": SEAT, "code": "C"}]}),
        ("PaperIssued", "LEASED PAPER", {"tickets": []}),
        ("PaperReturned", "PAPER LEASED", {"tickets": ["P-2"]}),
        ("PaperLost", "PAPER QUARANTINE", {"tickets": ["P-1"]}),
    ],
)
def test_paper_that_is_not_that_of_its_effects_is_unreadable(
    house: House, tills_at: Tills, kind: str, change: str, body: dict[str, object]
) -> None:
    (one,) = tills_at("T1")
    house.granted(one, SEAT)
    before, after = map(OfficeState, change.split())
    one.record(kind, {"user": "anna"} | body, (Effect(SHOW, SEAT, Token(1, 0), before, after, "T1", "P-1"),))
    assert push(house, one) == ["disputed"]
    assert house.rows("SELECT cause FROM dispute") == [("unreadable",)]
    assert house.place(SEAT)[0] == "QUARANTINE"


def test_paper_that_came_back_is_passed_on_and_its_past_is_told_later(house: House, tills_at: Tills) -> None:
    """The certificate leads over the hop by which the right had been on paper."""
    one, two = tills_at("T1", "T2")
    (grant,) = house.granted(one, SEAT)
    on_paper = one.step("PaperIssued", SHOW, grant, "LEASED PAPER", "P-1")
    back = one.step("PaperReturned", SHOW, on_paper, "PAPER LEASED", "P-1")
    two.sell(SHOW, *two.receive(one.pass_on(SHOW, two, back)), sale="S")
    assert push(house, two) == ["applied", "applied"]
    assert house.place(SEAT) == ("SOLD", "T2", 1, 1, 2)
    for count in (1, 2, 3):
        assert push(house, one, count)[-1] == "applied"
        assert house.violations() == []
    assert house.place(SEAT) == ("SOLD", "T2", 1, 1, 2)
    assert house.notes() == []
    no_trouble(house)


def test_the_checker_counts_paper(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    (grant,) = house.granted(one, SEAT)
    on_paper = one.step("PaperIssued", SHOW, grant, "LEASED PAPER", "P-1")
    one.sell(SHOW, on_paper, sale="S")
    assert push(house, one) == ["applied", "disputed"]
    assert f"I1 {SHOW} A-1: more than one live ticket: P-1, S-1" in house.violations()
