"""A season of two small shows, and changes to it, for the replica's tests."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from pos.domain.plan import Plan, read_plan

CATEGORY = "Stalls"


def hall(rows: int = 3, seats: int = 4, name: str = "hall") -> Plan:
    """A plan of rows × seats; place ids "1-1", "1-2" …"""
    source = {
        "name": name,
        "size": {"width": 100, "height": 100},
        "categories": [{"name": CATEGORY, "color": "#56B4E9"}],
        "zones": [
            {
                "name": "Stalls",
                "position": {"x": 0, "y": 0},
                "rows": [
                    {
                        "row_number": str(row),
                        "position": {"x": 0, "y": row * 10},
                        "seats": [
                            {
                                "seat_guid": f"{row}-{seat}",
                                "seat_number": str(seat),
                                "position": {"x": seat * 10, "y": 0},
                                "category": CATEGORY,
                            }
                            for seat in range(1, seats + 1)
                        ],
                    }
                    for row in range(1, rows + 1)
                ],
            }
        ],
    }
    return read_plan(json.dumps(source).encode(), name)


@dataclass(frozen=True)
class Word:
    place: str
    state: str = "SOLD"
    holder: str = "T2"
    since: int = 1_800_000_000
    epoch: int = 1
    hop: int = 0


@dataclass(frozen=True)
class Entry:
    """One change, of any kind."""

    position: int
    kind: str = "places"
    family: str = ""
    id: str = ""
    body: dict[str, Any] | None = None
    show: str = ""
    items: tuple[Word, ...] = ()


@dataclass(frozen=True)
class Document:
    family: str
    id: str
    body: dict[str, Any]


@dataclass
class Columns:
    show: str
    plan_version: str
    position: int
    states: str
    holders: list[str] = field(default_factory=lambda: [""])
    holder: list[int] = field(default_factory=list)
    since: list[int] = field(default_factory=list)
    epoch: list[int] = field(default_factory=list)
    hop: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        for column in (self.holder, self.since, self.epoch, self.hop):
            column.extend([0] * (len(self.states) - len(column)))


def show(name: str, plan: Plan | None = None, areas: int = 0) -> Document:
    body: dict[str, Any] = {
        "id": name, "production": "play", "starts": "2031-03-10T19:30:00+01:00", "prices": "all",
        "areas": [{"id": "Standing", "capacity": areas}] if areas else [],
    }  # fmt: skip
    if plan is not None:
        body |= {"plan": plan.name, "plan_version": plan.version}
    return Document("show", name, body)


def documents() -> list[Document]:
    """What every season has, without a show."""
    return [
        Document("venue", "v", {"id": "v", "name": "Venue", "timezone": "Europe/Vienna", "currency": "EUR"}),
        Document("price_type", "adult", {"id": "adult", "name": {"en": "Adult"}}),
        Document("prices", "all", {"id": "all", "table": {CATEGORY: {"adult": "20.00"}}}),
        Document("production", "play", {"id": "play", "title": {"en": "Play"}}),
        Document("user", "anna", {"id": "anna", "name": "Anna", "role": "cashier", "pin_hash": "$argon2id$x"}),
    ]


def sale(
    name: str, code: str, *, at: str = "2026-11-22T10:00:00+01:00", buyer: str = "", **more: Any
) -> dict[str, Any]:
    tickets = [{"id": f"{name}.1", "code": code, "show": "hall", "place": "1-1", "state": "live", **more}]
    return {"id": name, "at": at, "till": "T2", "name": buyer, "tickets": tickets}
