"""The lines of a receipt: what was sold, why it did not cost what the list says, and what goes back of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pos.domain.basket import tax_sums
from pos.domain.money import Money
from pos.domain.promotion import FREE_EVERY
from pos.domain.season import name_in
from pos.till.desk import Desk
from pos.till.words import Words


def sold_lines(desk: Desk, write: Words, body: dict[str, Any]) -> list[dict[str, str]]:
    """A sale's tickets and articles, and with a minus what an exchange took back."""
    back = [{**ticket, "price": f"-{ticket['price']}"} for ticket in body.get("exchanged", [])]
    lines = [_ticket(desk, write, ticket) for ticket in (*body["tickets"], *back)]
    return lines + [_article(desk, write, article) for article in body.get("articles", ())]


def _ticket(desk: Desk, write: Words, ticket: dict[str, Any]) -> dict[str, str]:
    season = desk.season()
    show = season.shows.get(ticket["show"])
    seating = desk.belief.seating(ticket["show"]) if show else None
    ix = seating.find(ticket["unit"]) if seating else None
    price_type = season.price_types.get(ticket.get("price_type", ""))
    kind = name_in(price_type.names, write.language) if price_type else ticket.get("price_type", "")
    place = seating.label(ix) if seating and ix is not None else ticket["place"]
    when = f"{name_in(show.titles, write.language) or show.production}, {write.moment(show.starts)}" if show else ""
    detail = [when, *_why(desk, write, ticket)]
    text = f"{place} · {kind}" if kind else place
    return {"text": text, "detail": " · ".join(filter(None, detail)), "amount": _money(desk, write, ticket["price"])}


def _why(desk: Desk, write: Words, ticket: dict[str, Any]) -> Iterable[str]:
    """Why a ticket costs what it costs."""
    names = {one.id: name_in(one.names, write.language) or one.id for one in desk.season().promotions}
    if (taken := ticket.get("promotion")) is not None:
        for part in taken.get("parts", [taken]):
            free = part["id"] == FREE_EVERY
            name = write.say("group_free") if free else names.get(part["id"], part["id"])
            yield f"{name} −{_money(desk, write, part['off'])}"
    if (override := ticket.get("override")) is not None:
        yield write.say("price_set", was=_money(desk, write, override["was"]))
    if "comp" in ticket:
        yield write.say("comp")
    if "companion_of" in ticket:
        yield write.say("companion")


def _article(desk: Desk, write: Words, article: dict[str, Any]) -> dict[str, str]:
    product = desk.season().products.get(article["id"])
    name = (name_in(product.names, write.language) if product else "") or article["name"]
    many = f"{article['count']} × {_money(desk, write, article['price'])}" if article["count"] > 1 else ""
    kind = write.say("donation") if article["kind"] == "donation" else ""
    detail = " · ".join(filter(None, (many, kind)))
    return {"text": name, "detail": detail, "amount": _money(desk, write, article["amount"])}


def _money(desk: Desk, write: Words, text: str) -> str:
    return write.money(Money.parse(text, desk.season().venue.currency))


def turned_back(body: dict[str, Any], currency: str) -> dict[str, Any]:
    """A refund's document with its amounts as a sale's has them, paid out being negative; fees that go back with
    tickets summed up, and the tax that goes back by rate."""

    def minus(text: str) -> str:
        return str(-Money.parse(text, currency))

    parts = [part for ticket in body["tickets"] for part in ticket.get("fees", ())]
    fees: dict[str, tuple[int, Money]] = {}
    for part in parts:
        count, amount = fees.get(part["id"], (0, Money.zero(currency)))
        fees[part["id"]] = count + 1, amount - Money.parse(part["amount"], currency)
    taxed = [(ticket["tax_id"], ticket["price"], ticket["tax"]) for ticket in body["tickets"]]
    taxed += [
        (item["tax_id"], item["amount"], item["tax"])
        for item in (*parts, *body.get("articles", ()), *body.get("fees", ()))
        if "tax" in item
    ]
    read = ((id, -Money.parse(gross, currency), -Money.parse(tax, currency)) for id, gross, tax in taxed)
    return {
        **body,
        "tickets": [{**ticket, "price": minus(ticket["price"])} for ticket in body["tickets"]],
        "articles": [{**article, "amount": minus(article["amount"])} for article in body.get("articles", ())],
        "fees": [{"id": id, "count": count, "amount": str(amount)} for id, (count, amount) in fees.items()]
        + [{**fee, "amount": minus(fee["amount"])} for fee in body.get("fees", ())],
        "total": minus(body["amount"]),
        "rounding": minus(body["rounding"]),
        "tenders": [{**tender, "amount": minus(tender["amount"]), "full_code": True} for tender in body["tenders"]],
        "change": "0",
        "taxes": [{"id": t.id, "base": str(t.base), "tax": str(t.tax)} for t in tax_sums(read, currency) if t.tax],
    }
