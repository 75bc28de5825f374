"""Facts: booked once, in order, whatever they say; what cannot be agreed with is a dispute."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from pos.domain.books import Posting
from pos.domain.money import Money
from pos.domain.rights import Effect, OfficeState, Token
from sync.office.rules import tickets
from sync.office.rules.reading import BadChain
from sync.wire import FactItem, GrantItem
from tests.peers.small_season import SHOW
from tests.peers.till_client import TillClient
from tests.unit.office.conftest import House

Tills = Callable[..., list[TillClient]]

TABLES = ("fact", "posting", "sale", "ticket", "dispute", "parked", "change_log", "rival_fact", "place_right")


def everything(house: House) -> list[list[tuple[object, ...]]]:
    """All that pushes may change, for "nothing has changed"."""
    return [sorted(house.rows(f"SELECT * FROM {table}"), key=repr) for table in TABLES]


def verdicts(house: House, client: TillClient, *facts: FactItem) -> list[str]:
    return [result.verdict for result in house.push(client, *facts).results]


def causes(house: House) -> list[str]:
    return [str(row[0]) for row in house.rows("SELECT cause FROM dispute ORDER BY id")]


def test_a_sale_is_booked_everywhere_at_once(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    one.sell(SHOW, *house.granted(one, "A-1", "Foyer#2"), sale="S1")
    answer = house.push(one)
    assert (answer.applied, [result.verdict for result in answer.results]) == (1, ["applied"])
    assert house.place("A-1") == ("SOLD", "T1", 1, 1, 0)
    assert house.rows("SELECT id, unit, state FROM ticket ORDER BY id") == [
        ("S1-1", "A-1", "live"),
        ("S1-2", "Foyer#2", "live"),
    ]
    assert house.rows("SELECT account, minor FROM posting ORDER BY line") == [
        ("drawer:T1", 11600),
        (f"revenue:{SHOW}", -11600),
    ]
    assert house.rows("SELECT kind, doc_id FROM change_log ORDER BY position DESC LIMIT 2") == [
        ("sale", "S1"),
        ("places", ""),
    ]
    assert house.violations() == []


def test_a_fact_sent_again_gets_its_stored_result_and_changes_nothing(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    one.sell(SHOW, *house.granted(one, "A-1"))
    one.drop()
    first = house.push(one)
    before = everything(house)
    assert house.push(one) == first
    assert house.push(one, one.journal[0]).results == first.results[:1]
    assert everything(house) == before


def test_a_page_that_overlaps_books_only_what_is_new(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    grants = house.granted(one, "A-1", "A-2")
    one.sell(SHOW, grants[0])
    house.push(one)
    one.sell(SHOW, grants[1])
    answer = house.push(one)
    assert (answer.applied, [result.number for result in answer.results]) == (2, [1, 2])
    assert house.violations() == []


def test_a_gap_is_answered_with_where_to_send_from(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    grants = house.granted(one, "A-1", "A-2", "A-3")
    for grant in grants:
        one.sell(SHOW, grant)
    answer = house.push(one, one.journal[0], one.journal[2])
    assert (answer.applied, [result.number for result in answer.results]) == (1, [1])
    assert house.place("A-3")[0] == "LEASED"
    assert house.push(one, *one.journal[answer.applied :]).applied == 3
    assert house.violations() == []


def test_a_wrong_signature_or_hash_stops_the_whole_page(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    grants = house.granted(one, "A-1", "A-2")
    one.sell(SHOW, grants[0])
    one.sell(SHOW, grants[1])
    good, other = one.journal
    before = everything(house)
    for bad in (
        other.model_copy(update={"signature": two.signed(2, other.envelope.encode()).signature}),
        other.model_copy(update={"signature": "not base64!"}),
        other.model_copy(update={"hash": good.hash}),
        other.model_copy(update={"envelope": other.envelope.replace("58.00", "48.00")}),
    ):
        with pytest.raises(BadChain):
            house.push(one, good, bad)
        assert everything(house) == before
    assert house.push(one).applied == 2, "the queue goes on once it is right again"


def test_a_fact_that_does_not_follow_the_last_one_stops_the_page(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    (grant,) = house.granted(one, "A-1")
    one.sell(SHOW, grant, prev_hash="f" * 64)
    with pytest.raises(BadChain, match="does not follow"):
        house.push(one)
    assert house.place("A-1")[0] == "LEASED"


def test_a_fact_of_another_till_or_number_stops_the_page(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    for changes in ({"till": "T2"}, {"incarnation": 2}, {"number": 2}):
        one.journal.clear()
        item = one.record("CashMoved", {}, **changes)
        with pytest.raises(BadChain):
            house.push(one, item.model_copy(update={"number": 1}))
    assert house.rows("SELECT * FROM fact") == []


def test_a_forked_history_is_kept_disputed_and_fenced(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    grants = house.granted(one, "A-1", "A-2", "A-3")
    one.sell(SHOW, grants[0], sale="here")
    house.push(one)
    clone = one.journal[:0]
    one.journal = clone  # the same disk, restored to before the sale
    one.sell(SHOW, grants[1], sale="there")
    one.sell(SHOW, grants[2], sale="there-2")
    answer = house.push(one)
    assert answer.applied == 1
    assert [result.verdict for result in answer.results] == ["disputed", "disputed"]
    assert len(house.rows("SELECT * FROM rival_fact")) == 2
    assert causes(house) == ["rival", "rival"]
    assert house.rows("SELECT state FROM till") == [("FENCED",)]
    assert house.place("A-1")[0] == "SOLD"
    assert house.place("A-2") == ("QUARANTINE", "T1", 1, 1, 0), "one of the copies may have sold it"
    before = everything(house)
    house.push(one)
    assert everything(house) == before, "the same fork again is no news"
    assert house.violations() == []


def test_what_follows_a_rival_is_kept_with_it(house: House, tills_at: Tills) -> None:
    """An old copy goes on: its shift is closed, and that fact follows on nothing that the office has booked."""
    (one,) = tills_at("T1")
    grants = house.granted(one, "A-1", "A-2")
    one.sell(SHOW, grants[0], sale="here")
    house.push(one)
    one.journal = one.journal[:0]
    one.sell(SHOW, grants[1], sale="there")
    house.push(one)
    later = [one.drop(), one.drop()]
    answer = house.push(one, *later)
    assert answer.applied == 1
    assert [(result.number, result.verdict) for result in answer.results] == [(2, "disputed"), (3, "disputed")]
    assert house.rows("SELECT number FROM rival_fact ORDER BY number") == [(1,), (2,), (3,)]
    assert house.rows("SELECT number FROM fact") == [(1,)]
    assert causes(house) == ["rival", "rival", "rival"]
    assert house.violations() == []


def test_facts_of_a_fenced_till_are_still_booked(house: House, tills_at: Tills) -> None:
    (old,) = tills_at("T1")
    grants = house.granted(old, "A-1", "A-2")
    house.enrol("T1", replace=True)
    old.sell(SHOW, grants[0])
    old.give_back(SHOW, grants[1])
    assert verdicts(house, old) == ["applied", "applied"]
    assert house.place("A-1") == ("SOLD", "T1", 1, 1, 0)
    assert house.place("A-2")[0] == "QUARANTINE", "another copy of its disk may have sold it"
    assert house.rows("SELECT * FROM dispute") == []
    assert house.violations() == []


def test_a_new_incarnation_cannot_sell_what_the_old_one_held(house: House, tills_at: Tills) -> None:
    (old,) = tills_at("T1")
    grants = house.granted(old, "A-1")
    new = house.enrol("T1", replace=True)
    new.sell(SHOW, *grants)
    assert verdicts(house, new) == ["disputed"]
    assert house.place("A-1") == ("QUARANTINE", "T1", 1, 1, 0)
    old.sell(SHOW, *grants)
    assert verdicts(house, old) == ["applied"], "the paper of the old machine is the one that counts"


def test_a_return_brings_the_place_back_under_its_token(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    one.give_back(SHOW, *house.granted(one, "A-1"))
    assert verdicts(house, one) == ["applied"]
    assert house.place("A-1") == ("POOL", "", 0, 1, 0)
    assert house.granted(two, "A-1") == [GrantItem(place="A-1", epoch=2, hop=0)]


def test_a_late_fact_under_an_old_token_is_disputed_and_its_money_booked(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    (old,) = house.granted(one, "A-1")
    one.give_back(SHOW, old)
    house.push(one)
    two.sell(SHOW, *house.granted(two, "A-1"))
    house.push(two)
    one.sell(SHOW, old)
    one.drop()
    assert verdicts(house, one) == ["applied", "disputed", "applied"], "the queue goes on"
    assert causes(house) == ["place"]
    assert house.place("A-1") == ("SOLD", "T2", 1, 2, 0)
    assert house.rows("SELECT sum(minor) FROM posting WHERE account = 'drawer:T1'")[0][0] == 5700
    assert house.rows("SELECT state FROM ticket WHERE sale_id LIKE 'T1%'") == [("disputed",)]
    assert house.violations() == [f"I1 {SHOW} A-1: more than one live ticket: T1.1-00002-1, T2.1-00001-1"], (
        "two papers are out for one seat, and the checker counts paper"
    )


def test_of_an_exchange_like_fact_each_effect_is_judged_alone(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    (mine,) = house.granted(one, "A-1")
    (theirs,) = house.granted(two, "A-2")
    one.sell(SHOW, mine, theirs, sale="S")
    assert verdicts(house, one) == ["disputed"]
    assert house.place("A-1")[0] == "SOLD"
    assert house.place("A-2") == ("LEASED", "T2", 1, 1, 0)
    assert house.rows("SELECT id, state FROM ticket ORDER BY id") == [("S-1", "live"), ("S-2", "disputed")]
    assert house.violations() == []


def test_an_effect_ahead_of_the_office_is_parked(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    (grant,) = house.granted(one, "A-1")
    one.sell(SHOW, grant.model_copy(update={"hop": 1}))
    assert verdicts(house, one) == ["parked"]
    assert house.place("A-1") == ("LEASED", "T1", 1, 1, 0)
    assert len(house.rows("SELECT * FROM parked")) == 1
    assert house.violations() == []
    assert "waits for an earlier passing" in house.notes()[0]


@pytest.mark.parametrize(
    ("before", "after", "holder"),
    [
        (OfficeState.LEASED, OfficeState.QUARANTINE, "T1"),
        (OfficeState.POOL, OfficeState.LEASED, "T1"),
        (OfficeState.LEASED, OfficeState.POOL, "T1"),
        (OfficeState.LEASED, OfficeState.SOLD, "T2"),
        (OfficeState.LEASED, OfficeState.SOLD, ""),
    ],
)
def test_a_step_that_no_till_can_take_is_disputed(
    house: House, tills_at: Tills, before: OfficeState, after: OfficeState, holder: str
) -> None:
    (one,) = tills_at("T1")
    house.granted(one, "A-1")
    one.record("RightsReturned", {}, (Effect(SHOW, "A-1", Token(1, 0), before, after, holder, "x"),))
    assert verdicts(house, one) == ["disputed"]
    assert house.place("A-1") == ("LEASED", "T1", 1, 1, 0)


@pytest.mark.parametrize(
    ("kind", "before", "after", "holder"),
    [
        ("RightsReturned", OfficeState.LEASED, OfficeState.SOLD, "T1"),
        ("RightsReturned", OfficeState.SOLD, OfficeState.SOLD, "T1"),
        ("RightsReturned", OfficeState.LEASED, OfficeState.PAPER, "T1"),
        ("CashMoved", OfficeState.LEASED, OfficeState.POOL, ""),
        ("Sealed", OfficeState.LEASED, OfficeState.SOLD, "T1"),
    ],
)
def test_a_step_that_is_not_its_kinds_is_disputed(
    house: House, tills_at: Tills, kind: str, before: OfficeState, after: OfficeState, holder: str
) -> None:
    (one,) = tills_at("T1")
    house.granted(one, "A-1")
    body = {"user": "anna", "kind": "drop", "amount": "1.00", "open_shift": None}
    one.record(kind, body, (Effect(SHOW, "A-1", Token(1, 0), before, after, holder, "x"),))
    assert verdicts(house, one) == ["disputed"]
    assert house.place("A-1")[0] == ("QUARANTINE" if kind == "Sealed" else "LEASED")
    assert f"not a step that {kind} can take" in str(house.rows("SELECT detail FROM dispute"))


def test_a_ticket_of_another_place_does_not_end(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    one.sell(SHOW, *house.granted(one, "A-1"), sale="S")
    house.push(one)
    row = {"t_id": "S-1", "t_show": SHOW, "t_state": "refunded"}
    for unit, state in (("A-2", "live"), ("A-1", "refunded")):
        with house.database.write() as connection:
            tickets.end(connection, [row | {"t_unit": unit}])
        assert house.rows("SELECT state FROM ticket") == [(state,)]


@pytest.mark.parametrize("account", ["drawer:T2", "card:T2", "transfer:T2"])
def test_money_of_another_till_is_booked_and_disputed(house: House, tills_at: Tills, account: str) -> None:
    one, _ = tills_at("T1", "T2")
    taken = (Posting(account, Money(-100, "EUR")), Posting("safe", Money(100, "EUR")))
    one.drop(postings=taken)
    assert verdicts(house, one) == ["applied"], "money moved"
    assert house.rows("SELECT cause FROM dispute") == [("account",)]
    assert account in str(house.rows("SELECT detail FROM dispute"))


def test_a_drawer_that_is_taken_over_may_be_emptied(house: House, tills_at: Tills) -> None:
    one, _ = tills_at("T1", "T2")
    body = {"till": "T2", "shift": "S", "user": "anna", "expected": "1.00", "counted": "1.00"}
    taken = (Posting("drawer:T2", Money(-100, "EUR")), Posting("safe", Money(100, "EUR")))
    one.record("DrawerTakenOver", body, postings=taken)
    house.push(one)
    assert causes(house) == []


@pytest.mark.parametrize(
    "sale",
    [
        {"id": "S", "tickets": None},
        {"id": "S", "tickets": 7},
        {"id": 7, "tickets": [None, {"id": 7}, {"id": {}}, {"id": "x"}], "user": ["anna"], "sale": {"a": 1}},
        {"id": "S", "tickets": [{"show": [], "unit": {}}], "tenders": 1, "total": {"amount": 5}},
        {"id": "S", "tickets": {"a": 1}, "tenders": [], "total": 1e400, "name": ["x"]},
    ],
)
def test_whatever_the_body_of_a_newer_fact_is_the_queue_advances(
    house: House, tills_at: Tills, sale: dict[str, object]
) -> None:
    (one,) = tills_at("T1")
    grants = house.granted(one, "A-1", "A-2")
    one.sell(SHOW, grants[0], schema=99, body={"sale": sale})
    one.sell(SHOW, grants[1])
    assert verdicts(house, one) == ["disputed", "applied"]
    assert causes(house) == ["unreadable"]
    assert house.violations() == []


def test_half_a_character_is_damage(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    value = json.loads(one.drop().envelope)
    value["body"]["reason"] = "\ud83d"
    one.journal[0] = one.signed(1, json.dumps(value).encode())
    one.drop(number=2)
    assert verdicts(house, one) == ["disputed", "applied"]
    assert causes(house) == ["unreadable"]


def test_the_right_to_refund_is_given_back_and_the_place_stays_sold(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    one.sell(SHOW, *house.granted(one, "A-1"), sale="S")
    one.record(
        "RightsReturned",
        {"reason": "close_shift"},
        (Effect(SHOW, "A-1", Token(1, 0), OfficeState.SOLD, OfficeState.SOLD, ""),),
    )
    assert verdicts(house, one) == ["applied", "applied"]
    assert house.place("A-1") == ("SOLD", "", 0, 1, 0)
    assert house.rows("SELECT ticket FROM place_right WHERE place = 'A-1'") == [("S-1",)]
    assert house.violations() == []


def test_a_place_that_comes_and_goes_within_one_page(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    (grant,) = house.granted(one, "A-1")
    one.sell(SHOW, grant, sale="S")
    one.give_back(SHOW, grant)
    assert verdicts(house, one) == ["applied", "disputed"], "what is sold cannot be given back"
    assert house.place("A-1")[0] == "SOLD"


@pytest.mark.parametrize(
    "changes",
    [
        {"schema": 2},
        {"kind": "TicketsTeleported"},
        {"body": {"sale": {"id": "S"}}},
        {"body": {}},
    ],
)
def test_an_unreadable_fact_is_kept_its_money_booked_and_its_places_frozen(
    house: House, tills_at: Tills, changes: dict[str, object]
) -> None:
    (one,) = tills_at("T1")
    grants = house.granted(one, "A-1", "A-2")
    one.sell(SHOW, grants[0], **changes)
    one.sell(SHOW, grants[1])
    assert verdicts(house, one) == ["disputed", "applied"], "the queue advances"
    assert causes(house) == ["unreadable"]
    assert house.place("A-1") == ("QUARANTINE", "T1", 1, 1, 0)
    assert house.rows("SELECT envelope FROM fact WHERE number = 1") == [(one.journal[0].envelope,)]
    assert house.rows("SELECT sum(minor) FROM posting WHERE account = 'drawer:T1'")[0][0] == 11600
    assert house.violations() == []


@pytest.mark.parametrize(
    "envelope",
    [
        b"not json at all",
        b'{"till":"T1"}',
        b"[" * 5000,
        (
            b'{"till":"T1","incarnation":1,"number":1,"prev":"","at":"yesterday","kind":"x","schema":1,'
            b'"money":[],"effects":[],"body":{}}'
        ),
        json.dumps({"till": "T1\u0000", "number": 1}).encode(),
        (
            b'{"till":"T1","incarnation":1,"number":1,"prev":"","at":"","kind":"x","schema":1,'
            b'"money":[["a",99999999999999999999,"EUR"]],"effects":[],"body":{}}'
        ),
    ],
)
def test_a_damaged_envelope_is_kept_as_a_dispute(house: House, tills_at: Tills, envelope: bytes) -> None:
    (one,) = tills_at("T1")
    poisoned = one.signed(1, envelope)
    one.journal.append(poisoned)
    one.sell(SHOW, *house.granted(one, "A-1"))
    assert verdicts(house, one) == ["disputed", "applied"]
    assert house.rows("SELECT envelope FROM fact WHERE number = 1") == [(envelope.decode(),)]
    assert house.violations() == []


def test_what_does_not_balance_is_disputed_and_balanced_in_suspense(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    one.record(
        "CashMoved",
        {"shift": "S", "user": "anna", "kind": "paid_in", "amount": "5.00", "reason": "x"},
        postings=(Posting("drawer:T1", Money(500, "EUR")), Posting("paid_in", Money(-400, "EUR"))),
    )
    house.push(one)
    assert causes(house) == ["unbalanced"]
    assert house.rows("SELECT account, minor FROM posting ORDER BY line") == [
        ("drawer:T1", 500),
        ("paid_in", -400),
        ("suspense", -100),
    ]
    assert house.violations() == []


def test_a_ticket_id_that_is_there_already_is_disputed(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    one.sell(SHOW, *house.granted(one, "A-1"), sale="S")
    house.push(one)
    two.sell(SHOW, *house.granted(two, "A-2"), sale="S")
    assert verdicts(house, two) == ["disputed"]
    assert causes(house) == ["duplicate_id"]
    assert house.rows("SELECT unit FROM ticket") == [("A-1",)]


@pytest.mark.parametrize("user", ["otto", "nobody"])
def test_the_office_checks_roles_too(house: House, tills_at: Tills, user: str) -> None:
    (one,) = tills_at("T1")
    one.sell(SHOW, *house.granted(one, "A-1"), user=user)
    house.push(one)
    assert causes(house) == ["role"]
    assert house.place("A-1")[0] == "SOLD", "it has been done"


def test_disputes_are_visible_with_an_owner(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    one.sell(SHOW, GrantItem(place="A-1", epoch=0, hop=0))
    house.push(one)
    assert house.rows("SELECT fact_id, cause, owner FROM dispute") == [("T1.1.1", "place", "office")]
    assert house.notes()[0].startswith("dispute T1.1.1-1 (place) about T1.1.1, with office")
