"""The ledger in DATEV's format: EXTF, "Buchungsstapel", header 700, format version 13.

By the public description at developer.datev.de, "DATEV-Format" (general rules, header, Buchungsstapel): fields
parted by semicolons, lines ended by CR LF, text in quotation marks, a decimal comma, CP1252; a document's day as
TTMM, its year being that of the header's period. Amounts are positive, and S or H says which side "Konto" is on.

A fact of several accounts becomes several rows, each with an account on either side, so that every fact balances
by itself. A tax key belongs to the second account of a row ("Gegenkonto"): rows are turned so that it stands there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from pos.domain.money import Money, digits
from sync.office.ledger.accounts import AccountMap, Datev, Target
from sync.office.ledger.entries import CannotExport, Entry, Line, lines_of

_NOTES: Final = [f"Beleginfo - {what} {number}" for number in range(1, 9) for what in ("Art", "Inhalt")]
_MORE: Final = [
    name
    for number in range(1, 21)
    for name in (f"Zusatzinformation - Art {number}", f"Zusatzinformation- Inhalt {number}")
]
COLUMNS: Final = (
    "Umsatz (ohne Soll/Haben-Kz)", "Soll/Haben-Kennzeichen", "WKZ Umsatz", "Kurs", "Basis-Umsatz", "WKZ Basis-Umsatz",
    "Konto", "Gegenkonto (ohne BU-Schlüssel)", "BU-Schlüssel", "Belegdatum", "Belegfeld 1", "Belegfeld 2", "Skonto",
    "Buchungstext", "Postensperre", "Diverse Adressnummer", "Geschäftspartnerbank", "Sachverhalt", "Zinssperre",
    "Beleglink", *_NOTES, "KOST1 - Kostenstelle", "KOST2 - Kostenstelle", "Kost-Menge",
    "EU-Land u. UStID (Bestimmung)", "EU-Steuersatz (Bestimmung)", "Abw. Versteuerungsart", "Sachverhalt L+L",
    "Funktionsergänzung L+L", "BU 49 Hauptfunktionstyp", "BU 49 Hauptfunktionsnummer", "BU 49 Funktionsergänzung",
    *_MORE, "Stück", "Gewicht", "Zahlweise", "Forderungsart", "Veranlagungsjahr", "Zugeordnete Fälligkeit",
    "Skontotyp", "Auftragsnummer", "Buchungstyp", "USt-Schlüssel (Anzahlungen)", "EU-Land (Anzahlungen)",
    "Sachverhalt L+L (Anzahlungen)", "EU-Steuersatz (Anzahlungen)", "Erlöskonto (Anzahlungen)", "Herkunft-Kz",
    "Buchungs GUID", "KOST-Datum", "SEPA-Mandatsreferenz", "Skontosperre", "Gesellschaftername", "Beteiligtennummer",
    "Identifikationsnummer", "Zeichnernummer", "Postensperre bis", "Bezeichnung SoBil-Sachverhalt",
    "Kennzeichen SoBil-Buchung", "Festschreibung", "Leistungsdatum", "Datum Zuord. Steuerperiode", "Fälligkeit",
    "Generalumkehr (GU)", "Steuersatz", "Land", "Abrechnungsreferenz", "BVV-Position", "EU-Land u. UStID (Ursprung)",
    "EU-Steuersatz (Ursprung)", "Abw. Skontokonto",
)  # fmt: skip
_AT: Final = {name: at for at, name in enumerate(COLUMNS)}
_REFERENCE: Final = re.compile(r"[^A-Za-z0-9$%/-]", re.ASCII)
_MOST: Final = 10**12  # minor units: ten digits before the comma
_PLACES: Final = 2  # decimals, whatever the currency
_CENT: Final = Decimal(1).scaleb(-_PLACES)
_TEXT: Final = 60  # characters of "Buchungstext"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: `amount` in minor units from `credit` to `debit`, under a tax key of either."""

    debit: Target
    credit: Target
    amount: int


def as_datev(entries: list[Entry], accounts: AccountMap, since: date, until: date, currency: str) -> bytes:
    """The file. The same entries give the same bytes: it is dated by its last entry, not by when it is written.

    Raises CannotExport when the header cannot say this period, or a currency cannot be written.
    """
    told = accounts.datev
    if told is None:
        raise CannotExport(f"{accounts.where} has no [datev]: its header needs consultant, client and fiscal_year")
    if digits(currency) > _PLACES:
        raise CannotExport(f"{currency} has more decimals than the format")
    _check_period(told, since, until, accounts.where)
    lines = [_header(told, entries, since, until, currency), ";".join(COLUMNS)]
    for entry in entries:
        amounts = [line for line in lines_of(entry, accounts) if line.amount.currency not in told.leave_out]
        foreign = sorted({line.amount.currency for line in amounts} - {currency})
        if foreign:
            raise CannotExport(
                f"{entry.fact} moved {', '.join(foreign)}, for which DATEV wants a rate: name it in datev.leave_out "
                f"of {accounts.where} and have it booked by hand"
            )
        lines += [_line(row, entry, told, currency) for row in rows_of(amounts, entry.fact)]
    return "".join(f"{line}\r\n" for line in lines).encode("cp1252", errors="replace")


