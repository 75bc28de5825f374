"""The customers that this till knows of: the office's word, overlaid by what was recorded here and is not told yet."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from pos.domain.customers import FAMILY, fits
from pos.domain.errors import Refused
from pos.store import records
from pos.till.desk import Desk

SHOWN: Final = 50  # of a search
Customer = dict[str, Any]


def standing(desk: Desk, customer: str) -> Customer:
    """The record that stands for that number: another one, where two were merged.

    Raises Refused("unknown_customer"), also for one that was erased.
    """
    seen: set[str] = set()
    id = customer.strip()
    while id and id not in seen:
        seen.add(id)
        found = _believed(desk, id)
        if found is None or "erased" in found:
            break
        if "into" not in found:
            return found
        id = found["into"]
    raise Refused("unknown_customer", customer=customer)


def _believed(desk: Desk, id: str) -> Customer | None:
    heard = desk.replica.record(FAMILY, id) if desk.replica.complete() else None
    own = records.own(desk.ledger.connection, FAMILY).get(id)
    if own is not None and (heard is None or own["number"] > desk.acknowledged()):
        told: Customer = own["told"]
        return told
    return heard


def search(desk: Desk, text: str) -> list[Customer]:
    """Customers by words of name, e-mail, telephone or member code; those that begin with it first."""
    words = text.casefold().split()
    if not words:
        return []
    if all(re.fullmatch(r"[\d+()/.-]+", word) for word in words):
        words = [re.sub(r"\D", "", "".join(words))]  # a telephone number, however it is grouped
    heard = {one["id"]: one for one in desk.replica.search(FAMILY, words, 4 * SHOWN)} if desk.replica.complete() else {}
    waiting = records.own(desk.ledger.connection, FAMILY)
    for id, own in waiting.items():
        if own["number"] > desk.acknowledged() or id not in heard:
            heard[id] = _believed(desk, id) or {}
    found = [one for one in heard.values() if "find" in one and fits(one, words)]
    first = words[0]
    found.sort(key=lambda one: (not one["find"].startswith(first), one["find"]))
    return found[:SHOWN]


def shown(customer: Customer) -> Customer:
    """As a face has it."""
    return {key: value for key, value in customer.items() if key != "find"}


def sales_of(desk: Desk, customer: str) -> list[dict[str, Any]]:
    """The sales of a customer that this till knows of, the newest first."""
    word = json.dumps({"customer": customer})[1:-1]
    found = {body["id"]: body for body in desk.replica.sales_with(word)} if desk.replica.complete() else {}
    found |= {body["id"]: found.get(body["id"], body) for body in desk.ledger.sales_with(word)}
    return sorted(found.values(), key=lambda body: str(body["at"]), reverse=True)
