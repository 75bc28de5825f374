"""Paying with vouchers and gift cards: by their tokens, exactly, and back to the one that paid."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from pos.store.verify import report
from pos.till.counter.passing import accept_sold
from tests.unit.till.counter import NOW, Counter
from tests.unit.till.test_exchange import exchange
from tests.unit.till.test_refund import elsewhere, refund
from tests.unit.till.toy_terminal import ScriptedTerminal

Make = Callable[..., Counter]
CARD, CARDS, VOUCHERS = "GC-1", "~gift_card", "~voucher"


def with_purses(counter: Counter) -> Counter:
    """Its office has a gift card of 100.00 and a voucher of 20.00 that is valid until tomorrow."""
    counter.line.purse("gift_card", CARD, 10_000)
    counter.line.purse("voucher", "V-1", 2_000, (NOW + timedelta(days=1)).isoformat())
    return counter


@pytest.fixture
def till(counter: Counter) -> Counter:
    return with_purses(counter)


def by_card(amount: str, code: str = CARD) -> dict[str, str]:
    return {"kind": "gift_card", "amount": amount, "code": code}


def by_voucher(amount: str = "20.00", code: str = "V-1") -> dict[str, str]:
    return {"kind": "voucher", "amount": amount, "code": code}


def cash(amount: str) -> dict[str, str]:
    return {"kind": "cash", "amount": amount}


def sell(till: Counter, *tenders: dict[str, str], place: str = "A-1", **more: Any) -> dict[str, Any]:
    """A seat for 59.00, the fee included."""
    till.add(place)
    sale: dict[str, Any] = till.ask("pay", tenders=list(tenders), **more)["sale"]
    return sale


def refusal(till: Counter, *tenders: dict[str, str], place: str = "A-1") -> tuple[str, dict[str, Any]]:
    """What paying is refused with; nothing has happened then."""
    till.add(place)
    kinds = till.kinds()
    refused = till.refusal("pay", tenders=list(tenders))
    assert [kind for kind in till.kinds()[len(kinds) :] if kind != "RightsReturned"] == []
    till.ask("clear")
    return refused.code, refused.fields


def tenders_of(till: Counter, sale: str) -> list[dict[str, Any]]:
    (body,) = till.desk.submit(lambda: till.desk.ledger.find_sales(sale=sale)).result(5)
    found: list[dict[str, Any]] = body["tenders"]
    return found


def checked(till: Counter) -> None:
    """The office agrees with all of it, and so does the till's own check."""
    till.printers.run()
    till.settle()
    till.line.drain()
    assert till.line.disputes == []
    out = io.StringIO()
    assert report(till.folder, out) == 0, out.getvalue()


# ---- spending ----------------------------------------------------------------------------


def test_a_gift_card_pays_in_parts_and_says_what_is_left(till: Counter) -> None:
    first = sell(till, by_card("59.00"))
    assert tenders_of(till, first["id"]) == [by_card("59.00") | {"left": "41.00"}]
    second = sell(till, by_card("41.00"), cash("18.00"), place="A-2")
    assert tenders_of(till, second["id"])[0]["left"] == "0.00"
    assert len(till.line.claims) >= 1
    assert [claim.show for claim in till.line.claims].count(CARDS) == 1, "its token is in hand by now"
    checked(till)
    assert till.line.purses[CARDS, CARD] == 0
    assert refusal(till, by_card("0.01"), cash("58.99"), place="A-3")[0] == "limit_exceeded"


def test_the_receipt_hides_the_code_and_says_what_is_left(till: Counter) -> None:
    till.line.purse("gift_card", "SECRET-9F3K", 10_000)
    sell(till, by_card("59.00", "SECRET-9F3K"))
    till.printers.run()
    content = next(content for role, content in till.printers.paper if role == "receipt")
    assert content["tenders"] == [{"text": "Gift card …9F3K (€41.00 left)", "amount": "€59.00"}]


