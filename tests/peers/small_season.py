"""A season small enough to read: one hall of two rows, an area, three tills."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

SEASON = """
[venue]
id = "house"
name = "The House"
timezone = "Europe/Vienna"
currency = "EUR"
[[tax]]
id = "reduced"
rate = "10"
[[plan]]
id = "hall"
file = "hall.json"
companions = { Wheelchair = "Stalls" }
[[price_type]]
id = "adult"
name = { en = "Adult", uk = "Дорослий" }
[[price_type]]
id = "student"
name = { en = "Student" }
proof = "student card"
[[prices]]
id = "usual"
tax = "reduced"
[prices.table]
Stalls = { adult = "58.00", student = "29.00" }
Foyer = { adult = "12.00" }
[[terms]]
id = "standard"
refund_until = "24h"
refund_fee = "10%"
[[production]]
id = "tosca"
title = { en = "Tosca" }
[[show]]
id = "tosca-1"
production = "tosca"
starts = "2027-12-03T19:30:00+01:00"
plan = "hall"
prices = "usual"
terms = "standard"
areas = [{ id = "Foyer", capacity = 10 }]
allotment = { Stalls = 4, Foyer = 2 }
[[fee]]
id = "counter"
name = { en = "Counter fee" }
per = "ticket"
amount = "1.00"
[[user]]
id = "anna"
name = "Anna"
role = "cashier"
pin = "2468"
[[user]]
id = "sam"
name = "Sam"
role = "supervisor"
pin = "1111"
[[user]]
id = "otto"
name = "Otto"
role = "auditor"
pin = "1357"
[[till]]
id = "T1"
[[till]]
id = "T2"
[[till]]
id = "T3"
"""

SHOW = "tosca-1"


def hall(rows: int = 2, seats: int = 12) -> dict[str, Any]:
    """A plan with seats A-1 … B-12; the last of row A is a wheelchair place."""
    return {
        "name": "Hall",
        "size": {"width": 400, "height": 200},
        "categories": [{"name": "Stalls"}, {"name": "Wheelchair"}],
        "zones": [
            {
                "name": "Stalls",
                "position": {"x": 10, "y": 10},
                "rows": [
                    {
                        "row_number": label,
                        "position": {"x": 0, "y": 20 * index},
                        "seats": [
                            {
                                "seat_guid": f"{label}-{number}",
                                "seat_number": str(number),
                                "position": {"x": 20 * number, "y": 0},
                                "category": "Wheelchair" if (label, number) == ("A", seats) else "Stalls",
                            }
                            for number in range(1, seats + 1)
                        ],
                    }
                    for index, label in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ"[:rows])
                ],
            }
        ],
    }


def write_season(folder: Path, text: str = SEASON, plan: dict[str, Any] | str | None = None) -> Path:
    """The season's file in `folder`, with its plan beside it."""
    content = plan if isinstance(plan, str) else json.dumps(plan or hall())
    (folder / "hall.json").write_text(content, "utf-8")
    path = folder / "SEASON.toml"
    path.write_text(text, "utf-8")
    return path
