"""Orders that wait for somebody: the list of a show, and all of it made ready in one print run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pos.domain.errors import Refused
from pos.domain.lookup import plain
from pos.domain.sale import OVER
from pos.store.ledger import PrintJob
from pos.till.counter import issue
from pos.till.counter.admit import let_in
from pos.till.counter.collect import first_papers
from pos.till.counter.passing import accept_sold
from pos.till.counter.tickets import CLAIM_WAIT_S, Sold, heard, in_hand, look_up
from pos.till.desk import Desk, Verb
from pos.till.orders import papers
from pos.till.ports import ClaimAnswer, LineDown

_ASKED_AT_ONCE: Final = 200  # tokens in one claim
_IN_ONE_UNIT: Final = 50  # orders in one transaction: a sale at this till waits no longer than for these


@dataclass(frozen=True)
class Waiting:
    """A ticket of an order, and how far it has got: waiting | ready | collected."""

    sale: dict[str, Any]
    ticket: dict[str, Any]
    state: str
    handed: dict[str, Any]

    @property
    def name(self) -> str:
        return str(self.sale.get("name") or "")

    @property
    def delivery(self) -> str:
        return str(self.sale.get("delivery") or "pickup")


def pickups(desk: Desk, *, show: str, collected: bool = False) -> dict[str, Any]:
    """Orders with tickets of a show that nobody has come for, by name; with `collected` the others as well."""
    desk.signed_in()
    desk.season().show(show)
    wanted = [one for one in of_show(desk, show) if collected or one.state != "collected"]
    return {"pickups": _by_order(desk, wanted)}


def of_show(desk: Desk, show: str) -> list[Waiting]:
    """Every live ticket of an order for a show, by the buyers' names."""
    told = {sale["id"]: sale for sale in desk.replica.orders_for(show)}
    sales = {sale["id"]: sale for sale in desk.ledger.orders_for(show)} | told
    found = [(sale, ticket) for sale in sales.values() for ticket in sale["tickets"] if ticket["show"] == show]
    known, ids = desk.ledger.tickets, [ticket["id"] for _, ticket in found]
    ended, handed, issued = known.ended(ids), known.handed(ids), known.issued(ids)
    waiting = []
    for sale, ticket in found:
        if ticket["id"] in ended or ticket.get("state", "live") in OVER:
            continue
        # What the office says of an order stands in its document, if that is where the ticket is from.
        elsewhere = ticket if sale["id"] in told else heard(desk, sale, ticket)
        given = handed.get(ticket["id"]) or elsewhere.get("handed") or {}
        blank = not ticket.get("issued", True) and ticket["id"] not in issued
        state = "waiting" if blank else "ready" if given.get("ready") else "collected"
        waiting.append(Waiting(sale, ticket, state, given))
    return sorted(waiting, key=lambda one: (plain(one.name), one.sale["id"], one.ticket["id"]))


