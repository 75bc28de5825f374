"""Guest and press lists: places of a hold that a giver may give away, by name, collected by signature.

A list draws on one hold, up to its quota. Whoever is collected gets tickets that cost nothing, complimentary of
that giver, with the supervisor who opened the list as approver: that is decided once, when it is opened. What
nobody has collected stays in the hold, and is released with it (by its time, or by hand). A list is its till's
own, as its hold's rights are while the office is away.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from pos.domain.basket import Basket, Line
from pos.domain.errors import Refused
from pos.domain.facts import Kind
from pos.domain.money import Money
from pos.domain.price import PriceType
from pos.domain.records import Record
from pos.till.counter import issue, pay
from pos.till.counter.approval import approved, may_alone
from pos.till.counter.held import free_of, hold_of
from pos.till.counter.holding import tokens_for
from pos.till.counter.numbers import Series, next_id, take
from pos.till.desk import Desk, Unit, Verb
from pos.till.orders import holds, papers, recording

KINDS: Final = ("guest", "press")
_FAMILY: Final = "guest_list"
_LISTS: Final = Series("records.L", "L")
_NO_BASKET: Final = -1  # its lines were never in a basket that somebody sees


def open_guest_list(
    desk: Desk, *, hold: str, giver: str, quota: int = 0, kind: str = "guest", approver: dict[str, Any] | None = None
) -> dict[str, Any]:
    """A list of a `giver` over a hold; `quota` is how many places it may give away, all of the hold by default.

    Raises Refused: unknown_hold approval_needed wrong_pin not_allowed bad_request storage_failed fenced.
    """
    user, shift = desk.signed_in("sell"), desk.shift()
    desk.check_not_fenced()
    the_hold = hold_of(desk, hold)
    if the_hold.order:
        raise Refused("not_allowed", what="guest_list", reason=f"{hold} is held for an order", order=the_hold.order)
    by = approved(desk, approver)
    if not may_alone(desk, by):
        raise Refused("approval_needed", what="guest_list")
    free = len(free_of(desk, the_hold))
    if quota > free:
        raise Refused("bad_request", field="quota", reason=f"the hold has {free} places")
    price_type = _complimentary(desk)
    record: Record = {
        "id": next_id(desk, _LISTS),
        "home": desk.outside.till,
        "show": the_hold.show,
        "hold": hold,
        "giver": giver.strip(),
        "kind": kind,
        "quota": quota or free,
        "price_type": price_type.id,
        "approver": by or user.id,
        "entries": [],
        "to": {},
        "state": "open",
        "at": _now(desk),
    }
    with desk.unit() as unit:
        recording.keep(desk, unit, Kind.GUEST_LIST_CHANGED, record, {"user": user.id, "shift": shift.id})
        take(desk, _LISTS)
        answer = unit.answers({"list": told(desk, record)})
    recording.tell(desk, Kind.GUEST_LIST_CHANGED)
    return answer


def put_guest(desk: Desk, *, list: str, name: str, count: int = 1) -> dict[str, Any]:
    """Put somebody on a list, with so many places. Raises Refused: bad_request order_open_elsewhere
    limit_exceeded storage_failed fenced."""
    record = _open(desk, list)
    listed = sum(entry["count"] for entry in record["entries"] if entry["state"] != "gone")
    if listed + count > record["quota"]:
        raise Refused("limit_exceeded", what="guest_list", limit=record["quota"], amount=listed + count)
    number = len(record["entries"]) + 1
    entry = {"number": number, "count": count, "collected": 0, "state": "listed"}
    return _change(
        desk, record | {"entries": [*record["entries"], entry], "to": record["to"] | {str(number): name.strip()}}
    )


def drop_guest(desk: Desk, *, list: str, entry: int) -> dict[str, Any]:
    """Take somebody off a list who has not come. Raises Refused: bad_request order_open_elsewhere."""
    record = _open(desk, list)
    found = _entry(record, entry)
    if found["collected"]:
        raise Refused("bad_request", field="entry", reason="has been collected already")
    return _change(desk, _with(record, found | {"state": "gone"}))


def collect_guest(
    desk: Desk, *, list: str, entry: int, collected_by: dict[str, str], count: int = 0
) -> Verb[dict[str, Any]]:
    """Print the tickets of a guest who has come and signed, `count` of them or all that are left.

    Raises Refused: bad_request order_open_elsewhere unknown_hold right_elsewhere already_collected limit_exceeded
    sales_closed device_absent storage_failed fenced.
    """
    desk.signed_in("sell")
    issue.check_present(desk, "ticket")
    record, wanted = _collectable(desk, list, entry, count)
    places = _places(desk, record, wanted)
    yield from tokens_for(desk, hold_of(desk, record["hold"]), places)
    # While the office was asked, somebody may have signed out, closed the shift, or collected it.
    user, shift = desk.signed_in("sell"), desk.shift()
    record, wanted = _collectable(desk, list, entry, count)
    found = _entry(record, entry)
    lines = _lines(desk, record, _places(desk, record, wanted))
    making = pay.work_out(desk, user.id, Basket(user.id, lines, desk.clock.now(), number=_NO_BASKET), [])
    done = found["collected"] + wanted
    entry_now = found | {"collected": done, "sales": [*found.get("sales", []), making.id]}
    entry_now["state"] = "collected" if done == found["count"] else "listed"
    changed = _with(record, entry_now)
    changed["collected_by"] = record.get("collected_by", {}) | {making.id: collected_by}
    body = pay.document(desk, shift, making) | {"name": record["to"].get(str(entry), ""), "guest_list": record["id"]}
    body |= {"approver": record["approver"]} if record["approver"] != user.id else {}

    def ending(unit: Unit) -> None:
        why = {"user": user.id, "shift": shift.id}
        recording.keep(desk, unit, Kind.GUEST_LIST_CHANGED, changed, why)

    answer = pay.complete(desk, shift, making, body, ending)
    recording.tell(desk, Kind.GUEST_LIST_CHANGED)
    return answer


def release_guests(desk: Desk, *, list: str) -> Verb[dict[str, Any]]:
    """Release what nobody has collected: the places of the hold are for sale, and the list is over.

    Raises Refused: bad_request order_open_elsewhere right_elsewhere approval_needed storage_failed fenced.
    """
    desk.signed_in("sell")
    record = _open(desk, list)
    released: dict[str, Any] = {"released": []}
    try:
        released = yield from holds.release(desk, hold=record["hold"], reason=f"guest list {list}")
    except Refused as refused:
        if refused.code != "unknown_hold":
            raise  # else its time has come already, and nothing is left of it
    return _change(desk, _open(desk, list) | {"state": "released"}) | {"released": released["released"]}


def guest_lists(desk: Desk, *, show: str) -> dict[str, Any]:
    """The lists of a show, this till's first; and the `holds` of it that a list could be opened over."""
    desk.signed_in()
    desk.season().show(show)
    found = [record for record in recording.known(desk, _FAMILY).values() if record["show"] == show]
    found.sort(key=lambda record: (record["home"] != desk.outside.till, record["id"]))
    drawn = {record["hold"] for record in found}
    free = [one for one in holds.holds(desk, show=show)["holds"] if one["id"] not in drawn and not one.get("order")]
    return {"lists": [told(desk, record) for record in found], "holds": free}


