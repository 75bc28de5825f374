"""Cards: money that moves through the payment terminal for a sale, a refund or an exchange.

The laws:

* The intent is durable, as a fact, before the terminal hears of it. From then on what it is for
  is pinned: its places are neither given back nor changed, until a person or the terminal has
  said what became of the money.
* Only the terminal's own word, or a person's, makes a payment approved or declined. Silence is
  unknown, and while one is unknown no other card is charged.
* Money that was taken is used once: by the commit of what it was taken for, or it is reversed.
  A till that stops in between finds it when it starts again, and charges nothing twice.
* A reversal is an intent as well: what is being reversed pays for nothing.
* Verbs that move money wait for earlier payments first (`settle_open`), before they read anything;
  between what they read and their own intent they wait for nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from pos.domain.card import CardOutcome
from pos.domain.errors import Refused
from pos.domain.facts import Kind
from pos.domain.live import ORDER
from pos.domain.money import total
from pos.domain.purse import is_purse
from pos.domain.sale import Settlement, Tender
from pos.store.ledger import PrintJob
from pos.store.payments import LOOSE, OPEN, OWED, REVERSING, Payment
from pos.store.shiftbook import ShiftRow
from pos.till.counter import customer, slips
from pos.till.counter.approval import may_alone
from pos.till.desk import Desk, Unit, Verb

BASKET: Final = "basket"
DEPOSIT: Final = "deposit"
VOID: Final = "void"  # the purpose of money that goes back because a sale is undone
ASK_AGAIN_S: Final = 5.0  # a terminal that is still at work is asked again
TRIES: Final = 36  # three minutes, as long as a terminal may take


@dataclass(frozen=True, slots=True)
class Intent:
    """What money is moved for: a purpose (sale, deposit, refund, exchange, void), a name for what, and its places.

    Tickets and orders are named by their ids. The basket has none: it is the same one while its places are."""

    purpose: str
    subject: str
    pins: tuple[tuple[str, str], ...]

    def is_of(self, payment: Payment) -> bool:
        """Whether that money was moved for this very thing."""
        named = (payment.purpose, payment.subject) == (self.purpose, self.subject)
        return named and (self.subject != BASKET or _places(payment.pins) == _places(self.pins))


def _places(pins: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
    """Without the purses: what else the buyer pays with may change from one try to the next."""
    return {(show, place) for show, place in pins if not is_purse(show)}


def waiting(desk: Desk) -> list[Payment]:
    """Payments that are not settled, or not used yet.

    The program once named a basket's deposit by the number that its order was to get. Where that order has none of
    its places, or is none, the money was for the basket: the number is, or will be, somebody else's."""
    found = desk.ledger.payments.pending()
    return [
        replace(one, subject=BASKET) if one.purpose == DEPOSIT and not _of_order(desk, one) else one for one in found
    ]


def _of_order(desk: Desk, payment: Payment) -> bool:
    documents = [live.get(payment.subject, {}) for live in (desk.ledger.live.all(ORDER), desk.replica.live(ORDER))]
    places = {(line["show"], line["unit"]) for document in documents for line in document.get("lines", ())}
    return not places.isdisjoint(payment.pins)


def charge(desk: Desk, user: str, shift: ShiftRow, intent: Intent, settlement: Settlement) -> Verb[Settlement]:
    """Move the settlement's card tenders, in order; the settlement with the terminal's word in them.

    Raises Refused: device_absent payment_declined payment_unknown not_allowed. A decline takes nothing:
    what had been approved before it is reversed. Whoever calls this has called `settle_open` before.
    """
    pending = waiting(desk)
    settlement = _in_parts(settlement, intent, pending)
    cards = [tender for tender in settlement.tenders if _goes_through(tender)]
    if not (cards or pending):
        return settlement
    if cards and not desk.outside.terminal.present():
        raise Refused("device_absent", device="terminal", kind="card")
    check_open(pending)
    paid = _paid_already(pending, intent, cards)
    done: list[Payment] = []
    for tender in cards:
        known = next((payment for payment in paid if payment.amount == tender.amount), None)
        if known is not None:
            paid.remove(known)
        else:
            known = yield from _move(desk, user, shift, intent, tender, done)
        done.append(known)
    return _with_receipts(settlement, done)


