"""What can be done at the safe: which verb does it, what is typed for it, and what comes next for a parcel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from pos.ui.bridge import Answer
from pos.ui.i18n import tr


@dataclass(frozen=True, slots=True)
class Task:
    """`fields` are typed, in this order; `counted` is the verb's field for a count by pieces, "" for none;
    `second` is its field for another person's PIN. `move` is the kind of a cash move."""

    verb: str
    fields: tuple[str, ...] = ()
    counted: str = ""
    second: str = ""
    move: str = ""


LOOK: Final = ""  # no task: what is marked is looked at
TRAIL: Final = "cash_trail"
TASKS: Final[dict[str, Task]] = {
    LOOK: Task(""),
    "count_safe": Task("count_safe", ("bags", "note"), "counted", "witness"),
    "make_bag": Task("make_bag", ("bag",), "counted", "witness"),
    "make_deposit": Task("make_deposit", ("deposit", "bags", "shifts", "note"), "counted", "witness"),
    "order_change": Task("order_change", ("note",), "wanted"),
    "fetch": Task("move_cash", ("amount", "reason"), "", "witness", "fetch"),
    "transfer_out": Task("move_cash", ("amount", "to", "reason"), move="transfer_out"),
    "transfer_in": Task("move_cash", ("transfer", "amount", "reason"), move="transfer_in"),
    "transfer_back": Task("move_cash", ("transfer", "amount", "reason"), move="transfer_in"),
    "counterfeit": Task("counterfeit", ("denomination", "serial", "name", "note")),
    "open_bag": Task("open_bag", ("bag", "note"), "counted", "witness"),
    "collect_deposit": Task("collect_deposit", ("deposit", "name", "receipt")),
    "credit_deposit": Task("credit_deposit", ("deposit", "amount", "value_date", "reference")),
    "approve_change": Task("approve_change", ("order",), "", "approver"),
    "refuse_change": Task("refuse_change", ("order", "reason"), "", "approver"),
    "receive_change": Task("receive_change", ("order", "note"), "counted"),
    "explain_difference": Task("explain_difference", ("of", "note")),
    TRAIL: Task("cash_trail", ("of",)),
}
KEYED: Final = (
    "count_safe",
    "make_bag",
    "make_deposit",
    "order_change",
    "fetch",
    "transfer_out",
    "transfer_in",
    "counterfeit",
)  # F1 … F8
# Every field, as they stand one under the other.
FIELDS: Final = (
    "bag",
    "deposit",
    "order",
    "of",
    "transfer",
    "amount",
    "denomination",
    "to",
    "bags",
    "shifts",
    "serial",
    "name",
    "receipt",
    "value_date",
    "reference",
    "reason",
    "note",
)
AMOUNTS: Final = frozenset({"amount", "denomination"})
LISTS: Final = frozenset({"bags"})
PAIRS: Final = frozenset({"shifts"})  # of a name and an amount
# The field that a parcel's number goes into, by task.
_NUMBER_IN: Final = {
    "open_bag": "bag",
    "collect_deposit": "deposit",
    "credit_deposit": "deposit",
    "approve_change": "order",
    "refuse_change": "order",
    TRAIL: "of",
    "receive_change": "order",
    "transfer_in": "transfer",
    "transfer_back": "transfer",
}


def next_of(parcel: Answer, till: str) -> str:
    """What is to be done about a parcel now, "" for nothing that can be done here."""
    if parcel["difference"] and not parcel["early"]:
        return "explain_difference"
    sort, state = parcel["sort"], parcel["state"]
    if sort == "transfer":
        mine = any(step["till"] == till for step in parcel["steps"])
        return "" if state != "sent" else "transfer_in" if parcel["for_me"] else "transfer_back" if mine else ""
    return {
        ("bag", "made"): "open_bag",
        ("bag", "dropped"): "open_bag",
        ("deposit", "made"): "collect_deposit",
        ("deposit", "collected"): "credit_deposit",
        ("change_order", "ordered"): "approve_change",
        ("change_order", "approved"): "receive_change",
    }.get((sort, state), "")


