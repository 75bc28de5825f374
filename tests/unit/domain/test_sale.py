"""Basket, fees, tax, tenders, and what a sale does to the books."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.domain.basket import BASKET_KEPT, Basket, FeeLine, Line, fee_lines, quote, tax_lines
from pos.domain.books import Posting, balanced, entry, moved
from pos.domain.errors import CODES, Refused
from pos.domain.money import Money
from pos.domain.price import Fee, PriceTable, PriceType
from pos.domain.sale import Tender, Ticket, sale_entry, settle
from pos.domain.shift import CashMove, close_entry, counted_total, expected, move_entry, signed

NOW = datetime.fromisoformat("2027-03-01T18:00:00+01:00")
CENT = Money(1, "EUR")


def eur(text: str) -> Money:
    return Money.parse(text, "EUR")


def cash(amount: str, given_: str | None = None) -> Tender:
    return Tender("cash", eur(amount), eur(given_) if given_ else None)


def refused(code: str, due: str, *tenders: Tender, step: Money = CENT) -> None:
    with pytest.raises(Refused) as caught:
        settle(eur(due), tenders, step)
    assert caught.value.code == code


# ---- tenders -------------------------------------------------------------------------------


def test_cash_settles_with_change() -> None:
    settled = settle(eur("59.00"), [cash("59.00", "100.00")], CENT)
    assert (settled.change, settled.rounding) == (eur("41.00"), eur("0"))
    assert settled.paid("cash", "EUR") == eur("59.00")


def test_cash_not_said_to_be_given_is_given_exactly() -> None:
    assert settle(eur("59.00"), [cash("59.00")], CENT).tenders == (cash("59.00", "59.00"),)


def test_several_tenders_and_only_cash_is_rounded() -> None:
    card = Tender("card", eur("20.01"))
    settled = settle(eur("58.98"), [card, cash("38.97")], eur("0.05"))
    assert settled.tenders == (card, cash("38.95", "38.95"))
    assert settled.rounding == eur("-0.02")


@pytest.mark.parametrize("said", ["58.98", "59.00"])
def test_cash_may_be_said_exactly_or_as_rounded(said: str) -> None:
    settled = settle(eur("58.98"), [cash(said, "60.00")], eur("0.05"))
    assert (settled.rounding, settled.change) == (eur("0.02"), eur("1.00"))


def test_what_does_not_settle_is_refused() -> None:
    refused("underpaid", "59.00")
    refused("underpaid", "59.00", cash("58.99"))
    refused("underpaid", "59.00", cash("59.00", "58.99"))
    refused("underpaid", "59.00", Tender("card", eur("58.99")))
    refused("overpaid", "59.00", cash("59.01"))
    refused("overpaid", "59.00", Tender("card", eur("59.01")))
    refused("overpaid", "59.00", Tender("card", eur("60.00")), cash("0.00"))
    refused("bad_request", "59.00", cash("29.00"), cash("30.00"))
    refused("bad_request", "59.00", Tender("card", eur("60.00")), cash("-1.00"))
    refused("underpaid", "58.98", cash("58.99"), step=eur("0.05"))


@given(
    st.integers(0, 10**7),
    st.lists(st.integers(0, 10**6), max_size=3),
    st.integers(-3, 3),
    st.integers(0, 10**5),
    st.sampled_from([1, 5, 10, 500]),
)
def test_what_settles_comes_out_to_the_cent(due: int, cards: list[int], off: int, more: int, step: int) -> None:
    """Whatever is tendered: refused, or tenders - rounding = total and change = given - owed."""
    rest = due - sum(cards)
    owed = rest + off
    tenders = [Tender("card", Money(amount, "EUR")) for amount in cards]
    tenders.append(Tender("cash", Money(owed, "EUR"), Money(max(owed, 0) + more, "EUR")))
    try:
        settled = settle(Money(due, "EUR"), tenders, Money(step, "EUR"))
    except Refused as no:
        assert no.code in ("underpaid", "overpaid", "bad_request")  # noqa: PT017 - or it settles
        return
    paid = sum(tender.amount.minor for tender in settled.tenders)
    assert paid - settled.rounding.minor == due
    assert abs(settled.rounding.minor) * 2 <= step
    cash_tender = settled.tenders[-1]
    assert cash_tender.given is not None
    assert settled.change == cash_tender.given - cash_tender.amount
    assert settled.change.minor >= 0
    assert [tender.amount.minor for tender in settled.tenders[:-1]] == cards


# ---- basket, fees, tax ---------------------------------------------------------------------


def test_a_price_is_quoted_or_refused() -> None:
    types = {"adult": PriceType("adult", {}), "student": PriceType("student", {}, "card")}
    table = PriceTable("usual", "", 0, {"Stalls": {"adult": eur("58"), "student": eur("29")}})
    assert quote(table, types, "Stalls", "adult", False) == eur("58")
    assert quote(table, types, "Stalls", "student", True) == eur("29")
    for category, price_type, code in [
        ("Stalls", "senior", "no_price"), ("Balcony", "adult", "no_price"), ("Stalls", "student", "proof_needed"),
    ]:  # fmt: skip
        with pytest.raises(Refused) as caught:
            quote(table, types, category, price_type, False)
        assert caught.value.code == code


def test_fees_are_counted_per_ticket_or_per_sale() -> None:
    fees = [Fee("counter", {}, "ticket", eur("1.00")), Fee("post", {}, "sale", eur("2.50"))]
    assert fee_lines(fees, 3) == (FeeLine("counter", 3, eur("3.00")), FeeLine("post", 1, eur("2.50")))
    assert fee_lines(fees, 0) == ()


def test_tax_is_rounded_on_each_ticket() -> None:
    (line,) = tax_lines([("reduced", 1000, eur("58.00"))] * 3, "EUR")
    assert (line.base, line.tax) == (eur("174.00"), eur("15.81"))  # 3 × 5.27, not 15.82
    assert tax_lines([("", 0, eur("5"))], "EUR") == ()


def test_a_basket_runs_out_ten_minutes_after_its_last_change() -> None:
    line = Line(3, "aida", "A-1", "Stalls", "adult", eur("58"), False)
    basket = Basket("anna", (line,), NOW)
    assert basket.expires == NOW + BASKET_KEPT == NOW + timedelta(minutes=10)
    assert Basket("anna", (), NOW).expires is None
    assert basket.line(3) is line
    with pytest.raises(Refused) as caught:
        basket.line(1)
    assert (caught.value.code, caught.value.fields["lines"]) == ("bad_request", [3])


# ---- books ---------------------------------------------------------------------------------


def test_an_entry_balances_or_is_an_error() -> None:
    assert entry(("drawer:T1", eur("5")), ("safe", -eur("5")), ("rounding", eur("0"))) == moved(
        "safe", "drawer:T1", eur("5")
    )
    with pytest.raises(ValueError, match="does not balance"):
        entry(("drawer:T1", eur("5")), ("safe", -eur("4.99")))
    assert not balanced([Posting("a", Money(1, "EUR")), Posting("b", Money(-1, "CHF"))])


@pytest.mark.parametrize("value", [None, [], ["a", 1], ["a", "1", "EUR"], ["a", 1.5, "EUR"], ["a", 1, "EUR", 2]])
def test_what_is_no_posting_is_an_error(value: object) -> None:
    with pytest.raises(ValueError, match="is not a posting"):
        Posting.from_json(value)


@given(
    st.lists(st.tuples(st.integers(1, 10**6), st.sampled_from([0, 700, 1000, 2000])), min_size=1, max_size=8),
    st.integers(0, 500),
    st.sampled_from([1, 5, 500]),
)
def test_every_sale_balances(prices: list[tuple[int, int]], fee: int, step: int) -> None:
    tickets = [
        Ticket(
            f"t{n}", "aida", f"A-{n}", f"A-{n}", "Stalls", "adult", Money(price, "EUR"), f"C{n}", False, f"tax{rate}",
            Money(round(price * rate / (10_000 + rate)), "EUR"), {},
        )
        for n, (price, rate) in enumerate(prices)
    ]  # fmt: skip
    fees = [FeeLine("counter", 1, Money(fee, "EUR"))]
    due = Money(sum(price for price, _ in prices) + fee, "EUR")
    settled = settle(due, [Tender("cash", due)], Money(step, "EUR"))
    postings = sale_entry("T1", tickets, fees, settled, "EUR")
    assert balanced(postings)
    drawer = sum(posting.amount.minor for posting in postings if posting.account == "drawer:T1")
    assert drawer == due.minor + settled.rounding.minor


# ---- the drawer ------------------------------------------------------------------------------


def test_the_drawer_holds_its_moves() -> None:
    moves = [CashMove("float", eur("100"), "", ""), CashMove("sale", eur("59"), "", ""), CashMove("drop", -eur("50"), "", "")]  # fmt: skip  # noqa: E501
    assert expected(moves, "EUR") == eur("109")
    assert expected([], "EUR") == eur("0")


@pytest.mark.parametrize(("kind", "sign"), [("paid_in", 1), ("paid_out", -1), ("drop", -1)])
def test_a_move_has_its_sign_in_the_drawer_and_in_the_books(kind: str, sign: int) -> None:
    assert signed(kind, eur("5")) == eur("5") * sign
    postings = move_entry("T1", kind, eur("5"))
    assert balanced(postings)
    assert sum(p.amount.minor for p in postings if p.account == "drawer:T1") == 500 * sign


@pytest.mark.parametrize(("kind", "amount"), [("lent", "5"), ("float", "5"), ("drop", "0"), ("paid_in", "-5")])
def test_what_is_no_move_is_refused(kind: str, amount: str) -> None:
    with pytest.raises(Refused) as caught:
        signed(kind, eur(amount))
    assert caught.value.code == "bad_request"


@pytest.mark.parametrize(
    ("counted", "total"),
    [({"total": "238.85"}, "238.85"), ({"50.00": 3, "0.05": 2, "20": 0}, "150.10"), ({"total": "0"}, "0")],
)
def test_a_count_is_summed(counted: object, total: str) -> None:
    assert counted_total(counted, "EUR") == eur(total)


@given(st.integers(-(10**9), 10**9), st.integers(0, 10**9))
def test_the_count_empties_the_drawer_in_the_books(expected_minor: int, counted_minor: int) -> None:
    postings = close_entry("T1", Money(expected_minor, "EUR"), Money(counted_minor, "EUR"))
    assert balanced(postings)
    assert sum(p.amount.minor for p in postings if p.account == "drawer:T1") == -expected_minor
    assert sum(p.amount.minor for p in postings if p.account == "safe") == counted_minor


def test_a_refusals_code_is_one_of_the_contract() -> None:
    with pytest.raises(ValueError, match="not a refusal code"):
        Refused("no_idea")
    assert str(Refused("sold", place="A-1")) == "sold {'place': 'A-1'}"
    assert len(CODES) >= 43
