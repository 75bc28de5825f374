"""Products and donations beside tickets, fees that carry tax and go back, and money that never drifts."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pos.domain.money import Money
from tests.unit.till.counter import PINS, Counter, show_document
from tests.unit.till.test_void import verified

Make = Callable[..., Counter]
SAM = {"user": "sam", "pin": PINS["sam"]}
DOCUMENTS: dict[str, list[dict[str, Any]]] = {
    "tax": [{"id": "full", "rate": "20"}],
    "product": [
        {"id": "programme", "name": {"en": "Programme"}, "price": "4.50", "tax": "full"},
        {"id": "drink", "name": {"en": "Drink"}, "price": "3.00", "refundable": False},
        {"id": "roof", "name": {"en": "New roof"}, "kind": "donation"},
    ],
    "fee": [
        {"id": "counter", "name": {"en": "Counter fee"}, "per": "ticket", "amount": "1.00", "tax": "full",
         "refundable": True},
        {"id": "post", "name": {"en": "Service"}, "per": "sale", "amount": "0.50", "refundable": True},
        {"id": "web", "name": {"en": "Web fee"}, "per": "sale", "amount": "9.00", "channel": "online"},
    ],
}  # fmt: skip


@pytest.fixture
def shop(make_counter: Make) -> Counter:
    made = make_counter()
    for family, documents in DOCUMENTS.items():
        for document in documents:
            made.line.document(family, document)
    made.open()
    return made


def money(counter: Counter, kind: str) -> dict[str, int]:
    """What all facts of a kind have booked, by account."""
    booked: dict[str, int] = defaultdict(int)
    for (envelope,) in counter.rows("SELECT envelope FROM journal ORDER BY number"):
        fact = json.loads(envelope)
        if fact["kind"] == kind:
            for account, minor, _ in fact["money"]:
                booked[account] += minor
    return dict(booked)


def test_products_are_sold_without_tickets_with_a_receipt_and_an_account_of_their_own(shop: Counter) -> None:
    assert [p["id"] for p in shop.ask("products")["products"]] == ["drink", "programme", "roof"]
    shop.ask("add_article", product="programme", count=2)
    basket = shop.ask("add_article", product="programme")["basket"]
    assert [(a["name"], a["count"], a["amount"]) for a in basket["articles"]] == [("Programme", 3, "13.50")]
    assert (basket["total"], basket["fees"]) == ("13.50", "0.00")  # fees are on tickets
    sale = shop.pay()
    assert sale["articles"][0]["ref"] == "T1-00001-A1"
    assert money(shop, "TicketsSold") == {"drawer:T1": 1350, "product:programme": -1125, "tax:full": -225}
    (receipt,) = shop.printers.jobs  # and no ticket
    assert [(line["text"], line["detail"]) for line in receipt.content["lines"]] == [("Programme", "3 × €4.50")]
    assert [tax["text"] for tax in receipt.content["taxes"]] == ["incl. 20 % tax"]
    verified(shop)


def test_tickets_articles_and_fees_are_taxed_by_rate(shop: Counter) -> None:
    shop.add("A-1", "A-2")
    shop.ask("add_article", product="roof", amount="10.00")
    shop.ask("add_article", product="programme")
    basket = shop.ask("basket")["basket"]
    assert [fee["id"] for fee in basket["fee_lines"]] == ["counter", "post"]  # what is for the web is not charged here
    assert basket["total"] == "133.00"
    assert {tax["id"]: (tax["base"], tax["tax"]) for tax in basket["taxes"]} == {
        "reduced": ("116.00", "10.54"), "full": ("6.50", "1.08"),
    }  # fmt: skip
    shop.pay()
    sale = shop.bodies("TicketsSold")[0]["sale"]
    # Of a fee that goes back ticket by ticket the tax is rounded on each part: 2 x 0.17, and 0.75 of the programme.
    assert {tax["id"]: tax["tax"] for tax in sale["taxes"]} == {"reduced": "10.54", "full": "1.09"}
    assert money(shop, "TicketsSold")["donation:roof"] == -1000


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"product": "hat"}, "bad_request", "product"),
        ({"product": "roof"}, "bad_request", "amount"),
        ({"product": "roof", "amount": "0.00"}, "bad_request", "amount"),
        ({"product": "roof", "amount": "1.001"}, "bad_request", "amount"),
        ({"product": "roof", "amount": "9999999999.00"}, "limit_exceeded", None),
        ({"product": "programme", "amount": "1.00"}, "bad_request", "amount"),
        ({"product": "programme", "count": 0}, "bad_request", "count"),
        ({"product": "programme", "count": 1000}, "limit_exceeded", None),
    ],
)
def test_a_bad_article_is_refused_and_nothing_is_half_applied(
    shop: Counter, fields: dict[str, Any], code: str, field: str | None
) -> None:
    refused = shop.refusal("add_article", **fields)
    assert (refused.code, refused.fields.get("field")) == (code, field)
    assert shop.ask("basket")["basket"]["articles"] == []


def test_articles_outlive_a_restart_are_removed_by_line_and_end_with_the_basket(shop: Counter) -> None:
    shop.add("A-1")
    shop.ask("add_article", product="drink")
    shop.ask("add_article", product="programme")
    shop.restart()
    shop.sign_in()
    lines = {a["id"]: a["line"] for a in shop.ask("basket")["basket"]["articles"]}
    assert lines == {"drink": 2, "programme": 3}
    basket = shop.ask("remove", line=2)["basket"]
    assert [a["id"] for a in basket["articles"]] == ["programme"]
    assert shop.refusal("close_shift", counted={"total": "100.00"}).fields["basket"]["articles"]
    assert shop.ask("clear")["basket"]["total"] == "0.00"


def test_an_article_is_refunded_once_by_its_ref_and_what_is_not_refundable_with_a_supervisor(shop: Counter) -> None:
    shop.ask("add_article", product="programme", count=2)
    shop.ask("add_article", product="drink")
    programme, drink = (article["ref"] for article in shop.pay()["articles"])
    assert shop.refusal("refund", articles=["T1-00001-A9"], reason="x").code == "unknown_ticket"
    assert shop.refusal("refund", reason="x").code == "bad_request"
    assert shop.refusal("refund", articles=[programme, programme], reason="x").code == "bad_request"
    assert shop.refusal("refund", articles=[drink], reason="flat").code == "outside_terms"
    assert shop.ask("refund", articles=[programme], reason="misprint")["refund"]["amount"] == "9.00"
    assert shop.refusal("refund", articles=[programme], reason="again").code == "already_refunded"
    assert shop.refusal("void", sale="T1-00001", surrendered=True).code == "already_refunded"
    (found,) = shop.ask("find", sale="T1-00001")["sales"]
    assert [(one["name"], one["state"]) for one in found["articles"]] == [("Programme", "refunded"), ("Drink", "live")]
    shop.ask("refund", articles=[drink], reason="flat", approver=SAM)
    assert money(shop, "TicketsRefunded") == {
        "product:programme": 750, "tax:full": 150, "product:drink": 300, "drawer:T1": -1200,
    }  # fmt: skip
    report = shop.ask("close_shift", counted={"total": "100.00"})["report"]
    assert (report["articles"], report["difference"]) == ({"Programme": "0.00", "Drink": "0.00"}, "0.00")
    verified(shop)


def test_an_article_goes_back_where_it_was_sold(shop: Counter) -> None:
    article = {"ref": "T2-00001-A1", "id": "drink", "kind": "product", "name": "Drink", "count": 1, "price": "3.00",
               "amount": "3.00", "tax_id": "", "tax": "0.00", "refundable": True}  # fmt: skip
    shop.line.sale({"id": "T2-00001", "at": "2027-03-01T17:00:00+01:00", "till": "T2", "total": "3.00", "tickets": [],
                    "articles": [article]})  # fmt: skip
    refused = shop.refusal("refund", articles=["T2-00001-A1"], reason="flat")
    assert (refused.code, refused.fields["holder"]) == ("right_to_refund_elsewhere", "T2")


def test_a_sale_of_articles_alone_is_undone_like_any_other(shop: Counter) -> None:
    shop.ask("add_article", product="programme")
    sale = shop.pay()
    assert shop.ask("void", sale=sale["id"], surrendered=True)["void"]["amount"] == "4.50"
    assert shop.refusal("refund", articles=[sale["articles"][0]["ref"]], reason="x").code == "already_refunded"
    assert shop.refusal("void", sale=sale["id"], surrendered=True).code == "already_refunded"
    verified(shop)


def test_refundable_fees_go_back_with_their_tickets_to_the_cent(shop: Counter) -> None:
    sale = shop.sell("A-1", "A-2", "B-1")
    parts = [ticket["fees"] for ticket in shop.bodies("TicketsSold")[0]["sale"]["tickets"]]
    assert [[part["amount"] for part in some] for some in parts] == [
        ["1.00", "0.17"],
        ["1.00", "0.17"],
        ["1.00", "0.16"],
    ]
    back = [shop.ask("refund", tickets=[t["id"]], reason="ill")["refund"]["amount"] for t in sale["tickets"]]
    assert back == ["53.37", "53.37", "53.36"]  # 58.00 less 10 %, and the fees
    assert sum(money(shop, "TicketsRefunded").values()) == 0
    booked = money(shop, "TicketsSold")
    for account, minor in money(shop, "TicketsRefunded").items():
        if account.startswith(("fee:counter", "fee:post", "tax:", "revenue:")):
            assert minor == -booked[account], account
    paper = next(job for job in shop.printers.jobs if job.content.get("heading")).content
    assert [(fee["text"], fee["amount"]) for fee in paper["fees"]][1:] == [
        ("Counter fee × 1", "-€1.00"), ("Service × 1", "-€0.17"),
    ]  # fmt: skip
    verified(shop)


def test_a_show_that_is_off_owes_its_refundable_fees_too(shop: Counter) -> None:
    ticket = shop.sell("A-1")["tickets"][0]["id"]
    shop.line.document(
        "show",
        {**show_document("aida"), "plan_version": shop.desk.season().show("aida").plan_version}
        | {"state": "cancelled"},
    )
    (row,) = shop.ask("worklist")["worklist"]
    assert (row["owed"], [one["owed"] for one in row["tickets"]]) == ("59.50", ["59.50"])
    assert shop.ask("refund", tickets=[ticket], reason="cancelled")["refund"]["amount"] == "59.50"


def test_an_exchange_hands_the_fees_on_and_a_void_gives_them_back_once(shop: Counter) -> None:
    sale = shop.sell("A-1", "A-2")
    given = shop.ask("exchange", tickets=[sale["tickets"][0]["id"]], show="aida", places=["B-1"], price_type="adult",
                     tenders=[])["exchange"]  # fmt: skip
    back = shop.ask("refund", tickets=[given["tickets"][0]["id"]], reason="ill")["refund"]
    assert back["amount"] == "53.45"  # 52.20, 1.00 and 0.25
    other = shop.sell("B-3")
    assert shop.ask("void", sale=other["id"], surrendered=True)["void"]["amount"] == "59.50"
    verified(shop)


# ---- rounding ------------------------------------------------------------------------------

_VENUES = {
    "EUR": ("0.01", "58.00", "12.99"),
    "CHF": ("0.05", "58.02", "12.98"),
    "HUF": ("5", "5803.00", "1297.00"),
    "VND": ("1", "580003", "129997"),
}


@pytest.mark.parametrize("currency", list(_VENUES))
def test_nothing_drifts_over_any_sequence_of_sale_refund_and_exchange(make_counter: Make, currency: str) -> None:
    """Lines sum to totals, cash moves in the venue's coins either way, and the drawer is what the facts say."""
    step, adult, foyer = _VENUES[currency]
    counter = make_counter([show_document("aida")], currency=currency, cash_rounding=step)
    table = {"Stalls": {"adult": adult}, "Foyer": {"adult": foyer}}
    counter.line.document("prices", {"id": "usual", "tax": "reduced", "table": table})
    one = str(Money(1 if currency == "VND" else 99, currency))
    counter.line.document("fee", {"id": "counter", "name": {"en": "Fee"}, "per": "ticket", "amount": one,
                                  "tax": "reduced", "refundable": True})  # fmt: skip
    counter.line.document("promotion", {"id": "third", "off": "33.33%", "price_types": ["adult"], "min": 2})
    counter.open(float_=str(Money.parse("10000000" if currency in ("VND", "HUF") else "5000", currency)))
    coin = Money.parse(step, currency).minor
    free = [f"{row}-{n}" for row in "AB" for n in range(1, 12)]
    live: list[str] = []

    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.sampled_from(["sell", "sell two", "stand", "refund", "exchange"]), min_size=1, max_size=3))
    def act(steps: list[str]) -> None:
        for what in steps:
            if what.startswith(("sell", "stand")) and len(free) > 2:
                places = ["Foyer"] if what == "stand" else [free.pop() for _ in range(2 if "two" in what else 1)]
                if what == "stand" and counter.ask("places", show="aida")["places"][-1]["sold"] >= 9:
                    continue
                basket = counter.add(*places)["basket"]
                lines = sum(Money.parse(line["price"], currency).minor for line in basket["lines"])
                fees = Money.parse(basket["fees"], currency).minor
                assert lines + fees == Money.parse(basket["total"], currency).minor
                live.extend(ticket["id"] for ticket in counter.pay()["tickets"])
            elif what == "refund" and live:
                counter.ask("refund", tickets=[live.pop()], reason="ill")
            elif what == "exchange" and live and free:
                ticket, place = live.pop(), free.pop()
                due = counter.refusal("exchange", tickets=[ticket], show="aida", places=[place], price_type="adult",
                                      tenders=[{"kind": "cash", "amount": str(Money(10**9, currency))}])  # fmt: skip
                told = Money.parse(due.fields["due"], currency) if due.code == "overpaid" else None
                tenders = [{"kind": "cash", "amount": str(told)}] if told else []
                if due.code == "bad_request":  # money is paid out: what it cost less what it costs
                    continue
                given_ = counter.ask("exchange", tickets=[ticket], show="aida", places=[place], price_type="adult",
                                     tenders=tenders)["exchange"]  # fmt: skip
                live.extend(t["id"] for t in given_["tickets"])
        moves = counter.ask("shift")["moves"] + [
            {"amount": str(Money(minor, currency))}
            for (minor,) in counter.rows("SELECT minor FROM cash_move WHERE kind <> 'float'")
        ]
        assert all(Money.parse(move["amount"], currency).minor % coin == 0 for move in moves)

    act()
    assert counter.kinds().count("TicketsSold") >= 1
    verified(counter)


def test_what_a_refund_of_articles_comes_to_is_told_before(shop: Counter) -> None:
    shop.ask("add_article", product="programme", count=2)
    shop.ask("add_article", product="drink")
    sale = shop.pay()
    programme, drink = (article["ref"] for article in sale["articles"])
    assert shop.refusal("quote").code == "bad_request"
    told = shop.ask("quote", articles=[programme])
    assert (told["tickets"], told["articles"]) == (
        [], [{"ref": programme, "name": "Programme", "amount": "9.00"}],
    )  # fmt: skip
    assert (told["refund"]["amount"], told["refund"]["needs"]) == ("9.00", [])
    assert [(one["kind"], one["amount"]) for one in told["refund"]["tenders"]] == [("cash", "9.00")]
    assert (told["void"]["sale"], told["void"]["may"]) == (sale["id"], True)
    assert shop.ask("quote", articles=[drink])["refund"]["needs"] == ["outside_terms"]
    shop.ask("refund", articles=[programme], reason="misprint")
    assert shop.refusal("quote", articles=[programme]).code == "already_refunded"
