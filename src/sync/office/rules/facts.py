"""Facts from tills: booked once, in number order, whatever they say.

A page is applied in one transaction: places, tickets, ledger, the facts themselves,
the till's number and the change log. A fact whose envelope verifies is never refused:
money moved and paper exists. What the office cannot agree with becomes a dispute.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy import Connection, select, update

from pos.domain.certificate import Hand
from pos.domain.disputes import FAMILY
from pos.domain.facts import Fact, Kind
from pos.domain.money import Money
from pos.domain.personal import fits, forget
from pos.domain.purse import is_purse
from pos.domain.rights import Effect
from pos.domain.sale import LATER
from sync.office.clock import now_iso
from sync.office.rules import (
    changes,
    counts,
    disputes,
    drawers,
    early,
    forks,
    noted,
    parking,
    recalls,
    releasing,
    roles,
    shifts,
    tickets,
    tills,
)
from sync.office.rules.accounts import accounts_of_others
from sync.office.rules.admissions import Gates
from sync.office.rules.audit import Audit
from sync.office.rules.board import Board
from sync.office.rules.bodies import SaleBody, document_in
from sync.office.rules.customers import Customers
from sync.office.rules.effects import worst
from sync.office.rules.history import Author, Outcome, Verdict
from sync.office.rules.live import Live
from sync.office.rules.page import Page, notices, write
from sync.office.rules.people import SETTLES, People
from sync.office.rules.places import Key, Place
from sync.office.rules.purses import Purses
from sync.office.rules.reading import Arrived, BadChain
from sync.office.rules.stock import Stock
from sync.office.store.tables import FACT, TILL
from sync.wire import FactResult, PushAnswer

SUSPENSE: Final = "suspense"


def accept(connection: Connection, till: str, incarnation: int, arrived: Sequence[Arrived], now: int) -> PushAnswer:
    """Book what is new of a page. Raises BadChain; then nothing is to be committed."""
    early.lock(connection, arrived)
    ending = any(one.fact is not None and one.fact.kind == Kind.SEALED for one in arrived)
    applied, head_hash, state = tills.lock_for_push(connection, till, incarnation, ending=ending)
    repeated = [one for one in arrived if one.item.number <= applied]
    known = _stored(connection, till, incarnation, repeated)
    rivals = [one for one in repeated if known[one.item.number][0] != one.item.hash]
    tail = [one for one in arrived if one.item.number > applied]
    if rivals or forks.follows(connection, till, incarnation, tail, head_hash):
        forks.keep(connection, till, incarnation, rivals + tail, now)
        results = [FactResult(number=one.item.number, verdict="disputed") for one in rivals + tail]
        return PushAnswer(applied=applied, results=results)
    results = [FactResult(number=n, verdict=known[n][1]) for n in sorted(known)]
    fresh = _in_order(arrived, applied, head_hash)
    if fresh:
        results += _book(connection, Author(Hand(till, incarnation), state == "ACTIVE"), fresh, now)
    return PushAnswer(applied=applied + len(fresh), results=results)


def _stored(
    connection: Connection, till: str, incarnation: int, repeated: Sequence[Arrived]
) -> dict[int, tuple[str, str]]:
    """Number -> (hash, verdict) of facts that the office already has."""
    if not repeated:
        return {}
    numbers = {one.item.number for one in repeated}
    rows = connection.execute(
        select(FACT.c.number, FACT.c.hash, FACT.c.verdict).where(
            FACT.c.till == till, FACT.c.incarnation == incarnation, FACT.c.number.between(min(numbers), max(numbers))
        )
    )
    found = {row.number: (row.hash, row.verdict) for row in rows if row.number in numbers}
    if found.keys() != numbers:
        raise BadChain(f"fact {min(numbers - found.keys())}: no such number can be")
    return found


def _in_order(arrived: Sequence[Arrived], applied: int, head_hash: str) -> list[Arrived]:
    """The new facts up to the first gap. Raises BadChain when one does not follow the last."""
    fresh: list[Arrived] = []
    for one in arrived:
        if one.item.number <= applied:
            continue
        if one.item.number != applied + len(fresh) + 1:
            break
        if one.fact is not None and one.fact.prev_hash != head_hash:
            raise BadChain(f"fact {one.item.number}: it does not follow the last fact that the office has")
        head_hash = one.item.hash
        fresh.append(one)
    return fresh


def _lay(connection: Connection, author: Author, fresh: Sequence[Arrived], now: int, places: set[Key]) -> Page:
    """What these facts are about, as it is: read and locked, always in this order. `places` are those to be freed."""
    told = [(one.fact, one.passings) for one in fresh if one.fact is not None]
    facts = [fact for fact, _ in told]
    read = [one.fact for one in fresh if one.fact is not None and not one.unreadable]
    board = Board.lay(connection, author, told, now, places)
    return Page(
        author.hand.till,
        author.hand.incarnation,
        now_iso(),
        board,
        People.of(connection, facts),
        tickets.taken(connection, [one.sale for one in fresh if one.sale is not None]),
        disputes.lock(connection, filter(None, map(_settling, fresh))),
        Gates.lay(connection, fresh),
        Purses.lay(connection, facts),
        Live.lay(connection, facts, board.places.values()),
        Customers.lay(connection, facts, restored=board.restored),
        Stock.lay(connection, read),
        shifts.lay(connection, facts),
        drawers.lay(connection, facts),
        Audit.lay(connection, read, restored=board.restored),
    )


def _book(connection: Connection, author: Author, fresh: Sequence[Arrived], now: int) -> list[FactResult]:
    till, incarnation = author.hand
    orders = [(one.fact, order) for one in fresh if one.fact is not None and (order := _ordered(one)) is not None]
    page = _lay(connection, author, fresh, now, {key for _, order in orders for key in order.places or ()})
    for one in fresh:
        _book_one(page, one)
    for fact, order in orders:
        _release(connection, page, fact, order, now)
    resumed = page.board.resume()
    _follow(page, ((one.waiting.fact_id, one.waiting.kind, one.waiting.effect, one.outcome) for one in resumed))
    changed = page.board.write(connection)
    # Tickets that end leave before tickets that begin: one place may do both in one page, and one ticket too.
    if page.ended:
        begun = {(row["id"], row["show_id"], row["unit"]): row for row in page.tickets}
        for row in page.ended:
            if (this := begun.get((row["t_id"], row["t_show"], row["t_unit"]))) is not None:
                this["state"] = row["t_state"]
        tickets.end(connection, page.ended)
    parking.settle(connection, resumed)
    early.lay_over(connection, page, fresh)
    write(connection, page)
    last = fresh[-1].item
    connection.execute(
        update(TILL)
        .where(TILL.c.id == till, TILL.c.incarnation == incarnation)
        .values(applied=last.number, head_hash=last.hash)
    )
    returned = recalls.settled(connection, [place.key for place in changed if _answers(place, till)])
    entries = changes.of_places(changed)
    told_anew = [*(row["t_id"] for row in page.ended), *page.papers.told_of()]
    told_anew += [one.waiting.effect.ticket for one in parking.begins(resumed)]
    told_anew += [row["ticket"] for row in page.gates.new]
    sales = [*(row["id"] for row in page.sales), *tickets.sales_of(connection, told_anew)]
    sales += page.amendments.write(connection)
    entries += [changes.Entry("sale", id=sale) for sale in dict.fromkeys(sales)]
    entries += page.live.write(changed)
    entries += page.records.write(connection) + notices(connection, page) + page.customers.write()
    entries += page.audit.write()
    entries += page.stock.write()
    entries += page.cases.write()
    of_cash, contradictions = page.cash.write(connection)
    page.disputes += contradictions
    entries += of_cash + disputes.open_all(connection, page.disputes, page.now_iso)
    if not page.board.sealed:
        changes.log(connection, entries, signal=returned)
    else:
        tills.bury(connection, author.hand)
        tills.tell(connection, till, incarnation, "DEAD", [], entries, signal=returned)
    return page.results


def _answers(place: Place, till: str) -> bool:
    """Whether nobody need be asked for this place any more, as it was: it has passed on, or its ticket has
    been refunded or its hold released, and there is no such right left."""
    return (
        (place.holder, place.state) != (till, "LEASED")
        or place.token != place.before[3:]
        or place.before[0] in ("SOLD", "HELD")
    )


def _book_one(page: Page, one: Arrived) -> None:
    """Book one fact: its money whatever else, then its places, then its sale."""
    fact_id = f"{page.till}.{page.incarnation}.{one.item.number}"
    outcomes: list[Outcome] = []
    if one.fact is not None:
        _post(page, one.fact)
        holds = roles.holds_used(page, one.fact)
        outcomes = _effects(page, one.fact, one)
        strange = page.purses.take(one.fact, outcomes)
        page.disputes += [] if one.unreadable else strange
        roles.check(page, one.fact)
        if not one.unreadable:
            page.live.take(one.fact)
            page.disputes += page.stock.take(one.fact)
            roles.check_holds(page, one.fact, holds)
    verdicts = [outcome.verdict for outcome in outcomes]
    unreadable, settling = one.unreadable, _settling(one)
    if settling is not None and not page.cases.step(settling, may=(may := page.people.may(settling))):
        if page.board.restored:  # it is still to be opened
            subject = noted.of(FAMILY, settling.body["dispute"])
            page.early.append(noted.row(subject, fact_id, noted.MAY if may else ""))
        else:
            unreadable = f"there is no dispute {settling.body['dispute']!r}"
    if unreadable:
        page.dispute(fact_id, "unreadable", unreadable, why=unreadable)
        verdicts = ["disputed"]
    elif one.fact is not None:
        _owed(page, one.fact)
        page.cash.take(one.fact)
        page.amendments.take(one.fact)
        if why := page.records.take(one.fact) or page.customers.take(one.fact):
            page.dispute(fact_id, "record", why, why=why)
        if why := page.audit.take(one.fact, may=page.people.may(one.fact)):
            page.dispute(fact_id, "audit", why, why=why)
        _at_the_gate(page, one.fact, one.admitted, outcomes)
        if one.fact.kind in (Kind.TICKETS_REFUNDED, Kind.REFUND_CLAIMED, Kind.TICKETS_VOIDED):
            page.refunds.append(document_in(one.fact))
    if one.fact is not None and one.sale is not None:
        verdicts += _sell(page, one.fact, one.sale, outcomes)
    page.papers.take(one)
    if (
        one.fact is not None
        and fits(one.fact.body, one.item.beside)
        and not page.customers.erased(document_in(one.fact))
    ):
        page.beside.append({"fact_id": fact_id, "body": one.item.beside})
    verdict = worst(verdicts)
    page.results.append(FactResult(number=one.item.number, verdict=verdict))
    page.facts.append(
        {
            "till": page.till,
            "incarnation": page.incarnation,
            "number": one.item.number,
            "fact_id": fact_id,
            "hash": one.item.hash,
            "kind": one.fact.kind if one.fact is not None else "",
            "envelope": one.item.envelope,
            "signature": one.item.signature,
            "verdict": verdict,
            "received_at": page.now_iso,
        }
    )


def _owed(page: Page, fact: Fact) -> None:
    """Money that moved while nobody could say whether it should, and lost paper: a person looks at it."""
    if fact.kind == Kind.REFUND_CLAIMED:
        back = fact.body["refund"]["tickets"]
        places = [(ticket["show"], ticket["unit"]) for ticket in back]
        page.papers.claim(fact)
        page.dispute(fact.fact_id, "refund_claimed", "paid out without the right to refund", *places)
    elif fact.kind == Kind.PAYMENT_ENDED and fact.body["outcome"] == "declined" and "sale" in fact.body:
        sale, amount = str(fact.body["sale"]), str(fact.body["amount"])
        page.dispute(fact.fact_id, "card_declined", f"{amount} of {sale} are not paid", sale=sale, amount=amount)
    elif fact.kind == Kind.PAPER_LOST:
        reason = str(fact.body["reason"])
        page.dispute(fact.fact_id, "paper_lost", f"paper tickets are lost: {reason}", reason=reason)
    elif fact.kind == Kind.PAYMENT_ENDED and fact.body["outcome"] in ("written_off", "late"):
        page.unused(fact.fact_id, fact.body | {"state": fact.body["outcome"]})
    elif fact.kind == Kind.DRAWER_TAKEN_OVER:
        counts.counted_out(page, fact)
    elif fact.kind == Kind.SHIFT_CLOSED:
        counts.closed(page, fact)
    elif fact.kind == Kind.SHIFT_VERIFIED:
        counts.verified(page, fact)
    elif fact.kind == Kind.SEALED:
        for payment in fact.body.get("payments", ()):
            page.unused(fact.fact_id, payment)
        if out := [(effect.show, effect.place) for effect in fact.effects if effect.before == "PAPER"]:
            reason = "its till was sealed"
            page.dispute(fact.fact_id, "paper_lost", f"paper tickets were out: {reason}", *out, reason=reason)


def _at_the_gate(page: Page, fact: Fact, admitted: dict[str, int], outcomes: Sequence[Outcome]) -> None:
    """Who was let in, and tickets that end though somebody was."""
    page.disputes += page.gates.admit(fact, admitted)
    ended = [
        effect.ticket
        for effect, outcome in zip(fact.effects, outcomes, strict=True)
        if outcome.verdict == "applied" and effect.before == "SOLD" != effect.after
    ]
    if ended:
        page.disputes += page.gates.end(fact, ended, document_in(fact).get("admitted", ()))


def _settling(one: Arrived) -> Fact | None:
    """The fact, if it takes or resolves a dispute."""
    return one.fact if one.fact is not None and not one.unreadable and one.fact.kind in SETTLES else None


def _ordered(one: Arrived) -> releasing.Order | None:
    """What a fact wants released from a dead till's hands."""
    return releasing.order_in(one.fact) if one.fact is not None and not one.unreadable else None