def guest_list_report(desk: Desk, *, show: str, printed: bool = False) -> dict[str, Any]:
    """What each giver gave away for a show: quota, listed, collected, unclaimed; `printed` with a line to sign for
    whoever is still to come. Raises Refused: unknown_show device_absent storage_failed."""
    lists = guest_lists(desk, show=show)["lists"]
    keys = ("quota", "listed", "collected", "unclaimed")
    givers: dict[str, dict[str, int]] = {}
    for one in lists:
        sums = givers.setdefault(one["giver"], dict.fromkeys(keys, 0))
        for key in keys:
            sums[key] += one[key]
    report: dict[str, Any] = {"givers": [{"giver": giver, **sums} for giver, sums in sorted(givers.items())]}
    return report | (papers.print_list(desk, "list", show, _paper(desk, show, lists)) if printed else {})


def _paper(desk: Desk, show: str, lists: list[dict[str, Any]]) -> dict[str, Any]:
    write = issue.words(desk)
    rows = [(one["giver"], f"{one['collected']} / {one['listed']} / {one['quota']}") for one in lists]
    signatures = [
        write.say("guest_signed", name=entry["name"], count=str(entry["count"] - entry["collected"]))
        for one in lists
        for entry in one["entries"]
        if entry["state"] == "listed"
    ]
    group = {"heading": papers.show_line(desk, show), "rows": papers.rows(*rows)}
    return papers.list_content(desk, write.say("guest_list"), [group], signatures=signatures)


