"""A basket as faces show it."""

from __future__ import annotations

from typing import Any

from pos.domain.basket import Article, Basket, Line, fee_lines, tax_lines, too_few
from pos.domain.money import Money, total
from pos.domain.packages import KIND as PACKAGE
from pos.domain.packages import package_of
from pos.domain.promotion import FREE_EVERY
from pos.domain.season import name_in
from pos.till.counter import visits
from pos.till.counter.people import screen_language
from pos.till.counter.quoting import table_of
from pos.till.counter.reserving import in_basket
from pos.till.desk import Desk


def shown(desk: Desk, basket: Basket) -> dict[str, Any]:
    """Lines, articles, fees, taxes, the total, and what still hinders the sale."""
    season = desk.season()
    currency = season.venue.currency
    fees = fee_lines(season.fees, basket.bearing)
    names = {fee.id: name_in(fee.names, screen_language(desk)) or fee.id for fee in season.fees}
    points = {fee.id: fee.tax_basis_points for fee in season.fees}
    tables = {line.prices: table_of(desk, line) for line in basket.lines}
    taxes = tax_lines(
        (
            *((tables[line.prices].tax, tables[line.prices].tax_basis_points, line.price) for line in basket.lines),
            *((one.tax_id, one.tax_basis_points, one.amount) for one in basket.articles),
            *((fee.tax_id, points[fee.id], fee.amount) for fee in fees),
        ),
        currency,
    )
    return {
        "lines": [_line(desk, line) for line in basket.lines],
        "articles": [article_shown(desk, article) for article in basket.articles],
        "fees": str(total([fee.amount for fee in fees], currency)),
        "fee_lines": [
            {"id": fee.id, "name": names[fee.id], "count": fee.count, "amount": str(fee.amount)} for fee in fees
        ],
        "taxes": [{"id": tax.id, "base": str(tax.base), "tax": str(tax.tax)} for tax in taxes],
        "total": str(basket.total(fees, currency)),
        **_deposit(desk, basket, basket.total(fees, currency)),
        "expires": basket.expires.isoformat() if basket.expires else None,
        "owner": basket.owner,
        **({"codes": list(basket.codes)} if basket.codes else {}),
        **({"passes": passes} if (passes := visits.due(desk, basket)) else {}),
        **({"too_few": few} if (few := too_few(basket, season.price_types)) else {}),
    }


def _deposit(desk: Desk, basket: Basket, due: Money) -> dict[str, str]:
    """The order that a basket is of, and what is due when its deposit has paid its part."""
    order = in_basket(desk, basket)
    if order is None:
        return {}
    deposit = min(order.left, due)
    return {"order": order.id, "deposit": str(deposit), "due": str(due - deposit)}


def article_shown(desk: Desk, article: Article) -> dict[str, Any]:
    season = desk.season()
    product = season.packages.get(package_of(article.product)) if article.kind == PACKAGE else None
    sold = product or season.products.get(article.product)
    name = name_in(sold.names, screen_language(desk)) if sold else ""
    return {
        "line": article.line,
        "id": article.product,
        "kind": article.kind,
        "name": name or article.product,
        "count": article.count,
        "price": str(article.each),
        "amount": str(article.amount),
    }


def _line(desk: Desk, line: Line) -> dict[str, Any]:
    seating = desk.belief.seating(line.show)
    ix = seating.find(line.place)
    the_show = desk.season().show(line.show)
    return {
        "line": line.line,
        "show": line.show,
        "title": name_in(the_show.titles, screen_language(desk)) or the_show.production,
        "place": seating.shown(ix) if ix is not None else line.place,
        "ix": ix,
        "label": seating.label(ix) if ix is not None else line.place,
        "category": line.category,
        "price_type": line.price_type,
        "price": str(line.price),
        "proof": line.proof,
        **_why(desk, line),
    }


def _why(desk: Desk, line: Line) -> dict[str, Any]:
    """Why a line does not cost what the list says, and what else its ticket will say."""
    found: dict[str, Any] = dict(line.marks)
    if line.list_price != line.price:
        found["listed"] = str(line.list_price)
    if line.off:
        names = {one.id: name_in(one.names, screen_language(desk)) or one.id for one in desk.season().promotions}
        found["promotions"] = [
            {"id": off.id, "name": "" if off.id == FREE_EVERY else names.get(off.id, off.id), "off": str(off.amount)}
            for off in line.off
        ]
    return found | ({"partner": line.partner} if line.partner else {})
