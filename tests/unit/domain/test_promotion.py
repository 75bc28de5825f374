"""Promotions: the laws on top of `pos.domain.promotion`, and the marks of a basket's lines."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pos.domain.basket import Basket, Line, fee_parts, priced
from pos.domain.money import Money, total
from pos.domain.price import PriceTable, PriceType, next_version, version_at, version_id
from pos.domain.promotion import FREE_EVERY, Item, Off, Promotion, free_of, parse_off, promote, read_promotion

NOW = datetime.fromisoformat("2027-03-01T18:00:00+01:00")
TYPES = {"adult": PriceType("adult", {}), "group": PriceType("group", {}, min=3, free_every=4)}


def eur(text: str) -> Money:
    return Money.parse(text, "EUR")


def item(line: int, price: str, price_type: str = "adult", show: str = "aida", category: str = "Stalls") -> Item:
    return Item(line, show, category, price_type, eur(price), NOW)


def taken(offs: dict[int, tuple[Off, ...]]) -> dict[int, list[tuple[str, str]]]:
    return {line: [(off.id, str(off.amount)) for off in some] for line, some in offs.items()}


def test_a_percentage_is_rounded_half_up_on_each_ticket() -> None:
    third = Promotion("third", {}, percent=3350)
    assert taken(promote([item(1, "0.10"), item(2, "0.30")], [third])) == {
        1: [("third", "0.03")], 2: [("third", "0.10")],
    }  # fmt: skip  # 0.0335 and 0.1005
    half = Promotion("half", {}, percent=5000)
    assert taken(promote([item(1, "0.01")], [half])) == {1: [("half", "0.01")]}


def test_a_fixed_amount_never_makes_a_price_negative() -> None:
    five = Promotion("five", {}, amount=eur("5.00"))
    assert taken(promote([item(1, "12.00"), item(2, "3.00")], [five])) == {
        1: [("five", "5.00")], 2: [("five", "3.00")],
    }  # fmt: skip


def test_the_cheapest_of_every_n_is_free_show_by_show() -> None:
    nth = Promotion("third free", {}, free_every=3)
    items = [item(1, "30.00"), item(2, "10.00"), item(3, "20.00"), item(4, "5.00", show="hedda")]
    assert taken(promote(items, [nth])) == {2: [("third free", "10.00")]}
    assert taken(promote([*items, item(5, "9.00"), item(6, "9.00"), item(7, "9.00")], [nth])) == {
        5: [("third free", "9.00")], 6: [("third free", "9.00")],
    }  # fmt: skip


def test_of_those_that_do_not_combine_the_best_one_counts_and_others_take_what_is_left() -> None:
    nth, tenth = Promotion("nth", {}, free_every=3), Promotion("tenth", {}, percent=1000)
    more = Promotion("more", {}, amount=eur("1.00"), combinable=True)
    items = [item(n, "30.00") for n in range(1, 5)]
    assert taken(promote(items, [tenth, more, nth])) == {
        1: [("nth", "30.00")],  # 30 is more than 4 x 3
        2: [("more", "1.00")],
        3: [("more", "1.00")],
        4: [("tenth", "3.00"), ("more", "1.00")],  # not needed by the better one
    }


def test_codes_windows_scope_and_least_number() -> None:
    of = [item(1, "10.00"), item(2, "10.00", "student"), item(3, "10.00", category="Box")]
    promo = Promotion("p", {}, percent=1000)
    assert set(promote(of, [promo])) == {1, 2, 3}
    assert set(promote(of, [replace(promo, price_types=frozenset({"student"}))])) == {2}
    assert set(promote(of, [replace(promo, categories=frozenset({"Box"}))])) == {3}
    assert promote(of, [replace(promo, shows=frozenset({"hedda"}))]) == {}
    assert promote(of, [replace(promo, min=4)]) == {}
    assert promote(of, [replace(promo, until=NOW - timedelta(seconds=1))]) == {}
    assert promote(of, [replace(promo, starts=NOW + timedelta(seconds=1))]) == {}
    assert set(promote(of, [replace(promo, starts=NOW, until=NOW)])) == {1, 2, 3}
    coded = replace(promo, code="Early")
    assert promote(of, [coded]) == {}
    assert set(promote(of, [coded], [" eARLY "])) == {1, 2, 3}


def test_a_price_type_frees_one_of_every_n_before_any_promotion() -> None:
    assert free_of([item(n, "10.00", "group") for n in range(1, 4)], TYPES) == {}
    assert free_of([item(n, f"{n}0.00", "group") for n in range(1, 9)], TYPES) == {
        1: Off(FREE_EVERY, eur("10.00")), 2: Off(FREE_EVERY, eur("20.00")),
    }  # fmt: skip
    lines = tuple(
        Line(n, "aida", f"A-{n}", "Stalls", "group", eur("10.00"), False, quoted=NOW.isoformat()) for n in range(4)
    )
    basket = priced(Basket("anna", lines, NOW), [Promotion("half", {}, percent=5000)], TYPES)
    assert [str(line.price) for line in basket.lines] == ["0.00", "5.00", "5.00", "5.00"]


def test_what_is_in_the_basket_does_not_become_dearer_by_what_is_added() -> None:
    line = Line(1, "aida", "A-1", "Stalls", "adult", eur("10.00"), False, quoted=NOW.isoformat())
    early = Promotion("early", {}, percent=2000)
    cheap = priced(Basket("anna", (line,), NOW), [early], TYPES)
    assert str(cheap.lines[0].price) == "8.00"
    more = replace(cheap, lines=(*cheap.lines, replace(line, line=2, place="A-2")))
    assert [str(one.price) for one in priced(more, [], TYPES, keep=True).lines] == ["8.00", "10.00"]
    assert [str(one.price) for one in priced(more, [], TYPES).lines] == ["10.00", "10.00"]


def test_lines_that_a_supervisor_or_a_rule_priced_are_left_alone() -> None:
    line = Line(1, "aida", "A-1", "Stalls", "adult", eur("10.00"), False, quoted=NOW.isoformat())
    lines = (
        replace(line, marks={"override": {"was": "12.00"}}),
        replace(line, line=2, kind="comp"),
        replace(line, line=3),
    )
    basket = priced(Basket("anna", lines, NOW), [Promotion("half", {}, percent=5000)], TYPES)
    assert [str(one.price) for one in basket.lines] == ["10.00", "10.00", "5.00"]


_money = st.integers(0, 20_000).map(lambda minor: Money(minor, "EUR"))
_items = st.lists(
    st.tuples(st.sampled_from(["aida", "hedda"]), st.sampled_from(["adult", "student"]), _money), max_size=14
).map(lambda rows: [Item(n, show, "Stalls", kind, price, NOW) for n, (show, kind, price) in enumerate(rows, 1)])
_kinds = st.one_of(
    st.builds(lambda p: {"percent": p}, st.integers(1, 10_000)),
    st.builds(lambda m: {"amount": Money(m, "EUR")}, st.integers(1, 9_000)),
    st.builds(lambda n: {"free_every": n}, st.integers(2, 5)),
)
_promotions = st.lists(
    st.builds(
        lambda n, what, types, least, combinable: Promotion(
            f"p{n}", {}, **what, price_types=frozenset(types), min=least, combinable=combinable
        ),
        st.integers(0, 9), _kinds, st.sets(st.sampled_from(["adult", "student"])), st.integers(1, 4), st.booleans(),
    ),
    max_size=4,
    unique_by=lambda promotion: promotion.id,
)  # fmt: skip


@given(_items, _promotions)
@settings(max_examples=30, deadline=None)
def test_whatever_is_promoted_no_price_goes_below_nothing_and_one_exclusive_a_ticket(
    items: list[Item], promotions: list[Promotion]
) -> None:
    exclusive = {one.id for one in promotions if not one.combinable}
    offs = promote(items, promotions)
    assert offs == promote(items, promotions), "the same basket costs the same twice"
    for one in items:
        off = offs.get(one.line, ())
        assert all(part.amount.minor > 0 for part in off)
        assert total([part.amount for part in off], "EUR") <= one.price
        assert sum(part.id in exclusive for part in off) <= 1
    # Nothing is given away twice: alone, the best of the exclusive ones takes off no more than all of them do.
    for one in promotions:
        alone = sum(part.amount.minor for some in promote(items, [one]).values() for part in some)
        together = sum(part.amount.minor for some in offs.values() for part in some)
        assert one.combinable or alone <= together


@given(st.integers(0, 100_000), st.integers(1, 40))
@settings(max_examples=30, deadline=None)
def test_a_fee_is_parted_to_the_cent(minor: int, tickets: int) -> None:
    parts = fee_parts(Money(minor, "EUR"), tickets)
    assert len(parts) == tickets
    assert sum(part.minor for part in parts) == minor
    assert max(parts).minor - min(parts).minor <= 1


# ---- price lists ---------------------------------------------------------------------------


def test_the_version_in_effect_is_the_one_valid_latest_among_those_that_are_published() -> None:
    hour = timedelta(hours=1)
    old = PriceTable("opera", "", 0, {}, "opera")
    new = replace(old, id="opera@a", valid_from=NOW)
    secret = replace(old, id="opera@b", valid_from=NOW + hour, published=NOW + hour)
    coming = replace(old, id="opera@c", valid_from=NOW + 2 * hour, published=NOW)
    other = replace(old, id="studio", list="studio")
    tables = [secret, old, coming, other, new]

    def at(when: datetime) -> tuple[str, str]:
        found, after = version_at(tables, "opera", when), next_version(tables, "opera", when)
        return (found.id if found else "", after.id if after else "")

    assert at(NOW - timedelta(seconds=1)) == ("opera", "opera@a")
    assert at(NOW) == ("opera@a", "opera@c")  # what is not published yet stays unseen
    assert at(NOW + hour) == ("opera@b", "opera@c")
    assert at(NOW + 3 * hour) == ("opera@c", "")
    assert version_at([secret], "opera", NOW) is None
    # Told late: valid from before, and not seen before it is published.
    late = replace(secret, id="opera@d", valid_from=NOW)
    assert version_at([old, late], "opera", NOW + hour / 2) == old
    assert version_at([old, late], "opera", NOW + hour) == late


def test_a_version_is_called_by_its_list_and_moment_however_that_is_written() -> None:
    assert version_id("opera", "2027-03-01T18:00:00+01:00") == version_id("opera", "2027-03-01T17:00:00+00:00")


@pytest.mark.parametrize("text", ["0%", "101%", "0.00", "-1.00", "ten", 5, "1.005", ""])
def test_what_a_promotion_takes_off_is_said_plainly(text: object) -> None:
    with pytest.raises(ValueError, match=r"must be|not more|not an amount|decimals|^'"):
        parse_off(text, "EUR")


def test_a_promotions_document_is_read() -> None:
    read = read_promotion({"id": "p", "off": "12.5%", "code": "X", "shows": ["aida"], "min": 2}, "EUR")
    assert (read.percent, read.code, read.shows, read.min) == (1250, "X", frozenset({"aida"}), 2)
    assert read_promotion({"id": "p", "off": "5.00"}, "EUR").amount == eur("5.00")
    assert read_promotion({"id": "p", "free_every": 5}, "EUR").free_every == 5
