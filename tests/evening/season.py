"""The season of these evenings, written around this moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

# Seats A-1 … of tests/peers/small_season.hall(); the last of row A is a wheelchair place without a price.
SHOW = "tonight"
AREA = "Foyer"


def season(
    *,
    currency: str = "EUR",
    rounding: str = "0.01",
    adult: str = "58.00",
    student: str = "29.00",
    standing: str = "12.00",
    companion: str = "0.00",
    fee: str = "1.00",
    orphans: str = "warn",
    plan_file: str = "hall.json",
    capacity: int = 12,
    seats_kept: int = 6,
    units_kept: int = 3,
    tills: int = 3,
    starts_h: float = 5,
    extra: str = "",
) -> str:
    """`seats_kept` and `units_kept` are the allotment of each till in the show `tonight`, `starts_h` from now."""

    def at(hours: float) -> str:
        return (datetime.now(UTC) + timedelta(hours=hours)).isoformat(timespec="seconds")

    people = [("anna", "cashier", "2468"), ("boris", "cashier", "1357"), ("vera", "supervisor", "8642")]
    people.append(("otto", "auditor", "9753"))
    users = "\n".join(
        f'[[user]]\nid = "{user}"\nname = "{user.title()}"\nrole = "{role}"\npin = "{pin}"'
        for user, role, pin in people
    )
    windows = "\n".join(f'[[till]]\nid = "T{n}"\nname = "Window {n}"' for n in range(1, tills + 1))
    shows = "\n".join(
        f'[[show]]\nid = "{show}"\nproduction = "tosca"\nstarts = "{starts}"\nplan = "hall"\nprices = "usual"\n'
        f'terms = "standard"\nareas = [{{ id = "{AREA}", capacity = {capacity} }}]\n{more}'
        for show, starts, more in [
            (SHOW, at(starts_h), f"allotment = {{ Stalls = {seats_kept}, {AREA} = {units_kept} }}"),
            ("matinee", at(72), ""),
            ("later", at(2000), f'on_sale = "{at(48)}"'),
            ("closed", at(6), f'sales_until = "{at(-1)}"'),
        ]
    )
    return f"""
[venue]
id = "house"
name = "The House"
timezone = "Europe/Vienna"
currency = "{currency}"
cash_rounding = "{rounding}"
orphans = "{orphans}"
[[tax]]
id = "reduced"
rate = "10"
[[plan]]
id = "hall"
file = "{plan_file}"
[[price_type]]
id = "adult"
name = {{ en = "Adult", uk = "Дорослий" }}
[[price_type]]
id = "student"
name = {{ en = "Student" }}
proof = "student card"
[[price_type]]
id = "companion"
name = {{ en = "Companion" }}
[[prices]]
id = "usual"
tax = "reduced"
[prices.table]
Stalls = {{ adult = "{adult}", student = "{student}", companion = "{companion}" }}
{AREA} = {{ adult = "{standing}" }}
[[terms]]
id = "standard"
refund_until = "24h"
refund_fee = "10%"
exchange_until = "2h"
[[production]]
id = "tosca"
title = {{ en = "Tosca" }}
{shows}
[[fee]]
id = "counter"
name = {{ en = "Counter fee" }}
per = "ticket"
amount = "{fee}"
{users}
{windows}
{extra}
"""
