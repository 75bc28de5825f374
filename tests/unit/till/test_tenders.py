"""Foreign cash, cards by the bank's own reader, and house accounts: taken, changed, counted, given back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.till.counter import Counter
from tests.unit.till.test_exchange import exchange
from tests.unit.till.test_purses import cash, checked, refusal, sell, tenders_of
from tests.unit.till.test_refund import refund

Make = Callable[..., Counter]


def dollars(amount: str, given: str) -> dict[str, str]:
    return {"kind": "cash", "amount": amount, "currency": "USD", "given": given}


def by_slip(amount: str, slip: str = "004711", **more: str) -> dict[str, str]:
    return {"kind": "card", "amount": amount, "slip": slip} | more


def charged(amount: str, code: str = "club") -> dict[str, str]:
    return {"kind": "account", "amount": amount, "code": code}


def at_rate(counter: Counter, rate: str = "0.90", **more: str) -> Counter:
    counter.line.document("currency", {"id": "USD", "code": "USD", "rate": rate, **more})
    counter.settle()
    return counter


@pytest.fixture
def till(counter: Counter) -> Counter:
    """Dollars are taken at 0.90; the club may charge 100.00."""
    counter.line.purse("account", "club", 10_000)
    counter.line.document("account", {"id": "club", "name": "Opera Club", "limit": "100.00"})
    return at_rate(counter)


def drawer(till: Counter) -> list[tuple[str, str]]:
    return [(kind, minor) for kind, minor in till.rows("SELECT kind, minor FROM cash_move ORDER BY id")]


# ---- foreign cash --------------------------------------------------------------------------


def test_foreign_cash_pays_at_the_rate_and_change_is_the_houses(till: Counter) -> None:
    sale = sell(till, dollars("59.00", "100.00"))
    assert sale["change"] == "31.00", "100 dollars are worth 90.00"
    assert tenders_of(till, sale["id"]) == [
        {"kind": "foreign", "amount": "90.00", "given": "100.00", "currency": "USD", "rate": "0.90"},
        {"kind": "cash", "amount": "-31.00"},
    ]
    assert drawer(till) == [("float", 10_000), ("sale", -3_100)], "the drawer's own money went down by the change"
    checked(till)


def test_foreign_cash_and_the_houses_pay_one_sale_together(till: Counter) -> None:
    sale = sell(till, dollars("45.00", "50.00"), cash("14.00") | {"given": "20.00"})
    assert sale["change"] == "6.00"
    assert drawer(till)[-1] == ("sale", 1_400)
    checked(till)


def test_it_goes_back_in_the_houses_money(till: Counter) -> None:
    sale = sell(till, dollars("59.00", "100.00"))
    body = refund(till, sale["tickets"][0]["id"])
    assert body["tenders"] == [{"kind": "cash", "amount": "52.20"}], "58.00 less ten percent"
    checked(till)


def test_too_little_of_it_and_money_without_a_rate_are_refused(till: Counter) -> None:
    assert refusal(till, dollars("59.00", "50.00"))[0] == "underpaid"
    code, fields = refusal(till, dollars("59.00", "100.00") | {"currency": "CHF"})
    assert (code, fields["field"]) == ("bad_request", "tenders")
    code, fields = refusal(till, {"kind": "cash", "amount": "59.00", "currency": "USD"})
    assert code == "bad_request", "how much of it was given must be said"


def test_change_that_the_drawer_has_not_is_refused(make_counter: Make) -> None:
    till = make_counter()
    till.open(float_="20.00")
    at_rate(till)
    code, fields = refusal(till, dollars("59.00", "100.00"))
    said = fields["expected"], fields["amount"], fields["missing"]
    assert (code, *said) == ("drawer_short", "20.00", "31.00", "11.00")
    assert sell(till, dollars("59.00", "70.00"))["change"] == "4.00"


def test_change_and_rest_are_rounded_as_one_sum_of_cash(make_counter: Make) -> None:
    till = make_counter(cash_rounding="0.05")
    till.open()
    at_rate(till, "0.9137")
    sale = sell(till, dollars("59.00", "70.00"))
    assert (sale["change"], sale["rounding"]) == ("4.95", "0.01"), "63.96 less 59.00 is 4.96"
    checked(till)


def test_a_close_counts_it_apart(till: Counter) -> None:
    sell(till, dollars("59.00", "100.00"))
    assert till.ask("shift")["foreign"] == ["USD"]
    refused = till.refusal("close_shift", counted={"total": "69.00"})
    assert (refused.code, refused.fields["field"]) == ("bad_request", "foreign")
    report = till.ask("close_shift", counted={"total": "69.00"}, foreign={"USD": "90.00"})["report"]
    assert (report["expected"], report["difference"]) == ("69.00", "0.00")
    assert report["foreign"] == [{"currency": "USD", "expected": "100.00", "counted": "90.00", "difference": "-10.00"}]
    assert report["by_tender"] == {"foreign": "90.00", "cash": "-31.00"}
    checked(till)


def test_an_exchange_takes_it_too(till: Counter) -> None:
    old = sell(till, cash("59.00"))["tickets"][0]["id"]
    body = exchange(till, old, "B-1", "B-2", tenders=[dollars("58.00", "70.00")])
    assert (body["difference"], body["change"]) == ("58.00", "5.00")
    checked(till)


# ---- cards by the bank's own reader --------------------------------------------------------


def test_a_card_is_written_down_from_its_slip(till: Counter) -> None:
    sale = sell(till, by_slip("50.00", last4="4111111111111234"), cash("9.00"))
    assert tenders_of(till, sale["id"])[0] == {
        "kind": "card_slip", "amount": "50.00", "slip": "004711", "last4": "1234",
    }  # fmt: skip
    assert not any("4111111111111234" in str(row) for row in till.rows("SELECT envelope FROM journal"))
    checked(till)


def test_what_goes_back_to_it_needs_the_number_of_a_slip_again(till: Counter) -> None:
    ticket = sell(till, by_slip("59.00"))["tickets"][0]["id"]
    refused = till.refusal("refund", tickets=[ticket], reason="ill")
    assert (refused.code, refused.fields["what"], refused.fields["amount"]) == ("not_allowed", "slip", "52.20")
    body = refund(till, ticket, slip="004712")
    assert body["tenders"] == [{"kind": "card_slip", "amount": "52.20", "slip": "004712"}]
    checked(till)


def test_an_exchange_pays_back_to_it_with_a_slip(till: Counter) -> None:
    ticket = sell(till, by_slip("59.00"))["tickets"][0]["id"]
    body = exchange(till, ticket, "B-1", price_type="student", proof=True, tenders=[by_slip("-29.00", "004713")])
    assert body["difference"] == "-29.00"
    assert tenders_of(till, body["id"]) == [{"kind": "card_slip", "amount": "-29.00", "slip": "004713"}]
    checked(till)


def test_a_venue_may_forbid_slips_and_caps_them_while_it_cannot_ask_the_office(make_counter: Make) -> None:
    till = make_counter(card_by_hand=False)
    till.open()
    assert refusal(till, by_slip("59.00"))[0] == "device_absent"
    capped = make_counter(card_offline_cap="50.00")
    capped.open()
    capped.add("A-1")
    capped.line.cut()
    refused = capped.refusal("pay", tenders=[by_slip("59.00")])
    assert (refused.code, refused.fields["limit"]) == ("limit_exceeded", "50.00")
    assert capped.ask("pay", tenders=[by_slip("50.00"), cash("9.00")])["sale"]["total"] == "59.00"


# ---- house accounts ------------------------------------------------------------------------


def test_an_account_is_charged_up_to_its_limit(till: Counter) -> None:
    first = sell(till, charged("59.00"))
    assert tenders_of(till, first["id"]) == [charged("59.00") | {"left": "41.00"}]
    code, fields = refusal(till, charged("59.00"), place="A-2")
    assert (code, fields["limit"]) == ("limit_exceeded", "41.00")
    back = refund(till, first["tickets"][0]["id"])
    assert back["tenders"] == [charged("52.20") | {"left": "93.20"}]
    checked(till)


def test_cut_off_only_the_till_that_has_its_right_may_charge_it(till: Counter) -> None:
    till.add("A-1")
    till.line.cut()
    refused = till.refusal("pay", tenders=[charged("59.00")])
    assert (refused.code, refused.fields["kind"], refused.fields["purse"]) == ("right_elsewhere", "account", "club")
    till.line.mend()
    assert till.ask("pay", tenders=[charged("59.00")])["sale"]["total"] == "59.00"
    till.add("A-3")
    till.line.cut()
    assert till.ask("pay", tenders=[charged("41.00"), cash("18.00")])["sale"]["total"] == "59.00"


def test_nothing_is_charged_to_an_account_that_is_not_there(till: Counter) -> None:
    assert refusal(till, charged("59.00", "nobody"))[0] == "unknown_ticket"


def test_the_receipt_names_slip_rate_and_account_but_not_what_may_still_be_charged(till: Counter) -> None:
    sell(till, dollars("20.00", "30.00"), by_slip("20.00", last4="1234"), charged("19.00"))
    receipt: dict[str, Any] = next(job.content for job in till.printers.jobs if job.role == "receipt")
    lines = [tender["text"] for tender in receipt["tenders"]]
    assert lines == ["Foreign cash US$30.00 × 0.90", "Card, slip 004711 …1234", "House account …club"]
    assert receipt["change"] == "€7.00"


def test_a_sale_undone_gives_the_very_notes_back_and_the_change_comes_back(till: Counter) -> None:
    sale = sell(till, dollars("59.00", "100.00"))
    till.ask("void", sale=sale["id"], surrendered=True)
    assert drawer(till)[-1] == ("void", 3_100)
    report = till.ask("close_shift", counted={"total": "100.00"}, foreign={"USD": "0.00"})["report"]
    assert (report["difference"], report["foreign"][0]["expected"]) == ("0.00", "0.00")
    checked(till)


def test_a_slip_undone_has_a_slip_again(till: Counter) -> None:
    sale = sell(till, by_slip("59.00"))
    assert till.refusal("void", sale=sale["id"], surrendered=True).fields["what"] == "slip"
    body = till.ask("void", sale=sale["id"], surrendered=True, slip="004712")["void"]
    assert body["tenders"] == [{"kind": "card_slip", "amount": "59.00", "slip": "004712"}]
    checked(till)
