"""All walks by name. A walk drives a window from state to state, and names each one that is worth a picture."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.pictures import back, contingency, drills, selling
from tests.pictures.stage import Stage

WALKS: dict[str, Callable[[Stage], Iterator[str]]] = {
    "guide": selling.guide,
    "begin": selling.begin,
    "sale": selling.sale,
    "beside": selling.beside,
    "rush": selling.rush,
    "tenders": selling.tenders,
    "unknown": selling.unknown,
    "away": selling.away,
    "evacuation": selling.evacuation,
    "training": selling.training,
    "tickets": back.tickets,
    "people": back.people,
    "money": back.money,
    "paper": back.paper,
    "office": back.office,
    "devices": back.devices,
    "drills": drills.drills,
    "drill": drills.drill,
    "customer": back.customer,
    "plan": contingency.plan,
    "outages": contingency.outages,
}