def _in_parts(settlement: Settlement, intent: Intent, pending: Sequence[Payment]) -> Settlement:
    """A card may have had its money back for a refund that was broken off, and more of it be due by now: its show
    has been cancelled, or the fee is waived. The rest then goes to the card, too, apart.

    The settlement itself where that is not so."""
    tenders = list(settlement.tenders)
    for payment in pending:
        if not intent.is_of(payment) or payment.amount.minor > 0:
            continue
        cards = [(tender.amount, at) for at, tender in enumerate(tenders) if _goes_through(tender)]
        if payment.amount in (amount for amount, _ in cards):
            continue
        for amount, at in cards:
            if amount < payment.amount:
                parts = (payment.amount, amount - payment.amount)
                tenders[at : at + 1] = [replace(tenders[at], amount=part) for part in parts]
                break
    return replace(settlement, tenders=tuple(tenders)) if len(tenders) > len(settlement.tenders) else settlement


def settle_open(desk: Desk) -> Verb[None]:
    """Ask the terminal about earlier payments that have no outcome. Raises Refused("payment_unknown") while
    another verb is at the terminal: one moves money at a time."""
    if desk.paying:
        raise Refused("payment_unknown", payment=desk.paying, reason="a card is being charged")
    if any(payment.state == OPEN for payment in desk.ledger.payments.pending()):
        yield from _ask_about_open(desk)


def check_not_pinned(desk: Desk, intent: Intent) -> None:
    """Its places are not those of money that moves, or has moved, for something else. Raises Refused."""
    for payment in waiting(desk):
        if not intent.is_of(payment) and not set(payment.pins).isdisjoint(intent.pins):
            check_open([payment])
            raise refusal(payment, f"{payment.amount} has been moved by card for a {payment.purpose} of this")


def check_open(pending: Sequence[Payment]) -> None:
    """Raises Refused("payment_unknown")."""
    for payment in pending:
        if payment.state in (OPEN, REVERSING):
            raise Refused("payment_unknown", payment=payment.id, amount=str(payment.amount), purpose=payment.purpose)


def _paid_already(pending: Sequence[Payment], intent: Intent, cards: Sequence[Tender]) -> list[Payment]:
    """Money that was moved for the same thing and is not used yet. Raises Refused("not_allowed") when it
    does not fit what is asked now, or waits for something else."""
    mine = [payment for payment in pending if intent.is_of(payment)]
    others = [payment for payment in pending if payment not in mine]
    amounts = [tender.amount for tender in cards]
    for payment in mine:
        if payment.amount not in amounts:
            raise refusal(payment, f"{payment.amount} of this has been moved by card already")
        amounts.remove(payment.amount)
    if others and cards:
        raise refusal(others[0], f"{others[0].amount} was moved by card for a {others[0].purpose} that is not finished")
    return mine


def refusal(payment: Payment, reason: str) -> Refused:
    return Refused("not_allowed", what="payment", reason=reason, payment=payment.id, amount=str(payment.amount))


def _move(
    desk: Desk, user: str, shift: ShiftRow, intent: Intent, tender: Tender, before: Sequence[Payment]
) -> Verb[Payment]:
    """Charge one card, or give money back to one. Raises Refused("payment_declined" | "payment_unknown").

    What `tender.detail` has to `reverse` is taken back as if it had not been; where its terminal does not do that
    any more, since its day has ended, the money is given back like a refund's.
    """
    terminal, book = desk.outside.terminal, desk.ledger.payments
    payment = Payment(
        next_id(desk), intent.purpose, intent.subject, tender.amount, OPEN, terminal.last(), intent.pins, {}
    )
    with desk.unit() as unit:
        unit.record(
            Kind.PAYMENT_STARTED,
            {
                "payment": payment.id,
                "shift": shift.id,
                "user": user,
                "purpose": intent.purpose,
                "amount": str(tender.amount),
                "places": [list(pin) for pin in intent.pins],
            },
        )
        book.add(payment)
    desk.emit("payment", payment=payment.id, state="started", amount=str(tender.amount), text="")
    amount = abs(tender.amount.minor), tender.amount.currency
    reversed_ = tender.detail.get("reverse")
    desk.paying = payment.id
    try:
        if reversed_:
            outcome: CardOutcome = yield terminal.reverse(reversed_, *amount)
        else:
            outcome = yield (terminal.pay if tender.amount.minor > 0 else terminal.refund)(payment.id, *amount)
    finally:
        leave_terminal(desk)
    note(desk, payment, outcome)
    if outcome.state == "unknown":
        raise Refused("payment_unknown", payment=payment.id, amount=str(tender.amount), reason=outcome.text)
    if outcome.state == "declined" and reversed_:
        plain = replace(tender, detail={})
        return (yield from _move(desk, user, shift, intent, plain, before))
    if outcome.state == "declined":
        kept = yield from _take_back(desk, before)
        raise Refused("payment_declined", payment=payment.id, amount=str(tender.amount), reason=outcome.text, kept=kept)
    return replace(payment, state=LOOSE, receipt=outcome.receipt)