# ---- inside ------------------------------------------------------------------------------


def told(desk: Desk, record: Record) -> dict[str, Any]:
    """A list as faces show it; names may have been erased."""
    names = record.get("to", {})
    entries = [entry | {"name": names.get(str(entry["number"]), "")} for entry in record["entries"]]
    listed = sum(entry["count"] for entry in entries if entry["state"] != "gone")
    collected = sum(entry["collected"] for entry in entries)
    keys = ("id", "home", "show", "hold", "giver", "kind", "quota", "state", "at")
    sums = {"listed": listed, "collected": collected, "unclaimed": listed - collected}
    return {key: record[key] for key in keys} | sums | {"entries": entries}


def _now(desk: Desk) -> str:
    return desk.clock.now().isoformat(timespec="seconds")


def _complimentary(desk: Desk) -> PriceType:
    """The season's first price type of the kind comp. Raises Refused("not_allowed")."""
    for price_type in desk.season().price_types.values():
        if price_type.kind == "comp":
            return price_type
    reason = "this season has no price type of the kind comp, which guests are sold as"
    raise Refused("not_allowed", what="guest_list", reason=reason)


def _open(desk: Desk, list_: str) -> Record:
    record = recording.mine(desk, _FAMILY, list_)
    if record["state"] != "open":
        raise Refused("bad_request", field="list", reason=f"{list_} is {record['state']}")
    return record


def _entry(record: Record, number: int) -> dict[str, Any]:
    for entry in record["entries"]:
        if entry["number"] == number and entry["state"] != "gone":
            found: dict[str, Any] = entry
            return found
    raise Refused("bad_request", field="entry", reason=f"there is no entry {number} on {record['id']}")


def _with(record: Record, changed: dict[str, Any]) -> Record:
    entries = [changed if entry["number"] == changed["number"] else entry for entry in record["entries"]]
    return record | {"entries": entries}


def _change(desk: Desk, record: Record) -> dict[str, Any]:
    user, shift = desk.signed_in("sell"), desk.shift()
    desk.check_not_fenced()
    with desk.unit() as unit:
        recording.keep(desk, unit, Kind.GUEST_LIST_CHANGED, record, {"user": user.id, "shift": shift.id})
        answer = unit.answers({"list": told(desk, record)})
    recording.tell(desk, Kind.GUEST_LIST_CHANGED)
    return answer


def _collectable(desk: Desk, list_: str, number: int, count: int) -> tuple[Record, int]:
    """The list, and how many places are to be collected of the entry."""
    desk.shift()
    desk.check_not_fenced()
    record = _open(desk, list_)
    show = desk.season().show(record["show"])
    now = desk.clock.now()
    show.check_on_sale(max(now, show.on_sale or now))  # guests come before the public sale, too
    entry = _entry(record, number)
    left = entry["count"] - entry["collected"]
    if not left:
        raise Refused("already_collected", record=list_, entry=number)
    if count > left:
        raise Refused("limit_exceeded", what="guest_list", limit=left, amount=count)
    return record, count or left


def _places(desk: Desk, record: Record, count: int) -> list[str]:
    """The next free places of the list's hold, in seating order. Raises Refused("unknown_hold" | "limit_exceeded")."""
    free = free_of(desk, hold_of(desk, record["hold"]))
    if len(free) < count:
        raise Refused("limit_exceeded", what="hold", limit=len(free), amount=count, hold=record["hold"])
    return free[:count]


def _lines(desk: Desk, record: Record, places: list[str]) -> tuple[Line, ...]:
    season = desk.season()
    nothing = Money.zero(season.venue.currency)
    seating = desk.belief.seating(record["show"])
    comp = {"reason": f"{record['kind']}: {record['giver']}", "approver": record["approver"]}
    lines = []
    for number, place in enumerate(places, 1):
        ix = seating.find(place)
        category = seating.category(ix) if ix is not None else ""
        line = Line(number, record["show"], place, category, record["price_type"], nothing, proof=False, kind="comp")
        lines.append(replace(line, marks={"hold": record["hold"], "comp": comp}))
    return tuple(lines)
