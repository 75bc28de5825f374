"""Holds at the office: claimed like what is sold, told to every till, and held against who may touch them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import sync.office.rules.effects as effects
import sync.office.rules.live as live
import sync.office.rules.roles as roles
from pos.domain.books import Posting
from pos.domain.money import Money
from pos.domain.rights import Effect, OfficeState, Token
from sync.office.clock import now_s
from sync.office.rules import changes, recalls, snapshot
from sync.office.rules.claims import WAITING, Claim, Outcome
from sync.office.season.importer import import_season
from sync.wire import ClaimAnswer, FactItem, GrantItem, RecallItem
from tests.mutate import mutate
from tests.peers.small_season import SEASON, SHOW, write_season
from tests.peers.till_client import TillClient
from tests.unit.office.conftest import House
from tests.unit.office.test_deaths import die, hears, release

Tills = Callable[..., list[TillClient]]
_LEASED, _HELD, _SOLD, _POOL = OfficeState.LEASED, OfficeState.HELD, OfficeState.SOLD, OfficeState.POOL
PRESS = """
[[hold]]
id = "H1"
show = "tosca-1"
type = "press"
owner = "Herald"
places = ["A-1", "A-2"]
home = "T1"
release = "30m"
"""


def claim(house: House, client: TillClient, *places: str, wait_s: float = 0.0) -> Outcome:
    name, deadline = f"{client.till}:{'+'.join(places)}", now_s() + wait_s
    return house.settle(Claim(name, client.till, client.incarnation, SHOW, places, True, deadline, in_hold=True))[0]


def token(house: House, client: TillClient, *places: str) -> list[GrantItem]:
    outcome = claim(house, client, *places)
    assert isinstance(outcome, ClaimAnswer)
    assert not outcome.refused
    return outcome.granted


def step(client: TillClient, grant: GrantItem, before: OfficeState, after: OfficeState, ticket: str = "") -> Effect:
    kept = after is not _POOL and not (before is after is _HELD and not ticket)
    return Effect(SHOW, grant.place, Token(grant.epoch, grant.hop), before, after, client.till if kept else "", ticket)


def document(client: TillClient, id: str = "T1-H1", type: str = "group", **more: Any) -> dict[str, Any]:
    return {
        "family": "hold", "id": id, "show": SHOW, "type": type, "owner": "School", "note": "", "home": client.till,
        "release": "", "order": "", "version": 1,
    } | more  # fmt: skip


def hold(client: TillClient, *grants: GrantItem, user: str = "anna", approver: str = "", **more: Any) -> FactItem:
    told = document(client, **more)
    body = {"user": user, "hold": told["id"], "documents": [told]} | ({"approver": approver} if approver else {})
    return client.record("PlacesHeld", body, tuple(step(client, one, _LEASED, _HELD, told["id"]) for one in grants))


def let_go(client: TillClient, hold: str, *grants: GrantItem, user: str = "anna", **more: Any) -> FactItem:
    body = {"user": user, "hold": hold} | more
    return client.record("HoldReleased", body, tuple(step(client, one, _HELD, _LEASED) for one in grants))


def give_back(client: TillClient, *grants: GrantItem) -> FactItem:
    return client.record("RightsReturned", {"reason": "recall"}, tuple(step(client, g, _HELD, _HELD) for g in grants))


def told(house: House, hold: str) -> dict[str, Any] | None:
    """What a till that pulls everything knows of a hold."""
    found = None
    with house.database.read() as connection:
        for change in changes.after(connection, 0, 1000):
            if (change.kind, change.family, change.id) == ("document", "hold", hold):
                found = change.body
    return found


def causes(house: House) -> list[str]:
    return [str(row[0]) for row in house.rows("SELECT cause FROM dispute ORDER BY id")]


def verdicts(house: House, client: TillClient) -> list[str]:
    return [result.verdict for result in house.push(client).results]


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """SQLite alone; tests/unit/office/test_claims.py has both databases keep a hold."""
    return f"sqlite:///{tmp_path / 'office.db'}"


@pytest.fixture
def press(house: House, tmp_path: Path) -> House:
    import_season(house.database, write_season(tmp_path, SEASON + PRESS))
    return house


def test_a_hold_of_a_till_is_told_with_its_places_until_it_has_none(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    a, b = house.granted(one, "A-1", "A-2")
    hold(one, a, b)
    assert verdicts(house, one) == ["applied"]
    assert house.place("A-1") == ("HELD", "T1", 1, 1, 0)
    known = told(house, "T1-H1")
    assert known is not None
    assert (known["places"], known["owner"]) == (["A-1", "A-2"], "School")
    let_go(one, "T1-H1", a)
    house.push(one)
    assert (told(house, "T1-H1") or {})["places"] == ["A-2"]
    assert house.place("A-1") == ("LEASED", "T1", 1, 1, 0)
    sold = json.loads(one.sell(SHOW, b).envelope)
    one.journal.pop()
    one.record("TicketsSold", sold["body"], (step(one, b, _HELD, _SOLD, sold["effects"][0][-1]),), _postings(sold))
    house.push(one)
    assert told(house, "T1-H1") is None
    assert (causes(house), house.violations()) == ([], [])


def _postings(body: dict[str, Any]) -> tuple[Posting, ...]:
    return tuple(Posting(account, Money(minor, currency)) for account, minor, currency in body["money"])


def test_the_right_to_a_hold_is_claimed_and_asked_back_like_that_to_a_sold_place(press: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    (grant,) = token(press, one, "A-1")
    assert (grant.epoch, grant.ticket) == (2, "H1")
    assert token(press, one, "A-1") == [grant], "asked again, since its grant may be lost"
    press.seen(one, two)
    assert claim(press, two, "A-1", wait_s=5) is WAITING
    with press.database.read() as connection:
        asked = recalls.open_for(connection, "T1", 1, now_s())
    assert asked == [RecallItem(show=SHOW, place="A-1", epoch=2, hop=0, held=True)]
    give_back(one, grant)
    press.push(one)
    assert press.place("A-1") == ("HELD", "", 0, 2, 0)
    assert token(press, two, "A-1")[0].epoch == 3
    answer = claim(press, one, "A-1", "B-1")
    assert isinstance(answer, ClaimAnswer)
    assert [(item.place, item.code) for item in answer.refused] == [("B-1", "not_held"), ("A-1", "right_elsewhere")]
    assert press.refused(one, "A-2") == ["held"], "nobody sells it as if it were free"
    assert press.violations() == []


def test_a_released_hold_answers_who_waits_for_it(press: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    (grant,) = token(press, one, "A-1")
    press.seen(one, two)
    assert claim(press, two, "A-1", wait_s=5) is WAITING
    let_go(one, "H1", grant, user="sam")
    press.push(one)
    with press.database.read() as connection:
        assert recalls.open_for(connection, "T1", 1, now_s()) == []


@pytest.mark.parametrize(
    ("user", "approver", "type_", "fine"),
    [
        ("anna", "", "group", True), ("anna", "", "press", False), ("anna", "sam", "press", True),
        ("anna", "anna", "press", False), ("anna", "beth", "press", False), ("sam", "", "kill", True),
    ],
)  # fmt: skip
def test_who_may_touch_a_hold_is_held_against_its_type(
    house: House, tills_at: Tills, user: str, approver: str, type_: str, fine: bool
) -> None:
    (one,) = tills_at("T1")
    hold(one, *house.granted(one, "A-1"), user=user, approver=approver, type=type_)
    house.push(one)
    assert causes(house) == ([] if fine else ["role"])
    assert house.place("A-1")[0] == "HELD", "it has happened all the same"
    assert house.violations() == []


def test_a_cashier_may_not_sell_or_release_from_a_hold_of_the_press(press: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    a, b = token(press, one, "A-1", "A-2")
    let_go(one, "H1", a)
    let_go(one, "H1", b, user="", expired=True, reason="expired")
    press.push(one)
    assert causes(press) == ["role", "role"], "nor is its time there yet"


def test_what_expired_is_nobodys_decision(press: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    (a,) = token(press, one, "A-1")
    ends = (told(press, "H1") or {})["release"]
    effects_ = (step(one, a, _HELD, _LEASED),)
    one.record("HoldReleased", {"user": "", "hold": "H1", "expired": True}, effects_, at=ends)
    press.push(one)
    assert (causes(press), press.place("A-1")[0]) == ([], "LEASED")


def test_an_older_word_about_a_hold_does_not_undo_a_newer_one(press: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    (grant,) = token(press, one, "A-1")
    for version, note in ((3, "newest"), (2, "late")):
        changed = document(one, id="H1", type="press", note=note, version=version)
        shown = (Effect(SHOW, "A-1", Token(grant.epoch, 0), _HELD, _HELD, "T1", "H1"),)
        one.record("HoldChanged", {"user": "sam", "hold": "H1", "documents": [changed]}, shown)
    press.push(one)
    assert (told(press, "H1") or {})["note"] == "newest"
    del two
    assert press.violations() == []


def test_a_hold_at_a_dead_till_goes_on_at_the_office_when_a_person_says_so(press: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    a, _ = token(press, one, "A-1", "A-2")
    give_back(one, a)
    die(press, "T1")
    answer = claim(press, two, "A-2")
    assert isinstance(answer, ClaimAnswer)
    assert [item.code for item in answer.refused] == ["right_elsewhere"]
    press.push(one)
    assert press.place("A-1") == ("HELD", "T1", 1, 2, 0), "another copy of its disk may have sold it"
    hears(press, two)
    hears(press, one)
    release(press, "T1")
    assert (press.place("A-1"), press.place("A-2")) == (("HELD", "", 0, 3, 0), ("HELD", "", 0, 3, 0))
    assert token(press, two, "A-2")[0].ticket == "H1"
    assert press.violations() == []


def test_a_sealed_disk_gives_its_holds_back(press: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    a, _ = token(press, one, "A-1", "A-2")
    one.record("Sealed", {"open_shift": None, "payments": []}, (step(one, a, _HELD, _HELD),))
    press.push(one)
    assert (press.place("A-1"), press.place("A-2")) == (("HELD", "", 0, 2, 0), ("HELD", "", 0, 2, 0))
    assert press.violations() == []


def test_a_snapshot_has_what_the_log_tells(press: House) -> None:
    with press.database.read() as connection:
        found = [item.body for item in snapshot.documents(connection).documents if item.family == "hold"]
    assert found == [told(press, "H1")]


def order(client: TillClient, left: str, state: str, version: int) -> dict[str, Any]:
    line = {"show": SHOW, "unit": "A-1", "hold": "O-1", "state": "held" if state == "open" else "released"}
    deposit = {"paid": "20.00", "left": left, "terms": "refund", "parts": []}
    return {
        "id": "O-1", "version": version, "state": state, "home": client.till, "name": "Olha", "contact": "",
        "lines": [line], "deposit": deposit,
    }  # fmt: skip


def test_a_reservation_with_its_deposit_is_kept_and_told_until_it_ends(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    (grant,) = house.granted(one, "A-1")
    money = (Posting("drawer:T1", Money(2000, "EUR")), Posting("deposit:O-1", Money(-2000, "EUR")))
    deposit = {"id": "O-1", "shift": "S1", "amount": "20.00", "tenders": [{"kind": "cash", "amount": "20.00"}]}
    body = {"user": "anna", "order": order(one, "20.00", "open", 1), "deposit": deposit}
    body["documents"] = [document(one, id="O-1", type="reservation", order="O-1")]
    one.record("OrderReserved", body, (step(one, grant, _LEASED, _HELD, "O-1"),), money)
    house.push(one)
    assert (causes(house), house.violations()) == ([], [])
    assert house.rows("SELECT count(*) FROM live WHERE family = 'order' AND body LIKE '%Olha%'") == [(1,)]
    back = tuple(Posting(one.account, -one.amount) for one in money)
    ended = {"user": "anna", "order": order(one, "0.00", "cancelled", 2), "deposit": deposit | {"returned": True}}
    one.record("OrderEnded", ended, (step(one, grant, _HELD, _LEASED),), back)
    house.push(one)
    assert (causes(house), house.violations()) == ([], [])
    assert told(house, "O-1") is None
    house.run("UPDATE posting SET minor = minor * 2 WHERE fact_id = 'T1.1.1'")
    assert any("order O-1: 0 of its deposit is left, which the books do not say" in line for line in house.violations())


def test_a_reminder_is_a_letter_and_who_is_forgotten_is_forgotten_in_orders_too(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    (grant,) = house.granted(one, "A-1")
    person = {"contact": "olha@example.org", "buyer": {"customer": "C-1", "language": "uk"}}
    told_ = [document(one, id="O-1", type="reservation", order="O-1")]
    first = order(one, "0.00", "open", 1) | person | {"remind": "2026-11-22T18:00:00+01:00"}
    one.record(
        "OrderReserved", {"user": "anna", "order": first, "documents": told_},
        (step(one, grant, _LEASED, _HELD, "O-1"),),
    )  # fmt: skip
    shown = (step(one, grant, _HELD, _HELD, "O-1"),)
    one.record("OrderChanged", {"user": "", "order": first | {"version": 2}, "reminder": True}, shown)
    house.push(one)
    assert causes(house) == []
    ((letter,),) = house.rows("SELECT body FROM document WHERE family = 'notice_letter'")
    assert "ще не оплачені" in json.loads(str(letter))["text"]
    with house.database.write() as connection:
        entries = live.erase(connection, ["C-1"], [])
        changes.log(connection, entries)
    for table in ("live", "change_log", "beside"):
        assert house.rows(f"SELECT 1 FROM {table} WHERE body LIKE '%Olha%' OR body LIKE '%olha@%'") == [], table
    assert house.violations() == []


@pytest.mark.parametrize(
    ("planted", "found"),
    [
        ("UPDATE place_right SET ticket = 'H9' WHERE place = 'A-1'", "HELD for 'H9', which is no hold"),
        ("UPDATE live SET body = replace(body, 'Herald', 'Times')", "hold H1: tills were told something else"),
        ("DELETE FROM live", "hold H1: tills were told of it, but it is not there any more"),
        ("INSERT INTO posting VALUES ('x', 1, 'deposit:O-1', -500, 'EUR')", "order O-1: 500 of a deposit is owed"),
    ],
)
def test_the_check_sees_what_is_wrong_with_holds(press: House, planted: str, found: str) -> None:
    assert press.violations() == []
    press.run(planted)
    assert any(found in line for line in press.violations()), press.violations()


# ---- without a guard ---------------------------------------------------------------------


def fenced_holds_go_back(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, effects, "_own_step", "not effect.holder and not author.active", "False")


def types_are_not_looked_at(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, roles, "check_holds", "not may_use(", "False and may_use(")


def late_words_count(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, live.Live, "take", "newer(document, self.documents.get(name))", "True")


@pytest.mark.parametrize(
    ("guard", "scenario"),
    [
        (fenced_holds_go_back, test_a_hold_at_a_dead_till_goes_on_at_the_office_when_a_person_says_so),
        (types_are_not_looked_at, test_a_cashier_may_not_sell_or_release_from_a_hold_of_the_press),
        (late_words_count, test_an_older_word_about_a_hold_does_not_undo_a_newer_one),
    ],
)
def test_without_its_guard_the_scenario_fails(
    press: House,
    tills_at: Tills,
    monkeypatch: pytest.MonkeyPatch,
    guard: Callable[[pytest.MonkeyPatch], None],
    scenario: Callable[[House, Tills], None],
) -> None:
    guard(monkeypatch)
    with pytest.raises(AssertionError):
        scenario(press, tills_at)
