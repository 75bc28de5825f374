"""Vouchers and gift cards: what can be spent, what lapses, and where money goes back to."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pos.domain.basket import FeeLine
from pos.domain.errors import Refused
from pos.domain.money import Money
from pos.domain.purse import Purse, is_purse, kind_of, purse_of, show_of
from pos.domain.refund import settle_exchange, shares
from pos.domain.sale import Settlement, Tender, sale_entry

NOW = datetime(2027, 3, 1, 18, 0, tzinfo=UTC)


def euro(text: str) -> Money:
    return Money.parse(text, "EUR")


def tender(amount: str, kind: str = "gift_card", code: str = "K7") -> Tender:
    return Tender(kind, euro(amount), code=code)


def test_a_gift_card_is_spent_in_parts() -> None:
    card, paid = Purse("gift_card", "K7", euro("50.00")).moved(tender("30.00"), NOW)
    assert (str(card.left), paid.to_json()) == (
        "20.00", {"kind": "gift_card", "amount": "30.00", "code": "K7", "left": "20.00"},
    )  # fmt: skip
    empty, _ = card.moved(tender("20.00"), NOW)
    assert str(empty.left) == "0.00"


def test_never_more_than_is_left() -> None:
    with pytest.raises(Refused) as caught:
        Purse("gift_card", "K7", euro("20.00")).moved(tender("20.01"), NOW)
    assert (caught.value.code, caught.value.fields["limit"]) == ("limit_exceeded", "20.00")


def test_a_voucher_is_redeemed_once_and_the_rest_lapses() -> None:
    voucher, paid = Purse("voucher", "V", euro("20.00")).moved(tender("18.00", "voucher", "V"), NOW)
    assert (str(voucher.left), paid.detail) == ("0.00", {"lapsed": "2.00", "left": "0.00"})
    with pytest.raises(Refused, match="limit_exceeded"):
        voucher.moved(tender("1.00", "voucher", "V"), NOW)
    _, whole = Purse("voucher", "V", euro("20.00")).moved(tender("20.00", "voucher", "V"), NOW)
    assert whole.detail == {"left": "0.00"}


def test_an_expired_voucher_pays_nothing_and_can_still_be_paid_back_to() -> None:
    voucher = Purse("voucher", "V", euro("20.00"), datetime(2027, 2, 28, 23, 0, tzinfo=UTC))
    with pytest.raises(Refused) as caught:
        voucher.moved(tender("20.00", "voucher", "V"), NOW)
    assert (caught.value.code, caught.value.fields["until"]) == ("outside_terms", "2027-02-28T23:00:00+00:00")
    back, told = voucher.moved(tender("-5.00", "voucher", "V"), NOW)
    assert (str(back.left), told.detail) == ("25.00", {"left": "25.00"})


def test_what_is_owed_to_a_code_is_kept_under_it_in_the_books() -> None:
    _, paid = Purse("voucher", "V", euro("20.00")).moved(tender("18.00", "voucher", "V"), NOW)
    settlement = Settlement((paid, tender("7.00")), euro("0.00"), euro("0.00"))
    entry = sale_entry("T1", (), (FeeLine("f", 1, euro("25.00")),), settlement, "EUR")
    lines = {posting.account: posting.amount.minor for posting in entry}
    assert lines == {"voucher:V": 2000, "lapsed": -200, "gift_card:K7": 700, "fee:f": -2500}


def test_each_ticket_knows_which_code_paid_for_it() -> None:
    tenders = [
        {"kind": "gift_card", "code": "K7", "amount": "30.00"},
        {"kind": "gift_card", "code": "K8", "amount": "20.00"},
        {"kind": "cash", "amount": "10.00"},
    ]
    tickets = [{"id": "1", "price": "40.00"}, {"id": "2", "price": "20.00"}]
    found = shares({"tenders": tenders, "rounding": "0.00", "tickets": tickets}, "EUR")
    paid = {id: [(t.kind, t.code, str(t.amount)) for t in share] for id, share in found.items()}
    assert paid == {
        "1": [("gift_card", "K7", "30.00"), ("gift_card", "K8", "10.00")],
        "2": [("gift_card", "K8", "10.00"), ("cash", "", "10.00")],
    }


def test_an_exchange_pays_out_to_the_code_that_paid() -> None:
    carried = (tender("30.00"), tender("20.00", code="K8"))
    step = euro("0.01")
    settled = settle_exchange(euro("-25.00"), [tender("-25.00")], carried, step)
    assert [(t.code, str(t.amount)) for t in settled.tenders] == [("K7", "-25.00")]
    with pytest.raises(Refused) as caught:
        settle_exchange(euro("-25.00"), [tender("-25.00", code="K8")], carried, step)
    assert (caught.value.code, caught.value.fields["most"]) == ("not_allowed", "20.00")


def test_a_purse_is_a_place_of_no_show() -> None:
    assert is_purse(show_of("voucher"))
    assert not is_purse("tosca")
    assert kind_of(show_of("gift_card")) == "gift_card"
    assert purse_of("gift_card:a:b") == ("~gift_card", "a:b")
    for account in ("drawer:T1", "gift_card", "gift_card:", "card:T1", "lapsed"):
        assert purse_of(account) is None