def _release(connection: Connection, page: Page, fact: Fact, order: releasing.Order, now: int) -> None:
    """Free what a person attested at a till, unless that may not be done: then it is a dispute."""
    if not page.people.may(fact):
        return  # which is one already
    try:
        releasing.take(connection, order, page.board.places, now)
    except releasing.CannotRelease as refused:
        places = sorted(order.places or ())
        page.dispute(order.fact_id, "release_refused", str(refused), *places, why=str(refused))


def _post(page: Page, fact: Fact) -> None:
    """The ledger's lines; what does not balance is balanced in suspense and disputed."""
    sides = [(posting.account, posting.amount.minor, posting.amount.currency) for posting in fact.postings]
    if others := accounts_of_others(fact):
        named = ", ".join(others)
        page.dispute(fact.fact_id, "account", f"it moves money of other tills: {named}", accounts=named)
    sums: dict[str, int] = {}
    for _, minor, currency in sides:
        sums[currency] = sums.get(currency, 0) + minor
    for currency, rest in sums.items():
        if rest:
            sides.append((SUSPENSE, -rest, currency))
            detail = f"its postings are {rest} minor units of {currency} off"
            page.dispute(fact.fact_id, "unbalanced", detail, off=f"{Money(abs(rest), currency)} {currency}")
    page.cash.post(fact)
    page.postings += [
        {"fact_id": fact.fact_id, "line": line, "account": account, "minor": minor, "currency": currency}
        for line, (account, minor, currency) in enumerate(sides)
    ]


