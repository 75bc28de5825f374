"""House accounts: what is owed on one, what was charged to it, and money that is paid in.

The right to charge an account is a token like that of a gift card (`pos.domain.purse`): what is left of its limit is
known to the cent by whoever has it. Paying in makes more of it left again, up to the limit.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from pos.domain.books import entry
from pos.domain.errors import Refused
from pos.domain.facts import Kind
from pos.domain.money import Money, total
from pos.domain.sale import SLIP, Settlement, Tender, settle, tender_account
from pos.domain.season import Account
from pos.domain.shift import CashMove
from pos.till.counter import issue, purses
from pos.till.counter.numbers import Series, next_id, take
from pos.till.counter.tenders import tenders_of
from pos.till.desk import Desk, Verb

_PAID: Final = Series("account_payments", "A")
_TAKEN: Final = ("cash", SLIP, "mobile", "transfer")  # what an account is paid with


def account(desk: Desk, *, account: str) -> Verb[dict[str, Any]]:
    """What is owed on an account, and what was charged to it, as far as this till knows; its right is here then.

    Raises Refused("unknown_ticket" | "right_elsewhere").
    """
    desk.signed_in("sell")
    desk.check_not_fenced()
    known = _known(desk, account)
    yield from purses.hold(desk, [Tender("account", Money.zero(known.limit.currency), code=known.id)])
    left = desk.ledger.purses.get("account", known.id)
    assert left is not None, "its right is in hand"
    return {
        "account": {
            "id": known.id,
            "name": known.name,
            "limit": str(known.limit),
            "left": str(left.left),
            "owed": str(known.limit - left.left),
            "sales": list(_charged(desk, known.id)),
        }
    }


def _known(desk: Desk, name: str) -> Account:
    found = desk.season().accounts.get(name.strip())
    if found is None:
        raise Refused("unknown_ticket", kind="account", purse=name)
    return found


def _charged(desk: Desk, account: str) -> Iterator[dict[str, Any]]:
    """Sales that were charged to it, the newest first, those of this till before the office has told of them."""
    found = {body["id"]: body for body in (*desk.replica.sales_with(account), *desk.ledger.sales_charged(account))}
    for body in sorted(found.values(), key=lambda body: str(body["at"]), reverse=True):
        amounts = [t["amount"] for t in body["tenders"] if (t["kind"], t.get("code")) == ("account", account)]
        for amount in amounts:
            yield {"sale": body["id"], "at": body["at"], "amount": amount, "till": body["till"]}


def pay_account(desk: Desk, *, account: str, tenders: list[dict[str, Any]]) -> Verb[dict[str, Any]]:
    """Take money for what was charged to an account: in cash, by slip, or what has arrived by telephone or bank.

    Raises Refused: unknown_ticket right_elsewhere overpaid bad_request not_allowed storage_failed fenced.
    """
    desk.signed_in("sell")
    desk.shift()
    desk.check_not_fenced()
    known = _known(desk, account)
    currency = known.limit.currency
    yield from purses.hold(desk, [Tender("account", Money.zero(currency), code=known.id)])
    # While the office was asked, somebody may have signed out or closed the shift.
    user, shift = desk.signed_in("sell"), desk.shift()
    settled, amount = _settled(desk, known, tenders)
    credit = purses.moved(
        desk, Settlement((Tender("account", -amount, code=known.id),), amount - amount, amount - amount)
    )
    (back,) = credit.tenders
    document: dict[str, Any] = {
        "id": next_id(desk, _PAID),
        "account": known.id,
        "name": known.name,
        "at": desk.clock.now().isoformat(timespec="seconds"),
        "till": desk.outside.till,
        "user": user.id,
        "shift": shift.id,
        "amount": str(amount),
        "rounding": str(settled.rounding),
        "change": str(settled.change),
        "tenders": [tender.to_json() for tender in (*settled.tenders, back)],
    }
    sides = [(tender_account(desk.outside.till, one.kind), one.amount) for one in settled.tenders]
    with desk.unit() as unit:
        effects = purses.spend(desk, credit)
        postings = entry(*sides, (f"account:{known.id}", -amount), ("rounding", -settled.rounding))
        unit.record(Kind.ACCOUNT_PAID, {"paid": document}, postings=postings, effects=effects)
        if cash := settled.paid("cash", currency):
            desk.ledger.add_move(shift.id, CashMove("account_paid", cash, document["id"], document["at"]))
        take(desk, _PAID)
        answer = unit.answers({"paid": document | {"left": back.detail["left"]}})
    if settled.paid("cash", currency):
        desk.outside.printers.kick_drawer()
    _print(desk, document)
    return answer


def _settled(desk: Desk, known: Account, tenders: list[dict[str, Any]]) -> tuple[Settlement, Money]:
    """The tenders, and what they pay of what is owed. Raises Refused."""
    currency = known.limit.currency
    paid = tenders_of(desk, tenders)
    if any(one.kind not in _TAKEN or (one.kind in ("mobile", "transfer") and not one.detail) for one in paid):
        reason = "an account is paid in cash, by a slip, or by what has arrived already (its reference)"
        raise Refused("not_allowed", what="tender", reason=reason)
    amount = total([one.amount for one in paid], currency)
    purse = desk.ledger.purses.get("account", known.id)
    owed = known.limit - purse.left if purse is not None else amount
    if amount.minor <= 0 or amount > owed:
        raise Refused("overpaid", due=str(owed), over=str(amount - owed))
    return settle(amount, paid, desk.season().venue.cash_rounding), amount


def _print(desk: Desk, document: dict[str, Any]) -> None:
    """The receipt, where there is a printer."""
    if not desk.outside.printers.present("receipt"):
        return
    body = document | {"tickets": [], "fees": [], "taxes": [], "total": document["amount"]}
    body["tenders"] = [tender for tender in document["tenders"] if tender["kind"] != "account"]
    content = issue.receipt_content(desk, body) | {"heading": f"{issue.words(desk).say('account')}: {document['name']}"}
    with desk.unit():
        job = desk.ledger.add_job("receipt", "receipt", document["id"], [], content)
    issue.send(desk, job)
