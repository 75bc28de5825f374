"""What the simulated house is called by: tills, shows, people."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

SHOWS: Final = ("tosca", "aida")
AREA: Final = "Foyer"
TILLS: Final = ("T1", "T2", "T3", "T4")
CASHIERS: Final = ("anna", "boris", "vera")
SUPERVISOR: Final = "sonja"
PIN: Final = "2468"
EXCHANGE_FEE: Final = Decimal("3.00")
PURSES: Final = {  # what vouchers and gift cards are worth at first
    ("voucher", "V-1"): Decimal("59.13"),
    ("voucher", "V-2"): Decimal("100.00"),
    ("gift_card", "G-1"): Decimal("250.00"),
    ("gift_card", "G-2"): Decimal("80.05"),
}
COUNTER_FEE: Final = Decimal("1.00")
PRODUCT: Final = "programme"  # sold beside tickets
