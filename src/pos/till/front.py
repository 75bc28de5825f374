"""The front of the till: every verb by name, for the headless face and the window alike.

The table says what a verb's fields are, so that anything malformed is refused with the
field's name before the till does anything, and which verbs change something, so that
a `key` makes them happen once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from threading import Lock
from typing import Any, Final

from pos.domain.disputes import Way
from pos.domain.errors import Refused
from pos.domain.mask import scrub
from pos.domain.sale import TENDERS
from pos.domain.seatnames import LONGEST
from pos.domain.shift import MOVES
from pos.settings import DEVICES
from pos.till.contingency import packs, rekey
from pos.till.counter import (
    admit,
    charge,
    collect,
    correcting,
    customer,
    devices,
    disputes,
    exchange,
    find,
    finding,
    house,
    issue,
    layouts,
    moving,
    parking,
    pay,
    payments,
    people,
    purses,
    quote,
    refund,
    releasing,
    renaming,
    reprint,
    scan,
    sell,
    spool,
    status,
    terminal,
    void,
    worklist,
)
from pos.till.counter.house import SeatMapData
from pos.till.desk import Call, Desk
from pos.till.drawer import shift, takeover
from pos.till.orders import customers
from pos.till.refusals import sentence

# A check is given the field's name and value, and raises Refused("bad_request") for a malformed one.
Check = Callable[[str, Any], None]
_KEY: Final = re.compile(r"[a-z_]{1,32}")
_WRITTEN: Final = ("reason", "note", "name", "notes")  # what people write, and facts keep: no card number with it
_AMOUNT: Final = re.compile(r"\d{1,15}(\.\d{1,3})?")


def _must(ok: bool, name: str, be: str) -> None:
    if not ok:
        raise Refused("bad_request", field=name, reason=f"{name} must be {be}")


def _text(name: str, value: Any) -> None:
    _must(isinstance(value, str), name, "a string")


def _words(name: str, value: Any) -> None:
    _must(isinstance(value, str) and bool(value.strip()), name, "a string that is not empty")


def _line(name: str, value: Any) -> None:
    _text(name, value)
    _must(len(value) <= 80 and value.isprintable(), name, "one line of at most 80 characters")


def _reading(name: str, value: Any) -> None:
    _words(name, value)
    _must(len(value) <= scan.MOST, name, f"no longer than {scan.MOST}")


def _amount(name: str, value: Any) -> None:
    _must(isinstance(value, str) and bool(_AMOUNT.fullmatch(value)), name, 'an amount in a string, like "58.00"')


def _number(name: str, value: Any) -> None:
    _must(isinstance(value, int) and not isinstance(value, bool), name, "a whole number")


def _count(name: str, value: Any) -> None:
    _number(name, value)
    _must(value >= 1, name, "at least 1")


def _flag(name: str, value: Any) -> None:
    _must(isinstance(value, bool), name, "true or false")


def _places(name: str, value: Any) -> None:
    good = isinstance(value, list) and value and all(isinstance(item, str) for item in value)
    _must(bool(good), name, "a list of strings that is not empty")


def _places_or_none(name: str, value: Any) -> None:
    _must(isinstance(value, list) and all(isinstance(item, str) for item in value), name, "a list of strings")


def _options(name: str, value: Any) -> None:
    _count(name, value)
    _must(value <= finding.MOST_OPTIONS, name, f"at most {finding.MOST_OPTIONS}")


def _typed(name: str, value: Any) -> None:
    _words(name, value)
    _must(len(value) <= LONGEST, name, f"no longer than {LONGEST}")


def _signed(name: str, value: Any) -> None:
    good = isinstance(value, str) and bool(_AMOUNT.fullmatch(value.removeprefix("-")))
    _must(good, name, 'an amount in a string, like "58.00" or "-3.50"')


def _tenders(name: str, value: Any) -> None:
    _each_tender(name, value, _amount)


def _tenders_either_way(name: str, value: Any) -> None:
    """An exchange may pay out: then amounts are negative."""
    _each_tender(name, value, _signed)


def _price_types(name: str, value: Any) -> None:
    if isinstance(value, list):
        _places(name, value)
    else:
        _must(isinstance(value, str), name, "a string, or a list of strings")


def _approver(name: str, value: Any) -> None:
    _must(isinstance(value, dict), name, "an object with user and pin")
    _check({"user": _text, "pin": _text}, {}, value, f"{name}.")


def _said(name: str, value: Any) -> None:
    """Something short that a person typed or said."""
    _words(name, value)
    _must(len(value) <= 200 and value.isprintable(), name, "one line of at most 200 characters")


def _buyer(name: str, value: Any) -> None:
    _must(isinstance(value, dict), name, "an object")
    fields = {"contact": _said, "customer": _said, "language": _language, "tax_number": _said, "identity": _identity}
    _check({}, {"name": _said} | fields, value, f"{name}.")
    _must("name" in value or "customer" in value, name, "an object with a name or a customer")


def _consent(name: str, value: Any) -> None:
    _must(isinstance(value, dict), name, "an object with given and source")
    _check({"given": _flag, "source": _said}, {}, value, f"{name}.")


def _field(name: str, value: Any) -> None:
    """A line of a record; an empty one is taken away."""
    _text(name, value)
    _must(len(value) <= 200 and value.isprintable(), name, "one line of at most 200 characters")


def _notes(name: str, value: Any) -> None:
    _text(name, value)
    _must(len(value) <= 2000, name, "at most 2000 characters")


def _sales(name: str, value: Any) -> None:
    _must(isinstance(value, list) and all(isinstance(item, str) for item in value), name, "a list of sale ids")


def _identity(name: str, value: Any) -> None:
    """Kind and last four alone: no more of a person's document is kept."""
    _must(isinstance(value, dict), name, "an object with kind and last4")
    _check({"kind": _said, "last4": _text}, {}, value, f"{name}.")
    _must(bool(re.fullmatch(r"[0-9A-Za-z]{1,4}", value["last4"])), f"{name}.last4", "at most four letters or digits")


