"""What is printed of a shift: its Z, an X in between, and the slips of a hand-over, a verification and an agreement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pos.domain.money import Money
from pos.domain.serials import ranges
from pos.store.shiftbook import ShiftRow
from pos.till.counter import issue
from pos.till.desk import Desk
from pos.till.drawer.figures import price_groups
from pos.till.words import Words

Row = dict[str, str]
Group = dict[str, Any]


def z_paper(desk: Desk, row: ShiftRow, report: Mapping[str, Any]) -> dict[str, Any]:
    """The end of a shift."""
    write, season = issue.words(desk), desk.season()
    currency = season.venue.currency

    def money(text: str) -> str:
        return write.money(Money.parse(text, currency))

    foreign = [
        {"text": f"{row['currency']} {row['counted']}", "amount": row["difference"]}
        for row in report.get("foreign", [])
    ]
    groups = [
        {"heading": write.say("foreign"), "rows": foreign},
        *_groups(desk, write, report),
        {"heading": write.say("declared"), "rows": _declared(write, report.get("declared", ()), money)},
        {"heading": write.say("counts_before"), "rows": _counts(desk, write, report.get("counts", ()), money)},
        {"heading": write.say("note"), "rows": [{"text": report["note"], "amount": ""}] if "note" in report else []},
    ]
    witness = [f"{write.say('witness')}: {_name(desk, report['witness'])}"] if "witness" in report else []
    return {
        "kind": "z_report",
        "language": write.language,
        "venue": season.venue.name,
        "number": report["z"],
        "shift": row.id,
        "till": season.tills.get(desk.outside.till, desk.outside.till),
        "cashier": _name(desk, row.cashier),
        "opened": write.moment(datetime.fromisoformat(report["opened_at"])),
        "closed": write.moment(datetime.fromisoformat(report["closed_at"])),
        "number_range": "{} – {}".format(*report["number_range"]),
        "groups": [group for group in groups if group["rows"]],
        "expected": money(report["expected"]),
        "counted": money(report["counted"]),
        "difference": money(report["difference"]),
        "provisional": report["provisional"],
        "signatures": [write.say("cashier"), *(witness or [write.say("supervisor")])],
        "copy": 0,
    }


def x_paper(desk: Desk, x: Mapping[str, Any]) -> dict[str, Any]:
    """How a shift stands: as much of it as the person may see who asked."""
    write = issue.words(desk)
    rows = [{"text": write.say("shift"), "amount": x["shift"]}]
    rows.append({"text": write.say("cashier"), "amount": _name(desk, x["cashier"])})
    groups = [{"heading": "", "rows": rows}, *_groups(desk, write, x)]
    if "expected" in x:
        amount = write.money(Money.parse(x["expected"], desk.season().venue.currency))
        groups.append({"heading": "", "rows": [{"text": write.say("expected"), "amount": amount}]})
    return _slip(desk, write, "x_report", x["at"], groups)


def hand_over_paper(desk: Desk, body: Mapping[str, Any]) -> dict[str, Any]:
    """What was counted from one cashier to another, for both to sign."""
    write = issue.words(desk)
    people = [_name(desk, body["user"]), _name(desk, body["taker"])]
    rows = [
        {"text": write.say("shift"), "amount": body["shift"]},
        {"text": write.say("gives"), "amount": people[0]},
        {"text": write.say("takes"), "amount": people[1]},
        *_amounts(desk, write, body, ("expected", "counted", "difference")),
    ]
    rows += [{"text": write.say("note"), "amount": body["note"]}] if "note" in body else []
    return _slip(desk, write, "hand_over", body["at"], [{"heading": "", "rows": rows}], people)


def verified_paper(desk: Desk, body: Mapping[str, Any]) -> dict[str, Any]:
    """What a supervisor found when a closed shift was held against the books."""
    write, currency = issue.words(desk), desk.season().venue.currency
    rows = [
        {"text": write.say("z_number"), "amount": body["z"]},
        {"text": write.say("shift"), "amount": body["shift"]},
        *_amounts(desk, write, body, ("counted", "recounted", "difference")),
    ]
    declared = _declared(write, body["declared"], lambda text: write.money(Money.parse(text, currency)))
    groups = [{"heading": "", "rows": rows}, {"heading": write.say("declared"), "rows": declared}]
    if "note" in body:
        groups.append({"heading": write.say("note"), "rows": [{"text": body["note"], "amount": ""}]})
    return _slip(desk, write, "verified", body["at"], groups, [_name(desk, body["user"])])


def agreed_paper(desk: Desk, row: ShiftRow, report: Mapping[str, Any]) -> dict[str, Any]:
    """That the office has every entry of a shift whose Z was printed as provisional."""
    write = issue.words(desk)
    rows = [
        {"text": write.say("z_number"), "amount": report["z"]},
        {"text": write.say("shift"), "amount": row.id},
        *_amounts(desk, write, report, ("expected", "counted", "difference")),
    ]
    now = desk.clock.now().isoformat(timespec="seconds")
    return _slip(desk, write, "agreed", now, [{"heading": "", "rows": rows}])


# ---- parts -----------------------------------------------------------------------------


def _slip(
    desk: Desk, write: Words, heading: str, at: str, groups: Sequence[Group], signatures: Sequence[str] = ()
) -> dict[str, Any]:
    season = desk.season()
    return {
        "kind": "list",
        "language": write.language,
        "venue": season.venue.name,
        "heading": write.say(heading),
        "at": write.moment(datetime.fromisoformat(at)),
        "till": season.tills.get(desk.outside.till, desk.outside.till),
        "groups": [group for group in groups if group["rows"]],
        "signatures": list(signatures),
        "copy": 0,
    }


def _name(desk: Desk, user: str) -> str:
    known = desk.season().users.get(user)
    return known.name if known is not None else user


def _amounts(desk: Desk, write: Words, body: Mapping[str, Any], names: Sequence[str]) -> list[Row]:
    currency = desk.season().venue.currency
    there = [name for name in names if body.get(name) is not None]
    return [{"text": write.say(name), "amount": write.money(Money.parse(body[name], currency))} for name in there]


def _groups(desk: Desk, write: Words, report: Mapping[str, Any]) -> list[Group]:
    """What an X and a Z have in common; of an X for a cashier some of it is left out."""
    currency = desk.season().venue.currency

    def rows(amounts: Mapping[str, str], before: str = "") -> list[Row]:
        return [
            {"text": f"{before}{write.say(kind)}", "amount": write.money(Money.parse(amount, currency))}
            for kind, amount in amounts.items()
        ]

    counts = [{"text": write.say(what), "amount": str(report[what])} for what in ("sales", "tickets")]
    rare = [what for what in ("refunds", "voids", "exchanges", "no_sales") if report[what]]
    counts += [{"text": write.say(what), "amount": str(report[what])} for what in rare]
    people = report["by_cashier"] if len(report["by_cashier"]) > 1 else {}
    by_cashier = [row for user, own in people.items() for row in rows(own["by_tender"], f"{_name(desk, user)} · ")]
    return [
        {"heading": write.say("counts"), "rows": counts},
        {"heading": write.say("by_tender"), "rows": rows(report["by_tender"])},
        {"heading": write.say("by_cashier"), "rows": by_cashier},
        {"heading": write.say("drawer"), "rows": rows(report.get("drawer", {}))},
        *price_groups(write, report, currency),
    ]


def _declared(write: Words, compared: Sequence[Mapping[str, Any]], money: Any) -> list[Row]:
    """What was declared; where the books have it otherwise, what they say stands below."""
    rows: list[Row] = []
    for one in compared:
        name, said = write.say(one["kind"]), one["count"] is not None
        amount = one.get("declared")
        rows.append({"text": f"{name} × {one['count']}" if said else name, "amount": money(amount) if amount else "–"})
        if not said or (one["count"], amount) != (one["books_count"], one.get("books")):
            books = money(one["books"]) if "books" in one else ""
            rows.append({"text": f"  {write.say('books')} × {one['books_count']}", "amount": books})
        for what in ("missing", "more"):
            if one.get(what):
                rows.append({"text": f"  {write.say(f'stock_{what}')} {_numbers(one[what])}", "amount": ""})
    return rows


def _counts(desk: Desk, write: Words, counts: Sequence[Mapping[str, Any]], money: Any) -> list[Row]:
    rows: list[Row] = []
    for one in counts:
        at = write.moment(datetime.fromisoformat(one["at"]))
        rows.append({"text": f"{at} {_name(desk, one['by'])}", "amount": money(one["counted"])})
        if one.get("stock") is not None:
            rows.append({"text": f"  {write.say('stock')} {_numbers(one['stock']) or '0'}", "amount": ""})
    return rows


def _numbers(serials: Any) -> str:
    return ", ".join(map(str, ranges(serials)))