def _check_period(told: Datev, since: date, until: date, where: str) -> None:
    """A day is written without its year, which must follow from the fiscal year."""
    ends = _year_later(told.fiscal_year) - timedelta(days=1)
    if not told.fiscal_year <= since <= until <= ends:
        raise CannotExport(
            f"{since} to {until} is not within the fiscal year {told.fiscal_year} to {ends} that {where} names"
        )


def _year_later(day: date) -> date:
    try:
        return day.replace(year=day.year + 1)
    except ValueError:  # 29 February
        return date(day.year + 1, 3, 1)


def _header(told: Datev, entries: list[Entry], since: date, until: date, currency: str) -> str:
    made = entries[-1].at.strftime("%Y%m%d%H%M%S") + "000" if entries else f"{until:%Y%m%d}000000000"
    fields = [
        '"EXTF"', "700", "21", '"Buchungsstapel"', "13", made, "", '"RE"', '""', '""',
        str(told.consultant), str(told.client), f"{told.fiscal_year:%Y%m%d}", str(told.account_length),
        f"{since:%Y%m%d}", f"{until:%Y%m%d}", _quoted(f"Housefull {since:%d.%m.%Y}"), '""', "1", "0",
        "1" if told.locked else "0", _quoted(currency), "", '""', "", "", _quoted(told.chart), "", "", '""', '""',
    ]  # fmt: skip
    return ";".join(fields)


def rows_of(lines: list[Line], fact: str) -> Iterator[Row]:
    """Debits against credits, in their order, each row as much as both sides have left.

    Raises CannotExport when a row would need two tax keys, or have one account twice.
    """
    debits = [(line.target, line.amount.minor) for line in lines if line.amount.minor > 0]
    credits = [(line.target, -line.amount.minor) for line in lines if line.amount.minor < 0]
    while debits and credits:
        (debit, left), (credit, right) = debits.pop(0), credits.pop(0)
        if debit.tax_key and credit.tax_key and debit.tax_key != credit.tax_key:
            raise CannotExport(f"{fact} books {debit.number} against {credit.number}, which have different tax keys")
        if debit.number == credit.number:
            raise CannotExport(f"{fact} books {debit.number} against itself, under two tax keys")
        amount = min(left, right)
        yield Row(debit, credit, amount)
        if left > amount:
            debits.insert(0, (debit, left - amount))
        if right > amount:
            credits.insert(0, (credit, right - amount))


def _line(row: Row, entry: Entry, told: Datev, currency: str) -> str:
    if row.amount >= _MOST:
        raise CannotExport(f"{entry.fact} moves more than the format has digits for")
    turned = bool(row.debit.tax_key)  # the key is the second account's
    first, second = (row.credit, row.debit) if turned else (row.debit, row.credit)
    fields = [""] * len(COLUMNS)
    said = {
        "Umsatz (ohne Soll/Haben-Kz)": str(Money(row.amount, currency).decimal.quantize(_CENT)).replace(".", ","),
        "Soll/Haben-Kennzeichen": '"H"' if turned else '"S"',
        "WKZ Umsatz": _quoted(currency),
        "Konto": first.number,
        "Gegenkonto (ohne BU-Schlüssel)": second.number,
        "BU-Schlüssel": _quoted(second.tax_key) if second.tax_key else "",
        "Belegdatum": f"{entry.day:%d%m}",
        "Belegfeld 1": _quoted(_reference(entry.document or entry.fact, 36)),
        "Buchungstext": _quoted(f"{entry.kind} {entry.document}".strip()[:_TEXT]),
        "Beleginfo - Art 1": '"Housefull"',
        "Beleginfo - Inhalt 1": _quoted(entry.fact),
        "Festschreibung": "1" if told.locked else "0",
    }
    for name, value in said.items():
        fields[_AT[name]] = value
    return ";".join(fields)


def _reference(text: str, most: int) -> str:
    return _REFERENCE.sub("-", text)[:most]


def _quoted(text: str) -> str:
    """Text in quotation marks, without anything that would end its line."""
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    return '"' + plain.replace('"', '""') + '"'