def _by_order(desk: Desk, waiting: Iterable[Waiting]) -> list[dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = {}
    for one in waiting:
        row = rows.setdefault(
            one.sale["id"],
            {
                "sale": one.sale["id"],
                "name": one.name,
                "contact": one.sale.get("contact", ""),
                "delivery": one.delivery,
                "total": one.sale["total"],
                "tickets": [],
            },
        )
        row["tickets"].append(_shown(desk, one))
    return list(rows.values())


def _shown(desk: Desk, one: Waiting) -> dict[str, Any]:
    ticket = one.ticket
    seating = desk.belief.seating(ticket["show"])
    ix = seating.find(ticket["unit"])
    return {
        "id": ticket["id"],
        "show": ticket["show"],
        "place": ticket["place"],
        "label": seating.label(ix) if ix is not None else ticket["place"],
        "price": ticket["price"],
        "state": one.state,
        "holder": _holder(desk, ticket, ix),
        **({"handed": one.handed} if one.handed else {}),
    }


def _holder(desk: Desk, ticket: dict[str, Any], ix: int | None) -> str:
    """Which till has the right to issue it, "office" when nobody has."""
    own = desk.rights.get(ticket["show"], {}).get(ticket["unit"])
    office = desk.belief.office(ticket["show"], ix) if ix is not None else None
    here = own is not None and own.state == "SOLD" and own.ticket == ticket["id"]
    if here and own is not None and (office is None or own.token >= office.token):
        return desk.outside.till
    return (office.holder if office is not None else "") or "office"


def collect_batch(desk: Desk, *, show: str, delivery: str = "pickup") -> Verb[dict[str, Any]]:
    """Make ready whatever waits of a show, in the order of the names: one print run, a job an order.

    What another till has the right to is left to it, and told: `left` with its holder. Without a line that is
    all whose token is not here. Raises Refused: unknown_show device_absent storage_failed fenced.
    """
    desk.signed_in("sell")
    desk.shift()
    desk.check_not_fenced()
    desk.season().show(show)
    issue.check_present(desk, "ticket")
    yield from _tokens(desk, show, _blank(desk, show, delivery))
    user, shift = desk.signed_in("sell"), desk.shift()
    orders: dict[str, list[Sold]] = {}
    left: list[dict[str, Any]] = []
    for one, sold in _blank(desk, show, delivery):
        if in_hand(desk, sold):
            orders.setdefault(sold.sale["id"], []).append(sold)
        else:
            left.append({"sale": sold.sale["id"], "name": one.name} | _shown(desk, one))
    why = {"shift": shift.id, "user": user.id}
    made: list[tuple[list[Sold], PrintJob]] = []
    waiting = list(orders.values())
    for at in range(0, len(waiting), _IN_ONE_UNIT):
        with desk.unit() as unit:
            made += [
                (order, first_papers(desk, unit, order, why, ready=True)) for order in waiting[at : at + _IN_ONE_UNIT]
            ]
            answer = unit.answers({"printed": [_printed(order, job) for order, job in made], "left": left})
    for _, job in made:
        issue.send(desk, job)
    return answer if made else {"printed": [], "left": left}


def _printed(order: Sequence[Sold], job: PrintJob) -> dict[str, Any]:
    sale = order[0].sale
    return {"sale": sale["id"], "name": sale.get("name", ""), "tickets": [t.id for t in order], "job": job.id}


def _blank(desk: Desk, show: str, delivery: str) -> list[tuple[Waiting, Sold]]:
    """What has no paper yet, and came to no gate, as it can be sold, refunded and printed."""
    found: list[tuple[Waiting, Sold]] = []
    for one in of_show(desk, show):
        if one.state == "waiting" and one.delivery == delivery:
            try:
                (sold,) = look_up(desk, [one.ticket["id"]])
                let_in(desk, [sold], None)
            except Refused:
                continue  # it has ended, is in dispute, or let somebody in: nobody waits for its paper
            found.append((one, sold))
    return found


def _tokens(desk: Desk, show: str, blank: Sequence[tuple[Waiting, Sold]]) -> Verb[None]:
    """Ask for the rights to issue that are not here; what is refused, or cannot be asked for, is left."""
    missing = [sold.place for _, sold in blank if not in_hand(desk, sold)]
    for at in range(0, len(missing), _ASKED_AT_ONCE):
        part = missing[at : at + _ASKED_AT_ONCE]
        try:
            answer: ClaimAnswer = yield desk.outside.office.claim(
                show, part, whole=False, wait_s=CLAIM_WAIT_S, sold=True
            )
        except LineDown:
            return
        with desk.unit() as unit:
            accept_sold(desk, unit, show, answer)


def print_pickups(desk: Desk, *, show: str) -> dict[str, Any]:
    """Print the list of what nobody has come for. Raises Refused: unknown_show device_absent storage_failed."""
    desk.signed_in("sell")
    write = issue.words(desk)
    lines: list[tuple[str, str]] = []
    for order in pickups(desk, show=show)["pickups"]:
        lines.append((f"{order['name'] or '?'} · {order['sale']}", str(len(order["tickets"]))))
        for ticket in order["tickets"]:
            ready = ticket["state"] == "ready"
            state = write.say("list_ready", till=ticket["handed"]["till"]) if ready else write.say("list_waiting")
            lines.append((f"   {ticket['label']}", state))
    content = papers.list_content(
        desk,
        write.say("list_uncollected"),
        [{"heading": papers.show_line(desk, show), "rows": papers.rows(*lines)}],
        notes=[write.say("list_as_of", at=write.moment(desk.clock.now()))],
    )
    return papers.print_list(desk, "list", show, content)