def _tender_kind(name: str, value: Any) -> None:
    """A tender without an amount."""
    _must(isinstance(value, dict), name, 'an object like {"kind": "card", "slip": "004711"}')
    _check({"kind": _text}, {"slip": _words, "last4": _text}, value, f"{name}.")


def _each_tender(name: str, value: Any, amount: Check) -> None:
    _must(isinstance(value, list), name, "a list of objects")
    for at, tender in enumerate(value):
        inside = f"{name}[{at}]"
        _must(isinstance(tender, dict), inside, "an object")
        fields = {"kind": _text, "amount": amount}
        optional = {
            "given": _amount,
            "code": _text,
            "pending": _flag,
            "currency": _text,
            "slip": _words,
            "last4": _text,
        }
        _check(fields, optional, tender, f"{inside}.")
        _must(tender["kind"] in TENDERS, f"{inside}.kind", f"one of {', '.join(TENDERS)}")


def _language(name: str, value: Any) -> None:
    _must(value in layouts.LANGUAGES, name, f"one of {', '.join(layouts.LANGUAGES)}")


def _roll(name: str, value: Any) -> None:
    _number(name, value)
    _must(20 <= value <= 300, name, "a width from 20 to 300 mm")


def _move(name: str, value: Any) -> None:
    _must(value in MOVES, name, f"one of {', '.join(MOVES)}")


def _printer(name: str, value: Any) -> None:
    _must(value in spool.PRINTERS, name, f"one of {', '.join(spool.PRINTERS)}")


def _addresses(name: str, value: Any) -> None:
    good = isinstance(value, list) and all(isinstance(item, str) and item.strip() for item in value)
    _must(good and len(value) <= 8, name, "a list of at most 8 addresses")


def _device(name: str, value: Any) -> None:
    _must(value in DEVICES, name, f"one of {', '.join(DEVICES)}")


def _values(name: str, value: Any) -> None:
    _must(isinstance(value, dict) and bool(value), name, "an object that is not empty")
    for key, item in value.items():
        _must(bool(_KEY.fullmatch(key)), f"{name}.{key}", "named with letters and _")
        _must(item is None or isinstance(item, str | int | bool), f"{name}.{key}", "a string, a number, a flag or null")


def _outcome(name: str, value: Any) -> None:
    _must(value in ("approved", "declined"), name, "approved or declined")


def _which(name: str, value: Any) -> None:
    _must(value in disputes.WHICH, name, f"one of {', '.join(disputes.WHICH)}")


def _way(name: str, value: Any) -> None:
    _must(value in list(Way), name, f"one of {', '.join(Way)}")


def _counted(name: str, value: Any) -> None:
    _must(isinstance(value, dict) and bool(value), name, 'an object like {"50.00": 3} or {"total": "238.85"}')
    if "total" in value:
        _check({"total": _amount}, {}, value, f"{name}.")
        return
    for face, pieces in value.items():
        _amount(f"{name}.{face}", face)
        _number(f"{name}.{face}", pieces)
        _must(pieces >= 0, f"{name}.{face}", "a number of pieces")


