"""An office that is restored more than once, on machines with other clocks, and told what it cannot read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from pos.domain.rights import Effect, OfficeState, Token
from sync.office.rules import board, recovery, unmade
from sync.office.rules.claims import Recovering
from sync.office.season import seats
from sync.office.season.importer import import_season
from sync.office.store.restores import RESTORED
from sync.wire import GrantItem
from tests.mutate import mutate
from tests.peers.small_season import SEASON, SHOW, write_season
from tests.peers.till_client import TillClient
from tests.unit.office.conftest import House
from tests.unit.office.kept import Kept
from tests.unit.office.test_facts import causes
from tests.unit.office.test_refunds import states
from tests.unit.office.test_told_again import freed, sold_here

Tills = Callable[..., list[TillClient]]
FAR = "2999-01-01T00:00:00+00:00"


def units(house: House, folder: Path, count: int) -> None:
    """How many places the foyer has."""
    import_season(house.database, write_season(folder, SEASON.replace("capacity = 10", f"capacity = {count}")))


# ---- the same backup, twice ------------------------------------------------------------------------


@pytest.mark.parametrize("tells", ["rights", "facts"])
def test_places_that_are_made_again_have_tokens_above_those_that_tills_tell_of(
    house: House, kept: Kept, tills_at: Tills, tmp_path: Path, tells: str
) -> None:
    """After the first restore Foyer#12 is made, Foyer#10 is there again, and T1 has had both; then the same backup is
    restored again, which knows neither. Of places like them, and of A-1, T2 has rights that nobody tells."""
    one, two, three = tills_at("T1", "T2", "T3")
    house.push(one, one.give_back(SHOW, *house.granted(one, "Foyer#9", "Foyer#10")))
    units(house, tmp_path, 8)
    file = kept.back_up()
    kept.restore(file)
    for client in (one, two, three):
        assert kept.tell(client)
    kept.end()
    units(house, tmp_path, 12)
    mine = house.granted(one, "Foyer#10", "Foyer#12")
    lost = [*mine, *house.granted(two, "A-1", "Foyer#9", "Foyer#11")]
    if tells == "facts":
        one.give_back(SHOW, *mine)
        house.push(one)

    kept.restore(file)
    if one.journal[1:]:
        house.push(one)
    assert kept.tell(one, *(mine if tells == "rights" else []))
    assert kept.tell(three)
    kept.end("T2")
    units(house, tmp_path, 12)
    if tells == "rights":
        one.give_back(SHOW, *mine)
        house.push(one)
    told = causes(house)
    for was in lost:
        (now,) = house.granted(three, was.place)
        assert now.epoch > was.epoch
        three.sell(SHOW, now, sale=f"T3-{was.place}")
    house.push(three)
    assert house.violations() == []
    house.push(two, two.sell(SHOW, lost[-1], sale="OLD"))
    assert causes(house)[len(told) :] == ["place"], "a right under an old token is none"
    assert states(house)["OLD-1"] == "disputed"


@pytest.mark.parametrize(
    ("tells", "name", "old", "new"),
    [
        ("rights", "report", "    told_of(connection, (epoch for _, _, epoch, *_ in rights))\n", ""),
        ("rights", "first_epoch", "max(_highest(connection), FORGOTTEN * restores)", "FORGOTTEN * restores"),
        ("rights", "end", "_above(RETIRED.c.epoch, highest)", "RETIRED.c.epoch + FORGOTTEN"),
        ("rights", "end", "_above(RIGHT.c.epoch, highest)", "RIGHT.c.epoch + FORGOTTEN"),
        ("facts", "told_of", "values(highest=highest)", "values(highest=0)"),
    ],
)
def test_that_they_have(
    house: House, kept: Kept, tills_at: Tills, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    tells: str, name: str, old: str, new: str,
) -> None:  # fmt: skip
    mutate(monkeypatch, recovery, name, old, new)
    with pytest.raises(AssertionError):
        test_places_that_are_made_again_have_tokens_above_those_that_tills_tell_of(
            house, kept, tills_at, tmp_path, tells
        )


def test_a_damaged_epoch_does_not_use_up_all_others(house: House, kept: Kept, tills_at: Tills, tmp_path: Path) -> None:
    (one,) = tills_at("T1")
    kept.restore(kept.back_up())
    one.sell(SHOW, GrantItem(place="Nowhere", epoch=2**31 - 1, hop=0))
    house.push(one)
    assert kept.tell(one)
    kept.end()
    units(house, tmp_path, 12)
    assert house.granted(one, "Foyer#12")[0].epoch < 10_000
    assert house.rows("SELECT * FROM told_place") == []


@pytest.mark.parametrize("step", ["leased", "sold", "sold_told", "sold_after", "dead", "unreadable"])
def test_places_that_are_made_again_are_with_whoever_told_of_them(
    house: House, kept: Kept, tills_at: Tills, tmp_path: Path, step: str
) -> None:
    """T1 has Foyer#12, which is not in the backup, or has sold it: nobody else gets it."""
    one, three = tills_at("T1", "T3")
    file = kept.back_up()
    units(house, tmp_path, 12)
    (grant,) = house.granted(one, "Foyer#12")
    if step in ("sold", "sold_told"):
        one.sell(SHOW, grant, sale="MINE")
    elif step == "unreadable":
        one.sell(SHOW, grant, sale="MINE", schema=99)
    kept.restore(file)
    if one.journal:
        house.push(one)
    ticket = "MINE-1" if one.journal else ""
    if step == "sold":
        one.sold_back(SHOW, grant)
        house.push(one)
        assert kept.tell(one)
    else:
        assert kept.tell(one, grant, state="SOLD" if one.journal else "LEASED", ticket=ticket)
    assert kept.tell(three)
    kept.end()
    if step == "sold_after":
        house.push(one, one.sell(SHOW, grant, sale="MINE"))
    if step == "dead":
        house.enrol("T1", replace=True)
    units(house, tmp_path, 12)
    state = "LEASED" if step == "leased" else "QUARANTINE"
    assert house.place("Foyer#12") == (state, "T1", 1, grant.epoch, 0)
    assert house.refused(three, "Foyer#12") == ["right_elsewhere"]
    assert house.granted(three, "Foyer#11")
    if step in ("leased", "dead"):
        house.push(one, one.sell(SHOW, grant, sale="MINE"))
        assert house.place("Foyer#12")[0] == "SOLD"
        assert states(house) == {"MINE-1": "live"}
        assert causes(house) == []
    assert house.rows("SELECT * FROM told_place") == []
    assert house.violations() == []


