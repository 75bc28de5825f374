"""What the fields of verbs may hold: each check refuses what is malformed with the field's name and the reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from pos.domain import declared as declarations
from pos.domain.disputes import Way
from pos.domain.errors import Refused
from pos.domain.lookup import LAST4
from pos.domain.sale import DELIVERIES, LATER, TENDERS
from pos.domain.seatnames import LONGEST
from pos.domain.seatstock import COUNTABLE
from pos.domain.shift import MOVES
from pos.settings import DEVICES
from pos.till.audit.items import SORTS
from pos.till.counter import (
    disputes,
    finding,
    layouts,
    scan,
    spool,
)
from pos.till.drawer import banking, change, reports, safe
from pos.till.orders import guests, standby

# A check is given the field's name and value, and raises Refused("bad_request") for a malformed one.
Check = Callable[[str, Any], None]
_KEY: Final = re.compile(r"[a-z_]{1,32}")
_AMOUNT: Final = re.compile(r"\d{1,15}(\.\d{1,3})?")


def must(ok: bool, name: str, be: str) -> None:
    if not ok:
        raise Refused("bad_request", field=name, reason=f"{name} must be {be}")


def text(name: str, value: Any) -> None:
    must(isinstance(value, str), name, "a string")


def text_or_none(name: str, value: Any) -> None:
    must(value is None or isinstance(value, str), name, "a string, or null")


def words(name: str, value: Any) -> None:
    must(isinstance(value, str) and bool(value.strip()), name, "a string that is not empty")


def line(name: str, value: Any) -> None:
    text(name, value)
    must(len(value) <= 80 and value.isprintable(), name, "one line of at most 80 characters")


def reading(name: str, value: Any) -> None:
    words(name, value)
    must(len(value) <= scan.MOST, name, f"no longer than {scan.MOST}")


def amount(name: str, value: Any) -> None:
    must(isinstance(value, str) and bool(_AMOUNT.fullmatch(value)), name, 'an amount in a string, like "58.00"')


def number(name: str, value: Any) -> None:
    must(isinstance(value, int) and not isinstance(value, bool), name, "a whole number")


def count(name: str, value: Any) -> None:
    number(name, value)
    must(value >= 1, name, "at least 1")


def flag(name: str, value: Any) -> None:
    must(isinstance(value, bool), name, "true or false")


def numbers(name: str, value: Any) -> None:
    good = isinstance(value, list) and value and all(type(item) is int for item in value)
    must(bool(good), name, "a list of whole numbers that is not empty")


def places(name: str, value: Any) -> None:
    good = isinstance(value, list) and value and all(isinstance(item, str) for item in value)
    must(bool(good), name, "a list of strings that is not empty")


def places_or_none(name: str, value: Any) -> None:
    must(isinstance(value, list) and all(isinstance(item, str) for item in value), name, "a list of strings")


def options(name: str, value: Any) -> None:
    count(name, value)
    must(value <= finding.MOST_OPTIONS, name, f"at most {finding.MOST_OPTIONS}")


def typed(name: str, value: Any) -> None:
    words(name, value)
    must(len(value) <= LONGEST, name, f"no longer than {LONGEST}")


def signed(name: str, value: Any) -> None:
    good = isinstance(value, str) and bool(_AMOUNT.fullmatch(value.removeprefix("-")))
    must(good, name, 'an amount in a string, like "58.00" or "-3.50"')


def tenders(name: str, value: Any) -> None:
    each_tender(name, value, amount)


def tenders_either_way(name: str, value: Any) -> None:
    """An exchange may pay out: then amounts are negative."""
    each_tender(name, value, signed)


def price_types(name: str, value: Any) -> None:
    if isinstance(value, list):
        places(name, value)
    else:
        must(isinstance(value, str), name, "a string, or a list of strings")


def approver(name: str, value: Any) -> None:
    must(isinstance(value, dict), name, "an object with user and pin")
    checked({"user": text, "pin": text}, {}, value, f"{name}.")


def said(name: str, value: Any) -> None:
    """Something short that a person typed or said."""
    words(name, value)
    must(len(value) <= 200 and value.isprintable(), name, "one line of at most 200 characters")


def buyer(name: str, value: Any) -> None:
    must(isinstance(value, dict), name, "an object")
    fields = {"contact": said, "customer": said, "language": language, "tax_number": said, "identity": identity}
    checked({}, {"name": said} | fields, value, f"{name}.")
    must("name" in value or "customer" in value, name, "an object with a name or a customer")


def consent(name: str, value: Any) -> None:
    must(isinstance(value, dict), name, "an object with given and source")
    checked({"given": flag, "source": said}, {}, value, f"{name}.")


def field(name: str, value: Any) -> None:
    """A line of a record; an empty one is taken away."""
    text(name, value)
    must(len(value) <= 200 and value.isprintable(), name, "one line of at most 200 characters")


def notes(name: str, value: Any) -> None:
    text(name, value)
    must(len(value) <= 2000, name, "at most 2000 characters")


def sales(name: str, value: Any) -> None:
    must(isinstance(value, list) and all(isinstance(item, str) for item in value), name, "a list of sale ids")


def seats(name: str, value: Any) -> None:
    must(isinstance(value, list) and bool(value), name, "a list of objects with show and place")
    for at, seat in enumerate(value):
        must(isinstance(seat, dict), f"{name}[{at}]", "an object with show and place")
        checked({"show": text, "place": text}, {}, seat, f"{name}[{at}].")


def notice_state(name: str, value: Any) -> None:
    must(value in ("all", "queued", "sent", "failed"), name, "one of all, queued, sent, failed")


def identity(name: str, value: Any) -> None:
    """Kind and last four alone: no more of a person's document is kept."""
    must(isinstance(value, dict), name, "an object with kind and last4")
    checked({"kind": said, "last4": text}, {}, value, f"{name}.")
    must(bool(re.fullmatch(r"[0-9A-Za-z]{1,4}", value["last4"])), f"{name}.last4", "at most four letters or digits")


