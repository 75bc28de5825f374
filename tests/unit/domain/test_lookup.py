"""Names that sound alike, and the last digits that are on record."""

from __future__ import annotations

from typing import Any

import pytest

from pos.domain.lookup import alike, last4_of, sounds_of


@pytest.mark.parametrize(
    "names",
    [
        ("Kovach", "Kovács", "Ковач", "KOVACS", "Kovats"),
        ("Nguyen", "Nguyễn", "nguyen", "Nguyên"),
        ("Szabó", "Sabo", "Сабо"),
        ("Шевченко", "Shevchenko", "Ševčenko", "Schewtschenko"),
        ("Horváth", "Horvat", "Горват"),
        ("Phạm", "Fam"),
        ("Đặng", "Dang"),
        ("Smith", "Smyth"),
        ("Weiss", "Weiß", "Vais"),
        ("Ґалаґан", "Galagan"),
        ("O'Brien", "O Brien"),
        ("Jókai", "Yokai"),
    ],
)
def test_ways_to_write_one_name_sound_alike(names: tuple[str, ...]) -> None:
    assert len({sounds_of(name) for name in names}) == 1, {name: sounds_of(name) for name in names}
    assert sounds_of(names[0])


@pytest.mark.parametrize(
    "names", [("Kovach", "Kovalenko"), ("Nguyen", "Nagy"), ("Tran", "Dang"), ("Le", "Lee Smith"), ("Ada", "Anna")]
)
def test_other_names_do_not(names: tuple[str, str]) -> None:
    assert sounds_of(names[0]) != sounds_of(names[1])


def test_a_name_without_an_alphabet_has_no_sound() -> None:
    assert sounds_of("王小明") == ()
    assert not alike("王", "王小明"), "it is found by its letters alone"
    assert not alike("Wong", "王小明")


def test_every_word_that_was_heard_must_be_there() -> None:
    assert alike("Kovach", "Kovács Anna")
    assert alike("Ana Kovach", "Kovács Anna")
    assert not alike("Béla Kovach", "Kovács Anna")
    assert not alike("", "Kovács Anna")


@pytest.mark.parametrize(
    ("sale", "found"),
    [
        ({"contact": "+43 660 123-4567"}, ("4567",)),
        ({"contact": "ada@example.org, 0660/1234 568"}, ("4568",)),
        ({"contact": "ada99@example.org"}, ()),
        ({"buyer": {"identity": {"kind": "passport", "last4": "a12b"}}}, ("A12B",)),
        ({"tickets": [{"identity": {"kind": "id", "last4": "9981"}}, {}]}, ("9981",)),
        ({"tenders": [{"kind": "card", "receipt": {"card": "************4242"}}]}, ("4242",)),
        ({"tenders": [{"kind": "card", "last4": "1881"}], "contact": "12"}, ("1881",)),
        ({}, ()),
    ],
)
def test_the_last_four_digits_come_from_what_is_on_record(sale: dict[str, Any], found: tuple[str, ...]) -> None:
    assert last4_of(sale) == found