def test_a_voucher_is_redeemed_once_and_what_is_over_lapses(till: Counter) -> None:
    sale = sell(till, by_voucher("12.00"), cash("47.00"))
    assert tenders_of(till, sale["id"])[0] == by_voucher("12.00") | {"lapsed": "8.00", "left": "0.00"}
    assert refusal(till, by_voucher("8.00"), cash("51.00"), place="A-2") == (
        "limit_exceeded",
        {"what": "voucher", "amount": "8.00", "limit": "0.00", "kind": "voucher", "purse": "V-1"},
    )
    checked(till)
    assert till.line.purses[VOUCHERS, "V-1"] == 0


def test_more_than_is_left_is_refused(till: Counter) -> None:
    till.line.purse("gift_card", "SMALL", 500)
    code, fields = refusal(till, by_card("5.01", "SMALL"), cash("53.99"))
    assert (code, fields["limit"]) == ("limit_exceeded", "5.00")
    assert refusal(till, by_card("5.00", "SMALL"), by_card("5.00", "SMALL"), cash("49.00"))[0] == "limit_exceeded"


def test_an_expired_voucher_is_refused(till: Counter) -> None:
    till.clock.wait(hours=25)
    code, fields = refusal(till, by_voucher(), cash("39.00"))
    assert (code, fields["purse"]) == ("outside_terms", "V-1")
    assert fields["until"] == (NOW + timedelta(days=1)).isoformat()


def test_a_jumped_clock_does_not_decide_whether_it_has_expired(till: Counter) -> None:
    till.line.side.office_time(NOW.isoformat())
    till.clock.wall += timedelta(hours=26)
    assert refusal(till, by_voucher(), cash("39.00"))[0] == "check_needed"
    assert sell(till, by_voucher(), cash("39.00"), approver={"user": "sam", "pin": "1111"})["total"] == "59.00"


def test_an_unknown_code_is_refused(till: Counter) -> None:
    assert refusal(till, by_card("59.00", "NOPE")) == ("unknown_ticket", {"kind": "gift_card", "purse": "NOPE"})
    assert refusal(till, by_voucher("20.00", CARD), cash("39.00"))[0] == "unknown_ticket"


@pytest.mark.parametrize(
    "tender", [{"kind": "gift_card", "amount": "59.00"}, {"kind": "voucher", "amount": "59.00", "code": " "}]
)
def test_without_a_code_it_is_a_bad_request(till: Counter, tender: dict[str, str]) -> None:
    assert refusal(till, tender)[0] == "bad_request"


def test_tenders_still_settle_exactly(till: Counter) -> None:
    assert refusal(till, by_card("58.99"))[0] == "underpaid"
    assert refusal(till, by_card("59.01"))[0] == "overpaid"
    assert till.right(CARD, CARDS) == ("SOLD", 1), "the token stays for the next try"
    assert sell(till, by_card("59.00"))["total"] == "59.00"


def test_the_same_key_spends_once(till: Counter) -> None:
    till.add("A-1")
    first = till.ask("pay", tenders=[by_card("59.00")], key="k")
    assert till.ask("pay", tenders=[by_card("59.00")], key="k") == first
    assert till.kinds().count("TicketsSold") == 1
    checked(till)
    assert till.line.purses[CARDS, CARD] == 4_100


def test_the_shift_counts_it_apart_from_the_drawer(till: Counter) -> None:
    sell(till, by_card("40.00"), cash("19.00"))
    report = till.ask("close_shift", counted={"total": "119.00"})["report"]
    assert report["by_tender"] == {"gift_card": "40.00", "cash": "19.00"}
    assert report["difference"] == "0.00"


# ---- the token ---------------------------------------------------------------------------


def test_one_that_another_till_has_is_refused_by_its_name(till: Counter) -> None:
    till.line.records[CARDS, CARD].holder = "T2"
    code, fields = refusal(till, by_card("59.00"))
    assert (code, fields["holder"], fields["purse"]) == ("right_elsewhere", "T2", CARD)


