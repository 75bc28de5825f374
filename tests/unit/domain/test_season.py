"""Season documents, and the terms that go onto a ticket."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pos.domain.errors import Refused
from pos.domain.money import Money
from pos.domain.price import tax_basis_points
from pos.domain.season import Season, name_in
from pos.domain.terms import Terms, parse_fee, parse_until
from tests.unit.till.counter import NOW, documents, show_document


def season(**venue: str) -> Season:
    found: dict[str, dict[str, dict[str, object]]] = {}
    for word in documents([show_document("aida", plan="")], **venue):
        found.setdefault(word.family, {})[word.id] = word.body
    return Season.from_documents(found)


def test_a_season_is_read_from_its_documents() -> None:
    read = season()
    assert read.show("aida").titles == {"en": "Tosca"}
    assert read.prices["usual"].price("Stalls", "adult") == Money(5800, "EUR")
    assert read.prices["usual"].tax_basis_points == 1000
    assert read.venue.cash_rounding == Money(1, "EUR")
    assert read.users["anna"].role == "cashier"
    assert "argon2" not in repr(read.users["anna"])
    with pytest.raises(Refused) as caught:
        read.show("nabucco")
    assert caught.value.code == "unknown_show"


@pytest.mark.parametrize(("currency", "coin"), [("EUR", "0.01"), ("VND", "1"), ("JPY", "1"), ("TND", "0.010")])
def test_a_venue_that_does_not_round_cash_has_a_smallest_coin(currency: str, coin: str) -> None:
    found = {"venue": {"h": {"id": "h", "name": "H", "timezone": "UTC", "currency": currency}}}
    read = Season.from_documents({**found, "price_type": {}, "prices": {}})
    assert str(read.venue.cash_rounding) == coin


def test_sales_open_and_close() -> None:
    show = season().show("aida")
    assert show.sales_until == show.starts + timedelta(minutes=30)
    assert show.sells_at(show.sales_until)
    assert not show.sells_at(show.sales_until + timedelta(seconds=1))
    with pytest.raises(Refused) as caught:
        show.check_on_sale(show.sales_until + timedelta(seconds=1))
    assert caught.value.code == "sales_closed"


def test_names_fall_back() -> None:
    assert name_in({"en": "Adult", "uk": "Дорослий"}, "uk") == "Дорослий"
    assert name_in({"en": "Adult"}, "vi") == "Adult"
    assert name_in({"hu": "Felnőtt"}, "vi") == "Felnőtt"
    assert name_in({}, "en") == ""


@pytest.mark.parametrize("rate", ["-1", "100.01", "ten", 10, "10.555"])
def test_a_tax_rate_is_a_percentage(rate: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        tax_basis_points(rate)
    assert tax_basis_points("9.5") == 950


@pytest.mark.parametrize(
    ("text", "until"),
    [("24h", timedelta(hours=24)), ("90m", timedelta(minutes=90)), ("90min", timedelta(minutes=90)),
     ("2d", timedelta(days=2)), ("always", True), ("never", False)],
)  # fmt: skip
def test_windows_are_read(text: str, until: object) -> None:
    assert parse_until(text) == until


@pytest.mark.parametrize("text", ["", "24", "h", "-1h", "1.5h", "1w", None, 24, True, "always "])
def test_a_window_that_is_none_is_an_error(text: object) -> None:
    with pytest.raises(ValueError, match="is neither a time"):
        parse_until(text)


@pytest.mark.parametrize("text", ["101%", "-1%", "x%", "-2.50", "", None, 10])
def test_a_fee_that_is_none_is_an_error(text: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_fee(text, "EUR")


def test_terms_say_until_when_and_at_what_fee() -> None:
    terms = Terms.parse({"id": "x", "refund_until": "24h", "refund_fee": "10%", "exchange_fee": "2.50"}, "EUR")
    starts = NOW + timedelta(days=2)
    assert terms.refund.deadline(starts) == starts - timedelta(hours=24)
    assert terms.refund.allowed(starts, starts - timedelta(hours=24))
    assert not terms.refund.allowed(starts, starts - timedelta(hours=23, minutes=59))
    assert not terms.exchange.allowed(starts, NOW)  # not named: never
    assert terms.exchange.steps[0].fee_on(Money(5800, "EUR")) == Money(250, "EUR")
    assert terms.exchange.steps[0].fee_on(Money(100, "EUR")) == Money(100, "EUR")  # never more than was paid
    always = Terms.parse({"id": "y", "refund_until": "always"}, "EUR")
    assert always.refund.allowed(starts, starts + timedelta(days=9))
    assert always.refund.deadline(starts) is None


@pytest.mark.parametrize(("price", "fee"), [(5800, 580), (5, 1), (4, 0), (15, 2), (0, 0)])
def test_a_percentage_rounds_half_up_per_ticket(price: int, fee: int) -> None:
    rule = Terms.parse({"id": "x", "refund_until": "24h", "refund_fee": "10%"}, "EUR").refund
    assert rule.steps[0].fee_on(Money(price, "EUR")) == Money(fee, "EUR")


def test_terms_in_steps_are_those_of_the_hour() -> None:
    """The order in the file does not matter: what is still open and ends first is in force."""
    steps = [{"until": "24h", "fee": "20%"}, {"until": "48h", "fee": "0%"}, {"until": "1h", "fee": "5.00"}]
    rule = Terms.parse({"id": "x", "refund": steps}, "EUR").refund
    starts, price = NOW + timedelta(days=9), Money(5800, "EUR")

    def fee(**before: int) -> Money | None:
        step = rule.in_force(starts, starts - timedelta(**before))
        return step.fee_on(price) if step else None

    assert [fee(hours=48), fee(hours=47), fee(hours=24), fee(hours=23), fee(minutes=59)] == [
        Money(0, "EUR"), Money(1160, "EUR"), Money(1160, "EUR"), Money(500, "EUR"), None,
    ]  # fmt: skip
    assert rule.deadline(starts) == starts - timedelta(hours=1)
    assert not rule.never


@pytest.mark.parametrize("steps", ["48h", [], ["48h"], [{"fee": "10%"}], [{"until": "48h", "fee": "lots"}]])
def test_steps_that_make_no_sense_are_an_error(steps: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        Terms.parse({"id": "x", "refund": steps}, "EUR")
