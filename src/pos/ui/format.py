"""How money, counts, dates and times are written: one formatter, Babel's, for the whole window.

Babel is imported on first use because the sign-in screen must be painted before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Final

from pos.domain.money import Money, digits
from pos.ui.i18n import tr

if TYPE_CHECKING:
    from babel import Locale

# English without a country writes dates and hours the American way, which no counter
# with a 24-hour programme uses.
_BABEL_LOCALE: Final = {"en": "en_GB", "zh_TW": "zh_Hant_TW"}
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400  # seconds


@dataclass(frozen=True)
class Formats:
    """Writes values for people. `language` as in till.toml; `zone` is the venue's, None the machine's."""

    language: str
    zone: tzinfo | None = None

    @cached_property
    def locale(self) -> Locale:
        from babel import Locale

        return Locale.parse(_BABEL_LOCALE.get(self.language, self.language))

    # ---- money and counts --------------------------------------------------------------

    def money(self, amount: Money) -> str:
        """With the currency's sign: "€89.00"."""
        from babel.numbers import format_currency, get_currency_symbol

        written = format_currency(
            amount.decimal, amount.currency, locale=self.locale, currency_digits=False, format=self._pattern(amount)
        )
        # Some locales know no sign for a foreign currency and spell its code; the sign is shorter and known to all.
        return written.replace(amount.currency, get_currency_symbol(amount.currency, locale="en_GB"))

    def _pattern(self, amount: Money) -> str:
        """The locale's own pattern with as many decimals as the amount really has.

        Babel writes some currencies with other decimals than the books keep; the books win.
        """
        pattern = self.locale.currency_formats["standard"].pattern
        positive = str(pattern).split(";")[0]
        places = digits(amount.currency)
        decimals = "." + "0" * places if places else ""
        return positive.replace(".00", decimals)

    def amount(self, amount: Money) -> str:
        """Without the currency's sign, for columns: "58.00"."""
        return self._number(amount.decimal, digits(amount.currency))

    def plain(self, amount: Money) -> str:
        """An amount as short as it is exact, for keys and typed values: "90", "12.50"."""
        places = 0 if amount.decimal == amount.decimal.to_integral_value() else digits(amount.currency)
        return self._number(amount.decimal, places)

    def count(self, number: int) -> str:
        """ "1,920"."""
        return self._number(Decimal(number), 0)

    def percent(self, basis_points: int) -> str:
        """ "97.5%", two decimals at most."""
        from babel.numbers import format_decimal, format_percent

        written = format_decimal(Decimal(basis_points).scaleb(-2), "#,##0.##", locale=self.locale)
        # The locale's own sign and space around the number.
        return format_percent(0, locale=self.locale).replace("0", written)

    def _number(self, value: Decimal, places: int) -> str:
        from babel.numbers import format_decimal

        decimals = "." + "0" * places if places else ""
        return format_decimal(value, f"#,##0{decimals}", locale=self.locale)

    # ---- dates and times ---------------------------------------------------------------

    def local(self, moment: datetime) -> datetime:
        """The same moment on the venue's clock."""
        return moment.astimezone(self.zone)

    def time(self, moment: datetime) -> str:
        """ "19:30", always on the 24-hour clock."""
        return self.local(moment).strftime("%H:%M")

    def time_exact(self, moment: datetime) -> str:
        """ "19:30:05"."""
        return self.local(moment).strftime("%H:%M:%S")

    def date(self, moment: datetime) -> str:
        """ "Thu 3 Dec"."""
        return self._skeleton(moment, "MMMEd").replace(",", "")

    def day(self, at: datetime) -> str:
        """ "Fri, 3 Dec 2027", by the clock that it is told by."""
        from babel.dates import format_skeleton

        return format_skeleton("yMMMEd", at.replace(tzinfo=None), locale=self.locale)

    def weekday(self, moment: datetime) -> str:
        """ "Fri"."""
        return self._skeleton(moment, "E")

    def date_long(self, moment: datetime) -> str:
        """ "Thursday 3 December 2026"."""
        from babel.dates import format_date

        return format_date(self.local(moment), "full", locale=self.locale)

    def _skeleton(self, moment: datetime, skeleton: str) -> str:
        from babel.dates import format_skeleton

        return format_skeleton(skeleton, self.local(moment), locale=self.locale, tzinfo=self.zone)

    def is_today(self, moment: datetime, now: datetime) -> bool:
        return self.local(moment).date() == self.local(now).date()

    def day_and_time(self, moment: datetime, now: datetime) -> str:
        """ "19:30" today, "Fri 19:30" within a week, else "Thu 3 Dec 19:30"."""
        if self.is_today(moment, now):
            return self.time(moment)
        days = (self.local(moment).date() - self.local(now).date()).days
        day = self.weekday(moment) if 0 < days < 7 else self.date(moment)
        return f"{day} {self.time(moment)}"

    @staticmethod
    def countdown(seconds: float) -> str:
        """What is left, to the second: "9:12"."""
        whole = max(0, int(seconds))
        return f"{whole // _MINUTE}:{whole % _MINUTE:02d}"

    def span(self, seconds: float) -> str:
        """How long, in the one unit that matters: "40 s", "28 min", "5 h", "3 d"."""
        whole = abs(int(seconds))
        if whole < _MINUTE:
            return tr("{n} s", n=whole)
        if whole < 2 * _HOUR:
            return tr("{n} min", n=whole // _MINUTE)
        if whole < 2 * _DAY:
            return tr("{n} h", n=whole // _HOUR)
        return tr("{n} d", n=whole // _DAY)


def read_time(text: str) -> datetime:
    """An ISO 8601 time of the contracts. Raises ValueError when it has no offset."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no offset")
    return moment


def utc_now() -> datetime:
    """The present moment; the window's only clock, so that tests can set it."""
    return datetime.now(UTC)
