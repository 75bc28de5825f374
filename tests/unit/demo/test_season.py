"""The demo season is one an office would import, at whatever hour the demo starts."""

import tomllib
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.demo.presale import Habits, seat_orders
from pos.demo.season import moment, write_season
from pos.domain.money import Money
from pos.domain.plan import Plan, read_plan

VIENNA = ZoneInfo("Europe/Vienna")
NOW = datetime(2026, 11, 22, 17, 3, 20, tzinfo=VIENNA)
LANGUAGES = {"en", "zh_TW", "vi", "uk", "hu"}


class Written:
    """A season read back, with what the tests ask of it."""

    def __init__(self, folder: Path, now: datetime) -> None:
        self.path = write_season(folder, now)
        self.season = tomllib.loads(self.path.read_text(encoding="utf-8"))
        self.plans: dict[str, Plan] = {
            plan["id"]: read_plan((folder / plan["file"]).read_bytes(), plan["file"]) for plan in self.season["plan"]
        }
        self.prices = {prices["id"]: prices["table"] for prices in self.season["prices"]}
        self.shows = {show["id"]: show for show in self.season["show"]}

    def starts(self, show: str) -> datetime:
        return datetime.fromisoformat(self.shows[show]["starts"])

    def of(self, production: str) -> list[str]:
        return [show["id"] for show in self.season["show"] if show["production"] == production]

    def sold(self, show: str) -> list[str]:
        orders = [order for order in self.season["order"] if order["show"] == show]
        return [place for order in orders for line in order["lines"] for place in line["places"]]

    def held(self, show: str) -> list[str]:
        return [place for hold in self.season["hold"] if hold["show"] == show for place in hold["places"]]

    def capacity(self, show: str) -> int:
        areas = sum(area["capacity"] for area in self.shows[show].get("areas", []))
        return len(self.plans[self.shows[show]["plan"]]) + areas


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    return Written(tmp_path_factory.mktemp("season"), NOW)


# ---- what is priced, and named -----------------------------------------------------------


def test_three_halls_of_the_promised_size(written):
    assert {name: len(plan) for name, plan in written.plans.items()} == {
        "studio": 220,
        "opera": 1_920,
        "stadium": 52_012,
    }


def test_every_category_and_area_of_a_show_has_a_price(written):
    for show in written.shows.values():
        areas = [area["id"] for area in show.get("areas", [])]
        categories = [category.name for category in written.plans[show["plan"]].categories]
        assert set(written.prices[show["prices"]]) >= {*areas, *categories}
        assert set(show["allotment"]) <= {*areas, *categories}


def test_prices_are_amounts_of_known_price_types(written):
    price_types = {price_type["id"] for price_type in written.season["price_type"]}
    for table in written.prices.values():
        for row in table.values():
            assert set(row) <= price_types
            assert all(Money.parse(price, "EUR").minor >= 0 for price in row.values())


def test_restricted_view_is_the_cheapest_seat_and_a_companion_is_free(written):
    opera = written.prices["opera"]
    seats = set(opera) - {"Standing", "Companion", "Restricted view"}
    restricted = Money.parse(opera["Restricted view"]["adult"], "EUR")
    assert all(restricted < Money.parse(opera[category]["adult"], "EUR") for category in seats)
    assert opera["Companion"] == {"companion": "0.00"}


def test_names_that_are_shown_are_in_five_languages(written):
    for table, key in (("price_type", "name"), ("production", "title"), ("fee", "name")):
        assert all(set(entry[key]) == LANGUAGES for entry in written.season[table])
    assert [p["id"] for p in written.season["price_type"] if "proof" in p] == ["student"]


def test_who_works_here(written):
    assert Counter(user["role"] for user in written.season["user"]) == {
        "cashier": 2,
        "supervisor": 1,
        "auditor": 1,
        "admin": 1,
    }
    assert len({user["pin"] for user in written.season["user"]}) == len(written.season["user"])


# ---- what is sold ------------------------------------------------------------------------


@pytest.mark.parametrize("production", ["tosca", "hedda", "godot", "cup"])
def test_about_sixty_percent_is_sold(written, production):
    for show in written.of(production):
        assert 0.55 <= len(written.sold(show)) / written.capacity(show) <= 0.65


def test_one_show_is_sold_out_but_for_its_holds(written):
    (show,) = written.of("sisters")
    assert len(written.held(show)) > 0
    assert sorted(written.sold(show) + written.held(show)) == sorted(written.plans["studio"].place_ids)


def test_no_place_is_sold_twice_or_sold_and_held(written):
    for show in written.shows.values():
        plan = written.plans[show["plan"]]
        capacity = {area["id"]: area["capacity"] for area in show.get("areas", [])} | dict.fromkeys(plan.place_ids, 1)
        for place, count in Counter(written.sold(show["id"]) + written.held(show["id"])).items():
            assert count <= capacity[place]


