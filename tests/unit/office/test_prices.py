"""Prices at the office: what a season file may say of them, and what facts say was taken and by whose word."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pos.domain.books import Posting
from pos.domain.errors import Unreadable
from pos.domain.money import Money
from pos.domain.season import Season
from sync.office.rules import snapshot
from sync.office.season.importer import import_season
from sync.wire import FactItem
from tests.peers.small_season import SHOW, write_season
from tests.peers.till_client import TillClient
from tests.unit.office.conftest import House

Tills = Callable[..., list[TillClient]]
sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

PROMOTION = """
[[promotion]]
id = "early"
name = { en = "Early bird" }
off = "12.5%"
code = "EARLY"
from = "2026-01-01T00:00:00+01:00"
until = "2027-01-01T00:00:00+01:00"
shows = ["tosca-1"]
price_types = ["adult"]
categories = ["Stalls"]
min = 2
"""
PRODUCT = """
[[product]]
id = "programme"
name = { en = "Programme" }
price = "4.50"
tax = "reduced"
"""
VERSION = """
[[prices]]
id = "usual"
tax = "reduced"
valid_from = "2027-06-01T00:00:00+02:00"
published = "2027-05-01T00:00:00+02:00"
[prices.table]
Stalls = { adult = "65.00" }
"""


def change(house: House, folder: Path, text: str) -> list[str]:
    return import_season(house.database, write_season(folder, text))


@sqlite_only
def test_promotions_products_and_versions_reach_the_tills(house: House, tmp_path: Path) -> None:
    version = "usual@2027-05-31T22:00:00+00:00"
    lines = change(house, tmp_path, PROMOTION + PRODUCT + VERSION)
    assert lines == [f"prices {version}: new", "promotion early: new", "product programme: new"]
    assert change(house, tmp_path, PROMOTION + PRODUCT + VERSION) == []
    with house.database.read() as connection:
        answer = snapshot.documents(connection)
    documents: dict[str, dict[str, dict[str, Any]]] = {}
    for document in answer.documents:
        documents.setdefault(document.family, {})[document.id] = document.body
    season = Season.from_documents(documents)
    assert season.promotions[0].percent == 1250
    assert str(season.products["programme"].price) == "4.50"
    assert set(season.prices) == {"usual", version}
    assert season.prices[version].list == "usual"
    assert house.violations() == []


@sqlite_only
@pytest.mark.parametrize(
    ("text", "old", "new", "key", "reason"),
    [
        (PROMOTION, 'off = "12.5%"', "", "promotion[0]", "needs one of off"),
        (PROMOTION, "min = 2", "free_every = 3", "promotion[0]", "needs one of off"),
        (PROMOTION, "12.5%", "120%", "promotion[0].off", "at most 100 %"),
        (PROMOTION, "12.5%", "0.00", "promotion[0].off", "more than nothing"),
        (PROMOTION, 'off = "12.5%"', "free_every = 1", "promotion[0].free_every", "at least 2"),
        (PROMOTION, "min = 2", "min = 0", "promotion[0].min", "at least 1"),
        (PROMOTION, "2027-01-01", "2025-01-01", "promotion[0].until", "not after its beginning"),
        (PROMOTION, "tosca-1", "aida", "promotion[0].shows", "no show 'aida'"),
        (PROMOTION, '["adult"]', '["pupil"]', "promotion[0].price_types", "no price type 'pupil'"),
        (PROMOTION, '["Stalls"]', '["Box"]', "promotion[0].categories", "no category and no area"),
        (PROMOTION, "code =", "codes =", "promotion[0].codes", "did you mean code"),
        (PRODUCT, 'price = "4.50"', "", "product[0].price", "only a donation"),
        (PRODUCT, "4.50", "0.00", "product[0].price", "more than nothing"),
        (PRODUCT, '"reduced"', '"none"', "product[0].tax", "no tax 'none'"),
        (PRODUCT, 'tax = "reduced"', 'kind = "hat"', "product[0].kind", "one of product, donation"),
        (VERSION, "+02:00", "", "prices[0].valid_from", "no offset"),
        (VERSION, '"2027-05-01T00:00:00+02:00"', "true", "prices[0].published", "must be a text"),
    ],
)
def test_a_complaint_names_key_and_reason_and_nothing_is_imported(
    house: House, tmp_path: Path, text: str, old: str, new: str, key: str, reason: str
) -> None:
    assert old in text
    with pytest.raises(Unreadable) as caught:
        change(house, tmp_path, text.replace(old, new))
    assert (caught.value.key, reason in caught.value.reason) == (key, True), caught.value
    assert house.rows("SELECT count(*) FROM document WHERE family IN ('promotion', 'product')") == [(0,)]


# ---- facts -----------------------------------------------------------------------------------


def marked(client: TillClient, *grants: Any, **marks: Any) -> FactItem:
    """A sale whose tickets say more of their price."""
    fact = client.sell(SHOW, *grants)
    client.journal.pop()
    value = json.loads(fact.envelope)
    for ticket in value["body"]["sale"]["tickets"]:
        ticket.update(marks)
    return client.sell(SHOW, *grants, body=value["body"])


@sqlite_only
@pytest.mark.parametrize(
    ("marks", "role"),
    [
        ({"override": {"was": "60.00", "reason": "x", "approver": "sam"}}, None),
        ({"comp": {"reason": "press", "approver": "sam"}}, None),
        ({"override": {"was": "60.00", "reason": "x", "approver": "anna"}}, "cashier"),
        ({"comp": {"reason": "press", "approver": "nobody"}}, "unknown"),
        ({"comp": {"reason": "press"}}, "unknown"),
        ({"approver": "anna"}, "cashier"),
        ({"comp": "press", "override": ["x"]}, None),  # says nothing that could be held against anybody
    ],
)
def test_who_approves_a_price_is_held_against_the_roles_here(
    house: House, tills_at: Tills, marks: dict[str, Any], role: str | None
) -> None:
    (client,) = tills_at("T1")
    house.push(client, marked(client, *house.granted(client, "A-1"), **marks))
    found = house.rows("SELECT cause, body FROM dispute")
    assert [(cause, json.loads(str(body))["fields"]["role"]) for cause, body in found] == (
        [("role", role)] if role else []
    )
    assert house.violations() == []


def article(ref: str = "T1-00001-A1", amount: str = "4.40") -> dict[str, Any]:
    return {"ref": ref, "id": "programme", "kind": "product", "name": "Programme", "count": 1, "price": amount,
            "amount": amount, "tax_id": "reduced", "tax": "0.40", "refundable": True}  # fmt: skip


def sell_article(client: TillClient, **changes: Any) -> FactItem:
    body = {
        "id": "T1-00001", "at": "2026-11-22T19:00:00+01:00", "till": "T1", "user": "anna", "shift": "S1",
        "total": "4.40", "rounding": "0.00", "fees": [], "change": "0.00", "taxes": [], "tickets": [],
        "tenders": [{"kind": "cash", "amount": "4.40"}], "articles": [article()],
    } | changes  # fmt: skip
    postings = (("drawer:T1", 440), ("product:programme", -400), ("tax:reduced", -40))
    return client.record("TicketsSold", {"sale": body}, (), tuple(Posting(a, Money(m, "EUR")) for a, m in postings))


def refund_article(client: TillClient, number: int, back: int = 440, **changes: Any) -> FactItem:
    amount = str(Money(back, "EUR"))
    body = {
        "id": f"T1-R{number}", "user": "anna", "amount": amount, "fee": "0.00", "tickets": [],
        "tenders": [{"kind": "cash", "amount": amount}], "articles": [article() | changes],
    }  # fmt: skip
    postings = (("drawer:T1", -back), ("product:programme", back - 40), ("tax:reduced", 40))
    fields = tuple(Posting(account, Money(minor, "EUR")) for account, minor in postings)
    return client.record("TicketsRefunded", {"refund": body}, (), fields)


def test_articles_are_booked_looked_up_and_taken_back(house: House, tills_at: Tills) -> None:
    (client,) = tills_at("T1")
    house.push(client, sell_article(client), refund_article(client, 1))
    assert house.rows("SELECT count(*) FROM dispute") == [(0,)]
    assert house.rows("SELECT account, sum(minor) FROM posting GROUP BY account ORDER BY account") == [
        ("drawer:T1", 0), ("product:programme", 0), ("tax:reduced", 0),
    ]  # fmt: skip
    assert house.rows("SELECT id FROM sale") == [("T1-00001",)]
    assert house.violations() == []


@sqlite_only
def test_verify_sees_an_article_that_came_back_twice_or_dearer_or_in_no_book(house: House, tills_at: Tills) -> None:
    (client,) = tills_at("T1")
    house.push(client, sell_article(client), refund_article(client, 1), refund_article(client, 2))
    assert [line for line in house.violations() if "A1 came back more than once" in line]
    (other,) = tills_at("T2")
    house.push(other, sell_article(other, id="T2-00001", till="T2", articles=[article("T2-00001-A1")], total="5.40"))
    assert [line for line in house.violations() if "does not come to the total" in line]
    house.push(client, refund_article(client, 3, 500, ref="T2-00001-A1", amount="5.00"))
    assert [line for line in house.violations() if "came back for 5.00, sold for 4.40" in line]


@sqlite_only
def test_a_sale_of_nothing_cannot_be_read(house: House, tills_at: Tills) -> None:
    (client,) = tills_at("T1")
    house.push(client, sell_article(client, articles=[]))
    assert house.rows("SELECT cause FROM dispute") == [("unreadable",)]
