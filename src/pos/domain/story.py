"""The story of a place or a ticket: what happened to it, fact by fact, in words.

Every kind of fact has its sentence, which names fields that `fields_of` finds in the fact; what a fact does
not say, or what has been erased from it, reads as "?". Nothing is left out and nothing is added: a story is as
whole as the facts it is told from.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Final

from pos.domain.facts import Fact, Kind
from pos.domain.rights import Effect, OfficeState

SENTENCES: Final[dict[str, str]] = {
    Kind.SHIFT_OPENED: "Shift {shift} was opened with {float}.",
    Kind.SHIFT_CLOSED: "Shift {shift} was closed.",
    Kind.CASH_MOVED: "{amount} of cash was moved: {reason}.",
    Kind.DRAWER_OPENED: "The drawer was opened without a sale: {reason}.",
    Kind.SHIFT_HANDED_OVER: "Shift {shift} was handed over to {taker}.",
    Kind.SHIFT_VERIFIED: "Shift {shift} was verified.",
    Kind.TICKETS_SOLD: "Sold as ticket {ticket} for {price} in sale {document}.",
    Kind.RIGHTS_RETURNED: "The right to it went back to the office: {reason}.",
    Kind.RIGHTS_TRANSFERRED: "The right to it was passed on to {holder}.",
    Kind.RIGHTS_RECEIVED: "The right to it came here from another window.",
    Kind.PAPER_ISSUED: "Issued on paper as ticket {ticket}.",
    Kind.PAPER_RETURNED: "Paper ticket {ticket} came back unsold.",
    Kind.PAPER_LOST: "Paper ticket {ticket} was reported lost: {reason}.",
    Kind.PRINT_REPORTED: "Printing of ticket {ticket} ended: {outcome}{on_blank}.",
    Kind.DISPUTE_TAKEN: "Dispute {dispute} was taken.",
    Kind.DISPUTE_RESOLVED: "Dispute {dispute} was resolved ({way}): {note}.",
    Kind.TICKETS_REFUNDED: "Ticket {ticket} was refunded by {document}: {reason}.",
    Kind.REFUND_CLAIMED: "Ticket {ticket} was paid back by {document} without the right to: {reason}.",
    Kind.TICKETS_EXCHANGED: "Exchanged by {document}: {change}.",
    Kind.TICKETS_VOIDED: "Ticket {ticket} was undone with its whole sale by {document}.",
    Kind.COPY_ISSUED: "Ticket {ticket} was printed again as copy {copy}: {reason}.",
    Kind.PLACES_RELEASED: "It was released from the hands of {till_released}: {reason}.",
    Kind.DRAWER_TAKEN_OVER: "The drawer of shift {shift} was counted out.",
    Kind.SEALED: "The window's ledger was sealed; what it held went back.",
    Kind.PAYMENT_STARTED: "A card payment of {amount} began for a {purpose}.",
    Kind.PAYMENT_ENDED: "The card payment {payment} ended: {outcome}.",
    Kind.TERMINAL_DAY_ENDED: "The payment terminal handed in its day.",
    Kind.ORDER_COLLECTED: "Ticket {ticket} was printed for the first time and collected.",
    Kind.TICKETS_ADMITTED: "Ticket {ticket} was let in.",
    Kind.TENDER_CORRECTED: "How sale {document} was paid was corrected.",
    Kind.TICKET_RENAMED: "Ticket {ticket} was put in another name.",
    Kind.ORDER_HANDED_OUT: "Ticket {ticket} was handed out.",
    Kind.STANDBY_CHANGED: "The standby list changed.",
    Kind.GUEST_LIST_CHANGED: "The guest list changed.",
    Kind.COMMISSION_CHANGED: "It was taken back on commission, or what became of that was noted.",
    Kind.INVOICE_ISSUED: "Invoice {record} was issued.",
    Kind.PLACES_HELD: "It was held as {hold}.",
    Kind.HOLD_RELEASED: "Its hold {hold} was released.",
    Kind.HOLD_CHANGED: "Its hold {hold} was changed.",
    Kind.ORDER_RESERVED: "It was reserved for order {document}.",
    Kind.ORDER_CHANGED: "Order {document} was changed.",
    Kind.ORDER_ENDED: "Order {document} ended: {reason}.",
    Kind.CUSTOMER_RECORDED: "Customer {customer} was recorded.",
    Kind.CUSTOMER_CHANGED: "Customer {customer} was changed.",
    Kind.CUSTOMERS_MERGED: "Customer {merged} was merged into {customer}.",
    Kind.CUSTOMER_ERASED: "Customer {customer} was erased.",
    Kind.ACCOUNT_PAID: "{amount} was paid on a house account.",
    Kind.PACKAGE_REFUNDED: "What was left on package {package} was paid back: {amount}.",
    Kind.BAG_MADE: "Bag {number} was made up with {amount} from the safe.",
    Kind.BAG_OPENED: "Bag {number} was opened into the safe: {amount}.",
    Kind.CHANGE_ORDERED: "Change was ordered: {amount} ({number}).",
    Kind.CHANGE_APPROVED: "Change order {number} was approved.",
    Kind.CHANGE_RECEIVED: "The change of order {number} was received: {amount}.",
    Kind.CHANGE_REFUSED: "Change order {number} was refused: {reason}.",
    Kind.COUNTERFEIT_TAKEN: "A false note of {amount} was found in the drawer.",
    Kind.SAFE_COUNTED: "The safe was counted: {counted}.",
    Kind.DEPOSIT_MADE: "Deposit {number} was made up for the bank: {amount}.",
    Kind.DEPOSIT_COLLECTED: "Deposit {number} was handed to the courier.",
    Kind.DEPOSIT_CREDITED: "The bank credited {amount} for deposit {number}.",
    Kind.DIFFERENCE_EXPLAINED: "A difference of {amount} was explained: {note}.",
    Kind.STATEMENT_SIGNED: "Statement {record} was signed.",
    Kind.CASE_OPENED: "Case {record} was opened: {case_kind}.",
    Kind.SETTLEMENT_SUBMITTED: "Settlement {settlement} was submitted (round {round}).",
    Kind.SETTLEMENT_AUDITED: "Settlement {settlement} was audited.",
    Kind.SETTLEMENT_ACCEPTED: "Settlement {settlement} was accepted.",
    Kind.SETTLEMENT_RETURNED: "Settlement {settlement} was returned: {reason}.",
    Kind.AUDIT_ITEM_TAKEN: "Audit item {item} was taken.",
    Kind.AUDIT_ITEM_EXPLAINED: "Audit item {item} was explained: {note}.",
    Kind.AUDIT_ITEM_CLOSED: "Audit item {item} was closed: {note}.",
    Kind.STOCK_REQUEST_CHANGED: "Ticket paper was asked for ({record}).",
    Kind.STOCK_REQUEST_ANSWERED: "A request for ticket paper was answered ({record}).",
    Kind.STOCK_RECEIVED: "A box of ticket paper came from the works ({record}).",
    Kind.STOCK_MOVED: "Ticket paper was moved: {move}.",
    Kind.STOCK_LOADED: "Ticket paper was put into the printer.",
    Kind.EVACUATION_CALLED: "An evacuation of the house was called ({record}).",
    Kind.SHOW_ABANDONED: "A show was abandoned ({record}).",
    Kind.PLACES_CLOSED: "Places of a show were closed ({record}).",
    Kind.PLACES_REOPENED: "What had been called off was opened again ({record}).",
    Kind.EVACUATION_ENDED: "An evacuation of the house ended ({record}).",
    Kind.STOCK_COUNTED: "The stock was counted.",
    Kind.INCIDENT_REPORTED: "An outage was reported ({record}).",
    Kind.PLAN_ISSUED: "A contingency plan was issued ({record}).",
    Kind.DRILL_HELD: "A drill was held ({record}).",
    Kind.PLAN_ACTION_CHANGED: "An action about the contingency plan was noted ({record}).",
}
_DOCUMENTS: Final = ("sale", "refund", "correction", "order")


@dataclass(frozen=True, slots=True)
class Subject:
    """What a story is about: a place of a show, or one ticket of it."""

    show: str
    place: str
    ticket: str = ""

    def effects_in(self, fact: Fact) -> list[Effect]:
        """What a fact did to it."""
        return [
            effect
            for effect in fact.effects
            if (effect.show, effect.place) == (self.show, self.place) and self.ticket in ("", effect.ticket)
        ]


@dataclass(frozen=True, slots=True)
class Chapter:
    """One fact of a story. `at` is the till's time (ISO 8601), `verdict` the office's, "" while it has none."""

    fact: str
    at: str
    till: str
    kind: str
    user: str
    approver: str
    text: str
    verdict: str = ""

    def to_json(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in self.__slots__}


def tickets_in(fact: Fact) -> set[str]:
    """The tickets that a fact names, by its effects or in its body."""
    named = {effect.ticket for effect in fact.effects if effect.ticket}
    bodies = [fact.body, *(fact.body[key] for key in (*_DOCUMENTS, "record") if isinstance(fact.body.get(key), dict))]
    for body in bodies:
        for key in ("tickets", "exchanged"):
            listed = body.get(key)
            if isinstance(listed, list):
                named |= {item["id"] if isinstance(item, dict) else str(item) for item in listed if item}
        if isinstance(body.get("ticket"), str):
            named.add(body["ticket"])
    return named


def concerns(fact: Fact, subject: Subject, tickets: Collection[str]) -> bool:
    """Whether a fact belongs to the story: by an effect on it, or by naming a ticket that is or was its."""
    if subject.effects_in(fact):
        return True
    return not {effect for effect in fact.effects if effect.ticket in tickets} and bool(tickets_in(fact) & set(tickets))


def tell(facts: Iterable[tuple[Fact, str]], subject: Subject) -> list[Chapter]:
    """The story of a subject from facts and their verdicts, in the order of their times."""
    ordered = sorted(facts, key=lambda one: (one[0].at, one[0].till, one[0].number))
    tickets = {subject.ticket} if subject.ticket else set()
    if not subject.ticket:
        tickets = {effect.ticket for fact, _ in ordered for effect in subject.effects_in(fact) if effect.ticket}
    return [chapter(fact, subject, tickets, verdict) for fact, verdict in ordered if concerns(fact, subject, tickets)]


def chapter(fact: Fact, subject: Subject, tickets: Collection[str], verdict: str = "") -> Chapter:
    """One fact in words."""
    document = _document(fact.body)
    sentence = SENTENCES.get(fact.kind, "Something happened that this version has no words for ({kind}).")
    text = sentence.format_map(_Words(fields_of(fact, subject, tickets)))
    user, approver = str(document.get("user", "")), str(document.get("approver", ""))
    return Chapter(fact.fact_id, fact.at, fact.till, fact.kind, user, approver, text, verdict)


def fields_of(fact: Fact, subject: Subject, tickets: Collection[str]) -> dict[str, str]:
    """What the sentences name."""
    document = _document(fact.body)
    effects = subject.effects_in(fact)
    mine = sorted(tickets_in(fact) & set(tickets))
    found = {
        key: str(value)
        for source in (fact.body, document)
        for key, value in source.items()
        if isinstance(value, str | int) and value != ""
    }
    record = fact.body.get("record")
    record = record if isinstance(record, dict) else {}
    sold = {item["id"]: item for item in document.get("tickets", ()) if isinstance(item, dict) and "id" in item}
    hold = fact.body.get("hold")
    found |= {
        "kind": fact.kind,
        "ticket": effects[0].ticket if effects and effects[0].ticket else ", ".join(mine),
        "price": str(next((sold[ticket].get("price", "") for ticket in mine if ticket in sold), "")),
        "document": str(document.get("id") or document.get("sale") or ""),
        "holder": effects[0].holder if effects else "",
        "change": _exchange(effects),
        "till_released": str(fact.body.get("till", "")),
        "record": str(record.get("id", "")),
        "case_kind": str(record.get("kind", "")),
        "hold": str(hold.get("type") or hold.get("id")) if isinstance(hold, dict) else str(hold or ""),
    }
    return {key: value for key, value in found.items() if value} | {"on_blank": _blanks(fact.body, mine)}


def _blanks(body: dict[str, Any], tickets: Collection[str]) -> str:
    """On which numbered blanks it was printed, as an ending of the sentence."""
    stock = body.get("stock")
    used = stock.get("used", ()) if isinstance(stock, dict) else ()
    on = [number for page in used if page["ticket"] in tickets for pair in page["serials"] for number in pair]
    return f", on {'–'.join(dict.fromkeys(on))}" if on else ""


def _document(body: dict[str, Any]) -> dict[str, Any]:
    for key in _DOCUMENTS:
        if isinstance(body.get(key), dict):
            found: dict[str, Any] = body[key]
            return found
    return body


def _exchange(effects: Iterable[Effect]) -> str:
    """What an exchange did to a place: given up, taken, or both for two tickets."""
    gone = [effect.ticket for effect in effects if effect.before is OfficeState.SOLD]
    come = [effect.ticket for effect in effects if effect.after is OfficeState.SOLD]
    parts = [f"ticket {ticket} was given up" for ticket in gone] + [f"ticket {ticket} was taken" for ticket in come]
    return ", ".join(parts)


class _Words(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "?"