def _foreign(name: str, value: Any) -> None:
    _must(isinstance(value, dict), name, 'an object like {"USD": "100.00"}')
    for code, amount in value.items():
        _amount(f"{name}.{code}", amount)


@dataclass(frozen=True)
class VerbSpec:
    """A verb: its function, its required and optional fields, whether it changes anything."""

    run: Callable[..., Any]
    needs: dict[str, Check] = field(default_factory=dict)
    takes: dict[str, Check] = field(default_factory=dict)
    changes: bool = False


VERBS: Final[dict[str, VerbSpec]] = {
    "users": VerbSpec(people.users),
    "sign_in": VerbSpec(people.sign_in, {"user": _text, "pin": _text}),
    "sign_out": VerbSpec(people.sign_out),
    "open_shift": VerbSpec(shift.open_shift, {"float": _amount}, changes=True),
    "release_places": VerbSpec(
        releasing.release_places,
        {"till": _words, "reason": _words},
        {"show": _words, "places": _places, "attested": _places},
        changes=True,
    ),
    "take_over": VerbSpec(takeover.take_over, {"counted": _counted}, {"till": _words}, changes=True),
    "shift": VerbSpec(shift.shift),
    "close_shift": VerbSpec(shift.close_shift, {"counted": _counted}, {"foreign": _foreign}, changes=True),
    "move_cash": VerbSpec(shift.move_cash, {"kind": _move, "amount": _amount, "reason": _words}, changes=True),
    "shows": VerbSpec(house.shows),
    "show": VerbSpec(house.show, {"show": _text}),
    "places": VerbSpec(house.places, {"show": _text}),
    "place": VerbSpec(house.place, {"show": _text, "place": _text}),
    "best": VerbSpec(
        finding.best,
        {"show": _text, "count": _count},
        {
            "category": _text,
            "accessible": _flag,
            "restricted": _flag,
            "companion": _flag,
            "split": _flag,
            "after": _places_or_none,
            "options": _options,
        },
    ),
    "range": VerbSpec(finding.named, {"show": _text, "text": _typed}),
    "basket": VerbSpec(sell.basket),
    "add": VerbSpec(
        sell.add,
        {"show": _text, "places": _places, "price_type": _text},
        {"proof": _flag, "orphan_ok": _flag, "reason": _text, "member": _text, "approver": _approver},
        changes=True,
    ),
    "remove": VerbSpec(sell.remove, {"line": _number}, changes=True),
    "clear": VerbSpec(sell.clear, changes=True),
    "park": VerbSpec(parking.park, {}, {"name": _line, "note": _line}, changes=True),
    "parked": VerbSpec(parking.parked),
    "move_basket": VerbSpec(
        moving.move_basket,
        {"show": _text},
        {"of": _text, "preview": _flag, "orphan_ok": _flag, "reason": _text},
        changes=True,
    ),
    "recall": VerbSpec(parking.recall, {"number": _count}, {"park": _flag}, changes=True),
    "drop_parked": VerbSpec(parking.drop_parked, {"number": _count}, changes=True),
    "retype": VerbSpec(
        sell.retype,
        {"line": _number, "price_type": _text},
        {"proof": _flag, "member": _text, "reason": _text, "approver": _approver},
        changes=True,
    ),
    "pay": VerbSpec(
        pay.pay,
        {"tenders": _tenders},
        {"terms_told": _flag, "approver": _approver, "buyer": _buyer, "checker": _approver},
        changes=True,
    ),
    "quote": VerbSpec(
        quote.quote,
        {"tickets": _places},
        {"waive_fee": _flag, "show": _text, "places": _places, "price_type": _text},
    ),
    "refund": VerbSpec(
        refund.refund,
        {"tickets": _places, "reason": _words},
        {"approver": _approver, "surrendered": _flag, "identity": _text, "waive_fee": _flag, "slip": _text},
        changes=True,
    ),
    "exchange": VerbSpec(
        exchange.exchange,
        {"tickets": _places, "show": _text, "places": _places, "price_type": _text, "tenders": _tenders_either_way},
        {"proof": _flag, "reason": _text, "approver": _approver, "waive_fee": _flag, "member": _text},
        changes=True,
    ),
    "void": VerbSpec(
        void.void,
        {"sale": _words, "surrendered": _flag},
        {"reason": _text, "approver": _approver, "slip": _text},
        changes=True,
    ),
    "rename_ticket": VerbSpec(
        renaming.rename_ticket,
        {"ticket": _words, "buyer": _buyer},
        {"reason": _text, "identity": _text, "approver": _approver},
        changes=True,
    ),
    "correct_tender": VerbSpec(
        correcting.correct_tender,
        {"sale": _words, "from": _text, "to": _tender_kind, "reason": _words},
        {"approver": _approver},
        changes=True,
    ),
    "reprint": VerbSpec(reprint.reprint, {"ticket": _text, "reason": _words}, {"approver": _approver}, changes=True),
    "payments": VerbSpec(payments.payments),
    "terminal_status": VerbSpec(terminal.terminal_status),
    "abort_payment": VerbSpec(terminal.abort_payment),
    "card_receipt": VerbSpec(terminal.card_receipt, changes=True),
    "end_of_day": VerbSpec(terminal.end_of_day, changes=True),
    "ask_payment": VerbSpec(payments.ask_payment, {"payment": _text}),
    "settle_payment": VerbSpec(payments.settle_payment, {"payment": _text, "outcome": _outcome}, changes=True),
    "reverse_payment": VerbSpec(payments.reverse_payment, {"payment": _text}, changes=True),
    "write_off_payment": VerbSpec(
        payments.write_off_payment, {"payment": _text, "reason": _words}, {"approver": _approver}, changes=True
    ),
    "scan": VerbSpec(scan.scan, {"text": _reading}),
    "purse": VerbSpec(purses.purse, {"code": _words}),
    "worklist": VerbSpec(worklist.worklist),
    "admit": VerbSpec(admit.admit, {"code": _words, "show": _text}, changes=True),
    "collect": VerbSpec(collect.collect, {}, {"code": _words, "sale": _words}, changes=True),
    "find": VerbSpec(find.find, {}, {"code": _text, "sale": _text, "name": _text}),
    "jobs": VerbSpec(issue.jobs),
    "retry": VerbSpec(issue.retry, {"job": _number}, changes=True),
    "move_job": VerbSpec(spool.move_job, {"job": _number, "to": _printer}, changes=True),
    "move_jobs": VerbSpec(spool.move_jobs, {"printer": _printer, "to": _printer}, changes=True),
    "printed": VerbSpec(reprint.printed, {"job": _number, "came_out": _flag}, changes=True),
    "receipt": VerbSpec(issue.receipt, {}, {"sale": _text}, changes=True),
    "issue_paper": VerbSpec(
        packs.issue_paper, {"show": _text}, {"places": _places, "category": _words, "count": _count}, changes=True
    ),
    "paper": VerbSpec(packs.paper),
    "return_paper": VerbSpec(packs.return_paper, {"tickets": _places}, {"approver": _approver}, changes=True),
    "rekey_paper": VerbSpec(
        rekey.rekey_paper,
        {"tickets": _places, "price_type": _price_types, "tenders": _tenders},
        {"at": _words, "proof": _flag},
        changes=True,
    ),
    "lose_paper": VerbSpec(packs.lose_paper, {"pack": _text, "reason": _words}, {"approver": _approver}, changes=True),
    "disputes": VerbSpec(disputes.disputes, {}, {"state": _which}),
    "take_dispute": VerbSpec(disputes.take_dispute, {"dispute": _text}, changes=True),
    "resolve_dispute": VerbSpec(
        disputes.resolve_dispute,
        {"dispute": _text, "way": _way, "note": _words},
        {"refund": _words, "sale": _words},
        changes=True,
    ),
    "devices": VerbSpec(devices.devices),
    "device_test": VerbSpec(devices.device_test, {"device": _device}),
    "device_find": VerbSpec(devices.device_find, {}, {"addresses": _addresses}),
    "device_put": VerbSpec(devices.device_put, {"device": _device, "values": _values}, changes=True),
    "device_remove": VerbSpec(devices.device_remove, {"device": _device}, changes=True),
    "layouts": VerbSpec(layouts.layouts),
    "layout": VerbSpec(layouts.layout, {"layout": _words}),
    "layout_preview": VerbSpec(
        layouts.layout_preview, {"text": _text}, {"language": _language, "marked": _flag, "width": _roll}
    ),
    "layout_save": VerbSpec(layouts.layout_save, {"text": _text}, changes=True),
    "layout_revert": VerbSpec(layouts.layout_revert, {"layout": _words}, changes=True),
    "layout_print": VerbSpec(layouts.layout_print, {"text": _text}, {"language": _language}, changes=True),
    "customer": VerbSpec(
        customers.customer,
        {},
        {"customer": _words, "notes": _notes, "consent": _consent, "language": _language}
        | dict.fromkeys(("name", "email", "phone", "member", "tax_number"), _field),
        changes=True,
    ),
    "customers": VerbSpec(customers.customers, {"text": _text}),
    "customer_history": VerbSpec(customers.customer_history, {"customer": _words}),
    "merge_customers": VerbSpec(customers.merge_customers, {"customer": _words, "merged": _words}, changes=True),
    "export_customer": VerbSpec(customers.export_customer, {"customer": _words}),
    "erase_customer": VerbSpec(
        customers.erase_customer, {"customer": _words, "reason": _words}, {"sales": _sales}, changes=True
    ),
    "status": VerbSpec(status.status),
    "sync": VerbSpec(status.sync),
}


