"""Passes at the office: blanks made by an import, sold and used under their tokens, held against the books."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pos.domain.books import Posting
from pos.domain.errors import Unreadable
from pos.domain.money import Money
from pos.domain.rights import Effect
from sync.office.rules import look
from sync.office.season.importer import import_season
from sync.wire import GrantItem
from tests.peers.small_season import SEASON, SHOW, write_season
from tests.peers.till_client import TillClient
from tests.unit.office.conftest import House
from tests.unit.office.test_facts import Tills
from tests.unit.office.test_purses import left, spending, token

SHOW_OF = "~package"
PACK = f"""
[[package]]
id = "flex"
name = {{ en = "Flex" }}
kind = "pass"
price = "100.00"
count = 3
shows = ["{SHOW}"]
stock = 4
"""


@pytest.fixture
def office(house: House, tmp_path: Path) -> House:
    import_season(house.database, write_season(tmp_path, SEASON + PACK))
    return house


def blank(office: House) -> str:
    with office.database.read() as connection:
        return str(look.KINDS["package"](connection, "T1", {"package": "flex"})["code"])


def sell_pass(one: TillClient, purse: GrantItem, *, holding: bool = True) -> None:
    price = Money(10_000, "EUR")
    article = {"ref": f"S{len(one.journal)}-A1", "id": purse.place, "kind": "package", "name": "Flex", "count": 1,
               "price": "100.00", "amount": "100.00", "tax_id": "", "tax": "0.00", "refundable": False}  # fmt: skip
    body: dict[str, Any] = {
        "id": f"S{len(one.journal)}", "at": "2026-11-22T19:00:00+01:00", "till": one.till, "user": "anna",
        "shift": "S1", "total": "100.00", "rounding": "0.00", "fees": [], "change": "0.00", "taxes": [],
        "tenders": [{"kind": "cash", "amount": "100.00"}], "tickets": [], "articles": [article],
    }  # fmt: skip
    postings = (Posting(f"drawer:{one.till}", price), Posting(f"package:{purse.place}", -price))
    effects = (spending(one, purse, SHOW_OF),) if holding else ()
    one.record("TicketsSold", {"sale": body}, effects, postings)


def visit(one: TillClient, purse: GrantItem, seat: GrantItem, rest: str) -> None:
    fact = one.sell(SHOW, seat, price=3333)
    one.journal.pop()
    value = json.loads(fact.envelope)
    tender = {"kind": "package", "code": purse.place, "amount": "33.33", "left": rest}
    body = value["body"]["sale"] | {"tenders": [tender]}
    effects = (*(Effect.from_json(effect) for effect in value["effects"]), spending(one, purse, SHOW_OF))
    share = Money(3333, "EUR")
    postings = (Posting(f"package:{purse.place}", share), Posting(f"revenue:{SHOW}", -share))
    one.record("TicketsSold", {"sale": body}, effects, postings)


def test_an_import_makes_blanks_once(office: House, tmp_path: Path) -> None:
    assert len(left(office)) == 4
    assert import_season(office.database, write_season(tmp_path, SEASON + PACK)) == []
    assert len(left(office)) == 4
    assert blank(office).startswith("flex-")
    assert office.violations() == []


def test_what_a_pass_lacks_is_refused_by_its_key(house: House, tmp_path: Path) -> None:
    for wrong, key in (
        (PACK.replace("count = 3", ""), "count"),
        (PACK.replace(f'shows = ["{SHOW}"]', "").replace("pass", "series"), "shows"),
        (PACK.replace(SHOW, "nowhere"), "shows"),
        (PACK.replace('"100.00"', '"0.00"'), "price"),
    ):
        with pytest.raises(Unreadable, match=key):
            import_season(house.database, write_season(tmp_path, SEASON + wrong))


def test_a_pass_is_sold_and_used_by_the_books(office: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    purse = token(office, one, blank(office), SHOW_OF)
    sell_pass(one, purse)
    (seat,) = office.granted(one, "A-1")
    visit(one, purse, seat, "66.67")
    assert {result.verdict for result in office.push(one).results} == {"applied"}
    assert left(office)[purse.place] == 6667
    assert office.rows("SELECT * FROM dispute") == []
    assert office.violations() == []
    assert blank(office) != purse.place


def test_a_pass_that_is_sold_without_its_token_is_a_dispute(office: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    sell_pass(one, GrantItem(place=blank(office), epoch=1, hop=0), holding=False)
    office.push(one)
    assert office.rows("SELECT cause FROM dispute") == [("purse",)]
    assert office.violations() == []


def test_the_check_sees_what_was_taken_without_a_trace(office: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    purse = token(office, one, blank(office), SHOW_OF)
    sell_pass(one, purse)
    office.push(one)
    office.run(f"UPDATE purse SET minor = 0 WHERE code = '{purse.place}'")
    assert [line for line in office.violations() if purse.place in line]


def test_what_is_left_is_paid_back_and_the_drawer_agrees(office: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    purse = token(office, one, blank(office), SHOW_OF)
    sell_pass(one, purse)
    body = {"id": "P1", "user": "anna", "package": purse.place, "left": "100.00", "amount": "90.00", "fee": "10.00",
            "tenders": [{"kind": "cash", "amount": "90.00"}], "reason": "moved"}  # fmt: skip
    sides = ((f"package:{purse.place}", 10_000), (f"drawer:{one.till}", -9_000), ("fee:package", -1_000))
    postings = tuple(Posting(account, Money(minor, "EUR")) for account, minor in sides)
    one.record("PackageRefunded", body, (spending(one, purse, SHOW_OF),), postings)
    office.push(one)
    assert left(office)[purse.place] == 0
    assert office.rows("SELECT cause, detail FROM dispute") == []
    assert office.violations() == []