def may_refuse(parcel: Answer) -> bool:
    """Whether it is change that has not come yet."""
    return parcel["sort"] == "change_order" and parcel["state"] in ("ordered", "approved")


def typed_for(task: str, parcel: Answer) -> dict[str, str]:
    """What is known already of what has to be typed."""
    if task == "explain_difference":
        return {"of": str(parcel["id"])}
    known = {_NUMBER_IN[task]: str(parcel["number"])}
    return known | ({"amount": str(parcel["amount"])} if task in ("credit_deposit", "transfer_back") else {})


def fields_of(task: Task, values: dict[str, str]) -> dict[str, Any]:
    """What was typed, as the verb takes it."""
    fields: dict[str, Any] = {"kind": task.move} if task.move else {}
    for name in task.fields:
        text = values.get(name, "").strip()
        if name in LISTS:
            fields[name] = [one for one in text.replace(",", " ").split() if one]
        elif name in PAIRS:
            pairs = [pair.partition("=") for pair in text.replace(",", " ").replace(" = ", "=").split()]
            fields |= {name: {shift: amount for shift, _, amount in pairs}} if pairs else {}
        elif text:
            fields[name] = text.replace(",", ".") if name in AMOUNTS else text
    return fields


def titles() -> dict[str, str]:
    """The tasks in words."""
    return {
        "count_safe": tr("Count the safe"),
        "make_bag": tr("Seal a float"),
        "make_deposit": tr("Bank deposit"),
        "order_change": tr("Order change"),
        "fetch": tr("Fetch from safe"),
        "transfer_out": tr("Send to window"),
        "transfer_in": tr("Receive"),
        "transfer_back": tr("Take it back"),
        "counterfeit": tr("False note"),
        "open_bag": tr("Open a bag"),
        "collect_deposit": tr("The courier takes it"),
        "credit_deposit": tr("The bank has credited"),
        "approve_change": tr("Approve change"),
        "refuse_change": tr("Refuse change"),
        "receive_change": tr("The change is here"),
        "explain_difference": tr("Explain a difference"),
        TRAIL: tr("Trail of a sum"),
    }


def labels(task: str = LOOK) -> dict[str, str]:
    """What is typed for a task, in words."""
    trail = {"of": tr("Number, shift, or the bank's reference")} if task == TRAIL else {}
    return {
        "bags": tr("Numbers of the sealed bags"),
        "shifts": tr("Shift = amount, …"),
        "note": tr("Note"),
        "bag": tr("Number of the seal"),
        "deposit": tr("Number of the deposit bag"),
        "amount": tr("Amount"),
        "reason": tr("Reason"),
        "to": tr("To which window"),
        "transfer": tr("Number on the slip"),
        "denomination": tr("Face value"),
        "serial": tr("Serial number"),
        "name": tr("Name"),
        "receipt": tr("Number of the receipt"),
        "value_date": tr("Value date, 2027-03-01"),
        "reference": tr("Reference of the bank"),
        "order": tr("Number of the order"),
        "of": tr("What has the difference"),
    } | trail


def states() -> dict[str, str]:
    """How a parcel stands, in words."""
    return {
        "made": tr("made up"),
        "dropped": tr("dropped"),
        "taken": tr("taken as a float"),
        "opened": tr("opened"),
        "banked": tr("in a deposit"),
        "sent": tr("on its way"),
        "received": tr("received"),
        "taken_back": tr("taken back"),
        "ordered": tr("ordered"),
        "approved": tr("approved"),
        "refused": tr("refused"),
        "collected": tr("with the courier"),
        "credited": tr("credited"),
        "explained": tr("explained"),
    }


def sorts() -> dict[str, str]:
    return {
        "bag": tr("Bag"),
        "transfer": tr("Transfer"),
        "change_order": tr("Change order"),
        "deposit": tr("Bank deposit"),
    }