@pytest.mark.parametrize(
    ("step", "owner", "name", "old", "new"),
    [
        ("leased", recovery, "report", "    unmade.keep(connection, hand, strange)\n", ""),
        ("sold_after", board.Board, "lay", "if office.generation:", "if office.recovering:"),
        ("sold", unmade, "by_effects", "for effect in effects:", "for effect in ():"),
        ("leased", seats, "_insert", "if first.epoch and", "if False and"),
        ("dead", unmade, "hand_over", 'row.state if row.standing == "ACTIVE" else', "row.state if True else"),
    ],
)
def test_that_they_are_theirs(
    house: House, kept: Kept, tills_at: Tills, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    step: str, owner: object, name: str, old: str, new: str,
) -> None:  # fmt: skip
    mutate(monkeypatch, owner, name, old, new)
    with pytest.raises(AssertionError):
        test_places_that_are_made_again_are_with_whoever_told_of_them(house, kept, tills_at, tmp_path, step)


def test_the_highest_token_says_whose_a_place_is(house: House, kept: Kept, tills_at: Tills, tmp_path: Path) -> None:
    """T2 had it after T1, and is heard first; it gave it back."""
    one, two = tills_at("T1", "T2")
    file = kept.back_up()
    units(house, tmp_path, 12)
    for client in (one, two):
        client.give_back(SHOW, *house.granted(client, "Foyer#12"))
        house.push(client)
    kept.restore(file)
    house.push(two)
    assert kept.tell(one) is False
    house.push(one, *one.journal)
    for client in (one, two):
        assert kept.tell(client)
    kept.end()
    units(house, tmp_path, 12)
    assert house.place("Foyer#12")[:2] == ("POOL", "")


# ---- clocks ----------------------------------------------------------------------------------------


def test_a_machine_whose_clock_is_behind_grants_nothing_either(house: House, kept: Kept, tills_at: Tills) -> None:
    """The backup has an earlier restore, which was ended, by another machine's clock, later than now."""
    (one,) = tills_at("T1")
    kept.restore(kept.back_up())
    before = kept.generation()
    assert kept.tell(one)
    kept.end()
    assert kept.generation() == before, "it is the same past"
    house.run(f"UPDATE restored SET at = '{FAR}', ended_at = '{FAR}'")
    kept.restore(kept.back_up())
    assert kept.generation() not in ("", before)
    with pytest.raises(Recovering):
        house.claim(one, "A-1")
    assert kept.tell(one)
    kept.end()
    assert house.granted(one, "A-1")


def test_that_it_does_not(house: House, kept: Kept, tills_at: Tills, monkeypatch: pytest.MonkeyPatch) -> None:
    latest = select(RESTORED.c.generation, (RESTORED.c.ended_at == "").label("recovering"))
    monkeypatch.setattr(recovery, "_STANDING", latest.order_by(RESTORED.c.at.desc()).limit(1))
    with pytest.raises(AssertionError):
        test_a_machine_whose_clock_is_behind_grants_nothing_either(house, kept, tills_at)


