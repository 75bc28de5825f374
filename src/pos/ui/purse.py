"""What is paid with: how tenders are called, and a voucher or gift card that a customer has shown."""

from __future__ import annotations

from dataclasses import dataclass

from pos.domain.money import Money
from pos.ui.i18n import tr


@dataclass(frozen=True, slots=True)
class PurseOffer:
    """`left` is what can be paid with it."""

    kind: str
    code: str
    left: Money


def purse_name(kind: str) -> str:
    """What people call a voucher, a pass, an account or a gift card."""
    names = {"voucher": tr("Voucher"), "package": tr("Pass"), "account": tr("Account")}
    return names.get(kind) or tr("Gift card")


def tender_names() -> dict[str, str]:
    """How tenders are called within a line of text, by kind; foreign cash is for the reader to say."""
    return {
        "cash": tr("cash"),
        "card": tr("card"),
        "card_slip": tr("card by slip"),
        "voucher": tr("voucher"),
        "gift_card": tr("gift card"),
        "transfer": tr("bank transfer"),
        "account": tr("account"),
        "mobile": tr("phone"),
    }