def tender_kind(name: str, value: Any) -> None:
    """A tender without an amount."""
    must(isinstance(value, dict), name, 'an object like {"kind": "card", "slip": "004711"}')
    checked({"kind": text}, {"slip": words, "last4": text}, value, f"{name}.")


def collector(name: str, value: Any) -> None:
    """Who came: of a document no more than its kind and last four is kept."""
    must(isinstance(value, dict), name, "an object with name, and kind and last4 of a document")
    checked({"name": said}, {"kind": said, "last4": last4}, value, f"{name}.")


def invoiced(name: str, value: Any) -> None:
    must(isinstance(value, dict), name, "an object with name, contact and tax_number")
    checked({}, {"name": said, "contact": said, "tax_number": said}, value, f"{name}.")


def guest_kind(name: str, value: Any) -> None:
    must(value in guests.KINDS, name, f"one of {', '.join(guests.KINDS)}")


def standby_outcome(name: str, value: Any) -> None:
    must(value in standby.OUTCOMES, name, f"one of {', '.join(standby.OUTCOMES)}")


def last4(name: str, value: Any) -> None:
    must(isinstance(value, str) and bool(LAST4.fullmatch(value)), name, "four letters or digits")


def delivery(name: str, value: Any) -> None:
    must(value in DELIVERIES, name, f"one of {', '.join(DELIVERIES)}")


def later(name: str, value: Any) -> None:
    must(value in LATER, name, f"one of {', '.join(sorted(LATER))}")


def each_tender(name: str, value: Any, amount: Check) -> None:
    must(isinstance(value, list), name, "a list of objects")
    for at, tender in enumerate(value):
        inside = f"{name}[{at}]"
        must(isinstance(tender, dict), inside, "an object")
        fields = {"kind": text, "amount": amount}
        optional = {
            "given": amount,
            "code": text,
            "pending": flag,
            "currency": text,
            "slip": words,
            "last4": text,
            "reference": words,
        }
        checked(fields, optional, tender, f"{inside}.")
        must(tender["kind"] in TENDERS, f"{inside}.kind", f"one of {', '.join(TENDERS)}")


def separator(name: str, value: Any) -> None:
    must(value in (",", ";", "\t"), name, 'one of "," ";" and a tabulator')


def language(name: str, value: Any) -> None:
    must(value in layouts.LANGUAGES, name, f"one of {', '.join(layouts.LANGUAGES)}")


def quarters(name: str, value: Any) -> None:
    must(type(value) is int and 0 <= value <= 3, name, "a number of quarters of a turn, 0 to 3")


def roll(name: str, value: Any) -> None:
    number(name, value)
    must(20 <= value <= 300, name, "a width from 20 to 300 mm")


def move(name: str, value: Any) -> None:
    must(value in MOVES, name, f"one of {', '.join(MOVES)}")


def shift_parts(name: str, value: Any) -> None:
    must(isinstance(value, dict) and bool(value), name, 'an object like {"T1-1-S0001": "200.00"}')
    for shift, part in value.items():
        amount(f"{name}.{shift}", part)


def change_source(name: str, value: Any) -> None:
    must(value in change.SOURCES, name, f"one of {', '.join(change.SOURCES)}")


def safe_when(name: str, value: Any) -> None:
    must(value in safe.WHEN, name, f"one of {', '.join(safe.WHEN)}")


