"""Enrolment: one-time codes, redeemed by a key."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from pos.domain.certificate import Hand, read_key
from sync.office.clock import now_s
from sync.office.rules.changes import after
from sync.office.rules.enrolment import VALID_S, CannotEnrol, offer, redeem
from sync.office.rules.snapshot import documents
from tests.peers.small_season import SHOW
from tests.peers.till_client import TillClient
from tests.unit.office.conftest import House

Tills = Callable[..., list[TillClient]]
KEY, OTHER = b"k" * 32, b"o" * 32


def offered(house: House, till: str = "T1", *, replace: bool = False) -> str:
    with house.database.write() as connection:
        return offer(connection, till, int(now_s()), replace=replace)


def redeemed(house: House, code: str, key: bytes, later_s: int = 0) -> tuple[str, int]:
    with house.database.write() as connection:
        done = redeem(connection, code, key, int(now_s()) + later_s)
        return done.till, done.incarnation


def refusal(house: House, code: str, key: bytes, later_s: int = 0) -> str:
    with pytest.raises(CannotEnrol) as caught:
        redeemed(house, code, key, later_s)
    return caught.value.code


def test_a_code_makes_the_tills_first_incarnation(house: House) -> None:
    code = offered(house)
    assert re.fullmatch(r"[2-9A-Z]{4}(-[2-9A-Z]{4}){3}", code)
    assert redeemed(house, f" {code.lower().replace('-', ' ')}", KEY) == ("T1", 1), "as a person types it"
    assert house.rows("SELECT id, incarnation, state, applied FROM till") == [("T1", 1, "ACTIVE", 0)]


def test_every_till_is_told_of_a_new_ones_key(house: House) -> None:
    """Tills that pass rights to each other know each other by it."""
    redeemed(house, offered(house), KEY)
    redeemed(house, offered(house, replace=True), OTHER)
    with house.database.read() as connection:
        known = [document.body for document in documents(connection).documents if document.family == "key"]
        told = [change.body for change in after(connection, 0, 50) if change.family == "key"]
    assert [read_key(body or {}) for body in told] == [(Hand("T1", 1), KEY), (Hand("T1", 2), OTHER)]
    assert told == known
    assert house.violations() == []


def test_the_code_itself_is_nowhere_in_the_database(house: House) -> None:
    code = offered(house)
    stored = repr(house.rows("SELECT * FROM enrol_code"))
    assert code not in stored
    assert code.replace("-", "") not in stored


def test_the_same_key_may_redeem_again_and_no_other(house: House) -> None:
    code = offered(house)
    assert redeemed(house, code, KEY) == redeemed(house, code, KEY) == ("T1", 1)
    assert refusal(house, code, OTHER) == "bad_code"
    assert len(house.rows("SELECT * FROM till")) == 1


def test_a_code_expires_but_an_answer_that_was_lost_can_be_had_again(house: House) -> None:
    code, late = offered(house), offered(house, "T2")
    redeemed(house, code, KEY)
    assert refusal(house, late, OTHER, VALID_S + 1) == "expired"
    assert redeemed(house, code, KEY, VALID_S + 1) == ("T1", 1)


def test_an_active_till_needs_replace(house: House, tills_at: Tills) -> None:
    (old,) = tills_at("T1")
    with pytest.raises(CannotEnrol, match="--replace"):
        offered(house)
    old.sell(SHOW, *house.granted(old, "A-1"))
    house.push(old)
    house.granted(old, "A-2")
    code = offered(house, replace=True)
    assert house.rows("SELECT state FROM till") == [("ACTIVE",)], "a code that nobody redeems fences nobody"
    assert redeemed(house, code, KEY) == ("T1", 2)
    assert house.rows("SELECT incarnation, state FROM till ORDER BY incarnation") == [(1, "FENCED"), (2, "ACTIVE")]
    assert house.place("A-2") == ("QUARANTINE", "T1", 1, 1, 0)
    assert house.place("A-1") == ("SOLD", "T1", 1, 1, 0)
    assert house.violations() == []


def test_of_two_codes_for_one_till_the_second_needs_replace(house: House) -> None:
    first, second = offered(house), offered(house)
    redeemed(house, first, KEY)
    assert refusal(house, second, OTHER) == "till_active"


def test_a_fenced_till_is_enrolled_without_replace(house: House, tills_at: Tills) -> None:
    tills_at("T1")
    house.run("UPDATE till SET state = 'FENCED'")
    assert redeemed(house, offered(house), KEY) == ("T1", 2)


def test_unknown_tills_and_codes(house: House) -> None:
    with pytest.raises(CannotEnrol, match=r"no till 'T9' \(it has: T1, T2, T3\)"):
        offered(house, "T9")
    assert refusal(house, "ABCD-EFGH-JKLM-NPQR", KEY) == "bad_code"
    assert refusal(house, "", KEY) == "bad_code"
