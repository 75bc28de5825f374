"""The demo season: three halls, shows around this very moment, and an evening's sale behind them."""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final
from zoneinfo import ZoneInfo

from pos.data import resource
from pos.demo.presale import Habits, area_orders, new_code, seat_orders
from pos.domain.errors import Unreadable
from pos.domain.plan import Plan, read_plan
from pos.domain.seatnames import find_seats
from pos.toml_edit import put

_PLANS: Final = ("studio", "opera", "stadium")
_SOON: Final = timedelta(minutes=40)
_BEGUN: Final = timedelta(minutes=-15)
_TONIGHT: Final = time(20, 0)
_TONIGHT_AT_LEAST: Final = timedelta(hours=2)  # so that it does not meet the show that has just begun
_LONG_ON_SALE: Final = "-60d 10:00"
_CLUB_ORDER: Final = 40  # places; who orders as many is no family
# These say how a show of shows.toml is made; the rest of it goes into the season.
_RECIPE: Final = {"when", "minutes", "presold", "party", "parties", "on_sale", "hold"}

TRAINING_TILL: Final = "TRAIN-"  # what the names of its tills begin with

_Table = dict[str, Any]


def write_season(folder: Path, now: datetime, seed: int = 0, *, training: bool = False) -> Path:
    """Write SEASON.toml and the plans it names into `folder`, and return its path.

    `now` (with a time zone, else ValueError) is what the shows' dates follow; show ids
    carry their date and time. The same `now` and `seed` give the same season. One for `training` has the word
    before the venue's name, on every paper, its tills are named so that no number is one of a real sale, and there is
    no stadium, which takes a while to fill.
    """
    if now.tzinfo is None:
        raise ValueError("now must say its time zone")
    rng = Random(seed)
    fixed = resource("demo", "season.toml").read_text(encoding="utf-8")
    if training:
        name = tomllib.loads(fixed)["venue"]["name"]
        fixed = put(fixed, "venue", {"name": f"TRAINING · {name}"}).replace(
            '[[till]]\nid = "', f'[[till]]\nid = "{TRAINING_TILL}'
        )
    local_now = now.astimezone(ZoneInfo(tomllib.loads(fixed)["venue"]["timezone"]))
    folder.mkdir(parents=True, exist_ok=True)
    plans = {name: _copy_plan(name, folder) for name in _PLANS}
    people = _read("people.toml")
    codes: set[str] = set()
    parts = [fixed]
    for recipe in _read("shows.toml")["show"]:
        if training and recipe["plan"] == "stadium":
            continue
        show, plan = _show(recipe, local_now), plans[recipe["plan"]]
        holds = list(_holds(recipe, plan, show["id"]))
        parts.append(_toml("show", show))
        parts += [_toml("hold", hold) for hold in holds]
        taken = {plan.index[place] for hold in holds for place in hold["places"]}
        parts += [_toml("order", order) for order in _orders(recipe, show, plan, taken, people, codes, rng)]
    path = folder / "SEASON.toml"
    path.write_text("\n".join(parts), encoding="utf-8")
    return path


def _read(name: str) -> _Table:
    return tomllib.loads(resource("demo", name).read_text(encoding="utf-8"))


def _copy_plan(name: str, folder: Path) -> Plan:
    source = resource("plans", f"{name}.json")
    shutil.copyfile(source, folder / source.name)
    return read_plan(source.read_bytes(), source.name)


# ---- shows -------------------------------------------------------------------------------


def moment(when: str, now: datetime) -> datetime:
    """What "soon", "begun", "tonight" or "3d 19:30" is at `now`, in the time zone of `now`.

    Relative times are rounded to five minutes, as shows start. Raises ValueError.
    """
    if when == "soon":
        return _five_minutes(now, _SOON)
    if when == "begun":
        return _five_minutes(now, _BEGUN)
    if when == "tonight":
        return max(datetime.combine(now.date(), _TONIGHT, now.tzinfo), _five_minutes(now, _TONIGHT_AT_LEAST))
    if match := re.fullmatch(r"(-?\d+)d (\d\d:\d\d)", when):
        return datetime.combine(now.date() + timedelta(days=int(match[1])), time.fromisoformat(match[2]), now.tzinfo)
    raise ValueError(f"{when!r} is no moment that a demo show can start at")


def _five_minutes(now: datetime, after: timedelta) -> datetime:
    """The first full five minutes at or past `now` + `after`."""
    # By way of an instant, since local time jumps twice a year.
    seconds = now.timestamp() + after.total_seconds()
    return datetime.fromtimestamp(-(-seconds // 300) * 300, now.tzinfo)


def _show(recipe: _Table, now: datetime) -> _Table:
    starts = moment(recipe["when"], now)
    ends = datetime.fromtimestamp(starts.timestamp() + recipe["minutes"] * 60, now.tzinfo)
    return {
        "id": f"{recipe['production']}-{starts:%m%d-%H%M}",
        "starts": starts.isoformat(),
        "ends": ends.isoformat(),
        "on_sale": moment(recipe.get("on_sale", _LONG_ON_SALE), now).isoformat(),
        **{key: value for key, value in recipe.items() if key not in _RECIPE},
    }


def _holds(recipe: _Table, plan: Plan, show: str) -> Iterator[_Table]:
    for hold in recipe.get("hold", []):
        places: list[str] = []
        for typed in hold["places"]:
            seats = find_seats(plan, typed)
            if seats is None:
                raise Unreadable("shows.toml", "show.hold.places", f"{typed!r} is no seat of {plan.name}")
            places += [plan.place_ids[seat] for seat in seats]
        yield {"show": show, "type": hold["type"], "places": places, "owner": hold["owner"]}


# ---- orders ------------------------------------------------------------------------------


def _orders(
    recipe: _Table, show: _Table, plan: Plan, taken: set[int], people: _Table, codes: set[str], rng: Random
) -> Iterator[_Table]:
    habits = Habits(recipe["presold"], tuple(recipe["party"]), tuple(recipe["parties"]))
    orders = list(seat_orders(plan, taken, habits, rng))
    for area in show.get("areas", []):
        orders += area_orders(area["id"], area["capacity"], habits.share, rng)
    for lines in orders:
        code = new_code(codes, rng)
        count = sum(len(line.places) for line in lines)
        yield {
            "code": code,
            "name": rng.choice(people["clubs" if count >= _CLUB_ORDER else "names"]),
            "contact": f"{code.lower()}@example.org",
            "show": show["id"],
            "state": "paid",
            "lines": [{"price_type": line.price_type, "places": line.places} for line in lines],
        }


# ---- TOML --------------------------------------------------------------------------------


def _toml(table: str, values: _Table) -> str:
    return "\n".join([f"[[{table}]]", *(f"{_key(key)} = {_value(value)}" for key, value in values.items()), ""])


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _value(key)


def _value(value: object) -> str:
    match value:
        case str() | bool() | int():
            return json.dumps(value, ensure_ascii=False)  # which TOML writes alike
        case list():
            return f"[{', '.join(map(_value, value))}]"
        case dict():
            return f"{{ {', '.join(f'{_key(key)} = {_value(item)}' for key, item in value.items())} }}"
    raise TypeError(f"{value!r} has no place in a season")
