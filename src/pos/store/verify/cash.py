"""What facts say that they did to the drawer."""

from __future__ import annotations

from typing import Any, Final

ORDERS: Final = ("OrderReserved", "OrderChanged", "OrderEnded")
REFUNDS: Final = ("TicketsRefunded", "RefundClaimed", "TicketsVoided")
SALES: Final = {"TicketsSold": "sale", "TicketsExchanged": "exchange"}
_CASH_IN: Final = ("paid_in", "transfer_in", "fetch")


def cash_told(kind: str, body: dict[str, Any], till: str) -> tuple[str, int]:
    """What a fact's body says it did to the drawer: the kind of move and minor units."""
    if kind == "ShiftOpened":
        return "float", minor(body["float"])
    if kind == "ShiftHandedOver":
        return "handed_over", minor(body["difference"])
    if kind == "CashMoved":
        return body["kind"], minor(body["amount"]) * (1 if body["kind"] in _CASH_IN else -1)
    if kind == "CounterfeitTaken":
        return "counterfeit", -minor(body["amount"])
    if kind == "ChangeReceived":
        return "change", minor(body["cash"])
    if kind in SALES:
        return SALES[kind], _in_cash(body["sale"])
    if kind in REFUNDS:
        return "void" if "void" in body["refund"] else "refund", -_in_cash(body["refund"])
    if kind in ORDERS:
        deposit = body.get("deposit") or {"tenders": []}
        return "deposit", _in_cash(deposit) * (-1 if deposit.get("returned") else 1)
    if kind == "AccountPaid":
        return "account_paid", _in_cash(body["paid"])
    if kind == "PackageRefunded":
        return "refund", -_in_cash(body)
    if kind == "TenderCorrected":
        return "correction", minor(body["correction"]["cash"])
    if kind == "DrawerTakenOver" and body["till"] == till:
        return "taken_over", -minor(body["expected"])
    return kind, 0


def _in_cash(document: dict[str, Any]) -> int:
    return sum(minor(tender["amount"]) for tender in document["tenders"] if tender["kind"] == "cash")


def minor(text: str) -> int:
    """A decimal string in minor units: the till always writes all decimals of the currency. ValueError."""
    return int(text.replace(".", "", 1))
