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
COUNTER_FEE: Final = Decimal("1.00")
