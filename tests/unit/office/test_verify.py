"""The checker notices when the ledger is wrong: each invariant is broken once, behind the rules' back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pos.domain.books import Posting
from pos.domain.money import Money
from pos.domain.reports import frame, money
from pos.domain.reports.statements import digest
from sync.office.rules import deaths
from tests.peers.small_season import SHOW
from tests.peers.till_client import TillClient
from tests.unit.office.conftest import House

Tills = Callable[..., list[TillClient]]

# The checker's SQL is plain; that it runs on PostgreSQL, all tests that end with a check show.
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def evening(house: House, tills_at: Tills) -> House:
    """Two tills have sold, one seat was returned, a shift was closed."""
    one, two = tills_at("T1", "T2")
    float_ = (Posting("drawer:T1", Money(10_000, "EUR")), Posting("safe", Money(-10_000, "EUR")))
    one.record("ShiftOpened", {"shift": "S1", "user": "anna", "float": "100.00"}, postings=float_)
    one.sell(SHOW, *house.granted(one, "A-1", "A-2"), sale="S1")
    one.give_back(SHOW, *house.granted(one, "A-3"))
    one.record("PrintReported", {"job": 1, "tickets": ["S1-1", "S1-2"], "outcome": "done"})
    one.drop("16.00")
    house.push(one)
    last = one.journal[-1]
    report = {"expected": "200.00", "counted": "199.00", "difference": "-1.00"}
    report |= {"number_range": [1, last.number + 1], "hash": last.hash}
    counted = (
        Posting("drawer:T1", Money(-20_000, "EUR")),
        Posting("safe", Money(19_900, "EUR")),
        Posting("over_short", Money(100, "EUR")),
    )
    one.record("ShiftClosed", {"shift": "S1", "user": "anna", "report": report}, postings=counted)
    house.push(one)
    two.sell(SHOW, *house.granted(two, "B-1"), sale="S2")
    house.push(two)
    house.granted(two, "B-2")
    assert house.violations() == []
    return house


@ON_SQLITE
@pytest.mark.parametrize(
    ("corruption", "violation"),
    [
        # I1: one live ticket for a place, and a place is sold exactly when it has one.
        ("UPDATE ticket SET unit = 'A-9' WHERE id = 'S2-1'", "I1 tosca-1 A-9: ticket S2-1 is live, but the place is"),
        ("UPDATE ticket SET state = 'void' WHERE id = 'S1-1'", "I1 tosca-1 A-1: it is SOLD, but its ticket 'S1-1'"),
        ("INSERT INTO ticket VALUES ('X', 'S2', 'tosca-1', 'A-1', 'c', 'disputed', 0, 1, 0, '')", "I1 tosca-1 A-1: m"),
        # I2: every printed ticket is here.
        ("DELETE FROM ticket WHERE id = 'S1-2'", "I2 T1.1.4: ticket S1-2 was printed"),
        # I3: each fact has exactly one effect.
        ("UPDATE place_right SET state = 'LEASED', ticket = '' WHERE place = 'A-1'", "I3 tosca-1 A-1: T1.1.2 left it"),
        ("UPDATE place_right SET epoch = 0 WHERE place = 'A-1'", "I3 tosca-1 A-1: token (0, 0) is behind T1.1.2"),
        ("UPDATE fact SET envelope = replace(envelope, '58.00', '59.00') WHERE number = 2", "I3 T1.1.2: its envelope"),
        ("UPDATE ticket SET copies = 1 WHERE id = 'S1-1'", "I3 ticket S1-1: 0 copies were issued, the office has 1"),
        ("UPDATE ticket SET issued = 0 WHERE id = 'S1-1'", "I3 ticket S1-1 has a paper"),
        # I4: the ledger sums to zero and says what the facts say; drawers agree.
        ("UPDATE posting SET minor = minor + 1 WHERE fact_id = 'T1.1.2' AND line = 0", "I4 T1.1.2: its postings sum"),
        ("UPDATE posting SET minor = 2 * minor WHERE fact_id = 'T1.1.2'", "I4 T1.1.2: the ledger does not say"),
        ("UPDATE posting SET account = 'safe' WHERE fact_id = 'T2.1.1' AND line = 0", "I4 drawer of T2: 0.00 in the"),
        ("UPDATE posting SET fact_id = 'T9.1.1' WHERE fact_id = 'T2.1.1'", "I4 T9.1.1: the ledger has postings of"),
        ("UPDATE posting SET account = 'suspense' WHERE fact_id = 'T1.1.5' AND line = 0", "I4 T1.1.5: it is in"),
        # I5: numbers without gaps, each fact after the one before.
        ("DELETE FROM fact WHERE till = 'T1' AND number = 4", "I5 T1 incarnation 1: fact 4 is missing before 5"),
        ("DELETE FROM fact WHERE till = 'T1' AND number = 6", "I5 T1 incarnation 1: the office says 6 facts"),
        ("UPDATE fact SET fact_id = 'T1.1.99' WHERE fact_id = 'T1.1.4'", "I5 T1 incarnation 1: fact 4 is filed as"),
        ("DELETE FROM till WHERE id = 'T2'", "I5 1 facts are of tills that were never enrolled"),
        # I6: one holder per token.
        ("UPDATE place_right SET holder = 'T3' WHERE place = 'B-2'", "I6 tosca-1 B-2: leased to ('T3', 1)"),
        ("UPDATE till SET state = 'FENCED' WHERE id = 'T2'", "I6 tosca-1 B-2: leased to ('T2', 1)"),
        ("UPDATE place_right SET holder = 'T1' WHERE place = 'A-3'", "I6 tosca-1 A-3: in the pool, but held by T1"),
        (
            "UPDATE place_right SET state = 'HELD' WHERE place = 'A-3'",
            "I6 tosca-1 A-3: HELD for '', which is no hold of that show",
        ),
        # I8: the change log leads to what the office has.
        ("DELETE FROM change_log WHERE position = 3", "I8 the change log jumps from 2 to 4"),
        ("UPDATE change_head SET position = position + 1", "I8 the change log ends at"),
        ("UPDATE place_right SET since = 5 WHERE place = 'B-2'", "I8 tosca-1 B-2: tills were told LEASED"),
        ("UPDATE document SET body = '{}' WHERE family = 'fee'", "I8 fee counter: tills were told something else"),
        ("UPDATE change_log SET doc_id = 'S3' WHERE doc_id = 'S2'", "I8 sale S2: tills were never told of it"),
        # I10: every dispute is visible and has an owner.
        ("UPDATE fact SET verdict = 'disputed' WHERE fact_id = 'T2.1.1'", "I10 T2.1.1 is disputed, but no dispute"),
        ("UPDATE fact SET verdict = 'parked' WHERE fact_id = 'T2.1.1'", "I10 T2.1.1 is parked, but nothing waits"),
    ],
)  # fmt: skip
def test_a_corruption_is_named(evening: House, corruption: str, violation: str) -> None:
    evening.run(corruption)
    found = evening.violations()
    assert any(line.startswith(violation) for line in found), found


def test_a_wrong_count_is_named(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    one.record("ShiftOpened", {"shift": "S", "user": "anna", "float": "0.00"})
    close(one, "5.00")
    house.push(one)
    assert house.violations() == ["I4 T1.1.2: the count expects 5.00, the cash facts give 0.00"]


def close(till: TillClient, expected: str = "0.00", **changes: object) -> None:
    """The shift S that the first fact opened is closed, and seals what came since."""
    last = till.journal[-1]
    report = {"expected": expected, "counted": expected, "number_range": [1, last.number + 1], "hash": last.hash}
    till.record("ShiftClosed", {"shift": "S", "user": "anna", "report": report | changes})


@pytest.mark.parametrize(
    "lie", [{"number_range": [1, 9]}, {"number_range": [2, 2]}, {"hash": "0" * 64}, {"hash": None}]
)
def test_a_shift_that_seals_other_facts_than_its_own_is_named(
    house: House, tills_at: Tills, lie: dict[str, object]
) -> None:
    (one,) = tills_at("T1")
    one.record("ShiftOpened", {"shift": "S", "user": "anna", "float": "0.00"})
    close(one, **lie)
    house.push(one)
    assert [line[:23] for line in house.violations()] == ["I5 T1.1.2: shift S seal"]


def test_a_ticket_that_ends_twice_is_named(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    (grant,) = house.granted(one, "A-1")
    sale = one.sell(SHOW, grant, sale="S")
    for _ in range(2):
        one.refund(sale, grant)
    house.push(one)
    assert [line for line in house.violations() if line.startswith("I7")] == [
        "I7 ticket S-1 ended more than once: T1.1.2, T1.1.3"
    ]


def test_paper_of_a_forked_till_counts(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    (grant,) = house.granted(one, "A-1")
    one.give_back(SHOW, grant)
    house.push(one)
    two.sell(SHOW, *house.granted(two, "A-1"), sale="S2")
    house.push(two)
    one.journal.clear()
    one.sell(SHOW, grant, sale="S1")
    house.push(one)
    assert house.violations() == ["I1 tosca-1 A-1: more than one live ticket: S1-1, S2-1"]


@ON_SQLITE
def test_a_fact_after_the_last_one_of_a_ledger_is_noticed(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    one.seal(SHOW)
    house.push(one)
    assert house.violations() == []
    one.drop()
    house.push(one)
    assert [line for line in house.violations() if line.startswith("I5")] == [
        "I5 T1.1.2: it follows T1.1.1, by which its ledger ended"
    ]
    house.run("UPDATE till SET state = 'ACTIVE'")
    assert "I6 T1.1.1 ended the ledger of ('T1', 1), but the till is ACTIVE" in house.violations()


@ON_SQLITE
@pytest.mark.parametrize(
    ("row", "violation"),
    [
        ("'A-1', 1, 0, 'T1', 1, 'SOLD', '[]', 'sam', 'x', 't', ''", "A-1: it was released, but it is still what T1"),
        ("'A-1', 0, 0, 'T1', 1, 'SOLD', '[]', 'sam', 'x', 't', ''", "A-1: it was released from T1, which is active"),
        ("'A-1', 0, 0, 'T1', 1, 'SOLD', '[]', '', 'x', 't', ''", "A-1: it was released by nobody"),
    ],
)
def test_a_release_that_cannot_be_is_noticed(evening: House, row: str, violation: str) -> None:
    evening.run(f"INSERT INTO released VALUES ('tosca-1', {row})")
    assert any(f"I6 tosca-1 {violation}" in line for line in evening.violations()), evening.violations()


@pytest.mark.parametrize(
    ("facts", "left"),
    [
        ([("PaymentStarted", {})], "started"),
        ([("PaymentStarted", {}), ("PaymentEnded", {"outcome": "approved", "receipt": {}})], "approved"),
        ([("PaymentStarted", {}), ("PaymentEnded", {"outcome": "declined", "receipt": {}})], ""),
        ([("PaymentStarted", {}), ("PaymentEnded", {"outcome": "reversed", "receipt": {}})], ""),
    ],
)
def test_a_card_that_was_charged_for_nothing_by_a_till_that_ended_is_told(
    house: House, tills_at: Tills, facts: list[tuple[str, dict[str, object]]], left: str
) -> None:
    """Nobody but a person can give that money back; while the till may act, it is the till's own business."""
    (one,) = tills_at("T1")
    for kind, more in facts:
        one.record(kind, {"payment": "T1.1-P1", "user": "anna", "amount": "58.00"} | more)
    house.push(one)
    assert house.notes() == []
    with house.database.write() as connection:
        deaths.declare(connection, "T1", 0)
    told = [f"card payment T1.1-P1 of 58.00 is left {left}, and T1.1 may not act any more"] if left else []
    assert house.notes() == told
    assert house.violations() == []


