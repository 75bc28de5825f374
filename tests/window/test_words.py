"""Money, counts, dates and sentences as they are written, and amounts as they are typed."""

from __future__ import annotations

from datetime import datetime, timedelta
from gettext import NullTranslations
from zoneinfo import ZoneInfo

import pytest

from pos.domain.errors import CODES, Refused
from pos.domain.money import Money
from pos.till.refusals import sentence as plain
from pos.ui.amounts import type_digit, typed_amount
from pos.ui.format import Formats, read_time
from pos.ui.frame.toast import shown_ms
from pos.ui.i18n import name_in, speak, tr, tr_count
from pos.ui.sell.cash import due_in_cash, implausible, quick_amounts
from pos.ui.sentences import sentence

VIENNA = ZoneInfo("Europe/Vienna")
NOW = datetime(2026, 12, 3, 18, 2, tzinfo=VIENNA)


def euro(text: str) -> Money:
    return Money.parse(text, "EUR")


@pytest.mark.parametrize(
    ("language", "amount", "written"),
    [
        ("en", euro("89.00"), "€89.00"),
        ("en", euro("-1234.50"), "-€1,234.50"),
        ("uk", euro("1234.50"), "1 234,50 €"),
        ("hu", Money.parse("12500", "HUF"), "12 500,00 Ft"),
        ("vi", Money.parse("150000", "VND"), "150.000 ₫"),
        ("zh_TW", Money.parse("1200", "TWD"), "$1,200.00"),
    ],
)
def test_money_is_written_as_the_language_does_with_the_decimals_of_the_books(
    language: str, amount: Money, written: str
) -> None:
    assert Formats(language).money(amount).replace("\xa0", " ") == written


def test_a_time_is_the_venues_and_has_24_hours() -> None:
    utc = read_time("2026-12-03T18:30:00+00:00")
    assert Formats("en", VIENNA).time(utc) == "19:30"
    assert Formats("vi", VIENNA).time(utc) == "19:30"


def test_a_day_is_named_only_when_it_is_not_today() -> None:
    formats = Formats("en", VIENNA)
    assert formats.day_and_time(NOW + timedelta(hours=1), NOW) == "19:02"
    assert formats.day_and_time(NOW + timedelta(days=2), NOW) == "Sat 18:02"
    assert formats.day_and_time(NOW + timedelta(days=20), NOW) == "Wed 23 Dec 18:02"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(40, "40 s"), (28 * 60, "28 min"), (119 * 60, "119 min"), (5 * 3600, "5 h"), (3 * 86400, "3 d")],
)
def test_a_span_has_the_one_unit_that_matters(seconds: int, words: str) -> None:
    assert Formats("en").span(seconds) == words


def test_a_time_without_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="no offset"):
        read_time("2026-12-03T18:30:00")


def test_texts_take_their_fields_and_their_plural() -> None:
    assert tr("{a} of {b}", a=1, b=2) == "1 of 2"
    assert tr("plain {braces}") == "plain {braces}"
    assert tr_count("%n ticket", "%n tickets", 1) == "1 ticket"
    assert tr_count("%n ticket", "%n tickets", 1920, "1,920") == "1,920 tickets"


def test_a_name_is_in_the_language_else_english_else_as_given() -> None:
    names = {"en": "Adult", "uk": "Дорослий"}
    assert name_in(names, "uk", "x") == "Дорослий"
    assert name_in(names, "hu", "x") == "Adult"
    assert name_in({}, "hu", "x") == "x"


# ---- typing and cash ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "text"),
    [("100", "100"), ("12.5", "12.5"), ("12.505", "12.50"), ("1.2.3", "1.23"), (".5", "0.5"), ("007", "7"), ("0", "0")],
)
def test_digits_make_an_amount_and_nothing_else(keys: str, text: str) -> None:
    typed = ""
    for key in keys:
        typed = type_digit(typed, key, "EUR")
    assert typed == text


def test_a_currency_without_decimals_takes_no_point() -> None:
    assert type_digit("15", ".", "VND") == "15"


def test_an_unfinished_amount_counts_as_far_as_it_goes() -> None:
    assert typed_amount("12.", "EUR") == euro("12")
    assert typed_amount("", "EUR") is None


@pytest.mark.parametrize(
    ("due", "offered"),
    [("89.00", ["90", "100", "200"]), ("100.00", ["200"]), ("3.20", ["5", "10", "20"]), ("0.00", [])],
)
def test_round_amounts_are_what_a_customer_would_hand_over(due: str, offered: list[str]) -> None:
    assert quick_amounts(euro(due)) == [euro(amount) for amount in offered]


