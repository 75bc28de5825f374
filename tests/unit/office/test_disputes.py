"""Disputes: each made to happen, told by value to every till, settled by facts, and never lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

import pos.domain.disputes as words
from pos.domain.disputes import CAUSES, in_words
from pos.domain.rights import Effect, OfficeState, Token
from sync.office.clock import now_s
from sync.office.listing import as_json, as_text
from sync.office.rules import changes, disputes, facts, heard, sales, snapshot
from sync.office.rules.heard import Pulled
from sync.office.rules.people import People
from sync.office.rules.releasing import CannotRelease, Order, release
from sync.wire import GrantItem
from tests.mutate import mutate
from tests.peers.disputes import BUYER, TROUBLES, Counters
from tests.peers.small_season import SHOW
from tests.peers.till_client import TillClient
from tests.unit.office.conftest import House

Tills = Callable[..., list[TillClient]]


@pytest.fixture
def at(house: House, tills_at: Tills) -> Counters:
    one, two = tills_at("T1", "T2")
    return Counters(one, two, house.granted, house.push)


def told(house: House) -> list[dict[str, Any]]:
    """The disputes as a till has them that followed the change log; the snapshot has to say the same."""
    with house.database.read() as connection:
        log = [change for change in changes.after(connection, 0, 10_000) if change.family == "dispute"]
        latest = {change.id: change.body for change in log}
        whole = {item.id: item.body for item in snapshot.documents(connection).documents if item.family == "dispute"}
        assert latest == whole
        return disputes.documents(connection)


def states(house: House) -> dict[object, object]:
    return dict(house.rows("SELECT id, state FROM ticket"))  # type: ignore[arg-type]


def looked_up(house: House, sale: str) -> dict[str, str]:
    """Ticket -> state, as tills look the sale up."""
    with house.database.read() as connection:
        return {ticket["id"]: ticket["state"] for ticket in sales.documents_of(connection, [sale])[sale]["tickets"]}


# ---- opened ------------------------------------------------------------------------------


def test_every_cause_can_be_made_to_happen() -> None:
    assert set(TROUBLES) == set(CAUSES)


@pytest.mark.parametrize("cause", CAUSES)
def test_a_dispute_is_told_with_all_that_a_supervisor_needs(house: House, at: Counters, cause: str) -> None:
    TROUBLES[cause](at)
    (dispute,) = told(house)
    assert (dispute["cause"], dispute["state"], dispute["owner"]) == (cause, "open", "office")
    assert (dispute["till"], dispute["till_name"], dispute["history"]) == ("T1", "T1", [])
    assert dispute["opened_at"]
    assert dispute["currency"] == "EUR"
    assert dispute["ways"]
    sentence = in_words(dispute)
    assert "unknown" not in sentence
    assert "{" not in sentence
    nobodys = {
        "unbalanced",
        "account",
        "paper_lost",
        "payment_unused",
        "release_refused",
        "drawer_counted_twice",
        "shift_verified_twice",
        "record",
        "audit",
        "stock",
        "parcel",
    }
    assert dispute["customer"] == ("" if cause in nobodys else BUYER)
    two_papers = [f"I1 {SHOW} A-1: more than one live ticket: first-1, second-1"]
    assert house.violations() == (two_papers if cause == "place" else [])


def test_a_seat_sold_to_two_names_both_and_asks_for_another_seat(house: House, at: Counters) -> None:
    TROUBLES["place"](at)
    (dispute,) = told(house)
    assert dispute["places"] == [
        {
            "show": SHOW,
            "place": "A-1",
            "label": "Stalls A 1",
            "ticket": "second-1",
            "standing": dispute["places"][0]["standing"],
        }
    ]
    standing = dispute["places"][0]["standing"]
    assert (standing["state"], standing["holder"], standing["ticket"]) == ("SOLD", "T2", "first-1")
    assert standing["sale"] == "first"
    assert in_words(dispute) == "Stalls A 1 was sold at T1, but the office has it otherwise: sold at T2."
    assert (dispute["sale"], dispute["tickets"], dispute["user_name"]) == ("second", ["second-1"], "Anna")
    assert dispute["money"] == "58.00", "the seat in question, not the other one of the sale"
    assert dispute["ways"] == ["reseat", "refund", "accept"]


def test_paper_that_is_out_when_its_till_is_sealed_is_a_persons_to_look_for(house: House, at: Counters) -> None:
    grant, idle = at.claim(at.one, *at.seats)
    slip = at.one.step("PaperIssued", SHOW, grant, "LEASED PAPER", "P-1")
    lost = Effect(SHOW, slip.place, Token(slip.epoch, slip.hop), OfficeState.PAPER, OfficeState.QUARANTINE, "T1")
    back = Effect(SHOW, idle.place, Token(idle.epoch, idle.hop), OfficeState.LEASED, OfficeState.POOL, "")
    at.one.record("Sealed", {"open_shift": None, "payments": []}, (lost, back))
    at.push(at.one)
    (dispute,) = told(house)
    assert dispute["cause"] == "paper_lost"
    assert [place["label"] for place in dispute["places"]] == ["Stalls A 1"]
    assert "its till was sealed" in in_words(dispute)
    assert house.place("A-1")[0] == "QUARANTINE"


def test_a_drawer_is_counted_out_once_without_a_dispute(house: House, at: Counters) -> None:
    TROUBLES["drawer_counted_twice"](at)
    (dispute,) = told(house)
    assert in_words(dispute) == (
        "The drawer of shift T3-1-S0001 was counted out at T1, and before that at T2. "
        "Both are booked; the money is there once."
    )
    assert house.rows("SELECT count(*) FROM posting WHERE account = 'drawer:T3'") == [(2,)]


def test_a_whole_sale_in_dispute_is_one_dispute_of_its_total(house: House, at: Counters) -> None:
    grants = at.claim(at.one, "A-1", "A-2")
    at.one.give_back(SHOW, *grants)
    at.one.sell(SHOW, *grants)
    at.push(at.one)
    (dispute,) = told(house)
    assert [place["label"] for place in dispute["places"]] == ["Stalls A 1", "Stalls A 2"]
    assert dispute["money"] == "116.00"
    assert in_words(dispute).endswith("otherwise: free.")


def test_where_no_paper_is_out_there_is_only_to_accept(house: House, at: Counters) -> None:
    (grant,) = at.claim(at.one, "Foyer#3")
    at.one.give_back(SHOW, grant)
    at.one.give_back(SHOW, grant)
    at.push(at.one)
    (dispute,) = told(house)
    assert dispute["ways"] == ["accept"]
    assert dispute["money"] == ""
    assert in_words(dispute) == "Foyer was given back at T1, but the office has it otherwise: free."


def test_a_refund_in_dispute_names_the_buyer_of_the_sale_and_is_only_to_be_accepted(house: House, at: Counters) -> None:
    """Refunded under a token that had gone back to the office and was given to another till since."""
    (grant,) = at.claim(at.one, "A-1")
    sale = at.one.sell(SHOW, grant, sale="S", name=BUYER)
    at.one.sold_back(SHOW, grant)
    at.push(at.one)
    with house.database.write() as connection:
        connection.execute(text("UPDATE place_right SET epoch = 2, holder = 'T2', incarnation = 1 WHERE place = 'A-1'"))
    at.one.refund(sale, grant, fee="5.80")
    at.push(at.one)
    with house.database.read() as connection:
        (dispute,) = disputes.documents(connection)
    assert (dispute["customer"], dispute["sale"], dispute["money"]) == (BUYER, "S", "52.20")
    assert (dispute["tickets"], dispute["ways"], dispute["user_name"]) == ([], ["accept"], "Anna")
    assert in_words(dispute) == "Stalls A 1 was refunded at T1, but the office has it otherwise: sold at T1."


def test_each_card_that_a_sealed_till_left_is_a_dispute_about_its_own_places(house: House, at: Counters) -> None:
    grants = at.claim(at.one, "A-1", "A-2")
    open_ = {"payment": "P1", "purpose": "sale", "amount": "58.00", "state": "started", "places": [[SHOW, "A-1"]]}
    owed = {"payment": "P2", "purpose": "sale", "amount": "29.00", "state": "pending", "places": []}
    at.one.seal(SHOW, grants, payments=[open_, owed])
    at.push(at.one)
    one, two = told(house)
    assert [(dispute["cause"], dispute["ways"]) for dispute in (one, two)] == [("payment_unused", ["accept"])] * 2
    assert [[place["label"] for place in dispute["places"]] for dispute in (one, two)] == [["Stalls A 1"], []]
    assert in_words(one).startswith("A payment of T1 was left without an end: 58.00 (P1, started).")
    assert in_words(two).startswith("A payment of T1 was left without an end: 29.00 (P2, pending).")
    assert house.place("A-1")[0] == "POOL", "the seal itself is agreed with"


def test_a_till_that_is_sealed_with_no_card_open_is_no_dispute(house: House, at: Counters) -> None:
    at.one.record("Sealed", {"open_shift": None}, ())  # as tills sealed before there was a list of cards
    at.push(at.one)
    assert told(house) == []


def test_a_card_that_a_person_has_written_off_is_a_dispute(house: House, at: Counters) -> None:
    body = {"payment": "P1", "user": "sam", "amount": "58.00", "outcome": "written_off", "receipt": {}}
    at.one.record("PaymentEnded", body)
    at.push(at.one)
    (dispute,) = told(house)
    assert (dispute["cause"], dispute["user_name"], dispute["places"]) == ("payment_unused", "Sam", [])
    assert dispute["fields"] == {"payment": "P1", "amount": "58.00", "state": "written_off"}


def test_a_place_that_the_show_does_not_have_is_named_by_its_id(house: House, at: Counters) -> None:
    at.one.sell(SHOW, GrantItem(place="Z-99", epoch=1, hop=0))
    at.push(at.one)
    (dispute,) = told(house)
    assert in_words(dispute) == "Z-99 was sold at T1, but the office has it otherwise: there is no such place."


@pytest.mark.parametrize(
    "envelope", [b"not json at all", b'{"till":"T1"}', json.dumps({"till": "T1\u0000", "number": 1}).encode()]
)
def test_a_damaged_entry_is_told_by_its_number(house: House, at: Counters, envelope: bytes) -> None:
    at.one.journal.append(at.one.signed(1, envelope))
    at.push(at.one)
    (dispute,) = told(house)
    assert (dispute["cause"], dispute["number"], dispute["places"]) == ("unreadable", 1, [])
    assert "cannot be read" in in_words(dispute)


def test_an_unreadable_sale_still_names_its_frozen_places_tickets_and_buyer(house: House, at: Counters) -> None:
    TROUBLES["unreadable"](at)
    (dispute,) = told(house)
    assert [(place["label"], place["standing"]["state"]) for place in dispute["places"]] == [
        ("Stalls A 1", "QUARANTINE")
    ]
    assert dispute["tickets"]
    assert (dispute["money"], dispute["customer"]) == ("58.00", BUYER)


def test_a_cause_that_is_newer_than_this_program_is_told_in_the_offices_words(house: House, at: Counters) -> None:
    TROUBLES["role"](at)
    (dispute,) = told(house)
    assert in_words(dispute | {"cause": "moonlight"}) == dispute["detail"]


def test_two_disputes_about_one_fact_have_names_of_their_own(house: House, at: Counters) -> None:
    (grant,) = at.claim(at.one, "A-1")
    at.one.give_back(SHOW, grant)
    at.one.sell(SHOW, grant, user="otto")
    at.push(at.one)
    first = at.one.journal.copy()
    at.one.journal.pop()
    at.one.drop()
    at.push(at.one)
    at.one.journal[:] = first
    assert [(dispute["id"], dispute["cause"]) for dispute in told(house)] == [
        ("T1.1.2-1", "place"),
        ("T1.1.2-2", "role"),
        ("T1.1.2-3", "rival"),
    ]
    assert house.violations() == []


# ---- settled -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("way", "ticket", "shown"),
    [("reseat", "exchanged", "exchanged"), ("refund", "refunded", "refunded"), ("accept", "honoured", "live")],
)
def test_a_resolution_is_final_and_says_what_becomes_of_the_paper(
    house: House, at: Counters, way: str, ticket: str, shown: str
) -> None:
    TROUBLES["place"](at)
    assert len(house.violations()) == 1, "two papers are out for one seat"
    (dispute,) = told(house)
    at.two.take(dispute["id"])
    at.push(at.two)
    (taken,) = told(house)
    assert (taken["state"], taken["owner"], taken["resolution"]) == ("taken", "sam", None)
    at.two.resolve(dispute["id"], way, "new seats in B", sale="T2-00009")
    at.push(at.two)
    (resolved,) = told(house)
    assert (resolved["state"], resolved["owner"]) == ("resolved", "sam")
    assert [step["what"] for step in resolved["history"]] == ["taken", "resolved"]
    resolution = resolved["resolution"]
    assert (resolution["way"], resolution["note"], resolution["by"]) == (way, "new seats in B", "sam")
    assert (resolution["sale"], resolution["till"], resolution["fact"]) == ("T2-00009", "T2", "T2.1.3")
    assert states(house) == {"first-1": "live", "second-1": ticket, "second-2": "live"}
    assert looked_up(house, "second") == {"second-1": shown, "second-2": "live"}
    assert house.rows("SELECT doc_id FROM change_log ORDER BY position DESC LIMIT 1") == [("second",)]
    assert house.violations() == [], "a person has seen to it"
    assert house.place("A-1") == ("SOLD", "T2", 1, 2, 0), "nothing is freed"


def test_of_two_resolutions_the_first_stands_and_the_other_is_a_note(house: House, at: Counters) -> None:
    TROUBLES["place"](at)
    (dispute,) = told(house)
    at.two.resolve(dispute["id"], "refund", "money back")
    at.push(at.two)
    at.one.take(dispute["id"])
    at.one.resolve(dispute["id"], "accept", "let them both in")
    at.push(at.one)
    (resolved,) = told(house)
    assert (resolved["resolution"]["way"], resolved["resolution"]["till"]) == ("refund", "T2")
    assert [(step["till"], step["what"], step["stands"]) for step in resolved["history"]] == [
        ("T2", "resolved", True),
        ("T1", "taken", False),
        ("T1", "resolved", False),
    ]
    assert resolved["history"][-1]["note"] == "let them both in"
    assert states(house)["second-1"] == "refunded"
    assert house.violations() == []


def test_a_resolution_sent_again_counts_once(house: House, at: Counters) -> None:
    TROUBLES["role"](at)
    at.two.resolve(told(house)[0]["id"], "accept")
    at.push(at.two)
    before = told(house)
    at.push(at.two)
    assert told(house) == before
    assert len(before[0]["history"]) == 1


@pytest.mark.parametrize("user", ["anna", "otto", "nobody"])
def test_who_may_not_settle_leaves_a_note_and_a_dispute_of_their_own(house: House, at: Counters, user: str) -> None:
    TROUBLES["place"](at)
    (dispute,) = told(house)
    body = {"dispute": dispute["id"], "user": user, "way": "accept", "note": "it is fine"}
    at.two.record("DisputeResolved", body)
    at.push(at.two)
    still, role = told(house)
    assert (still["state"], still["owner"], still["history"][0]["stands"]) == ("open", "office", False)
    assert (role["cause"], role["fact"]) == ("role", "T2.1.2")
    assert states(house)["second-1"] == "disputed"
    at.two.resolve(dispute["id"], "reseat")
    at.push(at.two)
    assert told(house)[0]["state"] == "resolved"
    assert house.violations() == []


def test_settling_what_is_not_there_is_kept_as_a_dispute(house: House, at: Counters) -> None:
    at.two.resolve("T9.1.1-1", "accept")
    at.two.record("DisputeTaken", {"user": "sam"})
    answer = house.push(at.two)
    assert [result.verdict for result in answer.results] == ["disputed", "disputed"], "the queue goes on"
    assert [dispute["cause"] for dispute in told(house)] == ["unreadable", "unreadable"]
    assert "there is no dispute 'T9.1.1-1'" in in_words(told(house)[0])
    assert house.violations() == []


def test_a_way_that_a_cause_does_not_have_is_on_record_and_changes_nothing(house: House, at: Counters) -> None:
    TROUBLES["unbalanced"](at)
    at.two.resolve(told(house)[0]["id"], "reseat")
    at.push(at.two)
    assert told(house)[0]["resolution"]["way"] == "reseat"
    assert house.violations() == []


def test_accepting_a_role_does_not_honour_a_seat_that_is_in_dispute(house: House, at: Counters) -> None:
    """Two disputes about one sale: only the one about the place decides what becomes of the paper."""
    (grant,) = at.claim(at.one, "A-1")
    at.one.give_back(SHOW, grant)
    at.one.sell(SHOW, grant, user="otto", sale="S")
    at.push(at.one)
    place, role = told(house)
    at.two.resolve(role["id"], "accept")
    at.push(at.two)
    assert states(house) == {"S-1": "disputed"}
    at.two.resolve(place["id"], "refund")
    at.push(at.two)
    assert states(house) == {"S-1": "refunded"}
    assert house.violations() == []


def test_a_ticket_that_has_ended_meanwhile_is_not_brought_back(house: House, at: Counters) -> None:
    TROUBLES["place"](at)
    house.run("UPDATE ticket SET state = 'refunded' WHERE id = 'second-1'")
    at.two.resolve(told(house)[0]["id"], "accept")
    at.push(at.two)
    assert states(house)["second-1"] == "refunded"


def test_a_frozen_place_stays_so_until_its_till_has_ended_and_a_person_releases_it(house: House, at: Counters) -> None:
    """The resolution says what becomes of the paper; that nothing else is out for the place, somebody has to attest."""
    TROUBLES["unreadable"](at)
    (dispute,) = told(house)
    at.two.resolve(dispute["id"], "refund", "paper is void")
    at.push(at.two)
    assert house.place("A-1") == ("QUARANTINE", "T1", 1, 1, 0)
    order = Order("T1", frozenset({(SHOW, "A-1")}), frozenset(), "sam", "the ticket is in the safe")
    with house.database.write() as connection, pytest.raises(CannotRelease, match="not with a fenced or dead T1"):
        release(connection, order, int(now_s()))
    at.one.seal(SHOW)
    at.push(at.one)
    with house.database.write() as connection:
        heard.note(connection, [Pulled("T2", 1, changes.head(connection)[0], len(at.two.journal))])
        release(connection, order, int(now_s()))
    assert house.place("A-1") == ("POOL", "", 0, 2, 0)
    at.two.sell(SHOW, *at.claim(at.two, "A-1"))
    at.push(at.two)
    assert house.place("A-1")[0] == "SOLD"
    assert told(house)[0]["state"] == "resolved"
    assert house.violations() == []


# ---- asked for ---------------------------------------------------------------------------


def test_disputes_are_asked_for_page_by_page_open_or_all(house: House, at: Counters) -> None:
    for cause in ("role", "unbalanced"):
        TROUBLES[cause](at)
    at.two.give_back(SHOW, GrantItem(place="B-1", epoch=0, hop=0))
    at.push(at.two)
    at.two.resolve("T1.1.1-1", "accept")
    at.push(at.two)
    with house.database.read() as connection:
        first, more = disputes.page(connection, "", 1, open_only=True)
        rest, end = disputes.page(connection, first[0]["id"], 5, open_only=True)
        everything, _ = disputes.page(connection, "", 5, open_only=False)
    assert ([one["id"] for one in first], more) == (["T1.1.2-1"], True)
    assert ([one["id"] for one in rest], end) == (["T2.1.1-1"], False)
    assert len(everything) == 3


def test_the_offices_list_is_for_people_and_for_programs(house: House, at: Counters) -> None:
    TROUBLES["place"](at)
    opened = datetime.fromisoformat(told(house)[0]["opened_at"])
    lines = as_text(told(house), opened + timedelta(minutes=12)).splitlines()
    assert lines == [
        "T1.1.2-1 · open · 12 min old · with the office",
        "  Stalls A 1 was sold at T1, but the office has it otherwise: sold at T2.",
        f"  {SHOW} · second · {BUYER} · 58.00 EUR · reseat or refund or accept",
    ]
    at.two.resolve("T1.1.2-1", "reseat", "row B is as good", sale="T2-7")
    at.push(at.two)
    lines = as_text(told(house), opened + timedelta(days=3)).splitlines()
    assert lines[0] == "T1.1.2-1 · resolved · 3 d old · with sam"
    assert lines[2].endswith("58.00 EUR · reseat by sam (T2-7): row B is as good")
    (listed,) = json.loads(as_json(told(house), opened + timedelta(minutes=12)))
    assert (listed["age_s"], listed["text"]) == (720, in_words(told(house)[0]))
    assert as_text([], opened) == "no disputes\n"


# ---- the checker notices -----------------------------------------------------------------


@pytest.fixture
def settled(house: House, at: Counters) -> House:
    """One dispute resolved by accepting, another taken."""
    TROUBLES["place"](at)
    at.two.resolve("T1.1.2-1", "accept")
    at.one.record("RightsReturned", {}, (Effect(SHOW, "B-9", Token(0, 0), OfficeState.LEASED, OfficeState.POOL, ""),))
    at.push(at.two)
    at.push(at.one)
    at.two.take("T1.1.3-1")
    at.push(at.two)
    assert house.violations() == []
    return house


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("corruption", "violation"),
    [
        ("DELETE FROM dispute WHERE id = 'T1.1.3-1'", "I10 T1.1.3 is disputed, but no dispute says why"),
        ("DELETE FROM dispute WHERE id = 'T1.1.3-1'", "I10 dispute T1.1.3-1: tills were told of it, but it is not"),
        ("DELETE FROM dispute WHERE id = 'T1.1.3-1'", "I10 T2.1.3: it settles dispute T1.1.3-1, which is not there"),
        ("UPDATE dispute SET owner = '' WHERE id = 'T1.1.3-1'", "I10 dispute T1.1.3-1 about T1.1.3 has no owner"),
        ("UPDATE dispute SET owner = 'eve' WHERE id = 'T1.1.3-1'", "I10 dispute T1.1.3-1: its row and its document"),
        ("UPDATE dispute SET state = 'open' WHERE id = 'T1.1.3-1'", "I10 dispute T1.1.3-1 is open with sam, but its"),
        ("UPDATE dispute SET resolved_at = 'now' WHERE id = 'T1.1.3-1'", "I10 dispute T1.1.3-1: its row and its"),
        ("UPDATE dispute SET fact_id = 'T7.1.1' WHERE id = 'T1.1.3-1'", "I10 dispute T1.1.3-1 is about T7.1.1, which"),
        (
            "UPDATE dispute SET body = json_set(body, '$.history', json('[]')) WHERE id = 'T1.1.3-1'",
            "I10 dispute T1.1.3-1: its history says [], the facts",
        ),
        (
            "UPDATE dispute SET body = json_set(body, '$.history[0].stands', json('false')) WHERE id = 'T1.1.2-1'",
            "I10 dispute T1.1.2-1: T2.1.2 does not stand, and nothing says why",
        ),
        (
            "UPDATE dispute SET body = json_set(body, '$.history[0].way', 'refund') WHERE id = 'T1.1.2-1'",
            "I10 dispute T1.1.2-1: its history says",
        ),
        ("UPDATE dispute SET body = json_set(body, '$.money', '1.00')", "I8 dispute T1.1.2-1: tills were told"),
        ("UPDATE ticket SET state = 'disputed' WHERE id = 'second-1'", "I10 dispute T1.1.2-1 is resolved, but its"),
        ("UPDATE ticket SET state = 'disputed' WHERE id = 'second-1'", f"I1 {SHOW} A-1: more than one live ticket"),
        ("UPDATE ticket SET state = 'honoured' WHERE id = 'first-1'", "I10 ticket first-1 is honoured, but no"),
    ],
)
def test_a_corruption_of_disputes_is_named(settled: House, corruption: str, violation: str) -> None:
    settled.run(corruption)
    found = settled.violations()
    assert any(line.startswith(violation) for line in found), found


# ---- each guard taken out ----------------------------------------------------------------


def who_may_not_settle(house: House, at: Counters) -> None:
    test_who_may_not_settle_leaves_a_note_and_a_dispute_of_their_own(house, at, "anna")


def one_is_told(house: House, at: Counters) -> None:
    test_a_dispute_is_told_with_all_that_a_supervisor_needs(house, at, "role")


GUARDS: list[tuple[Any, str, str, str, Callable[[House, Counters], None]]] = [
    (words, "after", ' and document["state"] != State.RESOLVED', "",
     test_of_two_resolutions_the_first_stands_and_the_other_is_a_note),
    (People, "may", "SETTLING_ROLES if supervised else SELLING_ROLES", "SELLING_ROLES", who_may_not_settle),
    (facts, "_book_one", "settling is not None and not", "settling is not None and",
     test_settling_what_is_not_there_is_kept_as_a_dispute),
    (disputes.Cases, "_tickets", ', TICKET.c.state == "disputed"', "",
     test_a_ticket_that_has_ended_meanwhile_is_not_brought_back),
    (words, "consequence", "row.ways.get(Way(way), Consequence())", 'Consequence("honoured")',
     test_accepting_a_role_does_not_honour_a_seat_that_is_in_dispute),
    (disputes, "open_all", "*map(_entry, rows), ", "", one_is_told),
    (snapshot, "documents", "disputes.documents(connection)", "()", one_is_told),
]  # fmt: skip


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("owner", "name", "old", "new", "scenario"), GUARDS, ids=[guard[3] for guard in GUARDS])
def test_without_its_guard_the_scenario_fails(
    house: House,
    at: Counters,
    monkeypatch: pytest.MonkeyPatch,
    owner: Any,
    name: str,
    old: str,
    new: str,
    scenario: Callable[[House, Counters], None],
) -> None:
    mutate(monkeypatch, owner, name, old, new)
    with pytest.raises((Exception, pytest.fail.Exception)):
        scenario(house, at)