# ---- what the office cannot read -------------------------------------------------------------------


def test_a_last_fact_that_cannot_be_read_has_not_told_all(house: House, kept: Kept, tills_at: Tills) -> None:
    """T1's is of a newer program. T2's is read, though it names a place that the office does not have."""
    one, two = tills_at("T1", "T2")
    kept.restore(kept.back_up())
    one.record("Sealed", {"open_shift": None, "payments": []}, schema=99)
    two.seal(SHOW, [GrantItem(place="Nowhere", epoch=1, hop=0)])
    for client in (one, two):
        assert [result.verdict for result in house.push(client).results] == ["disputed"]
    with pytest.raises(recovery.CannotEnd, match=r"^T1\.1 may have rights"):
        kept.end()
    kept.end("T1")


def test_that_it_has_not(house: House, kept: Kept, tills_at: Tills, monkeypatch: pytest.MonkeyPatch) -> None:
    mutate(monkeypatch, recovery, "waited_for", " and not row.unread", "")
    with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
        test_a_last_fact_that_cannot_be_read_has_not_told_all(house, kept, tills_at)


def test_a_place_of_a_forgotten_grant_is_frozen_by_a_fact_that_cannot_be_read(
    house: House, kept: Kept, tills_at: Tills
) -> None:
    """T2 sold what T1 had refunded: nobody else may have it, and T1's ticket has ended."""
    one, two = tills_at("T1", "T2")
    first = sold_here(house, one, "A-1", "OLD")
    file = kept.back_up()
    freed(house, one, *first)
    (grant,) = house.granted(two, "A-1")
    two.sell(SHOW, grant, schema=99)
    kept.restore(file)
    house.push(two)
    assert house.place("A-1") == ("QUARANTINE", "T2", 1, grant.epoch, 0)
    assert states(house) == {"OLD-1": "void"}
    house.push(one)
    assert states(house) == {"OLD-1": "refunded"}
    for client in (one, two):
        assert kept.tell(client)
    kept.end()
    assert house.place("A-1")[:2] == ("QUARANTINE", "T2")
    assert house.refused(one, "A-1") == ["right_elsewhere"]
    assert causes(house) == ["unreadable"]
    assert house.violations() == []


def test_that_it_is(house: House, kept: Kept, tills_at: Tills, monkeypatch: pytest.MonkeyPatch) -> None:
    mutate(monkeypatch, board.Board, "freeze", "self.recovering and", "False and")
    with pytest.raises(AssertionError):
        test_a_place_of_a_forgotten_grant_is_frozen_by_a_fact_that_cannot_be_read(house, kept, tills_at)


def test_a_forgotten_right_is_frozen_with_whoever_took_it_over(house: House, kept: Kept, tills_at: Tills) -> None:
    """By a certificate in a fact that cannot be read: it has the next token, and its giver tells of the one before."""
    one, two = tills_at("T1", "T2")
    file = kept.back_up()
    (grant,) = house.granted(one, "A-1")
    one.pass_on(SHOW, two, grant)
    idle = OfficeState.LEASED
    two.record("RightsReceived", {}, (Effect(SHOW, "A-1", Token(grant.epoch, 0), idle, idle, "T2"),), schema=99)
    kept.restore(file)
    for client in (two, one):
        house.push(client)
        assert house.place("A-1") == ("QUARANTINE", "T2", 1, grant.epoch, 1)
    assert causes(house) == ["unreadable"]


def test_a_forgotten_right_that_was_passed_on_stays_open_for_whoever_has_it(
    house: House, kept: Kept, tills_at: Tills
) -> None:
    """Its giver's fact cannot be read, its receiver's can."""
    one, two = tills_at("T1", "T2")
    file = kept.back_up()
    (grant,) = house.granted(one, "A-1")
    idle = OfficeState.LEASED
    passed = Effect(SHOW, "A-1", Token(grant.epoch, 0), idle, idle, "T2")
    certificate = one.pass_on(SHOW, two, grant)
    one.journal.clear()
    one.record("RightsTransferred", {"receiver": list(two.hand)}, (passed,), schema=99)
    two.receive(certificate)
    kept.restore(file)
    house.push(one)
    assert house.place("A-1") == ("QUARANTINE", "T1", 1, grant.epoch, 0)
    house.push(two)
    assert house.place("A-1") == ("LEASED", "T2", 1, grant.epoch, 1)
    assert causes(house) == ["unreadable"]


def test_that_the_token_is_the_one_in_hand(
    house: House, kept: Kept, tills_at: Tills, monkeypatch: pytest.MonkeyPatch
) -> None:
    mutate(monkeypatch, board.Board, "freeze", "effect.holder == self.author.hand.till", "False")
    with pytest.raises(AssertionError):
        test_a_forgotten_right_is_frozen_with_whoever_took_it_over(house, kept, tills_at)