def _effects(page: Page, fact: Fact, arrived: Arrived) -> list[Outcome]:
    if arrived.unreadable:
        for effect in fact.effects:
            if ended := page.board.freeze(effect):
                page.ended.append(tickets.named(ended, effect.show, effect.place) | {"t_state": "void"})
        return []
    outcomes = [
        page.board.take(fact, line, effect, arrived.passings.get((effect.show, effect.place, effect.token)))
        for line, effect in enumerate(fact.effects)
    ]
    taken = zip(fact.effects, outcomes, strict=True)
    _follow(page, ((fact.fact_id, fact.kind, effect, outcome) for effect, outcome in taken))
    if fact.kind == Kind.SEALED:
        page.board.seal(fact)
    return outcomes


def _follow(page: Page, taken: Iterable[tuple[str, str, Effect, Outcome]]) -> None:
    """What follows from effects, by fact and its kind: disputes, and tickets that end."""
    disputed: dict[str, dict[Key, str]] = {}
    for fact_id, kind, effect, outcome in taken:
        place = effect.show, effect.place
        if outcome.verdict == "disputed" and not (is_purse(effect.show) and effect.holder):
            # Whoever spends from a purse moves money of it, and is heard of by that (`rules.purses`).
            disputed.setdefault(fact_id, {})[place] = f"{effect.show} {effect.place}: {outcome.detail}"
        if outcome.ended:
            page.ended.append(tickets.named(outcome.ended, *place) | {"t_state": "void"})
        if outcome.verdict == "applied" and effect.before == "SOLD" and effect.after == "LEASED":
            become = tickets.ENDED_BY.get(kind, "refunded")
            page.ended.append(tickets.named(effect.ticket, *place) | {"t_state": become})
            page.early.append(noted.row(effect.ticket, fact_id, become))
        elif page.board.restored and page.board.places.get(place) is None and effect.after == "LEASED":
            # Its show is imported again, and its order with it.
            page.early.append(noted.row(effect.ticket, fact_id, tickets.ENDED_BY.get(kind, "")))
    for fact_id, places in disputed.items():
        page.dispute(fact_id, "place", "; ".join(places.values()), *places)