class Front:
    """Calls verbs on the desk's thread. Any thread may call."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        desk.outside.terminal.subscribe(lambda shown: desk.post(lambda: terminal.tell(desk, shown)))
        self._lock = Lock()
        self._running: dict[str, Future[dict[str, Any]]] = {}

    def call(self, verb: str, /, **fields: Any) -> Future[dict[str, Any]]:
        """Carry out a verb. The Future has its answer or fails with Refused."""
        try:
            spec = VERBS.get(verb)
            if spec is None:
                raise Refused("bad_request", field="do", reason=f"there is no verb {verb!r}")
            key = _key(fields.pop("key", None))
            _check(spec.needs, spec.takes, fields)
            fields |= {name: scrub(fields[name]) for name in _WRITTEN if name in fields}
        except Refused as refused:
            failed: Future[dict[str, Any]] = Future()
            failed.set_exception(refused)
            return failed
        if not (key and spec.changes):
            return self._desk.submit(lambda: spec.run(self._desk, **fields), Call(verb), self._show(verb))
        return self._once(key, verb, spec, fields)

    def _once(self, key: str, verb: str, spec: VerbSpec, fields: dict[str, Any]) -> Future[dict[str, Any]]:
        """The same key gives the same answer, also while the first call is still under way."""
        with self._lock:
            running = self._running.get(key)
            if running is not None:
                return running
            work = partial(self._first_time, key, verb, spec, fields)
            done = self._desk.submit(work, Call(verb, key), self._show(verb))
            self._running[key] = done
        done.add_done_callback(lambda _: self._running.pop(key, None))
        return done

    def _first_time(self, key: str, verb: str, spec: VerbSpec, fields: dict[str, Any]) -> Any:
        kept = self._desk.ledger.answer(key)
        if kept is None:
            return spec.run(self._desk, **fields)
        if kept[0] != verb:
            raise Refused("bad_request", field="key", reason=f"this key was used for {kept[0]!r}")
        return kept[1]

    def _show(self, verb: str) -> Callable[[dict[str, Any]], None] | None:
        """What the customer is shown after a verb, if that is anything."""
        if verb not in customer.VERBS or self._desk.outside.customer is None:
            return None
        return lambda answer: customer.after(self._desk, verb, answer)

    def seat_map(self, show: str) -> Future[SeatMapData]:
        """A show's map data; not JSON."""
        return self._desk.submit(lambda: house.seat_map(self._desk, show=show))

    def states_of(self, show: str, indexes: list[int]) -> Future[bytes]:
        """Codes of some places, for a repaint of just those."""
        return self._desk.submit(lambda: house.states_of(self._desk, show=show, indexes=indexes))

    def subscribe(self, listener: Callable[[dict[str, Any]], None]) -> None:
        """Hear events; called on the desk's thread, so hand them on at once."""
        self._desk.subscribe(listener)

    def resume(self) -> None:
        """After subscribing: take up print jobs and payments that were left by the last run."""
        self._desk.post(lambda: issue.resume(self._desk))
        self._desk.post(lambda: charge.resume(self._desk))
        self._desk.post(lambda: customer.show_basket(self._desk))
        self._desk.post(lambda: customers.follow_erasures(self._desk))

    @staticmethod
    def sentence(refused: Refused) -> str:
        """What a person reads."""
        return sentence(refused)


def _key(key: Any) -> str:
    if key is None:
        return ""
    if not isinstance(key, str) or not key:
        raise Refused("bad_request", field="key", reason="must be a string that is not empty")
    return key


def _check(needs: Mapping[str, Check], takes: Mapping[str, Check], fields: Mapping[str, Any], within: str = "") -> None:
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