def test_every_reports_total_is_held_against_the_facts(house: House, tills_at: Tills) -> None:
    """A ledger that was changed behind its facts' back shows in the reports, by name."""
    (one,) = tills_at("T1")
    one.sell(SHOW, *house.granted(one, "A-1", "A-2"))
    house.push(one)
    assert house.violations() == []
    house.run("UPDATE posting SET minor = minor - 100 WHERE account = 'revenue:tosca-1'")
    found = house.violations()
    assert f"I4 report ledger: balance of revenue:{SHOW}: -11600 in the report, -11700 by the facts" in found
    assert f"I4 report box_office {SHOW}: its net: 11600 in the report, 11700 by the facts" in found


def test_a_builder_that_forgets_something_is_named(
    house: House, tills_at: Tills, monkeypatch: pytest.MonkeyPatch
) -> None:
    (one,) = tills_at("T1")
    one.sell(SHOW, *house.granted(one, "A-1"))
    house.push(one)
    whole = frame.tenders
    monkeypatch.setattr(money, "tenders", lambda source: whole(source, where=lambda key: key.tender != "cash"))
    wrong = "tender cash: 0 in the report, 5800 by the facts"
    assert house.violations() == [f"I4 report {name}: {wrong}" for name in ("daily_settlement", "sales")]


def test_a_signed_statement_that_was_changed_is_named(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    document = {"report": "promoter_statement", "tables": []}
    record = {
        "id": "T1-M00001", "home": "T1", "promoter": "ringer", "signed_at": "2026-11-22T19:00:00+01:00",
        "sha256": digest(document), "document": document, "lines": {}, "advanced": 0, "payable": 100,
    }  # fmt: skip
    one.record("StatementSigned", {"user": "sam", "record": record})
    assert [result.verdict for result in house.push(one).results] == ["applied"]
    assert house.violations() == []
    house.run(
        "UPDATE document SET body = replace(body, '\"tables\": []', '\"tables\": [1]') WHERE family = 'statement'"
    )
    assert "I4 statement T1-M00001: it is not the document that was signed" in house.violations()
