"""The words of reports: all five languages, each in its script, and values written as each language writes them."""

from __future__ import annotations

import tomllib

import pytest

from pos.data import resource
from pos.domain.errors import Unreadable
from pos.domain.money import Money
from pos.domain.report import COUNT, DAY, MOMENT, MONEY, PERCENT, WORD, Column, Table
from pos.paper.formats import LANGUAGES
from pos.paper.reports.words import ReportWords, Writer, kind_of

TEXT = resource("reports", "words.toml").read_text(encoding="utf-8")
WORDS = ReportWords(TEXT)


def test_the_words_that_ship_have_every_language_and_stand_in_order() -> None:
    keys = WORDS.keys()
    assert keys == sorted(keys)
    forms = tomllib.loads(TEXT)
    for key, by_language in forms.items():
        assert set(by_language) == set(LANGUAGES), key
        assert any("\u4e00" <= letter <= "\u9fff" for letter in by_language["zh_TW"]), key
        assert any("\u0400" <= letter <= "\u04ff" for letter in by_language["uk"]), key


def test_what_a_sentence_fills_in_is_the_same_in_every_language() -> None:
    for key, by_language in tomllib.loads(TEXT).items():
        fields = {frozenset(part.split("}")[0] for part in text.split("{")[1:]) for text in by_language.values()}
        assert len(fields) == 1, key


def test_a_word_without_one_of_the_languages_is_refused_by_name() -> None:
    with pytest.raises(Unreadable, match=r"gross.*is missing in uk"):
        ReportWords('gross = { en = "Gross", zh_TW = "含稅", vi = "Gộp", uk = "", hu = "Bruttó" }')


def test_a_key_without_a_word_says_itself() -> None:
    assert WORDS.say("Anna Kovács", "hu") == "Anna Kovács"


@pytest.mark.parametrize(
    ("language", "money", "count", "percent", "day"),
    [
        ("en", "€1,234.50", "1,920", "97.5%", "Fri, 3 Dec 2027"),
        ("zh_TW", "€1,234.50", "1,920", "97.5%", "2027年12月3日 週五"),
        ("vi", "1.234,50\u00a0€", "1.920", "97,5%", "Th 6, 3 thg 12, 2027"),
        ("uk", "1\u00a0234,50\u00a0EUR", "1\u00a0920", "97,5%", "пт, 3 груд. 2027\u202fр."),
        ("hu", "1\u00a0234,50\u00a0EUR", "1\u00a0920", "97,5%", "2027. dec. 3., P"),
    ],
)
def test_values_are_written_the_way_of_each_language(
    language: str, money: str, count: str, percent: str, day: str
) -> None:
    write = Writer(language, WORDS)
    assert write.cell(Money(123_450, "EUR"), MONEY) == money
    assert write.cell(1920, COUNT) == count
    assert write.cell(9750, PERCENT) == percent
    assert write.cell("2027-12-03", DAY) == day
    assert write.cell("2027-12-03T19:30:00+01:00", MOMENT) == f"{day} 19:30"
    assert write.cell(None, MONEY) == ""
    assert write.cell("cash", WORD) == WORDS.say("cash", language)


def test_a_total_may_be_called_something_under_any_column() -> None:
    days = Table("day", (Column("day", DAY), Column("gross", MONEY)), (), ("total", Money(100, "EUR")))
    write = Writer("hu", WORDS)
    assert [write.cell(cell, kind) for cell, kind in write.total(days)] == ["Összesen", "1,00\u00a0EUR"]
    nameless = Table("day", (Column("day", DAY), Column("gross", MONEY)), (), (None, Money(100, "EUR")))
    assert write.total(nameless) == write.total(days)
    counted = Table("day", (Column("count", COUNT), Column("gross", MONEY)), (), (None, Money(100, "EUR")))
    assert write.total(counted)[0] == (None, COUNT)


def test_a_value_without_a_column_is_what_it_looks_like() -> None:
    values = {
        12: COUNT,
        "2027-12-03": DAY,
        "2027-12-03T19:30:00+01:00": MOMENT,
        "cash": WORD,
        "Tosca": WORD,
        "20271203": WORD,
    }
    assert {value: kind_of(value) for value in values} == values