def test_without_a_line_only_what_is_in_hand_is_spent(till: Counter) -> None:
    sell(till, by_card("10.00"), cash("49.00"))
    till.add("A-2", "A-3")
    till.ask("clear")
    till.line.cut()
    assert sell(till, by_card("59.00"), place="A-2")["total"] == "59.00"
    code, fields = refusal(till, by_voucher(), cash("39.00"), place="A-3")
    assert (code, fields["holder"], fields["cause"]) == ("right_elsewhere", "office", "no_office")
    till.line.mend()
    checked(till)
    assert till.line.purses[CARDS, CARD] == 3_100


def test_two_windows_that_are_cut_off_do_not_both_take_a_voucher(make_counter: Make) -> None:
    """Whoever had its right when the line broke takes it; at the other it is refused, not taken on trust."""
    one, two = (with_purses(counter) for counter in (make_counter(), make_counter(till="T2")))
    for counter in (one, two):
        counter.open()
        counter.add("A-1", "A-2")
        counter.ask("clear")
    one.ask("purse", code="V-1")
    two.line.records[VOUCHERS, "V-1"].holder = "T1"
    one.line.cut()
    two.line.cut()
    assert refusal(two, by_voucher(), cash("39.00"), place="A-2")[0] == "right_elsewhere"
    assert sell(one, by_voucher(), cash("39.00"))["total"] == "59.00"
    assert refusal(one, by_voucher(), cash("39.00"), place="A-2")[0] == "limit_exceeded"


def test_it_goes_back_when_it_is_asked_for(till: Counter) -> None:
    sell(till, by_card("59.00"))
    assert till.line.recall((CARDS, CARD)) == []
    assert till.right(CARD, CARDS) == ("SOLD_RETURNED", 1)
    till.line.drain()
    assert (till.line.records[CARDS, CARD].holder, till.line.purses[CARDS, CARD]) == ("", 4_100)
    till.line.purses[CARDS, CARD] = 3_000  # another till has spent from it
    assert refusal(till, by_card("30.01"), cash("28.99"), place="A-2")[0] == "limit_exceeded"
    assert tenders_of(till, sell(till, by_card("30.00"), cash("29.00"), place="A-3")["id"])[0]["left"] == "0.00"
    checked(till)


def test_a_token_given_back_and_not_sent_is_sent_before_it_is_asked_for(till: Counter) -> None:
    sell(till, by_card("59.00"))
    till.line.recall((CARDS, CARD))
    assert tenders_of(till, sell(till, by_card("41.00"), cash("18.00"), place="A-2")["id"])[0]["left"] == "0.00"
    checked(till)


def test_a_shift_that_closes_gives_it_back(till: Counter) -> None:
    sell(till, by_card("59.00"))
    till.ask("close_shift", counted={"total": "100.00"})
    assert till.right(CARD, CARDS) == ("SOLD_RETURNED", 1)
    assert CARDS not in till.said("changed")[-1]["places"]
    checked(till)


def test_a_grant_that_comes_late_is_worth_nothing(till: Counter) -> None:
    """The office asked for it back before it came: returning it raised the guard."""
    till.add("A-1")
    till.line.holding = True
    waiting = till.front.call("pay", tenders=[by_card("59.00")])
    till.settle()
    assert till.line.recall((CARDS, CARD)) == []
    till.line.drain()
    till.line.records[CARDS, CARD].holder = "T2"
    till.line.let_through()
    assert getattr(waiting.exception(5), "code", None) == "right_elsewhere"
    assert till.right(CARD, CARDS) == ("SOLD_RETURNED", 1)
    assert till.line.disputes == []