def leave_terminal(desk: Desk) -> None:
    """The verb that had the terminal is done with it: nothing is shown there any more that concerns a screen."""
    desk.emit("terminal", payment=desk.paying, what="", text="", texts={}, words="")
    desk.paying = ""
    customer.end_note(desk)


def next_id(desk: Desk) -> str:
    return f"{desk.outside.till}.{desk.outside.incarnation}-P{desk.ledger.payments.count() + 1:05d}"


def note(desk: Desk, payment: Payment, outcome: CardOutcome, by: str = "") -> None:
    """Keep what became of it, as a fact. `by` is a person who said so; the terminal for ""."""
    jobs: list[PrintJob] = []
    if outcome.state != "unknown" and state_of(desk, payment.id) == OPEN:
        with desk.unit() as unit:
            end(desk, unit, payment, outcome.state, outcome.receipt, by)
            jobs = slips.queue(desk, outcome.slips, payment.id)
    desk.emit("payment", payment=payment.id, state=outcome.state, amount=str(payment.amount), text=outcome.text)
    slips.send(desk, jobs)


def state_of(desk: Desk, payment: str) -> str:
    return next((row.state for row in desk.ledger.payments.pending() if row.id == payment), "")


def end(desk: Desk, unit: Unit, payment: Payment, state: str, receipt: dict[str, str], by: str) -> None:
    body = {"payment": payment.id, "outcome": state, "amount": str(payment.amount), "receipt": receipt}
    unit.record(Kind.PAYMENT_ENDED, body | ({"user": by} if by else {}))
    desk.ledger.payments.end(payment.id, state, receipt)


def _take_back(desk: Desk, payments: Sequence[Payment]) -> Verb[list[str]]:
    """Reverse what was approved for something that does not come about; ids of what could not be."""
    kept: list[str] = []
    for payment in reversed(payments):
        if not (yield from reverse(desk, payment)):
            kept.append(payment.id)
    return kept


def reverse(desk: Desk, payment: Payment) -> Verb[bool]:
    """Whether the money is back. While that is not known the payment waits for a person's word."""
    with desk.unit() as unit:
        end(desk, unit, payment, REVERSING, payment.receipt, "")
    outcome: CardOutcome = yield desk.outside.terminal.reverse(
        payment.receipt, abs(payment.amount.minor), payment.amount.currency
    )
    state = {"approved": "reversed", "declined": LOOSE}.get(outcome.state, REVERSING)
    jobs: list[PrintJob] = []
    if state != REVERSING:
        with desk.unit() as unit:
            end(desk, unit, payment, state, payment.receipt | outcome.receipt, "")
            jobs = slips.queue(desk, outcome.slips, payment.id)
    desk.emit("payment", payment=payment.id, state=state, amount=str(payment.amount), text=outcome.text)
    slips.send(desk, jobs)
    return state == "reversed"


def _with_receipts(settlement: Settlement, done: Sequence[Payment]) -> Settlement:
    rest = iter(done)
    tenders = []
    for tender in settlement.tenders:
        if _goes_through(tender):
            payment = next(rest)
            tender = replace(tender, detail={"payment": payment.id, "receipt": payment.receipt})
        tenders.append(tender)
    return replace(settlement, tenders=tuple(tenders))


def use(desk: Desk, settlement: Settlement, document: str) -> None:
    """What the money was for happens, in the transaction that is open."""
    for tender in settlement.tenders:
        if "payment" in tender.detail and not tender.detail.get("pending"):
            desk.ledger.payments.use(tender.detail["payment"], document)


# ---- cards taken without the bank's yes ----------------------------------------------------


