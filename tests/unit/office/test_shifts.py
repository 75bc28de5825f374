"""Shifts at the office: who may open, hand over and verify, what tills are told, and that wrong counts are named."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pos.domain.books import Posting
from pos.domain.money import Money
from sync.office.rules import shifts
from tests.peers.till_client import TillClient
from tests.unit.office.conftest import House

Tills = Callable[..., list[TillClient]]
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
AT = "2027-03-01T17:00:00+01:00"


def moved(account: str, cents: int, *, other: str = "over_short") -> tuple[Posting, ...]:
    both = (Posting(account, Money(cents, "EUR")), Posting(other, Money(-cents, "EUR")))
    return both if cents else ()


def shift_of(till: TillClient, name: str = "S1", z: int = 1, counted: str = "10.00") -> None:
    """A shift with nothing but a float of 10.00 in it, counted."""
    till.record(
        "ShiftOpened",
        {"shift": name, "user": "anna", "float": "10.00"},
        postings=moved("drawer:T1", 1000, other="safe"),
    )
    first, last = len(till.journal), till.journal[-1]
    cents = round(float(counted) * 100)
    report = {
        "expected": "10.00", "counted": counted, "difference": f"{(cents - 1000) / 100:.2f}", "opened_by": "anna",
        "closed_by": "anna", "opened_at": AT, "closed_at": AT, "by_tender": {}, "z_number": z,
        "number_range": [first, last.number + 1], "hash": last.hash,
    }  # fmt: skip
    money = (Posting("drawer:T1", Money(-1000, "EUR")), Posting("safe", Money(cents, "EUR")))
    money += (Posting("over_short", Money(1000 - cents, "EUR")),) if cents != 1000 else ()
    till.record("ShiftClosed", {"shift": name, "user": "anna", "report": report}, postings=money)


def verified(user: str = "sam", **changes: Any) -> dict[str, Any]:
    body = {"shift": "S1", "till": "T1", "incarnation": 1, "user": user, "closed_by": "anna", "counted": "10.00"}
    return body | {"recounted": "10.00", "difference": "0.00", "declared": []} | changes


def causes(house: House) -> list[tuple[object, ...]]:
    return house.rows("SELECT cause, fact_id FROM dispute ORDER BY fact_id")


def test_a_shift_is_told_until_it_is_verified(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    shift_of(one)
    house.push(one)
    with house.database.read() as connection:
        (told,) = shifts.latest(connection, unverified=True)
        assert (told["shift"], told["people"], told["verified"]) == ("S1", ["anna"], None)
        assert shifts.closed(connection, "S9") is None
    two.record("ShiftVerified", verified(recounted="9.50", difference="-0.50"), postings=moved("safe", -50))
    house.push(two)
    with house.database.read() as connection:
        assert shifts.latest(connection, unverified=True) == []
        found = shifts.closed(connection, "S1")
        assert found is not None
        assert found["verified"]["user"] == "sam"
    assert (causes(house), house.violations()) == ([], [])


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("ShiftVerified", verified("anna", closed_by="beth")),  # a cashier
        ("ShiftVerified", verified("sam", closed_by="sam")),  # their own count
        ("DrawerOpened", {"user": "nobody", "reason": "to look"}),
    ],
)
def test_what_somebody_has_no_right_to_is_booked_and_in_dispute(
    house: House, tills_at: Tills, kind: str, body: dict[str, Any]
) -> None:
    (one,) = tills_at("T1")
    one.record(kind, body)
    house.push(one)
    assert causes(house) == [("role", "T1.1.1")]


def test_two_verify_one_shift_and_both_counts_are_booked(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    shift_of(one)
    one.record("ShiftVerified", verified(recounted="9.00", difference="-1.00"), postings=moved("safe", -100))
    house.push(one)
    two.record("ShiftVerified", verified(recounted="11.00", difference="1.00"), postings=moved("safe", 100))
    house.push(two)
    assert causes(house) == [("shift_verified_twice", "T2.1.1")]
    assert house.violations() == []


@ON_SQLITE
@pytest.mark.parametrize(
    ("wrong", "violation"),
    [
        ({"z": 2}, "I5 T1.1.2: its Z has number 2, and should have 1"),
        ({"verify": verified(counted="9.00", recounted="9.00")}, "I4 T1.1.3: it takes 9.00 for the first count"),
        ({"verify": verified(recounted="9.00", difference="-1.00")}, "I4 T1.1.3: the counts differ by -1.00, nothing"),
        ({"verify": verified(recounted="9.00")}, "I4 T1.1.3: 9.00 counted after 10.00 do not differ by 0.00"),
    ],
)
def test_a_wrong_count_is_named(house: House, tills_at: Tills, wrong: dict[str, Any], violation: str) -> None:
    (one,) = tills_at("T1")
    shift_of(one, z=wrong.get("z", 1))
    if "verify" in wrong:
        one.record("ShiftVerified", wrong["verify"])
    house.push(one)
    assert any(line.startswith(violation) for line in house.violations()), house.violations()


@ON_SQLITE
def test_a_drawer_that_is_not_empty_after_its_close_is_named(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    over = {"shift": "S1", "user": "anna", "taker": "beth", "expected": "10.00", "counted": "9.00"}
    one.record("ShiftHandedOver", over | {"difference": "-1.00"}, postings=moved("drawer:T1", -100))
    shift_of(one)
    house.push(one)
    assert "I4 T1.1.3: -100 minor units are in the drawer by the books after the count" in house.violations()
