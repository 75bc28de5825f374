"""The sale: one durable commit of tickets, rights, cash, fact and print jobs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pos.domain.basket import Basket, FeeLine, Line, TaxLine, fee_lines, fee_parts, tax_sums, too_few
from pos.domain.errors import Refused
from pos.domain.facts import Kind
from pos.domain.live import ORDER
from pos.domain.money import Money, tax_included
from pos.domain.packages import package_of
from pos.domain.rights import Effect, OfficeRight, OfficeState, OwnRight, OwnState, may_sell, may_use_hold
from pos.domain.sale import FOREIGN, ArticleSold, Settlement, Tender, Ticket, sale_entry, settle
from pos.domain.season import name_in
from pos.domain.shift import CashMove
from pos.store.ledger import PrintJob
from pos.store.shiftbook import ShiftRow
from pos.till.counter import awaiting, charge, checks, closed, issue, numbers, purses, reserving, visits
from pos.till.counter.approval import approved
from pos.till.counter.buyer import buyer_document, check_delivery
from pos.till.counter.passing import allot, indexes_of, low
from pos.till.counter.quoting import not_enough, table_of
from pos.till.counter.tenders import awaited_in, check_drawer, tenders_of
from pos.till.desk import Desk, Unit, Verb


@dataclass(frozen=True)
class Making:
    """A sale worked out but not yet committed."""

    id: str
    at: datetime
    user: str
    basket: Basket
    total: Money
    fees: tuple[FeeLine, ...]
    settlement: Settlement
    tickets: tuple[Ticket, ...]
    articles: tuple[ArticleSold, ...] = ()


def pay(
    desk: Desk,
    *,
    tenders: list[dict[str, Any]],
    terms_told: bool = False,
    approver: dict[str, Any] | None = None,
    buyer: dict[str, Any] | None = None,
    checker: dict[str, Any] | None = None,
    delivery: str = "now",
    receipt: bool = True,
) -> Verb[dict[str, Any]]:
    """Sell the basket, to a `buyer` who wishes to be named, whom the tickets reach by `delivery`. Without `receipt`
    one is printed only when it is asked for.

    The answer is given only when the sale is durable.

    `checker` is who releases a sale that the venue has checked first. Raises Refused: basket_empty basket_expired
    terms_not_told identity_needed limit_exceeded check_needed underpaid overpaid device_absent payment_declined
    payment_unknown right_elsewhere unknown_ticket outside_terms unknown_customer storage_failed fenced; after any of
    them nothing has been sold.
    """
    desk.signed_in("sell")
    _basket(desk)
    who = buyer_document(desk, buyer)
    check_delivery(delivery, who)
    yield from charge.settle_open(desk)
    yield from purses.hold(desk, tenders_of(desk, tenders))
    # Whatever was asked and heard meanwhile: from here to the card's intent nothing is waited for.
    user = desk.signed_in("sell")
    shift = desk.shift()
    desk.check_not_fenced()
    basket = _basket(desk)
    closed.check(desk, ((line.show, line.place) for line in basket.lines))
    paid = tenders_of(desk, tenders)
    checks.check_told(desk, terms_told)
    visits.check(desk, basket, paid)
    known = checks.check_buyer(desk, basket.lines, who)
    making = work_out(desk, user.id, basket, paid)
    released = checks.release(desk, user.id, basket.lines, making.total, who, checker)
    by = approved(desk, approver)
    making = replace(making, settlement=purses.moved(desk, making.settlement, by))
    charge.check_owed(desk, making.settlement, by)
    check_drawer(desk, shift, -making.settlement.paid("cash", making.total.currency))  # change for foreign money
    told = who | released | ({"terms_told": True} if terms_told else {}) | ({"approver": by} if by else {})
    told |= {} if delivery == "now" else {"delivery": delivery}
    if (wait := awaited_in(making.settlement)) is not None:
        charge.check_basket_free(desk)  # it is parked until the money has come
        return awaiting.begin(desk, user.id, shift, basket, tenders, wait, told)
    pins = (*((line.show, line.place) for line in basket.lines), *purses.keys(paid))
    intent = charge.Intent("sale", charge.BASKET, pins)
    charge.check_not_pinned(desk, intent)
    settlement = yield from charge.charge(desk, user.id, shift, intent, making.settlement)
    if settlement is not making.settlement:
        # Time has passed at the terminal. The basket was pinned; whoever was signed in may have locked the
        # till, and other sales have taken their numbers.
        making = replace(work_out(desk, user.id, basket, paid), settlement=settlement)
    body = document(desk, shift, making) | told
    checks.mark_tickets(desk, body)
    paper = _paper(desk, making, body)
    paper = paper if receipt else replace(paper, receipt=None)
    with desk.unit() as unit:
        unit.at = making.at
        owed = charge.owe(desk, unit, user.id, shift, making.settlement, making.id)
        body["tenders"] = [tender.to_json() for tender in owed.tenders]
        jobs = _commit(desk, unit, shift, making, body, paper)
        answer = unit.answers({"sale": answer_of(making) | known})
    _after(desk, making, jobs)
    return answer


def _basket(desk: Desk) -> Basket:
    """What is to be paid. Raises Refused("no_shift" | "fenced" | "basket_expired" | "basket_empty" |
    "not_allowed")."""
    desk.shift()
    desk.check_not_fenced()
    basket = desk.ledger.basket()
    if basket is None or basket.empty:
        raise Refused("basket_expired" if basket is not None and basket.lapsed else "basket_empty")
    for few in too_few(basket, desk.season().price_types):
        raise not_enough(few)
    return basket


def work_out(
    desk: Desk, user: str, basket: Basket, tenders: Sequence[Tender], freed: frozenset[tuple[str, str]] = frozenset()
) -> Making:
    """A basket as a sale. Raises Refused("underpaid" | "overpaid" | "right_elsewhere").

    `freed` are places that may be sold although their right is not idle.
    """
    season = desk.season()
    currency = season.venue.currency
    fees = fee_lines(season.fees, basket.bearing)
    due = basket.total(fees, currency)
    settlement = settle(due, [*reserving.deposits(desk, basket, due), *tenders], season.venue.cash_rounding)
    sale = numbers.next_id(desk, numbers.SALES)
    tickets = with_fees(desk, make_tickets(desk, sale, basket.lines, freed), basket.lines, fees)
    articles = tuple(
        ArticleSold.of(f"{sale}-A{n}", _article_name(desk, article.product), article)
        for n, article in enumerate(basket.articles, 1)
    )
    return Making(sale, desk.clock.now(), user, basket, due, fees, settlement, tickets, articles)


def _article_name(desk: Desk, product: str) -> str:
    """What it is called on paper."""
    pack = desk.season().packages.get(package_of(product))
    if pack is not None:
        return f"{name_in(pack.names, desk.outside.locale) or pack.id} {product}"
    known = desk.season().products.get(product)
    return (name_in(known.names, desk.outside.locale) if known else "") or product


def make_tickets(
    desk: Desk, sale: str, lines: Sequence[Line], freed: frozenset[tuple[str, str]] = frozenset()
) -> tuple[Ticket, ...]:
    """A ticket for each line. Raises Refused("right_elsewhere") for a place that may not be sold here.

    `freed` are places that the same fact makes free.
    """
    season = desk.season()
    tickets = []
    ids = {line.line: f"{sale}-{n}" for n, line in enumerate(lines, 1)}
    for line in lines:
        show = season.show(line.show)
        prices, terms = table_of(desk, line), season.terms_of(show, line.price_type)
        seating = desk.belief.seating(line.show)
        ix = seating.find(line.place)
        own = desk.rights.get(line.show, {}).get(line.place)
        free = (line.show, line.place) in freed
        if ix is None or not (free or _in_hand(desk.belief.office(line.show, ix), own)):
            raise Refused("right_elsewhere", show=line.show, place=line.place, holder="office", since=None)
        tickets.append(
            Ticket(
                id=ids[line.line],
                show=line.show,
                place=line.place,
                shown=seating.shown(ix),
                category=line.category,
                price_type=line.price_type,
                price=line.price,
                code=desk.outside.entropy.code(),
                proof=line.proof,
                tax_id=prices.tax,
                tax=tax_included(line.price, prices.tax_basis_points),
                terms=terms.source if terms else {},
                marks=_marks(line, ids),
            )
        )
    return tuple(tickets)


def _in_hand(office: OfficeRight, own: OwnRight | None) -> bool:
    """Whether a place may be sold here: being idle, or from its hold."""
    return may_sell(office, own) or may_use_hold(office, own)


def _marks(line: Line, ids: dict[int, str]) -> dict[str, Any]:
    """What a ticket says of its price by value: the version of the list, what was taken off, and why."""
    marks: dict[str, Any] = dict(line.marks)
    if line.prices:
        marks["prices"] = line.prices
    if line.list_price != line.price:
        marks["listed"] = str(line.list_price)
    if line.off:
        parts = [{"id": off.id, "off": str(off.amount)} for off in line.off]
        marks["promotion"] = {"id": parts[0]["id"], "off": str(line.list_price - line.price)}
        if len(parts) > 1:
            marks["promotion"]["parts"] = parts
    if line.partner in ids:
        marks["companion_of"] = ids[line.partner]
    return marks


def with_fees(
    desk: Desk, tickets: Sequence[Ticket], lines: Sequence[Line], fees: Sequence[FeeLine]
) -> tuple[Ticket, ...]:
    """The tickets, each with its part of the refundable fees."""
    bearing = [at for at, line in enumerate(lines) if not line.exempt]
    points = {fee.id: fee.tax_basis_points for fee in desk.season().fees}
    made = list(tickets)
    for fee in fees:
        if fee.refundable:
            for at, amount in zip(bearing, fee_parts(fee.amount, len(bearing)), strict=True):
                tax = str(tax_included(amount, points[fee.id]))
                part = {"id": fee.id, "amount": str(amount), "tax_id": fee.tax_id, "tax": tax}
                made[at] = replace(made[at], marks={**made[at].marks, "fees": [*made[at].marks.get("fees", ()), part]})
    return tuple(made)


@dataclass(frozen=True)
class _Paper:
    """What the sale prints, worked out before its transaction begins. None: nothing of that kind."""

    tickets: dict[str, Any] | None
    receipt: dict[str, Any] | None


def _paper(desk: Desk, making: Making, body: dict[str, Any]) -> _Paper:
    receipt = issue.receipt_content(desk, body) if desk.outside.printers.present("receipt") else None
    tickets = None
    # What is picked up or posted gets its paper when it is collected, by the tickets' tokens.
    if making.tickets and "delivery" not in body:
        named = checks.named_on_paper(desk, body)
        tickets = issue.tickets_content(desk, making.id, making.tickets, making.at, named)
    return _Paper(tickets, receipt)


def _commit(
    desk: Desk, unit: Unit, shift: ShiftRow, making: Making, body: dict[str, Any], paper: _Paper
) -> list[PrintJob]:
    """Write the sale in the unit's transaction; its print jobs."""
    book(desk, unit, shift, making, body)
    charge.use(desk, making.settlement, making.id)
    ledger = desk.ledger
    ledger.baskets.drop(making.basket.number)
    jobs = []
    if paper.tickets is not None:
        tickets = [ticket.id for ticket in making.tickets]
        jobs.append(ledger.add_job("ticket", "ticket", making.id, tickets, paper.tickets))
    if paper.receipt is not None:
        jobs.append(ledger.add_job("receipt", "receipt", making.id, [], paper.receipt))
    return jobs