def test_a_grant_that_is_sent_again_does_not_fill_it_again(till: Counter) -> None:
    """The answer got lost after the till had it: what it spent since counts."""
    sell(till, by_card("59.00"))
    show, answer = CARDS, till.line.claims[-1].answer
    assert answer is not None

    def again() -> None:
        with till.desk.unit() as unit:
            accept_sold(till.desk, unit, show, answer)

    till.desk.submit(again).result(5)
    assert refusal(till, by_card("41.01"), cash("17.99"), place="A-2")[0] == "limit_exceeded"


def test_it_is_not_given_back_while_a_card_is_charged(make_counter: Make) -> None:
    terminal = ScriptedTerminal()
    till = make_counter(terminal=terminal)
    till.open()
    it_stays_while_a_card_is_charged(till, terminal)


def it_stays_while_a_card_is_charged(till: Counter, terminal: ScriptedTerminal) -> None:
    till.line.purse("gift_card", CARD, 10_000)
    terminal.script = ["unknown"]
    till.add("A-1")
    tenders = [by_card("40.00"), {"kind": "card", "amount": "19.00"}]
    assert till.refusal("pay", tenders=tenders).code == "payment_unknown"
    assert [ask.place for ask in till.line.recall((CARDS, CARD))] == [CARD]
    assert till.right(CARD, CARDS) == ("SOLD", 1)
    till.restart()
    till.settle()
    till.sign_in()
    assert [ask.place for ask in till.line.recall((CARDS, CARD))] == [CARD], "after a restart, too"
    assert till.ask("pay", tenders=tenders)["sale"]["total"] == "59.00"
    assert till.line.recall((CARDS, CARD)) == []
    checked(till)
    assert till.line.purses[CARDS, CARD] == 6_000


def test_what_a_card_payment_has_pinned_pays_for_nothing_else(make_counter: Make) -> None:
    terminal = ScriptedTerminal()
    till = make_counter(terminal=terminal)
    till.open()
    till.line.purse("gift_card", CARD, 10_000)
    ticket = sell(till, by_card("40.00"), cash("19.00"))["tickets"][0]["id"]
    till.add("A-2")
    terminal.script = ["unknown"]
    till.refusal("pay", tenders=[by_card("40.00"), {"kind": "card", "amount": "19.00"}])
    assert till.refusal("refund", tickets=[ticket], reason="ill").code == "not_allowed"


# ---- back --------------------------------------------------------------------------------


def test_a_refund_goes_back_to_the_card_that_paid(till: Counter) -> None:
    ticket = sell(till, by_card("40.00"), cash("19.00"))["tickets"][0]["id"]
    body = refund(till, ticket)  # 58.00 less a fee of 5.80, which the cash bears
    assert body["tenders"] == [by_card("40.00") | {"left": "100.00"}, cash("12.20")]
    till.printers.run()
    paper = [content for role, content in till.printers.paper if role == "receipt"][-1]
    assert [row["text"] for row in paper["tenders"]] == [f"Gift card {CARD} (€100.00 left)", "Cash"]
    checked(till)
    assert till.line.purses[CARDS, CARD] == 10_000
    assert sell(till, by_card("59.00"), place="A-2")["total"] == "59.00"


def test_a_refund_goes_back_to_the_voucher_that_paid_and_it_can_be_redeemed_again(till: Counter) -> None:
    ticket = sell(till, by_voucher(), cash("39.00"))["tickets"][0]["id"]
    assert refund(till, ticket)["tenders"][0] == by_voucher() | {"left": "20.00"}
    assert sell(till, by_voucher(), cash("39.00"), place="A-2")["total"] == "59.00"
    checked(till)


def test_without_the_cards_token_nothing_is_refunded(till: Counter) -> None:
    ticket = sell(till, by_card("40.00"), cash("19.00"))["tickets"][0]["id"]
    till.line.recall((CARDS, CARD))
    till.line.drain()
    till.line.records[CARDS, CARD].holder = "T2"
    refused = till.refusal("refund", tickets=[ticket], reason="ill")
    assert (refused.code, refused.fields["holder"], refused.fields["purse"]) == ("right_elsewhere", "T2", CARD)
    till.line.cut()
    assert till.refusal("refund", tickets=[ticket], reason="ill").code == "right_elsewhere"
    assert "TicketsRefunded" not in till.kinds()