def _sell(page: Page, fact: Fact, sale: SaleBody, outcomes: Sequence[Outcome]) -> list[Verdict]:
    """The sale and its tickets as rows; ids that are taken already make a dispute instead."""
    ids = [sale.id, *(ticket.id for ticket in sale.tickets)]
    twice = sorted(page.taken.intersection(ids) | {i for i in ids if ids.count(i) > 1})
    if twice:
        there = ", ".join(twice)
        page.dispute(fact.fact_id, "duplicate_id", f"already there: {there}", ids=there)
        return ["disputed"]
    page.taken.update(ids)
    by_ticket = {
        effect.ticket: outcome
        for effect, outcome in zip(fact.effects, outcomes, strict=True)
        if effect.before != "SOLD" == effect.after
    }
    document = fact.body["sale"]
    document = forget(document) if page.customers.erased(document) else document
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    page.sales.append({"id": sale.id, "fact_id": fact.fact_id, "body": body})
    page.tickets += [
        {
            "id": ticket.id,
            "sale_id": sale.id,
            "show_id": ticket.show,
            "unit": ticket.unit,
            "code": ticket.code,
            "state": parking.ticket_state(by_ticket[ticket.id]),
            "copies": 0,
            "issued": int(sale.delivery not in LATER),
            "claimed": 0,
            "handed": "",
        }
        for ticket in sale.tickets
    ]
    return []
