"""What may be done with a ticket from this moment on, in one short line each."""

from __future__ import annotations

from pos.domain.money import Money
from pos.ui.i18n import tr
from pos.ui.model import Show
from pos.ui.session import Session


def refund_now(session: Session, show: Show, price_type: str) -> str:
    """The refund terms of a price type that apply now."""
    terms, formats, now = show.terms_of(price_type), session.formats, session.now
    if not terms.refund_allowed:
        return tr("No refund any more") if terms.refund_until is not None else tr("No refund")
    fee = _fee(session, terms.refund_fee, show.currency)
    if terms.refund_until is None:
        return tr("Refund at any time, fee {fee}", fee=fee) if fee else tr("Refund at any time")
    when = formats.day_and_time(terms.refund_until, now)
    return tr("Refund until {when}, fee {fee}", when=when, fee=fee) if fee else tr("Refund until {when}", when=when)


def exchange_now(session: Session, show: Show, price_type: str) -> str:
    """The exchange terms of a price type that apply now."""
    terms, formats, now = show.terms_of(price_type), session.formats, session.now
    if not terms.exchange_allowed:
        return tr("No exchange any more") if terms.exchange_until is not None else tr("No exchange")
    fee = _fee(session, terms.exchange_fee, show.currency)
    if terms.exchange_until is None:
        return tr("Exchange at any time, fee {fee}", fee=fee) if fee else tr("Exchange at any time")
    when = formats.day_and_time(terms.exchange_until, now)
    return tr("Exchange until {when}, fee {fee}", when=when, fee=fee) if fee else tr("Exchange until {when}", when=when)


def _fee(session: Session, text: str, currency: str) -> str:
    """A fee of the terms as people read it: "10 %", "€2.50"; empty when there is none."""
    if text.endswith("%"):
        rate = text[:-1].strip()
        return f"{rate} %" if rate.strip("0.") else ""
    amount = Money.parse(text or "0", currency)
    return session.formats.money(amount) if amount else ""