def complete(
    desk: Desk, shift: ShiftRow, making: Making, body: dict[str, Any], ending: Callable[[Unit], None]
) -> dict[str, Any]:
    """Sell a basket that has waited for its money; `ending` ends the wait in the same transaction."""
    checks.mark_tickets(desk, body)
    paper = _paper(desk, making, body)
    with desk.unit() as unit:
        unit.at = making.at
        ending(unit)
        jobs = _commit(desk, unit, shift, making, body, paper)
        answer = unit.answers({"sale": answer_of(making)})
    _after(desk, making, jobs)
    return answer


def book(
    desk: Desk,
    unit: Unit,
    shift: ShiftRow,
    making: Making,
    body: dict[str, Any],
    before: OfficeState = OfficeState.LEASED,
) -> None:
    """The sale as a fact and rows, in the unit's transaction; nothing of paper."""
    currency = making.total.currency
    effects, sold = sold_effects(desk, making.tickets, before)
    effects += purses.spend(desk, making.settlement) + visits.sell(desk, making.articles)
    postings = sale_entry(desk.outside.till, making.tickets, making.fees, making.settlement, currency, making.articles)
    order = reserving.sold(desk, making.basket, making.tickets, making.settlement.tenders)
    body |= reserving.told_of(order)
    carries = {} if order is None else {"order": order.to_json()}
    unit.record(Kind.TICKETS_SOLD, {"sale": body} | carries, postings=postings, effects=effects)
    unit.put_rights(sold)
    if order is not None:
        desk.ledger.live.put(ORDER, order.to_json())
    ledger = desk.ledger
    ledger.add_sale(shift.id, body)
    if cash := making.settlement.paid("cash", currency):
        ledger.add_move(shift.id, CashMove("sale", cash, making.id, body["at"]))
    numbers.take(desk, numbers.SALES)