def test_cash_is_owed_as_the_venue_rounds_it() -> None:
    assert due_in_cash(Money.parse("1234", "HUF"), "5") == Money.parse("1235", "HUF")
    assert due_in_cash(euro("10.01"), "0.01") == euro("10.01")


def test_one_zero_too_many_is_implausible() -> None:
    assert implausible(euro("20"), euro("200"))
    assert not implausible(euro("20"), euro("199.99"))
    assert not implausible(euro("0"), euro("50"))


# ---- refusals ----------------------------------------------------------------------------


def said(code: str, **fields: object) -> str:
    return sentence(Refused(code, **fields), Formats("en", VIENNA), NOW, lambda place: f"<{place}>")


def test_a_refusal_names_the_place_as_people_do_who_has_it_and_since_when() -> None:
    words = said("right_elsewhere", place="S-1", holder="W2", since="2026-12-03T17:42:00+00:00")
    assert words == "<S-1> is with W2 since 18:42."
    assert said("right_elsewhere", place="S-1", holder="office", since=None) == "<S-1> is with the office."


def test_every_code_has_a_sentence_even_without_its_fields() -> None:
    for code in CODES:
        words = said(code)
        assert words
        assert "{" not in words


def test_a_role_that_may_not_is_named() -> None:
    assert said("not_allowed", what="sell", role="auditor") == "Your role (auditor) may not do that."


def test_an_amount_that_is_missing_has_the_venues_sign() -> None:
    short = Refused("underpaid", due="20.00", missing="12.50")
    assert sentence(short, Formats("en", VIENNA), NOW, str, "EUR") == "€12.50 is missing."
    assert said("underpaid", due="20.00", missing="12.50") == "12.50 is missing."


def test_what_nobody_can_be_asked_for_is_said_with_what_to_do_instead_and_its_amounts_as_money() -> None:
    refused = Refused("limit_exceeded", what="card", amount="120.00", limit="50.00", instead=["cash", "split"])
    assert sentence(refused, Formats("en", VIENNA), NOW, str, "EUR") == (
        "While the bank cannot be asked, this venue takes cards up to €50.00, and this is €120.00. "
        "Take cash. Take up to €50.00 that way, and the rest in cash."
    )
    words = said("right_to_refund_elsewhere", ticket="T2-1-1", holder="T2", instead=["other_window"])
    assert words == "The right to refund this ticket is with T2. T2 can do it: send the customer there."


def test_a_sentence_stays_as_long_as_it_takes_to_read() -> None:
    assert shown_ms("S-1 is sold.") == 7000
    assert shown_ms("x" * 150) == 10_500
    assert shown_ms("x" * 400) == 15_000


def test_roles_devices_and_reasons_are_said_in_the_cashiers_language() -> None:
    speak("uk", Said())
    try:
        assert said("not_allowed", what="sell", role="auditor") == "[Your role ([auditor]) may not do that.]"
        assert said("device_absent", device="terminal") == "[This till has no [Terminal].]"
        assert said("not_allowed", reason="it is theirs already") == "[That is not possible: <it is theirs already>.]"
    finally:
        speak("en", NullTranslations())


class Said(NullTranslations):
    """Says of each text that it was translated, and how."""

    def gettext(self, message: str) -> str:
        return f"[{message}]"

    def pgettext(self, context: str, message: str) -> str:
        return f"<{message}>"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"reason": "is in a basket", "place": "S-1"}, "<S-1> is in a basket"),
        ({"reason": "is negative", "field": "float"}, "'float' is negative"),
        ({"reason": "names a seat twice", "field": "places", "place": "S-1"}, "'places' names a seat twice"),
        ({"reason": "must be 1 to 50", "field": "count"}, "'count' must be 1 to 50"),
        ({"reason": "isolated words", "field": "note"}, "isolated words"),
        ({"reason": "there is no line 7", "field": "line", "place": "S-1"}, "there is no line 7"),
        ({"reason": "is wrong"}, "is wrong"),
    ],
)
def test_what_was_asked_wrongly_has_its_subject_at_the_window_and_without_one(
    fields: dict[str, str], words: str
) -> None:
    assert said("bad_request", **fields) == f"That cannot be done as asked: {words}."
    assert plain(Refused("bad_request", **fields)) == f"That cannot be done as asked: {words}.".replace("<S-1>", "S-1")


def test_both_faces_choose_the_same_words_for_what_is_not_known() -> None:
    away = Refused("right_elsewhere", place="S-1", holder="W2", since=None)
    assert plain(away) == "S-1 is with W2."
    assert plain(Refused("not_allowed", what="sell", role="auditor")) == "Your role (auditor) may not do that."