def owe(desk: Desk, unit: Unit, user: str, shift: ShiftRow, settlement: Settlement, sale: str) -> Settlement:
    """Note the cards of a sale that nobody has said yes to yet; the settlement with their names in it."""
    tenders = []
    for tender in settlement.tenders:
        if tender.detail.get("pending"):
            name = next_id(desk)
            unit.record(
                Kind.PAYMENT_STARTED,
                {"payment": name, "shift": shift.id, "user": user, "purpose": "sale", "amount": str(tender.amount),
                 "places": [], "pending": True},
            )  # fmt: skip
            desk.ledger.payments.add(Payment(name, "sale", sale, tender.amount, OWED, {}, (), {}))
            tender = replace(tender, detail={**tender.detail, "payment": name})
        tenders.append(tender)
    return replace(settlement, tenders=tuple(tenders))


def check_owed(desk: Desk, settlement: Settlement, approver: str) -> None:
    """Cards without a yes: where the venue lets them be taken, up to its cap, with a supervisor.

    Raises Refused("not_allowed" | "limit_exceeded" | "approval_needed").
    """
    venue = desk.season().venue
    owed = total([tender.amount for tender in settlement.tenders if tender.detail.get("pending")], venue.currency)
    if not owed:
        return
    if venue.card_offline_cap is None:
        raise Refused("not_allowed", what="card", reason="this venue takes no card without the terminal's yes")
    if owed > venue.card_offline_cap:
        raise Refused("limit_exceeded", what="card", amount=str(owed), limit=str(venue.card_offline_cap))
    if not may_alone(desk, approver):
        raise Refused("approval_needed", what="card", amount=str(owed))


def _goes_through(tender: Tender) -> bool:
    """Whether the terminal moves this tender's money."""
    return tender.kind == "card" and not tender.detail.get("pending")


# ---- what is pinned ----------------------------------------------------------------------


def pinned(desk: Desk) -> set[tuple[str, str]]:
    """Places that stay here, because money is moving or has moved for them."""
    book = desk.ledger.payments
    return {pin for payment in (*book.pending(), *book.awaited()) for pin in payment.pins}


def check_basket_free(desk: Desk, *, purpose: str = "") -> None:
    """The basket is not to be changed while a card pays for it, be it a deposit. What a card pays for may be tried
    again by its `purpose`. Raises Refused("payment_unknown" | "not_allowed")."""
    for payment in waiting(desk):
        if payment.subject == BASKET and payment.purpose != purpose:
            check_open([payment])
            if payment.purpose == DEPOSIT:
                text = f"{payment.amount} of this has been paid by card; finish the reservation, or reverse it"
            else:
                text = f"{payment.amount} of this has been paid by card; finish the sale, or reverse it"
            raise refusal(payment, text)


def check_none_pending(desk: Desk) -> None:
    """A shift does not close over money that nobody has accounted for. Raises Refused."""
    pending = desk.ledger.payments.pending()
    check_open(pending)
    if pending:
        raise refusal(
            pending[0], f"{pending[0].amount} was moved by card for a {pending[0].purpose} that is not finished"
        )


# ---- after a crash ---------------------------------------------------------------------------


def resume(desk: Desk) -> None:
    """After a start: ask the terminal about payments that have no outcome. An old copy of a ledger does not
    know what has been done with them since, and asks nothing."""
    if not desk.fenced and any(payment.state == OPEN for payment in desk.ledger.payments.pending()):
        _start_recovery(desk, TRIES)


def _start_recovery(desk: Desk, tries: int) -> None:
    desk.spawn(partial(_recover, desk, tries))


def _recover(desk: Desk, tries: int) -> Verb[None]:
    if not desk.paying:  # a terminal at work has nothing to tell yet, and would tell of no payment as of a declined one
        yield from _ask_about_open(desk)
    if tries > 1 and any(payment.state == OPEN for payment in desk.ledger.payments.pending()):
        desk.post_in(ASK_AGAIN_S, lambda: _start_recovery(desk, tries - 1))


def _ask_about_open(desk: Desk) -> Verb[None]:
    for payment in desk.ledger.payments.pending():
        if payment.state == OPEN:
            outcome: CardOutcome = yield desk.outside.terminal.recover(
                payment.id, abs(payment.amount.minor), payment.amount.currency, payment.before
            )
            if payment.purpose == VOID and outcome.state == "declined":
                # A terminal may tell of a payment that it has taken back under that payment's own number: whether
                # it has, a person must say.
                outcome = replace(outcome, state="unknown")
            if state_of(desk, payment.id) == OPEN:
                note(desk, payment, outcome)