def test_another_tills_sale_goes_back_to_its_card_here(till: Counter) -> None:
    paid = {"tenders": [by_card("58.00") | {"left": "42.00"}]}
    till.line.sell_elsewhere("aida", elsewhere() | paid)
    till.line.purses[CARDS, CARD] = 4_200
    till.settle()
    assert refund(till, "T2-00001-1")["tenders"] == [by_card("52.20") | {"left": "94.20"}]
    checked(till)


def test_a_token_that_went_while_the_card_was_claimed_is_asked_for_again(till: Counter) -> None:
    ticket = sell(till, by_card("40.00"), cash("19.00"))["tickets"][0]["id"]
    till.line.recall((CARDS, CARD))
    till.line.drain()
    till.line.holding = True
    waiting = till.front.call("refund", tickets=[ticket], reason="ill")
    till.settle()
    assert till.line.claims[-1].show == CARDS
    till.line.recall(("aida", "A-1"))  # the ticket's own
    till.line.drain()
    till.line.let_through()
    assert waiting.result(5)["refund"]["amount"] == "52.20"
    checked(till)


def test_an_exchange_is_paid_from_a_card_and_pays_back_to_it(till: Counter) -> None:
    ticket = till.sell("Foyer")["tickets"][0]["id"]
    dearer = exchange(till, ticket, "A-1", tenders=[by_card("46.00")])
    assert tenders_of(till, dearer["id"]) == [by_card("46.00") | {"left": "54.00"}]
    cheaper = exchange(till, dearer["tickets"][0]["id"], "Foyer", tenders=[by_card("-46.00")])
    assert tenders_of(till, cheaper["id"]) == [by_card("-46.00") | {"left": "100.00"}]
    checked(till)
    assert till.line.purses[CARDS, CARD] == 10_000


def test_an_exchange_pays_back_to_no_other_card(till: Counter) -> None:
    till.line.purse("gift_card", "OTHER", 500)
    ticket = sell(till, by_card("59.00"))["tickets"][0]["id"]
    fields: dict[str, Any] = {"tickets": [ticket], "show": "aida", "places": ["Foyer"], "price_type": "adult"}
    assert till.refusal("exchange", **fields, tenders=[by_card("-46.00", "OTHER")]).code == "not_allowed"
    assert till.refusal("exchange", **fields, tenders=[by_card("-46.00", "NOPE")]).code == "unknown_ticket"


def test_what_an_exchange_carries_on_goes_back_to_its_card_at_last(till: Counter) -> None:
    ticket = sell(till, by_card("59.00"))["tickets"][0]["id"]
    other = exchange(till, ticket, "A-2")["tickets"][0]["id"]
    assert refund(till, other)["tenders"] == [by_card("52.20") | {"left": "93.20"}]
    checked(till)


# ---- the till's own check ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("spoilt", "violation"),
    [
        ("UPDATE purse SET minor = 9999 WHERE code = 'GC-1'", "I4 gift_card:GC-1: 9999 minor units are kept as left"),
        ("UPDATE purse SET minor = -1 WHERE code = 'GC-1'", "I4 gift_card:GC-1: -1 minor units are kept as left"),
        ("DELETE FROM purse", "I4 gift_card:GC-1: what is left on it is not kept"),
    ],
)
def test_a_spoilt_purse_is_named(till: Counter, spoilt: str, violation: str) -> None:
    sell(till, by_card("59.00"))
    checked(till)
    till.desk.submit(lambda: till.desk.ledger.connection.exec_driver_sql(spoilt)).result(5)
    out = io.StringIO()
    assert report(till.folder, out) == 1
    assert violation in out.getvalue()
