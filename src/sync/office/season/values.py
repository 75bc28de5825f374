"""What one value of a season file may be. Each check raises ValueError with the reason."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pos.domain.audit.hours import Hours
from pos.domain.audit.rules import percent_basis_points
from pos.domain.calendar import parse_day_ends
from pos.domain.check import OrderCheck
from pos.domain.foreign import parse_rate
from pos.domain.hold import is_release
from pos.domain.money import Money
from pos.domain.price import tax_basis_points
from pos.domain.promoter import parse_advances, parse_percent, parse_percents
from pos.domain.promotion import parse_off
from pos.domain.purse import is_purse
from pos.domain.season import ROLES
from pos.domain.seatstock import Thresholds
from pos.domain.terms import parse_fee, parse_until
from pos.paper.formats import LANGUAGES

Check = Callable[[Any, str], None]  # the value, and the season's currency

_TILL: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")
_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_PIN: Final = re.compile(r"\d{4,12}")
_DAY_MINUTES: Final = 24 * 60
_OLDEST: Final = 99
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}([_-][A-Za-z]{2,4})?")
_EMAIL: Final = re.compile(r"[^@\s<>,;\"]{1,64}@[^@\s<>,;\"]{1,190}\.[^@\s<>,;\".]{2,}")
_LONGEST: Final = 2_000


def text(value: Any, _currency: str) -> None:
    if not isinstance(value, str):
        raise ValueError(f"{value!r} must be a text in quotes")
    if len(value) > _LONGEST or any(ord(letter) < 32 and letter not in "\n\t" for letter in value):
        raise ValueError("is too long or holds control characters")


def name(value: Any, currency: str) -> None:
    """An id or another text that must say something."""
    text(value, currency)
    if not value.strip() or len(value) > 100 or "\n" in value:
        raise ValueError(f"{value!r} must be a short text, not empty")


def area_id(value: Any, currency: str) -> None:
    name(value, currency)
    if "#" in value:
        raise ValueError(f"{value!r} must not hold '#', which numbers the units of an area")


def show_id(value: Any, currency: str) -> None:
    name(value, currency)
    if is_purse(value):
        raise ValueError(f"{value!r} must not begin with '~', as vouchers and gift cards do")


def till_id(value: Any, currency: str) -> None:
    name(value, currency)
    if not _TILL.fullmatch(value):
        raise ValueError(f"{value!r} must be letters, digits, - and _, at most 32")


def names(value: Any, currency: str) -> None:
    """A text in several languages: { en = "Adult", uk = "Дорослий" }."""
    if not isinstance(value, dict) or not value:
        raise ValueError(f'{value!r} must be a table by language, like {{ en = "Adult" }}')
    _by_language(value, name, currency)


def sentences(value: Any, currency: str) -> None:
    """A text for everybody, or one in several languages; of any length that a cashier would read out."""
    if isinstance(value, str):
        value = {"en": value}
    if not isinstance(value, dict) or not value:
        raise ValueError(f'{value!r} must be a text, or a table by language, like {{ en = "No late admission" }}')
    _by_language(value, text, currency)
    for language, said in value.items():
        if not said.strip():
            raise ValueError(f"{language}: must say something")


def _by_language(value: dict[str, Any], check: Check, currency: str) -> None:
    for language, said in value.items():
        if not _LANGUAGE.fullmatch(language):
            raise ValueError(f"{language!r} is not a language like en or zh_TW")
        check(said, currency)


def minutes(value: Any, _currency: str) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= _DAY_MINUTES:
        raise ValueError(f"{value!r} must be minutes, 1 to {_DAY_MINUTES}")


def intervals(value: Any, currency: str) -> None:
    """How many minutes each interval takes."""
    if not isinstance(value, list):
        raise ValueError(f"{value!r} must be a list of minutes, like [25]")
    for item in value:
        minutes(item, currency)


def age(value: Any, _currency: str) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _OLDEST:
        raise ValueError(f"{value!r} must be an age in years, 0 to {_OLDEST}")


def language(value: Any, _currency: str) -> None:
    if value not in LANGUAGES:
        raise ValueError(f"{value!r} is none of {', '.join(LANGUAGES)}")


def amount(value: Any, currency: str) -> None:
    if Money.parse(value, currency).minor < 0:
        raise ValueError(f"{value!r} is negative")


def positive(value: Any, currency: str) -> None:
    if Money.parse(value, currency).minor <= 0:
        raise ValueError(f"{value!r} must be more than nothing")


def amounts(value: Any, currency: str) -> None:
    if not isinstance(value, list):
        raise ValueError(f"{value!r} must be a list of amounts")
    for item in value:
        positive(item, currency)


def percent(value: Any, _currency: str) -> None:
    tax_basis_points(value)


def fee(value: Any, currency: str) -> None:
    parse_fee(value, currency)


def off(value: Any, currency: str) -> None:
    parse_off(value, currency)


def until(value: Any, _currency: str) -> None:
    parse_until(value)


def time(value: Any, _currency: str) -> None:
    """ISO 8601 with offset, as text."""
    if isinstance(value, datetime):
        raise ValueError("must be a time in quotes")
    text(value, _currency)
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError(f'{value!r} is not a time like "2027-12-03T19:30:00+01:00"') from None
    if moment.tzinfo is None:
        raise ValueError(f"{value!r} has no offset from UTC, like +01:00")


def release(value: Any, currency: str) -> None:
    """When a hold ends: a span before the start, or a time."""
    text(value, currency)
    if not is_release(value):
        raise ValueError(f'{value!r} is neither a span before the start like "30m" nor a time with offset')


def zone(value: Any, currency: str) -> None:
    name(value, currency)
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f'{value!r} is not a time zone like "Europe/Vienna"') from None


def currency(value: Any, _currency: str) -> None:
    if not isinstance(value, str) or not _CURRENCY.fullmatch(value):
        raise ValueError(f'{value!r} is not a currency like "EUR"')


def pin(value: Any, _currency: str) -> None:
    # The PIN itself must not appear in a message that may be logged.
    if not isinstance(value, str) or not _PIN.fullmatch(value):
        raise ValueError("must be 4 to 12 digits in quotes")


def one_of(*choices: str) -> Check:
    def check(value: Any, _currency: str) -> None:
        if value not in choices:
            raise ValueError(f"{value!r} must be one of {', '.join(choices)}")

    return check


role: Final = one_of(*ROLES)


def flag(value: Any, _currency: str) -> None:
    if not isinstance(value, bool):
        raise ValueError(f"{value!r} must be true or false")


def count(value: Any, _currency: str) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 1_000_000:
        raise ValueError(f"{value!r} must be a whole number, 0 to 1000000")


def texts(value: Any, currency: str) -> None:
    if not isinstance(value, list) or not value:
        raise ValueError(f"{value!r} must be a list of texts")
    for item in value:
        name(item, currency)


def words(value: Any, currency: str) -> None:
    """A word, or a list of words."""
    texts([value] if isinstance(value, str) else value, currency)


def pairs(value: Any, currency: str) -> None:
    """Text to text: { Wheelchair = "Companion" }."""
    if not isinstance(value, dict):
        raise ValueError(f"{value!r} must be a table")
    for key, item in value.items():
        name(key, currency)
        name(item, currency)


def taste(value: Any, _currency: str) -> None:
    """How a hall ranks its seats (pos.domain.best): { front = "0.67", centre = "1" }."""
    if not isinstance(value, dict):
        raise ValueError(f"{value!r} must be a table")
    for key, most in (("front", 1), ("centre", 10)):
        number = value.get(key, "0")
        good = isinstance(number, str) and re.fullmatch(r"\d{1,2}(\.\d{1,3})?", number)
        if not good or float(number) > most:
            raise ValueError(f'{key} is {number!r}, which is not a number from "0" to "{most}"')
    if unknown := value.keys() - {"front", "centre"}:
        raise ValueError(f"{min(unknown)!r} is neither front nor centre")


def counts(value: Any, currency: str) -> None:
    if not isinstance(value, dict):
        raise ValueError(f"{value!r} must be a table")
    for key, item in value.items():
        try:
            count(item, currency)
        except ValueError as error:
            raise ValueError(f"{key}: {error}") from error


def price_table(value: Any, currency: str) -> None:
    if not isinstance(value, dict) or not value:
        raise ValueError("must be a table: category or area, then price type, then price")
    for category, row in value.items():
        if not isinstance(row, dict):
            raise ValueError(f"{category}: must be a table: price type, then price")
        for price_type, price in row.items():
            try:
                amount(price, currency)
            except ValueError as error:
                raise ValueError(f"{category}.{price_type}: {error}") from error


def rate(value: Any, _currency: str) -> None:
    parse_rate(value)


def order_check(value: Any, currency: str) -> None:
    OrderCheck.parse(value, currency)


def part(value: Any, _currency: str) -> None:
    parse_percent("", value)


def percents(value: Any, _currency: str) -> None:
    parse_percents("", value)


def advances(value: Any, currency: str) -> None:
    """What a promoter has had already."""
    parse_advances(value, currency)
    for one in value:
        date(one["at"], currency)
        text(one.get("note", ""), currency)


def date(value: Any, _currency: str) -> None:
    try:
        datetime.strptime(value, "%Y-%m-%d")  # noqa: DTZ007 - a day has no zone
    except (TypeError, ValueError) as error:
        raise ValueError(f'{value!r} is not a day like "2027-12-03"') from error


def day_ends(value: Any, _currency: str) -> None:
    parse_day_ends(value)


def qr(value: Any, currency: str) -> None:
    """What a code to pay by says, with {amount}, {currency} and {reference} in it."""
    text(value, currency)
    try:
        value.format(amount="1.00", currency=currency, reference="A")
    except (KeyError, IndexError, ValueError) as error:
        raise ValueError(f"{value!r} may name {{amount}}, {{currency}} and {{reference}} alone") from error


def agreement(value: Any, currency: str) -> None:
    """Its id is part of settlements' names."""
    name(value, currency)
    if "." in value:
        raise ValueError(f"{value!r} must not hold a full stop")


def hours(value: Any, _currency: str) -> None:
    Hours.parse(value)


def rate_percent(value: Any, _currency: str) -> None:
    percent_basis_points(value)


def email(value: Any, currency: str) -> None:
    text(value, currency)
    if not _EMAIL.fullmatch(value):
        raise ValueError(f"{value!r} is not an e-mail address")


def anything(_value: Any, _currency: str) -> None:
    """Kept as it is: its meaning is checked where it is used."""


def slow(value: Any, _currency: str) -> None:
    """Raises ValueError that says what is wrong."""
    Thresholds.parse(0, value)
