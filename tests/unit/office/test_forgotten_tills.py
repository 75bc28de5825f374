"""Rights that passed from or to a till that a restored office does not know yet: it was enrolled after the backup."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sync.office.absorb import absorb
from sync.office.clock import now_s
from sync.office.rules import certificates, enrolment
from tests.mutate import mutate
from tests.peers.small_season import SHOW
from tests.peers.till_client import TillClient
from tests.unit.office.conftest import House
from tests.unit.office.kept import Kept
from tests.unit.office.test_deaths import journal_file
from tests.unit.office.test_facts import causes

Tills = Callable[..., list[TillClient]]


def enrolled_anew(house: House, one: TillClient) -> None:
    with house.database.write() as connection:
        code = enrolment.offer(connection, one.till, int(now_s()), replace=False)
        again = enrolment.redeem(connection, code, one.key.public_key().public_bytes_raw(), int(now_s()))
    assert again.incarnation == one.incarnation


@pytest.mark.parametrize("giver", ["known", "forgotten"])
@pytest.mark.parametrize("anew", ["before it is told", "after it is told"])
def test_a_right_that_passed_is_with_its_receiver(
    house: House, kept: Kept, tills_at: Tills, giver: str, anew: str
) -> None:
    """And the till that the office knows is heard first, before the other is enrolled anew or after that."""
    (two,) = tills_at("T2")
    file = kept.back_up()
    one = house.enrol("T1")
    gives, takes = (two, one) if giver == "known" else (one, two)
    grants = house.granted(gives, "A-1", "A-2")
    sold, idle = takes.receive(gives.pass_on(SHOW, takes, *grants))
    takes.sell(SHOW, sold, sale="S")
    for client in (one, two):
        house.push(client)
    was = house.place("A-1"), house.place("A-2")
    kept.restore(file)
    if anew == "before it is told":
        enrolled_anew(house, one)
    house.push(two)
    assert causes(house) == []
    if anew == "after it is told":
        enrolled_anew(house, one)
    house.push(one)
    assert kept.tell(gives)
    assert kept.tell(takes, idle)
    assert kept.end() == []
    assert (house.place("A-1")[:3], house.place("A-2")[:3]) == (was[0][:3], was[1][:3])
    assert (causes(house), house.violations()) == ([], [])


@pytest.mark.parametrize(
    ("giver", "name", "old", "new"),
    [
        ("known", "_known", "or self._recovering", ""),
        ("forgotten", "_signed", "else self._recovering", "else False"),
    ],
)
def test_that_what_others_say_of_it_is_believed(
    house: House,
    kept: Kept,
    tills_at: Tills,
    monkeypatch: pytest.MonkeyPatch,
    giver: str,
    name: str,
    old: str,
    new: str,
) -> None:
    mutate(monkeypatch, certificates.Hands, name, old, new)
    with pytest.raises(AssertionError):
        test_a_right_that_passed_is_with_its_receiver(house, kept, tills_at, giver, "after it is told")


def test_where_nothing_was_restored_nobody_is_believed(house: House, tills_at: Tills) -> None:
    (two,) = tills_at("T2")
    grants = house.granted(two, "A-1")
    two.pass_on(SHOW, house.enrol("T1").hand._replace(incarnation=7), *grants)
    house.push(two)
    assert causes(house) == ["place"]


def test_what_a_till_that_is_replaced_meanwhile_gave_back_is_told_late(
    house: House, kept: Kept, tills_at: Tills, tmp_path: Path
) -> None:
    """T2 had the place next, and is heard first; the ledger of T1 comes when T1 is on another machine already."""
    one, two = tills_at("T1", "T2")
    file = kept.back_up()
    (grant,) = house.granted(one, "A-1")
    (sold,) = house.granted(one, "B-1")
    one.sell(SHOW, sold, sale="S1")
    one.give_back(SHOW, grant)
    house.push(one)
    two.sell(SHOW, *house.granted(two, "A-1"), sale="S2")
    house.push(two)
    (idle,) = house.granted(one, "A-2")
    one.seal(SHOW, [idle], [sold])
    house.push(one)
    kept.restore(file)
    house.enrol("T1", replace=True)
    house.push(two)
    absorb(house.database, journal_file(tmp_path, one, sealed=True))
    assert (causes(house), house.violations()) == ([], [])
    assert house.place("A-1")[:2] == ("SOLD", "T2")