def booked_to(name: str, value: Any) -> None:
    must(value in banking.BOOKED_TO, name, f"one of {', '.join(banking.BOOKED_TO)}")


def printer(name: str, value: Any) -> None:
    must(value in spool.PRINTERS, name, f"one of {', '.join(spool.PRINTERS)}")


def addresses(name: str, value: Any) -> None:
    good = isinstance(value, list) and all(isinstance(item, str) and item.strip() for item in value)
    must(good and len(value) <= 8, name, "a list of at most 8 addresses")


def device(name: str, value: Any) -> None:
    must(value in DEVICES, name, f"one of {', '.join(DEVICES)}")


def values(name: str, value: Any) -> None:
    must(isinstance(value, dict) and bool(value), name, "an object that is not empty")
    for key, item in value.items():
        must(bool(_KEY.fullmatch(key)), f"{name}.{key}", "named with letters and _")
        must(item is None or isinstance(item, str | int | bool), f"{name}.{key}", "a string, a number, a flag or null")


def outcome(name: str, value: Any) -> None:
    must(value in ("approved", "declined"), name, "approved or declined")


def stock_kind(name: str, value: Any) -> None:
    must(value in ("paper", "seats"), name, "paper or seats")


def stock_counts(name: str, value: Any) -> None:
    parts = ", ".join(COUNTABLE)
    must(isinstance(value, dict) and bool(value) and value.keys() <= set(COUNTABLE), name, f"an object with {parts}")
    for part, found in value.items():
        must(type(found) is int and found >= 0, f"{name}.{part}", "a whole number, not below nothing")


def which(name: str, value: Any) -> None:
    must(value in disputes.WHICH, name, f"one of {', '.join(disputes.WHICH)}")


def texts(name: str, value: Any) -> None:
    good = isinstance(value, list) and all(isinstance(item, str) for item in value)
    must(good and len(value) <= 50, name, "a list of at most 50 strings")


def lines(name: str, value: Any) -> None:
    good = isinstance(value, list) and all(isinstance(item, str) for item in value)
    must(good and 1 <= len(value) <= 200, name, "a list of 1 to 200 strings")


def audit_sort(name: str, value: Any) -> None:
    must(value in SORTS, name, f"one of {', '.join(SORTS)}")


def way(name: str, value: Any) -> None:
    must(value in list(Way), name, f"one of {', '.join(Way)}")


def counted(name: str, value: Any) -> None:
    must(isinstance(value, dict) and bool(value), name, 'an object like {"50.00": 3} or {"total": "238.85"}')
    if "total" in value:
        checked({"total": amount}, {}, value, f"{name}.")
        return
    for face, pieces in value.items():
        amount(f"{name}.{face}", face)
        number(f"{name}.{face}", pieces)
        must(pieces >= 0, f"{name}.{face}", "a number of pieces")


def pieces(name: str, value: Any) -> None:
    """How many there are of each denomination."""
    counted(name, value)
    must("total" not in value, name, "pieces by denomination")


def declared(name: str, value: Any) -> None:
    must(isinstance(value, dict), name, 'an object like {"card": {"count": 3, "amount": "174.00"}}')
    for kind, pile in value.items():
        must(kind in declarations.KINDS, f"{name}.{kind}", f"one of {', '.join(declarations.KINDS)}")
        if kind == declarations.STOCK:
            must(isinstance(pile, dict), f"{name}.{kind}", 'an object like {"serials": ["A0001-A0200"]}')
            checked({"serials": places_or_none}, {}, pile, f"{name}.{kind}.")
            continue
        must(isinstance(pile, dict), f"{name}.{kind}", "an object with count and amount")
        amounts = {} if kind in declarations.COUNTED else {"amount": signed}
        checked({"count": number} | amounts, {}, pile, f"{name}.{kind}.")
        must(pile["count"] >= 0, f"{name}.{kind}.count", "a number of papers")


def z_print(name: str, value: Any) -> None:
    must(value in reports.PRINTS, name, f"one of {', '.join(reports.PRINTS)}")


def foreign(name: str, value: Any) -> None:
    must(isinstance(value, dict), name, 'an object like {"USD": "100.00"}')
    for code, handed in value.items():
        amount(f"{name}.{code}", handed)


def checked(
    needs: Mapping[str, Check], takes: Mapping[str, Check], fields: Mapping[str, Any], within: str = ""
) -> None:
    for name, check in needs.items():
        if name not in fields:
            raise Refused("bad_request", field=within + name, reason=f"{within}{name} is missing")
        check(within + name, fields[name])
    for name, value in fields.items():
        if name in needs:
            continue
        if name not in takes:
            raise Refused("bad_request", field=within + name, reason=f"there is no field {name!r} here")
        takes[name](within + name, value)