def sold_effects(
    desk: Desk,
    tickets: Sequence[Ticket],
    before: OfficeState = OfficeState.LEASED,
    freed: frozenset[tuple[str, str]] = frozenset(),
) -> tuple[list[Effect], list[tuple[str, str, OwnRight]]]:
    """What selling these tickets does to their places, and the rights afterwards. `before`: idle, or on paper;
    `freed` are places that the same fact makes free; what is in a hold here is sold from it. Raises Refused when
    one is not so any more."""
    effects: list[Effect] = []
    rights: list[tuple[str, str, OwnRight]] = []
    for ticket in tickets:
        state = OwnState.SOLD if (ticket.show, ticket.place) in freed else OwnState(before.value)
        was, own = before, desk.rights.get(ticket.show, {}).get(ticket.place)
        if state is OwnState.LEASED and own is not None and own.state is OwnState.HELD:
            state, was = OwnState.HELD, OfficeState.HELD
        token = desk.held(ticket.show, ticket.place, state)
        effects.append(Effect(ticket.show, ticket.place, token, was, OfficeState.SOLD, desk.outside.till, ticket.id))
        rights.append((ticket.show, ticket.place, OwnRight(OwnState.SOLD, token, ticket.id)))
    return effects, rights


def document(desk: Desk, shift: ShiftRow, making: Making) -> dict[str, Any]:
    """The sale by value, as the fact carries it and every till's look-up keeps it."""
    return {
        "id": making.id,
        "at": making.at.isoformat(timespec="seconds"),
        "till": desk.outside.till,
        "user": making.user,
        "shift": shift.id,
        "total": str(making.total),
        "rounding": str(making.settlement.rounding),
        "fees": [fee.to_json() for fee in making.fees],
        "tenders": [tender.to_json() for tender in making.settlement.tenders],
        "change": str(making.settlement.change),
        "taxes": tax_documents(making.tickets, making.articles, making.fees, making.total.currency),
        "tickets": [ticket.to_json() for ticket in making.tickets],
        **({"articles": [article.to_json() for article in making.articles]} if making.articles else {}),
        **({"orphans": alone} if (alone := _orphans(making.basket)) else {}),
    }