def test_orders_are_for_what_is_on_sale_and_have_codes_of_their_own(written):
    codes = Counter(order["code"] for order in written.season["order"])
    assert max(codes.values()) == 1
    for order in written.season["order"]:
        show = written.shows[order["show"]]
        plan, table = written.plans[show["plan"]], written.prices[show["prices"]]
        for line in order["lines"]:
            assert line["places"]
            for place in line["places"]:
                category = plan.category_of(place) if place in plan.index else place
                assert line["price_type"] in table[category]


def test_families_sit_together(written):
    (first, *_) = written.of("tosca")
    plan = written.plans["opera"]
    line_of = {seat: number for number, line in enumerate(plan.lines) for seat in line}
    sizes = Counter()
    for order in (order for order in written.season["order"] if order["show"] == first):
        seats = sorted(plan.index[p] for line in order["lines"] for p in line["places"] if p in plan.index)
        assert len({line_of[seat] for seat in seats}) <= 1
        assert seats == list(range(seats[0], seats[0] + len(seats))) if seats else True
        sizes[len(seats)] += 1
    assert sum(sizes[size] for size in range(2, 7)) > 0.9 * (sum(sizes.values()) - sizes[0])


# ---- when --------------------------------------------------------------------------------


def test_the_shows_of_the_day(written):
    soon, later = (written.starts(show) for show in written.of("tosca"))
    assert timedelta(minutes=40) <= soon - NOW < timedelta(minutes=45)
    assert later.date() == NOW.date() + timedelta(days=2)
    (begun,) = written.of("godot")
    assert timedelta(minutes=10) < NOW - written.starts(begun) <= timedelta(minutes=15)
    assert datetime.fromisoformat(written.shows[begun]["ends"]) > NOW
    tonight, _ = (written.starts(show) for show in written.of("hedda"))
    assert tonight == datetime(2026, 11, 22, 20, 0, tzinfo=VIENNA)


def test_only_one_show_is_not_yet_on_sale(written):
    closed = [s["id"] for s in written.season["show"] if datetime.fromisoformat(s["on_sale"]) > NOW]
    assert closed == written.of("flute")
    assert written.sold(closed[0]) == []


@pytest.mark.parametrize(
    "now",
    [
        datetime(2026, 12, 31, 23, 58, tzinfo=VIENNA),
        datetime(2027, 1, 1, 0, 1, tzinfo=VIENNA),
        datetime(2027, 3, 28, 0, 30, tzinfo=UTC),  # clocks jump to 03:00 half an hour later
    ],
    ids=str,
)
def test_a_season_written_around_midnight(tmp_path, now):
    written = Written(tmp_path, now)
    assert len(written.shows) == len(written.season["show"])
    past = [show for show in written.shows if written.starts(show) < now]
    assert past == written.of("godot")


@given(st.integers(1_767_225_600, 1_893_456_000).map(lambda second: datetime.fromtimestamp(second, UTC)))
def test_moments_follow_now_at_any_hour(instant):
    now = instant.astimezone(VIENNA)
    soon, begun, tonight = (moment(when, now) for when in ("soon", "begun", "tonight"))
    assert timedelta(minutes=40) <= soon.astimezone(UTC) - instant <= timedelta(minutes=45)
    assert timedelta(minutes=10) <= instant - begun.astimezone(UTC) <= timedelta(minutes=15)
    assert tonight.astimezone(UTC) - instant >= timedelta(hours=1, minutes=59)
    assert all(at.minute % 5 == 0 and at.second == 0 for at in (soon, begun, tonight))
    assert moment("3d 19:30", now).date() == now.date() + timedelta(days=3)


def test_a_moment_without_a_time_zone_is_refused(tmp_path):
    with pytest.raises(ValueError, match="time zone"):
        write_season(tmp_path, datetime(2026, 11, 22, 12, 0))  # noqa: DTZ001
    assert list(tmp_path.iterdir()) == []


def test_the_same_now_gives_the_same_season(written, tmp_path):
    again = write_season(tmp_path, NOW)
    assert again.read_bytes() == written.path.read_bytes()
    other = write_season(tmp_path, NOW, seed=1)
    assert other.read_bytes() != written.path.read_bytes()


def test_few_free_seats_stand_alone(written):
    plan, alone = written.plans["opera"], 0
    for seed in range(4):
        orders = seat_orders(plan, set(), Habits(0.6, (2, 6), (1, 1)), Random(seed))
        gone = {plan.index[place] for order in orders for line in order for place in line.places}
        for line in plan.lines:
            free = "".join(" " if seat in gone else "#" for seat in line)
            alone += free.split().count("#")
    assert alone < 30  # 21; twice as many when parties sit down anywhere
