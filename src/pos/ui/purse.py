"""A voucher or gift card that a customer has shown."""

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