def _orphans(basket: Basket) -> list[dict[str, Any]]:
    """Places that were sold although they leave a single seat, and why."""
    found: dict[tuple[str, str], list[str]] = {}
    for line in basket.lines:
        if line.orphan_reason:
            found.setdefault((line.show, line.orphan_reason), []).append(line.place)
    return [{"show": show, "places": places, "reason": reason} for (show, reason), places in found.items()]


def tax_documents(
    tickets: Sequence[Ticket], articles: Sequence[ArticleSold], fees: Sequence[FeeLine], currency: str
) -> list[dict[str, str]]:
    """The taxes in these amounts, by rate."""
    zero = Money.zero(currency)
    taxes: tuple[TaxLine, ...] = tax_sums(
        (
            *((ticket.tax_id, ticket.price, ticket.tax) for ticket in tickets),
            *((article.tax_id, article.amount, article.tax) for article in articles),
            *((fee.tax_id, fee.amount, fee.tax or zero) for fee in fees),
        ),
        currency,
    )
    return [{"id": tax.id, "base": str(tax.base), "tax": str(tax.tax)} for tax in taxes]


def answer_of(making: Making) -> dict[str, Any]:
    return {
        "id": making.id,
        "total": str(making.total),
        "rounding": str(making.settlement.rounding),
        "change": str(making.settlement.change),
        "tickets": ticket_answers(making.tickets),
        **({"articles": [article.to_json() for article in making.articles]} if making.articles else {}),
    }


def ticket_answers(tickets: Sequence[Ticket]) -> list[dict[str, str]]:
    return [{"id": t.id, "show": t.show, "place": t.shown, "code": t.code, "price": str(t.price)} for t in tickets]


def _after(desk: Desk, making: Making, jobs: Sequence[PrintJob]) -> None:
    """What follows a durable sale: drawer, paper, and a fuller hand for the next one."""
    if any(tender.kind in ("cash", FOREIGN) for tender in making.settlement.tenders):
        desk.outside.printers.kick_drawer()
    for job in jobs:
        issue.send(desk, job)
    places = indexes_of(desk, ((ticket.show, ticket.place) for ticket in making.tickets))
    desk.emit("changed", places=places, documents=False)
    if desk.outside.office.link().state == "online" and any(low(desk, show) for show in places):
        desk.spawn(lambda: allot(desk))
